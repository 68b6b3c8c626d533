import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../src/aws/policy.ts';
import type { Spec } from '../../src/config/spec.ts';
import { planApply } from '../../src/plan/plan.ts';
import { type Preflight, preflight } from '../../src/plan/preflight.ts';
import { snapshotOf } from '../../src/plan/snapshot-of.ts';
import { causeJson } from '../../src/show/cause-json.ts';
import type { RoleState, State } from '../../src/state/state.ts';
import { aDestination, aRole, aRule, aSpec, DESTINATION, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';
import { anySpec } from '../steps/arbitrary.ts';
import { goldenCases } from '../steps/golden-cases.ts';
import { pureAws } from '../steps/pure-aws.ts';

const now = new Date('2026-11-22T00:00:00Z');
const roleArn = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`;
const everything: Statement = { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' };

function policy(...Statement: Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement };
}

function ahead(observed: State, spec: Spec): Preflight {
  return preflight(planApply(observed, spec).desired, spec, now);
}

/** The default case as it is once it is applied. */
function applied(spec: Spec = aSpec()): State {
  const aws = pureAws(nothing);
  aws.run(planApply(nothing, spec).changes);
  return aws.state;
}

function withRole(change: Partial<RoleState>, policies: Readonly<Record<string, PolicyDocument | 'unknown'>>): State {
  const state = put(nothing, SOURCE, 'roles', roleArn, aRole({ tags: { s3repl: 'invoices-dr' }, ...change }));
  return Object.entries(policies).reduce((next, [arn, one]) => put(next, SOURCE, 'policies', arn, one), state);
}

function withBucket(state: State, account: string, name: string, change: object): State {
  const bucket = bucketOf(state, account, name);
  if (!bucket) throw new Error(`no bucket ${name}`);
  return put(state, account, 'buckets', name, { ...bucket, ...change });
}

describe('the model, asked before the first write', () => {
  it.each(Object.entries(goldenCases))('says that new objects replicate in the setup %s', (_, { spec, observed }) => {
    const { outcome, causes, verdicts } = ahead(observed, spec);
    expect(causes).toEqual([]);
    expect(outcome).toBe('replicates');
    expect(verdicts.length).toBeGreaterThan(0);
  });

  it('says so of whatever a repl.yaml asks for in empty accounts, and of what comes of it', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const creating = { ...spec, source: { ...spec.source, kmsKey: { kind: 'create' as const } } };
        const own = {
          ...creating,
          destinations: spec.destinations.map((side) => ({ ...side, kmsKey: { kind: 'create' as const } })),
        };
        const plain = { ...own, role: { name: spec.role.name } };
        expect(ahead(nothing, plain)).toMatchObject({ outcome: 'replicates', causes: [] });
        expect(preflight(applied(plain), plain, now)).toMatchObject({ outcome: 'replicates', causes: [] });
      }),
      { numRuns: 100, seed: 20261122 },
    );
  });

  it('asks for each rule about a new object and, where the rule replicates those, a delete marker', () => {
    const rules = [
      aRule({ id: 'tax', prefix: 'tax/' }),
      aRule({ id: 'tagged', tags: { team: 'a' }, deleteMarkers: false }),
    ];
    const { verdicts } = ahead(nothing, aSpec({ destinations: [aDestination({ rules })] }));
    expect(verdicts.map(({ probe, verdict }) => `${probe} ${verdict.rule} ${verdict.object}`)).toEqual([
      'new-object s3repl.invoices-dr.tax tax/s3repl-probe',
      'delete-marker s3repl.invoices-dr.tax tax/s3repl-probe',
      'new-object s3repl.invoices-dr.tagged s3repl-probe',
    ]);
  });

  it('has nothing to say where no rule is enabled', () => {
    const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ enabled: false })] })] });
    expect(ahead(nothing, spec)).toMatchObject({ outcome: 'replicates', verdicts: [], organizationUnread: false });
  });

  it('says of organizations only that nobody has read them, and once', () => {
    expect(ahead(nothing, aSpec())).toMatchObject({ outcome: 'replicates', warnings: [], organizationUnread: true });
  });
});

describe('what others have put there', () => {
  it('is named: a Deny in the destination’s bucket policy, with Sid and path', () => {
    const Resource = 'arn:aws:s3:::acme-invoices-replica/*';
    const deny: Statement = { Sid: 'NoReplicas', Effect: 'Deny', Principal: '*', Action: 's3:Replicate*', Resource };
    const state = applied();
    const bucket = bucketOf(state, DESTINATION, 'acme-invoices-replica');
    const ours = (bucket?.policy?.Statement ?? []) as readonly Statement[];
    const found = ahead(
      withBucket(state, DESTINATION, 'acme-invoices-replica', { policy: policy(deny, ...ours) }),
      aSpec(),
    );
    expect(found.outcome).toBe('fails');
    expect(found.causes.map(({ summary }) => summary.replace(/ on .*/, ''))).toEqual([
      'Statement NoReplicas of the bucket policy of acme-invoices-replica denies s3:ReplicateObject',
      'Statement NoReplicas of the bucket policy of acme-invoices-replica denies s3:ReplicateDelete',
    ]);
    expect(found.causes.map(causeJson)[0]).toMatchObject({
      check: 'C30',
      evidence: {
        arn: 'arn:aws:s3:::acme-invoices-replica',
        sid: 'NoReplicas',
        path: `accounts["${DESTINATION}"].buckets["acme-invoices-replica"].policy.Statement[0]`,
      },
    });
  });

  it('counts where it is a boundary without kms:Decrypt, also one that the role only will have', () => {
    const arn = `arn:aws:iam::${SOURCE}:policy/boundary`;
    const boundary = policy({ ...everything, Action: ['s3:*', 'kms:Encrypt', 'kms:GenerateDataKey'] });
    const present = withRole({ permissionsBoundary: arn }, { [arn]: boundary });
    const planned = put(nothing, SOURCE, 'policies', arn, boundary);
    const spec = aSpec({ role: { name: 's3repl-invoices-dr', permissionsBoundary: arn } });
    for (const found of [ahead(present, aSpec()), ahead(planned, spec)]) {
      expect(found.outcome).toBe('fails');
      expect(found.causes[0]?.summary).toMatch(/permissions boundary .* does not allow kms:Decrypt/);
    }
    const wide = put(nothing, SOURCE, 'policies', arn, policy(everything));
    expect(ahead(wide, spec).outcome).toBe('replicates');
  });

  it('leaves the answer open where it is a managed policy that nobody could read', () => {
    const arn = `arn:aws:iam::${SOURCE}:policy/theirs`;
    for (const policies of [{ [arn]: 'unknown' as const }, {}]) {
      const found = ahead(withRole({ attachedPolicies: [arn] }, policies), aSpec());
      expect(found.outcome).toBe('unknown');
      const plain = found.verdicts.flatMap(({ name, verdict }) => (name === undefined ? verdict.causes : []));
      expect(plain.length).toBeGreaterThan(0);
      expect(found.causes.map(({ summary }) => summary)).toEqual(
        expect.arrayContaining(plain.map(({ summary }) => summary)),
      );
    }
    const boundary = aSpec({ role: { name: 's3repl-invoices-dr', permissionsBoundary: arn } });
    expect(ahead(nothing, boundary).outcome).toBe('unknown');
  });

  it('fails by what fails, whatever else is unknown', () => {
    const archive = aDestination({ id: 'destinations[1]', bucket: 'acme-archive', rules: [aRule({ id: 'b' })] });
    const role = { name: 's3repl-invoices-dr', permissionsBoundary: `arn:aws:iam::${SOURCE}:policy/unread` };
    const spec = aSpec({ role, destinations: [aDestination(), archive] });
    const theirs = policy({ Sid: 'No', Effect: 'Deny', Principal: '*', Action: 's3:Replicate*', Resource: '*' });
    const found = preflight(withBucket(applied(spec), DESTINATION, 'acme-archive', { policy: theirs }), spec, now);
    expect(new Set(found.verdicts.map(({ verdict }) => verdict.outcome))).toEqual(new Set(['unknown', 'fails']));
    expect(found.outcome).toBe('fails');
    // All that is to be put right is said at once: the Deny, and that nothing allows it either.
    expect(found.causes.map(({ summary }) => summary.replace(/ (denies|does not allow) .*/, ' $1'))).toEqual([
      'Statement No of the bucket policy of acme-archive denies',
      'The bucket policy of acme-archive does not allow',
      'Statement No of the bucket policy of acme-archive denies',
      'The bucket policy of acme-archive does not allow',
    ]);
  });

  it('fails where our rule does not take the objects in any more, though S3 fails nothing then', () => {
    const [state, spec] = [applied(), aSpec()];
    const { replication } = bucketOf(state, SOURCE, 'acme-invoices') ?? {};
    const Rules = replication?.Rules?.map(({ SourceSelectionCriteria: _criteria, ...rule }) => rule);
    const changed = withBucket(state, SOURCE, 'acme-invoices', { replication: { ...replication, Rules } });
    const { outcome, verdicts, causes } = preflight(changed, spec, now);
    expect(verdicts.map(({ verdict }) => verdict.reason)).toEqual(['kms-not-selected', null]);
    expect({ outcome, causes }).toMatchObject({ outcome: 'fails', causes: [{ check: 'C04' }] });
  });

  it('is a warning where it may do harm, told once beside what nobody can read', () => {
    const spec = aSpec({
      destinations: [aDestination({ rules: [aRule({ id: 'a', prefix: 'a/' }), aRule({ id: 'b', prefix: 'b/' })] })],
    });
    const found = preflight(withBucket(applied(spec), SOURCE, 'acme-invoices', { objectLock: 'Enabled' }), spec, now);
    expect(found).toMatchObject({ outcome: 'replicates', causes: [], organizationUnread: true });
    // Of each rule's objects what the role may not read of them, and once that the destination has no Object Lock.
    expect(found.warnings.map(({ check }) => check)).toEqual(['C15', 'C15', 'C09', 'C15', 'C15']);
  });

  it('is named where it is a rule that goes before ours and takes all its objects', () => {
    const state = applied();
    const { replication } = bucketOf(state, SOURCE, 'acme-invoices') ?? {};
    const [ours] = replication?.Rules ?? [];
    if (!replication || !ours) throw new Error('apply writes a rule');
    const withRules = (theirs: object) =>
      withBucket(state, SOURCE, 'acme-invoices', {
        replication: { ...replication, Rules: [{ ...ours, ID: 'theirs', Priority: 9, ...theirs }, ours] },
      });
    const found = ahead(withRules({}), aSpec());
    expect(found).toMatchObject({ verdicts: [], warnings: [] });
    expect({ ...found, causes: found.causes.map(causeJson) }).toMatchObject({
      outcome: 'fails',
      causes: [
        {
          check: 'C03',
          summary:
            'Rule theirs (priority 9), which s3repl did not create, takes all objects of rule s3repl.invoices-dr.all (priority 1) to acme-invoices-replica.',
          fix: 'Give the rule in repl.yaml a "priority" above 9, or narrow or remove rule theirs.',
          evidence: {
            arn: 'arn:aws:s3:::acme-invoices',
            path: `accounts["${SOURCE}"].buckets["acme-invoices"].replication.Rules[0]`,
          },
        },
      ],
    });

    const { ID: _, ...rule } = ours;
    const [first, second] = [
      { ...rule, ID: 'one', Priority: 5, Filter: { Prefix: 'a/' } },
      { ...rule, ID: 'two', Priority: 4, Filter: { Prefix: 'a/b/' } },
    ];
    const among = withBucket(state, SOURCE, 'acme-invoices', {
      replication: { ...replication, Rules: [first, second, ours] },
    });
    expect(preflight(among, aSpec(), now)).toMatchObject({ outcome: 'replicates', causes: [], warnings: [] });

    const elsewhere = { Destination: { Bucket: 'arn:aws:s3:::acme-archive' } };
    for (const theirs of [{ Priority: 0 }, { Filter: { Prefix: 'logs/' } }, { Status: 'Disabled' }, elsewhere]) {
      expect(ahead(withRules(theirs), aSpec()).outcome).toBe('replicates');
    }
  });

  it('is not blamed where a rule of ours goes before another of ours: a warning says that the other never takes effect', () => {
    const rules = [aRule({ id: 'a', deleteMarkers: false }), aRule({ id: 'b', prefix: 'b/' })];
    const { outcome, verdicts, warnings } = ahead(nothing, aSpec({ destinations: [aDestination({ rules })] }));
    expect(outcome).toBe('replicates');
    expect(verdicts.map(({ verdict }) => verdict.rule)).toEqual(['s3repl.invoices-dr.a']);
    expect(warnings.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(
        /^Rule s3repl\.invoices-dr\.b never takes effect: rule s3repl\.invoices-dr\.a \(priority 2\)/,
      ),
    ]);
  });
});

describe('a state as a snapshot', () => {
  it('has null for what is not there, and unknown for what was not or could not be read', () => {
    const inaccessible = put(nothing, SOURCE, 'buckets', 'acme-invoices', { inaccessible: 'forbidden' });
    const state = put(inaccessible, DESTINATION, 'buckets', 'acme-invoices-replica', null);
    const organization = { serviceControlPolicies: 'unknown', resourceControlPolicies: 'unknown' };
    expect(snapshotOf(state, aSpec(), now)).toEqual({
      version: 1,
      takenAt: '2026-11-22T00:00:00.000Z',
      partition: 'aws',
      source: { account: SOURCE, bucket: 'acme-invoices' },
      accounts: {
        [SOURCE]: { roles: {}, buckets: { 'acme-invoices': 'unknown' }, keys: {}, ...organization },
        [DESTINATION]: { roles: {}, buckets: { 'acme-invoices-replica': null }, keys: {}, ...organization },
      },
      objects: [],
    });
  });
});

it('the warnings about its own rules are the spec’s: what a prefix means, and what ends soon', () => {
  const rules = [aRule({ id: 'star', prefix: 'x/*' })];
  const spec = aSpec({ destinations: [aDestination({ rules })] });
  const state = applied(spec);
  const { replication } = bucketOf(state, SOURCE, 'acme-invoices') ?? {};
  const [ours] = replication?.Rules ?? [];
  const theirs = { ...ours, ID: 'theirs', Priority: 9, Filter: { Prefix: '/y/' } };
  const changed = withBucket(state, SOURCE, 'acme-invoices', {
    replication: { ...replication, Rules: [ours, theirs] },
  });
  const found = preflight(changed, spec, now);
  expect(found.outcome).toBe('replicates');
  expect(found.warnings.map(({ check, summary }) => `${check} ${summary}`)).toEqual([
    expect.stringMatching(
      /^C28 Rule s3repl\.invoices-dr\.star has the prefix "x\/\*", and S3 takes a prefix literally/,
    ),
  ]);
});

describe('what repl.yaml leaves out on purpose', () => {
  it('is named with its reason where it fails, and is no cause', () => {
    const except = [{ key: 'hr/*', why: 'stays in the country' }];
    const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ except })] })] });
    const state = applied(spec);
    const deny: Statement = {
      Sid: 'No',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:Replicate*',
      Resource: 'arn:aws:s3:::acme-invoices-replica/hr/*',
    };
    const { policy: present } = bucketOf(state, DESTINATION, 'acme-invoices-replica') ?? {};
    const ours = (present?.Statement ?? []) as readonly Statement[];
    const denied = withBucket(state, DESTINATION, 'acme-invoices-replica', { policy: policy(deny, ...ours) });
    const { outcome, causes, verdicts, excluded } = preflight(denied, spec, now);
    expect({ outcome, causes, excluded }).toEqual({ outcome: 'replicates', causes: [], excluded: except });
    expect(verdicts.filter(({ name }) => name !== undefined).map(({ name, except: why }) => [name, why])).toEqual([
      ['objects under hr/', 'stays in the country'],
      ['delete markers under hr/', 'stays in the country'],
    ]);
  });
});

describe('classes of objects that documents of others tell apart', () => {
  /** With a statement of others in the bucket policy of the destination. */
  const beside = (statement: Partial<Statement>, spec = aSpec()): Preflight => {
    const state = applied(spec);
    const { policy: present } = bucketOf(state, DESTINATION, 'acme-invoices-replica') ?? {};
    const ours = (present?.Statement ?? []) as readonly Statement[];
    const theirs = { Sid: 'No', Effect: 'Deny' as const, Principal: '*', Action: 's3:ReplicateObject', ...statement };
    return preflight(
      withBucket(state, DESTINATION, 'acme-invoices-replica', { policy: policy(theirs, ...ours) }),
      spec,
      now,
    );
  };
  const under = (prefix: string) => `arn:aws:s3:::acme-invoices-replica/${prefix}*`;

  it('fail where a Deny is about them, are named, and can be left out', () => {
    const { outcome, causes, excluded } = beside({ Resource: under('hr/') });
    expect({ outcome, excluded }).toEqual({ outcome: 'fails', excluded: [] });
    expect(causes.map(({ summary, exclusions }) => [summary.split(':')[0], exclusions])).toEqual([
      ['Objects under hr/ would fail', [{ rule: 's3repl.invoices-dr.all', objects: { key: 'hr/*' } }]],
    ]);
  });

  it('fail where they would lose their tags', () => {
    const rules = [aRule({ tags: { team: 'a' }, deleteMarkers: false })];
    const spec = aSpec({ destinations: [aDestination({ rules })] });
    const { outcome, causes } = beside({ Resource: under(''), Action: 's3:ReplicateTags' }, spec);
    expect(outcome).toBe('fails');
    expect(causes.map(({ check, summary }) => `${check} ${summary}`)).toEqual([
      expect.stringMatching(/^C17 Statement No of the bucket policy of acme-invoices-replica denies s3:ReplicateTags/),
    ]);
  });

  it('are a warning where a Deny begins at a date to come', () => {
    const Condition = { DateGreaterThan: { 'aws:CurrentTime': '2026-12-01T00:00:00Z' } };
    const { outcome, warnings } = beside({ Resource: under('hr/'), Condition });
    expect(outcome).toBe('replicates');
    expect(warnings.map(({ summary }) => summary)).toEqual([expect.stringContaining('2026-12-01')]);
  });

  it('leave the answer open where nobody knows whether it is about them', () => {
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } };
    const { outcome, causes } = beside({ Resource: under('hr/'), Condition });
    expect(outcome).toBe('unknown');
    expect(causes.map(({ exclusions }) => exclusions)).toEqual([
      [{ rule: 's3repl.invoices-dr.all', objects: { key: 'hr/*' } }],
    ]);
  });

  it('are a warning where only a writer that asks for another encryption makes them', () => {
    const Condition = { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } };
    const { outcome, causes, warnings, verdicts } = beside({ Resource: under(''), Condition });
    expect(verdicts.filter(({ asked }) => asked).map(({ name }) => name)).toEqual(['objects encrypted with SSE-S3']);
    expect({ outcome, causes }).toEqual({ outcome: 'replicates', causes: [] });
    expect(warnings.map(({ summary }) => summary)).toEqual([expect.stringMatching(/^Objects encrypted with SSE-S3/)]);
  });
});
