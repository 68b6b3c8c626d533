import { describe, expect, it } from 'vitest';
import { anyTag } from '../../../src/model/classes/class-text.ts';
import type { ObjectClass } from '../../../src/model/object-class.ts';
import { groupBroken, type Met, namesOf } from '../../../src/model/others/broken.ts';
import type { Compared } from '../../../src/model/others/compared-objects.ts';
import { listEnabledRules } from '../../../src/model/replication/prepare.ts';
import type { Cause } from '../../../src/model/verdict.ts';
import { prepared, tagged } from '../changed-probes.ts';
import { healthy, rule, srcKeyArn } from '../replication/world.ts';
import { rules } from './broken-in.ts';

const [ofAll, ofTeam] = listEnabledRules(prepared(rules(rule(), tagged({ team: 'a' }, { ID: 'team', Priority: 0 }))));
if (!(ofAll && ofTeam)) throw new Error('the setup has two rules');
const plain: ObjectClass = { key: '*', tags: {}, encryption: 'SSE-KMS', bucketKey: true };

function compared(of: Partial<ObjectClass>, more: Partial<Compared> = {}): Compared {
  const { object } = healthy();
  return { what: 'new-object', class: { ...plain, ...of }, plain, before: object, after: object, ...more };
}
const underHr = { key: 'hr/*' };
const dsse = { encryption: 'DSSE-KMS', bucketKey: false } as const;
const asksKey = srcKeyArn;
const keyed = ` (key ${srcKeyArn})`;

describe('objects of a rule of others', () => {
  it.each<[string, Compared, readonly string[]]>([
    ['', compared({}), []],
    ['delete markers', compared({}, { what: 'delete-marker' }), []],
    ['objects under hr/', compared(underHr), ['']],
    ['delete markers under hr/', compared(underHr, { what: 'delete-marker' }), ['delete markers']],
    ['objects with tags', compared({ tags: anyTag }), ['']],
    ['objects encrypted with SSE-S3', compared({ encryption: 'SSE-S3', bucketKey: false }), ['']],
    ['objects without an S3 Bucket Key', compared({ bucketKey: false }), ['']],
    [
      'objects under hr/ and with tags',
      compared({ ...underHr, tags: anyTag }),
      ['objects with tags', 'objects under hr/', ''],
    ],
    ['objects encrypted with DSSE-KMS', compared(dsse), ['', 'objects without an S3 Bucket Key']],
    [
      'objects under hr/ and encrypted with DSSE-KMS',
      compared({ ...underHr, ...dsse }),
      [
        'objects encrypted with DSSE-KMS',
        'objects under hr/',
        '',
        'objects under hr/ and without an S3 Bucket Key',
        'objects without an S3 Bucket Key',
      ],
    ],
    [`objects${keyed}`, compared({}, { asksKey }), ['']],
    [`objects under hr/${keyed}`, compared(underHr, { asksKey }), [`objects${keyed}`, 'objects under hr/', '']],
    [
      `objects encrypted with DSSE-KMS${keyed}`,
      compared(dsse, { asksKey }),
      ['', `objects without an S3 Bucket Key${keyed}`],
    ],
  ])('are named %j, and are among wider ones', (name, one, wider) => {
    const names = namesOf(one, ofAll);
    expect(names.name).toBe(name);
    expect([...new Set(names.wider)]).toEqual(wider);
  });

  it('are named by what the rule does not ask for', () => {
    const both = compared({ ...underHr, tags: { team: 'a', class: 'x' } });
    expect(namesOf(both, ofAll).name).toBe('objects under hr/ and tagged team=a, class=x');
    expect(namesOf(both, ofTeam).name).toBe('objects under hr/ and tagged class=x');
    expect(namesOf(compared(underHr), { ...ofAll, prefix: 'hr/' }).name).toBe('');
  });
});

const cause: Cause = { check: 'C10', summary: 'Nobody may.', fix: 'Allow it.', evidence: { path: ['a', 1] } };
const refused = {
  by: 'deny',
  action: 's3:ReplicateObject',
  resource: 'arn:aws:s3:::dst/x',
  bucket: 'arn:aws:s3:::dst',
  side: 'identity',
} as const;
const met = (change: Partial<Met>): Met => ({
  rule: ofAll,
  effect: 'stops',
  how: 'It ends.',
  objects: [],
  name: 'objects under hr/',
  wider: [''],
  ...change,
});
const inLogs: Partial<Met> = { name: 'objects under logs/' };
const both = ['objects under hr/', 'objects under logs/'];
const apart = [['objects under hr/'], ['objects under logs/']];

describe('what is broken for others', () => {
  it.each<[string, readonly Partial<Met>[], readonly (readonly string[])[]]>([
    ['is told once', [{}, inLogs, {}], [both]],
    ['is told of the widest', [{}, { ...inLogs, wider: ['objects under hr/'] }, { name: '', wider: [] }], [['']]],
    ['is told of what is in nothing wider', [{}, { ...inLogs, wider: ['objects under hr/'] }], [['objects under hr/']]],
    ['is told by rule', [{}, { ...inLogs, rule: ofTeam }], apart],
    ['is told by effect', [{}, { ...inLogs, effect: 'unknown' }], apart],
    ['is told by whether it was seen', [{}, { ...inLogs, unseen: true }], apart],
    ['is told by its sentence', [{}, { ...inLogs, how: 'It is gone.' }], apart],
    [
      'is told by its cause, whatever it is called for the object',
      [{ cause }, { ...inLogs, cause: { ...cause, summary: 'Not in logs/.' }, how: 'Not in logs/.' }],
      [both],
    ],
    ['is told by its check', [{ cause }, { ...inLogs, cause: { ...cause, check: 'C11' } }], apart],
    [
      'is told by where its cause is',
      [{ cause }, { ...inLogs, cause: { ...cause, evidence: { path: ['a', 2] } } }],
      apart,
    ],
    [
      'is told by the action that is refused',
      [
        { cause: { ...cause, evidence: { refused } } },
        { ...inLogs, cause: { ...cause, evidence: { refused: { ...refused, action: 's3:ReplicateTags' } } } },
      ],
      apart,
    ],
  ])('%s', (_, some, expected) => {
    const grouped = groupBroken(some.map(met));
    expect(grouped.map(({ objects }) => objects)).toEqual(expected);
    expect(grouped[0]).toEqual({
      rule: ofAll,
      effect: 'stops',
      how: 'It ends.',
      objects: expected[0],
      ...(some[0]?.cause && { cause: some[0].cause }),
    });
  });
});
