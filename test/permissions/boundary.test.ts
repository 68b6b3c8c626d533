/** The permissions boundary that `s3repl permissions --boundary` prints. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listOf, type PolicyDocument, type Statement, statementsOf } from '../../src/aws/policy.ts';
import type { DestinationSide } from '../../src/config/spec.ts';
import { evaluate } from '../../src/model/evaluate.ts';
import { boundaryArn, boundaryPolicy, mostOfManagedPolicy } from '../../src/permissions/boundary.ts';
import { liveKeysOf } from '../../src/permissions/live.ts';
import { powersOf } from '../../src/permissions/powers.ts';
import { setUpPolicies } from '../../src/permissions/set-up-policy.ts';
import { jobFiles } from '../../src/plan/job-documents.ts';
import { planBackfillRole } from '../../src/plan/plan.ts';
import { backfillRole } from '../../src/state/names.ts';
import { put } from '../../src/state/state.ts';
import { keyIn, manifestKeys, possibleReportPlace } from '../../src/steps/job-files.ts';
import { permissionsPolicy } from '../../src/steps/role-policy.ts';
import {
  aBucket,
  aDestination,
  aRule,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  nothing,
  ownKey,
  rootPolicy,
  SOURCE,
} from '../builders.ts';
import { anySpec } from '../steps/arbitrary.ts';

const given = fc.constantFrom<DestinationSide['kmsKey'][]>(
  { kind: 'alias', alias: 'alias/a' },
  { kind: 'arn', arn: keyArn(DESTINATION, 'eu-central-1') },
  { kind: 'arn', arn: keyArn(SOURCE, 'eu-central-1') },
);

/** Specs, of which some destinations are given keys by alias, or keys of other accounts and Regions. */
const spec = fc
  .tuple(anySpec, fc.array(fc.option(given), { minLength: 3, maxLength: 3 }))
  .map(([{ destinations, ...one }, keys]) => ({
    ...one,
    destinations: destinations.map((side, index) => ({ ...side, kmsKey: keys[index] ?? side.kmsKey })),
  }));

/** Everything that a statement of the role allows, as questions to AWS. */
function questionsIn({ Action, Resource, Condition = {} }: Statement) {
  const { 'kms:EncryptionContext:aws:s3:arn': contexts = [''], 'kms:ViaService': via = '' } =
    Condition.StringLike ?? {};
  return listOf(Action).flatMap((action) =>
    listOf(Resource).flatMap((pattern) =>
      listOf(contexts).map((context) => ({
        action,
        // A key that is not there yet has some ID.
        resource: pattern.replace(/\(.*\)$/, 'some-id').replace('*', 'x/y'),
        context: action.startsWith('kms:')
          ? { 'kms:ViaService': String(via), 'kms:EncryptionContext:aws:s3:arn': context.replace('*', 'x/y') }
          : {},
      })),
    ),
  );
}

type Asked = Pick<ReturnType<typeof questionsIn>[number], 'action' | 'resource' | 'context'>;

/** What becomes of a call of the role that its own policy allows, with a boundary or without one. */
function effect(boundary: PolicyDocument | null, question: Asked) {
  const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow' as const, Action: '*', Resource: '*' } };
  return evaluate(
    {
      caller: { account: SOURCE, roleArn: `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`, roleId: 'AROAEXAMPLE' },
      resourceAccount: SOURCE,
      ...question,
    },
    {
      identity: [{ name: 'any', document: everything }],
      boundary: boundary && { name: 'boundary', document: boundary },
      serviceControl: [],
      resourceControl: [],
      // A key belongs to whom its policy names; here it leaves that to IAM.
      resource: question.action.startsWith('kms:') ? { name: 'key policy', document: rootPolicy(SOURCE) } : null,
    },
  ).effect;
}

describe('the permissions boundary', () => {
  it('allows all that the role of S3 Batch Operations is ever given', () => {
    fc.assert(
      fc.property(spec, fc.constantFrom('report', 'list', 'neither'), (of, what) => {
        const place = possibleReportPlace(of);
        const report = place && { ...place, full: false };
        const list = place && {
          ...place,
          key: keyIn(place.prefix, `${manifestKeys}0.csv`),
          etag: '',
          hasVersions: true,
        };
        const files = jobFiles({
          ...(what !== 'neither' && report && { report }),
          ...(what === 'list' && list && { manifest: { ...list, keysFrom: keyIn(list.prefix, manifestKeys) } }),
        });
        const { role } = backfillRole(planBackfillRole(nothing, of, files).desired, of);
        const questions = Object.values(role?.inlinePolicies ?? {})
          .flatMap(statementsOf)
          .flatMap(questionsIn);
        expect(questions.map(({ action }) => action)).toEqual(expect.arrayContaining(['s3:InitiateReplication']));
        for (const question of questions)
          expect([question, effect(boundaryPolicy(of), question)]).toEqual([question, 'allowed']);
      }),
    );
  });

  it('allows all that the replication role is ever given, also with Object Lock', () => {
    const locked = put(nothing, SOURCE, 'buckets', 'acme-invoices', aBucket({ objectLock: 'Enabled' }));
    fc.assert(
      fc.property(spec, fc.boolean(), (of, withLock) => {
        const statements = statementsOf(permissionsPolicy(withLock ? locked : nothing, of));
        const boundary = boundaryPolicy(of);
        const aliases = statements.filter(({ Resource }) => !listOf(Resource).some((arn) => arn.startsWith('(no key')));
        for (const question of aliases.flatMap(questionsIn))
          expect([question, effect(boundary, question)]).toEqual([question, 'allowed']);
      }),
    );
  });

  it('is the same whatever the rules are, as long as none takes what is written beside the objects', () => {
    const of = (prefix: string) =>
      boundaryPolicy(aSpec({ destinations: [aDestination({ rules: [aRule({ prefix })] })] }));
    expect(of('a/')).toEqual(of('b/'));
    expect(of('a/')).not.toEqual(of(''));
  });

  it.each([
    ['s3:PutObject', 'acme-invoices/.s3repl-backfill/job-1/manifest.json', 'allowed'],
    ['s3:PutObject', 'acme-invoices/.s3repl-backfill/manifest-1.csv', 'denied'],
    ['s3:GetObject', 'acme-invoices/.s3repl-backfill/manifest-1.csv', 'allowed'],
    ['s3:GetObject', 'acme-invoices/.s3repl-backfill/job-1/manifest.json', 'denied'],
    ['s3:PutObject', 'acme-invoices/in/a', 'denied'],
    ['s3:GetObjectVersion', 'acme-invoices/in/a', 'denied'],
    ['s3:PutObject', 'acme-reports/job-1/manifest.json', 'denied'],
  ])('where a report may lie beside the objects, has %s on %s %s', (action, object, expected) => {
    const boundary = boundaryPolicy(aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'in/' })] })] }));
    expect(effect(boundary, { action, resource: `arn:aws:s3:::${object}`, context: {} })).toBe(expected);
  });

  it('allows reports where repl.yaml says, and nowhere else', () => {
    const boundary = boundaryPolicy(aSpec({ backfill: { role: 'jobs', report: 'acme-reports/batch' } }));
    const writing = (object: string) =>
      effect(boundary, { action: 's3:PutObject', resource: `arn:aws:s3:::${object}`, context: {} });
    expect(writing('acme-reports/batch/job-1/results/a.csv')).toBe('allowed');
    expect(writing('acme-reports/job-1/results/a.csv')).toBe('denied');
    expect(writing('acme-invoices/.s3repl-backfill/job-1/results/a.csv')).toBe('denied');
  });

  it.each([
    ['s3:GetObject', 'arn:aws:s3:::acme-invoices/a', {}],
    ['s3:PutObject', 'arn:aws:s3:::acme-invoices-replica/a', {}],
    ['s3:InitiateReplication', 'arn:aws:s3:::strangers/a', {}],
    ['s3:PutInventoryConfiguration', 'arn:aws:s3:::acme-invoices-replica', {}],
    ['s3:ReplicateObject', 'arn:aws:s3:::strangers/a', {}],
    ['s3:ReplicateObject', 'arn:aws:s3:::acme-invoices/a', {}],
    ['s3:GetObjectVersionForReplication', 'arn:aws:s3:::strangers/a', {}],
    ['iam:PutRolePolicy', 'arn:aws:iam::111111111111:role/s3repl-invoices-dr', {}],
    ['iam:PassRole', 'arn:aws:iam::111111111111:role/admin', {}],
    ['kms:Decrypt', keyArn(), {}],
    ['kms:PutKeyPolicy', keyArn(), { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' }],
    [
      'kms:Decrypt',
      keyArn(),
      {
        'kms:ViaService': 's3.eu-west-1.amazonaws.com',
        'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::strangers/a',
      },
    ],
  ])('does not allow %s on %s', (action, resource, context) => {
    const question = { action, resource, context } as Asked;
    expect([effect(null, question), effect(boundaryPolicy(aSpec()), question)]).toEqual(['allowed', 'denied']);
  });

  it('fits into a managed policy with ten destinations in as many Regions', () => {
    const destinations = Array.from({ length: 10 }, (_, index) =>
      aDestination({
        id: `destinations[${index}]`,
        region: `ap-southeast-${index}`,
        bucket: `${'b'.repeat(60)}-${index}`,
      }),
    );
    const { length } = JSON.stringify(boundaryPolicy(aSpec({ destinations })));
    expect(length).toBeLessThan(mostOfManagedPolicy);
  });

  it('has the ARN of repl.yaml, or one that the name of the configuration gives', () => {
    expect(boundaryArn(aSpec())).toBe(`arn:aws:iam::${SOURCE}:policy/s3repl-boundary-invoices-dr`);
    const role = { name: 'r', permissionsBoundary: `arn:aws:iam::${SOURCE}:policy/team/limit` };
    expect(boundaryArn(aSpec({ role }))).toBe(role.permissionsBoundary);
  });
});

describe('the keys of a live setup', () => {
  it('are those of the sides that have one; the other sides are named', () => {
    const state = put(nothing, SOURCE, 'keys', keyArn(), ownKey(keyArn(), 'source', aSpec()));
    const { keys, without } = liveKeysOf(state, aSpec());
    expect([...keys]).toEqual([['source', keyArn()]]);
    expect(without.map(({ id }) => id)).toEqual(['destinations[0]']);
    const alias = aSpec({ source: aSource({ kmsKey: { kind: 'alias', alias: 'alias/none' } }) });
    expect(liveKeysOf(nothing, alias).without.map(({ id }) => id)).toEqual(['source', 'destinations[0]']);
  });
});

describe('what the setup policies are worth', () => {
  const powers = (...given: Parameters<typeof setUpPolicies>) =>
    Object.values(setUpPolicies(...given)).map((policy) => powersOf(policy));
  const keys = new Map([
    ['source', keyArn()],
    ['destinations[0]', keyArn(DESTINATION, 'eu-central-1')],
  ] as const);
  const none = { role: false, keys: [] };

  it('is any right at the source, and any key at the destination, by default', () => {
    expect(powers(aSpec())).toEqual([
      { role: true, keys: [] },
      { role: false, keys: ['kms:PutKeyPolicy'] },
    ]);
    expect(powers(aSpec(), ['apply', 'delete-keys'])).toEqual([
      { role: true, keys: ['kms:ScheduleKeyDeletion'] },
      { role: false, keys: ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'] },
    ]);
  });

  it('is no more than the setup with a boundary and named keys, and for who only looks', () => {
    expect(powers(aSpec(), ['apply', 'destroy', 'delete-keys'], { boundary: 'arn:b', keys })).toEqual([none, none]);
    expect(powers(aSpec(), ['plan'])).toEqual([none, none]);
    expect(powers(aSpec(), ['doctor'])).toEqual([none, none]);
    const named = aSpec({ role: { name: 'r', permissionsBoundary: 'arn:b' } });
    expect(powers(named)).toEqual([none, { role: false, keys: ['kms:PutKeyPolicy'] }]);
  });
});

it('who only plans reads what no object holds', () => {
  for (const policy of Object.values(setUpPolicies(aSpec(), ['plan'])))
    for (const action of statementsOf(policy).flatMap(({ Action }) => listOf(Action)))
      expect(action).not.toMatch(/^s3:(GetObject|\*)|^kms:Decrypt/);
});
