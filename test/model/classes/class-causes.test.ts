import { describe, expect, it } from 'vitest';
import { causeName } from '../../../src/model/classes/cause-name.ts';
import { causeOfUnprobed, classCausesOf, exclusionsMet } from '../../../src/model/classes/class-causes.ts';
import { anyTag } from '../../../src/model/classes/class-text.ts';
import type { JudgedProbe } from '../../../src/model/classes/judge-classes.ts';
import { most } from '../../../src/model/classes/most-probes.ts';
import type { Exclusion, ObjectClass } from '../../../src/model/object-class.ts';
import { type Probe, probesOf } from '../../../src/model/probes.ts';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import type { Cause, Verdict } from '../../../src/model/verdict.ts';
import { healthy, snapshotOf } from '../replication/world.ts';

const prepared = prepare(snapshotOf(healthy()));
const cause: Cause = { check: 'C10', summary: 'Nobody may.', fix: 'Allow it.', evidence: {} };
const personal: Exclusion = { key: 'hr/*', why: 'personal data' };
const plain: ObjectClass = { key: '*', tags: { team: 'a' }, encryption: 'SSE-KMS', bucketKey: true };

interface Change extends Pick<JudgedProbe, 'excluded'> {
  readonly class?: Partial<ObjectClass>;
  readonly what?: Probe['what'];
  readonly asked?: boolean;
  readonly verdict?: Partial<Verdict>;
}

/** A class of objects that fails, unless told otherwise. */
function judged({ class: of = {}, what = 'new-object', asked = false, verdict, excluded }: Change = {}): JudgedProbe {
  const [made] = probesOf(prepared);
  const [known] = made ? judgeObject(prepared, made.object) : [];
  if (!(made && known)) throw new Error('a healthy setup has a probe and its verdict');
  return {
    probe: { ...made, what, asked, plain, class: { ...plain, ...of } },
    verdicts: [{ ...known, outcome: 'fails', causes: [cause], warnings: [], ...verdict }],
    ...(excluded && { excluded }),
  };
}

const underHr = { key: 'hr/*' };
const warned: Partial<Verdict> = { outcome: 'replicates', causes: [], warnings: [cause] };
const doubtful: Partial<Verdict> = { outcome: 'unknown' };
const silent: Partial<Verdict> = { outcome: 'not-replicated' };

describe('a cause that classes of objects meet', () => {
  it.each<[string, Change, readonly string[]]>([
    ['stops them', {}, ['fails: Objects under hr/ would fail: Nobody may.']],
    ['keeps them where they are', { verdict: silent }, ['fails: Objects under hr/ would fail: Nobody may.']],
    [
      'may stop them',
      { verdict: doubtful },
      ['unknown: s3repl cannot tell whether objects under hr/ replicate: Nobody may.'],
    ],
    ['stops only what a writer asks for', { asked: true }, ['warning: Objects under hr/ would fail: Nobody may.']],
    [
      'stops what is left out',
      { asked: true, excluded: personal },
      ['excluded: Objects under hr/ do not replicate, as meant (personal data): Nobody may.'],
    ],
    ['is a warning', { verdict: warned }, ['warning: Objects under hr/: Nobody may.']],
    ['is a warning of what is left out', { verdict: warned, excluded: personal }, []],
  ])('%s', (_, change, expected) => {
    const causes = classCausesOf([judged({ class: underHr, ...change })]);
    expect(causes.map((one) => `${one.level}: ${one.cause.summary}`)).toEqual(expected);
  });

  it('is told once for all of one level, beside doubts', () => {
    const others = [judged({ class: { key: 'legal/*' } }), judged({ class: underHr, verdict: doubtful })];
    expect(classCausesOf([judged({ class: underHr }), ...others]).map((one) => one.cause.summary)).toEqual([
      'Objects under hr/, under legal/ would fail: Nobody may.',
      's3repl cannot tell whether objects under hr/ replicate: Nobody may.',
    ]);
  });
});

describe('what can be left out on purpose', () => {
  it.each<[string, Change, object | undefined]>([
    ['keys', { class: underHr }, underHr],
    ['a tag, but not the one that all have', { class: { tags: { team: 'a', hr: 'yes' } } }, { tags: { hr: 'yes' } }],
    ['a tag with the key of a probe', { class: { tags: { s3repl: 'yes' } } }, { tags: { s3repl: 'yes' } }],
    ['a tag with the value of a probe', { class: { tags: { hr: 'probe' } } }, { tags: { hr: 'probe' } }],
    ['an encryption', { class: { encryption: 'SSE-S3', bucketKey: false } }, { encryption: 'SSE-S3' }],
    [
      'all of these at once',
      { class: { ...underHr, tags: { hr: 'yes' }, encryption: 'SSE-C' } },
      { ...underHr, tags: { hr: 'yes' }, encryption: 'SSE-C' },
    ],
    [
      'delete markers by their key alone',
      { what: 'delete-marker', class: { ...underHr, tags: { ...anyTag, hr: 'y*' }, encryption: 'SSE-S3' } },
      underHr,
    ],
    ['no delete markers of all keys', { what: 'delete-marker', class: { encryption: 'SSE-S3' } }, undefined],
    ['no objects like all others', {}, undefined],
    ['no Bucket Key', { class: { bucketKey: false } }, undefined],
    ['no encryption that is not known', { class: { encryption: 'unknown' } }, undefined],
    ['no encryption where there is none', { class: { encryption: 'NONE' } }, undefined],
    ['not any tag', { class: { ...underHr, tags: anyTag } }, undefined],
    ['not any tag beside another', { class: { tags: { ...anyTag, hr: 'yes' } } }, undefined],
    ['no tag by a pattern', { class: { ...underHr, tags: { hr: 'y*', legal: 'yes' } } }, undefined],
  ])('is %s', (_, change, objects) => {
    const [told] = classCausesOf([judged(change)]);
    expect(told?.exclusions).toEqual(objects === undefined ? [] : [{ rule: 'all', objects }]);
  });

  it('is met where it keeps something from failing', () => {
    const old: Exclusion = { key: 'old/*', why: 'old' };
    expect(
      exclusionsMet([
        judged({ excluded: personal }),
        judged({ excluded: personal, verdict: doubtful }),
        judged({ excluded: old, verdict: warned }),
        judged(),
      ]),
    ).toEqual([personal]);
    const [first] = judged({ verdict: warned }).verdicts;
    const failing = judged({ excluded: old });
    expect(exclusionsMet([{ ...failing, verdicts: [...failing.verdicts, ...(first ? [first] : [])] }])).toEqual([old]);
  });
});

it('classes that were not tried are told with the statement that tells them apart', () => {
  const [policy, place] = [...prepared.places][0] ?? [];
  expect(policy && causeOfUnprobed(prepared, { policy, statement: 0, sid: 'No' })).toEqual({
    check: 'C30',
    summary: `The policies tell more than ${most.probes} classes of objects apart. s3repl did not try all that statement No of the ${policy} tells apart.`,
    fix: 'Run s3repl doctor --object KEY for objects that this statement is about.',
    evidence: {
      arn: place?.arn,
      path: [...(place?.path ?? []), 'Statement', 0],
      sid: 'No',
      unknown: [`what statement No of the ${policy} means for each class of objects`],
    },
  });
});

it.each<[string, Partial<Cause>, boolean]>([
  ['a check', { check: 'C09' }, false],
  ['a summary', { summary: 'Somebody may not.' }, false],
  ['a fix', { fix: 'Remove it.' }, false],
  ['evidence', { evidence: { sid: 'No' } }, false],
  ['nothing', {}, true],
])('causes are one unless they differ: %s', (_, change, isOne) => {
  expect(causeName({ ...cause, ...change }) === causeName(cause)).toBe(isOne);
});

it.each<[string, Partial<Cause>, boolean]>([
  ['a check', { check: 'C09' }, false],
  ['its sources', { evidence: { sources: ['a page'] } }, false],
  ['what is the same for all objects', { same: ['another'] }, false],
  ['the words that name the object', { summary: 'Somebody may not.', fix: 'Remove it.' }, true],
])('causes of many objects are one unless they differ: %s', (_, change, isOne) => {
  const same = { ...cause, same: ['one'] };
  expect(causeName({ ...same, ...change }) === causeName(same)).toBe(isOne);
});
