import type { ReplicationRule } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { RuleSpec, Spec } from '../../src/config/spec.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { snapshotOf } from '../../src/model/snapshot-of.ts';
import { breakingFindings, sidesWithOthers } from '../../src/plan/breaking.ts';
import type { Finding } from '../../src/plan/change.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import type { Statement } from '../../src/plan/policy.ts';
import { bucketOf, put, type State } from '../../src/plan/state.ts';
import {
  aBucket,
  aDestination,
  aKey,
  aRole,
  aRule,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  nothing,
  SOURCE,
} from '../builders.ts';
import { pureAws } from '../steps/pure-aws.ts';

const takenAt = new Date('2026-11-28T00:00:00Z');
const teamRole = `arn:aws:iam::${SOURCE}:role/team`;
const archive = 'arn:aws:s3:::team-archive';
const ours = 'arn:aws:s3:::acme-invoices-replica';
const theirKey = keyArn(SOURCE, 'eu-west-1', '99999999-9999-4999-8999-999999999999');
const theirReplicaKey = keyArn(DESTINATION, 'eu-central-1', '88888888-8888-4888-8888-888888888888');

/** A rule that somebody else has made, of SSE-S3 objects. */
function teamRule(change: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    ID: 'team-rule',
    Priority: 7,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: archive },
    ...change,
  };
}

const withKms = (key: string, bucket = archive, more: object = {}): Partial<ReplicationRule> => ({
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
  Destination: { Bucket: bucket, EncryptionConfiguration: { ReplicaKmsKeyID: key }, ...more },
});

const may = (Action: readonly string[], Resource: string | readonly string[]): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const copies = [
  may(['s3:GetReplicationConfiguration', 's3:ListBucket'], 'arn:aws:s3:::acme-invoices'),
  may(
    ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
    'arn:aws:s3:::acme-invoices/*',
  ),
  may(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], [`${archive}/*`, `${ours}/*`]),
];
const usesAnyKey = may(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], '*');

const byKms = (key: string) => ({
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key },
      BucketKeyEnabled: true,
    },
  ],
});

interface Theirs {
  readonly rules: readonly ReplicationRule[];
  readonly statements?: readonly Statement[];
  /** Key of the source bucket's default encryption; none: SSE-S3. */
  readonly sourceKey?: string;
}

/** The source bucket replicates for a team, to a bucket of its own account and to that of s3repl. */
function theirs({ rules, statements = copies, sourceKey }: Theirs): State {
  const role = aRole({ inlinePolicies: { team: { Version: '2012-10-17', Statement: [...statements] } } });
  const replica = aBucket({
    region: 'eu-central-1',
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Team',
          Effect: 'Allow',
          Principal: { AWS: teamRole },
          Action: [
            's3:ReplicateObject',
            's3:ReplicateDelete',
            's3:ReplicateTags',
            's3:ObjectOwnerOverrideToBucketOwner',
          ],
          Resource: `${ours}/*`,
        },
      ],
    },
    encryption: byKms(theirReplicaKey),
  });
  const replicaKey = aKey(theirReplicaKey);
  const allowed: Statement = { Effect: 'Allow', Principal: { AWS: teamRole }, Action: 'kms:*', Resource: '*' };
  const keyPolicy = { ...replicaKey.policy, Statement: [...[replicaKey.policy.Statement].flat(), allowed] };
  let state = put(nothing, SOURCE, 'roles', teamRole, role);
  state = put(state, SOURCE, 'buckets', 'team-archive', aBucket());
  state = put(state, SOURCE, 'keys', theirKey, aKey(theirKey));
  state = put(state, DESTINATION, 'keys', theirReplicaKey, { ...replicaKey, policy: keyPolicy });
  state = put(state, DESTINATION, 'buckets', 'acme-invoices-replica', replica);
  return put(
    state,
    SOURCE,
    'buckets',
    'acme-invoices',
    aBucket({
      replication: { Role: teamRole, Rules: [...rules] },
      encryption: sourceKey === undefined ? null : byKms(sourceKey),
    }),
  );
}

const arnKey = (arn: string) => ({ kind: 'arn' as const, arn });

/** Beside them: the team's role, and the key that the destination has. */
function beside(change: Partial<Spec> = {}, rule: Parameters<typeof aRule>[0] = {}, sourceKey?: string): Spec {
  return aSpec({
    role: { name: 'team' },
    source: aSource(sourceKey === undefined ? {} : { kmsKey: arnKey(sourceKey) }),
    destinations: [aDestination({ kmsKey: arnKey(theirReplicaKey), rules: [aRule(rule)] })],
    ...change,
  });
}

function broken(
  observed: State,
  spec: Spec,
  accepted: readonly string[] = [],
  around: State = observed,
): readonly Finding[] {
  const { desired, problems } = planApply(observed, spec);
  expect(problems).toEqual([]);
  return found(observed, desired, spec, accepted, around);
}

function found(observed: State, desired: State, spec: Spec, accepted: readonly string[] = [], around = observed) {
  return sidesWithOthers(observed, spec).flatMap((side) => {
    const seen = snapshotOf(around, spec, takenAt);
    const source = { account: side.account, bucket: side.bucket };
    return breakingFindings({ observed, desired }, spec, side, { ...seen, source }, accepted);
  });
}

type OurRule = Parameters<typeof aRule>[0];

/** What a rule of ours has to be so that objects arrive as under one of theirs. */
const likeTheirs = {
  ownerOverride: false,
  replicationTimeControl: false,
  deleteMarkers: false,
  metrics: false,
};

const messages = (findings: readonly Finding[]) => findings.map(({ message }) => message);

describe('beside a rule of somebody else, a plan', () => {
  it('is a problem where SSE-KMS as the default encryption ends what the rule replicates, and names the rule and the way on', () => {
    const [one, ...more] = broken(theirs({ rules: [teamRule()] }), beside());

    expect(more).toEqual([]);
    expect(one).toMatchObject({ level: 'problem', code: 'breaks-others', side: 'source' });
    expect(one?.message).toMatch(
      /^this plan would stop rule team-rule, which is somebody else's: it replicates new objects from acme-invoices to team-archive now, and would not afterwards: Rule team-rule does not select SSE-KMS objects/,
    );
    expect(one?.fix).toMatch(/--accept-breaking team-rule$/);
  });

  it('is a warning once a person has accepted it, of that rule only', () => {
    const two = theirs({
      rules: [
        teamRule(),
        teamRule({ ID: 'second', Priority: 6, Filter: { Prefix: 'logs/' }, Destination: { Bucket: ours } }),
      ],
    });

    const levels = broken(two, beside({}, { prefix: 'invoices/' }), ['team-rule']).map(({ level, message }) => [
      level,
      message.includes('rule team-rule'),
    ]);

    expect(levels).toEqual([
      ['warning', true],
      ['problem', false],
    ]);
  });

  it('is a problem where their role may not use the new key', () => {
    const rules = [teamRule(withKms(theirKey))];
    const statements = [...copies, may(['kms:Encrypt', 'kms:GenerateDataKey'], theirKey)];

    const [one] = broken(theirs({ rules, statements }), beside({}, { prefix: 'invoices/' }));

    // s3repl's own statements let the role decrypt objects under invoices/ only.
    expect(one?.message).toMatch(/would stop rule team-rule.*kms:Decrypt/);
  });

  it('is a problem where replicas would be encrypted with another key than before', () => {
    const rules = [teamRule(withKms(theirKey))];
    const statements = [...copies, usesAnyKey];

    expect(messages(broken(theirs({ rules, statements }), beside()))).toEqual([
      expect.stringContaining(
        `afterwards replicas would be encrypted with SSE-KMS under ${theirKey} instead of SSE-S3`,
      ),
    ]);
  });

  it('says nothing where the rule goes on as before', () => {
    const rules = [
      teamRule({ ...withKms(theirKey), Filter: { Prefix: 'logs/' } }),
      teamRule({ ID: 'off', Priority: 1, Status: 'Disabled' }),
    ];
    const observed = theirs({ rules, statements: [...copies, usesAnyKey], sourceKey: theirKey });

    expect(broken(observed, beside({}, {}, theirKey))).toEqual([]);
  });

  it('says nothing of a rule that did not replicate before', () => {
    const rules = [teamRule({ Destination: { Bucket: 'arn:aws:s3:::gone' } })];
    const observed = put(theirs({ rules }), SOURCE, 'buckets', 'gone', null);

    expect(broken(observed, beside())).toEqual([]);
  });

  it('judges the readable side where the destination is not: what certainly ends is said, what nobody can tell is not', () => {
    const rules = [
      teamRule({ Destination: { Bucket: 'arn:aws:s3:::elsewhere' } }),
      teamRule({ ...withKms(theirKey, 'arn:aws:s3:::elsewhere-too'), ID: 'kms', Priority: 6 }),
    ];
    const observed = theirs({ rules, statements: [...copies, usesAnyKey] });

    expect(messages(broken(observed, beside()))).toEqual([
      expect.stringMatching(
        /would stop rule team-rule.*: s3repl cannot tell whether it replicates new objects from acme-invoices to elsewhere now, and it would not afterwards/,
      ),
    ]);
  });

  it('is a problem where an explicit priority takes their objects to the same bucket, as what they arrive differently', () => {
    const statements = [...copies, usesAnyKey, may(['s3:ObjectOwnerOverrideToBucketOwner'], `${ours}/*`)];
    const rule = teamRule({
      ...withKms(theirReplicaKey, ours, { StorageClass: 'GLACIER', ReplicationTime: { Status: 'Disabled' } }),
      Filter: { And: { Prefix: 'invoices/', Tags: [{ Key: 'team', Value: 'a' }] } },
    });
    const state = theirs({ rules: [rule], statements, sourceKey: theirKey });
    const replica = bucketOf(state, DESTINATION, 'acme-invoices-replica');
    const observed = put(state, DESTINATION, 'buckets', 'acme-invoices-replica', {
      ...aBucket(),
      ...replica,
      ownership: 'ObjectWriter',
    });

    const taken = messages(broken(observed, beside({}, { priority: 9, storageClass: 'STANDARD_IA' }, theirKey)));

    expect(taken.join('\n')).toContain('rule s3repl.invoices-dr.all (priority 9) would take them, and ');
    expect(taken.join('\n')).toContain('replicas would be in STANDARD_IA instead of GLACIER');
    expect(taken.join('\n')).toContain('S3 Replication Time Control would be on for them');
    expect(taken.join('\n')).toContain('replicas would belong to account 222222222222 instead of 111111111111');
    expect(taken.join('\n')).toContain(
      'it leaves out delete markers from acme-invoices to acme-invoices-replica now, and afterwards rule s3repl.invoices-dr.all (priority 9) would replicate them',
    );
  });

  it('says nothing where an explicit priority takes objects that arrive the same', () => {
    const statements = [...copies, usesAnyKey];
    const rule = teamRule({ ...withKms(theirReplicaKey, ours), Priority: 3 });
    const observed = theirs({ rules: [rule], statements, sourceKey: theirKey });
    const same = { ...likeTheirs, priority: 9 };

    expect(broken(observed, beside({}, same, theirKey))).toEqual([]);
  });

  it('is a problem where an explicit priority takes objects in every storage class, for one of its own', () => {
    const statements = [...copies, usesAnyKey];
    const observed = theirs({ rules: [teamRule(withKms(theirReplicaKey, ours))], statements, sourceKey: theirKey });
    const ourRule = { ...likeTheirs, priority: 9, storageClass: 'STANDARD' as const };

    expect(messages(broken(observed, beside({}, ourRule, theirKey)))).toEqual([
      expect.stringMatching(/would be in STANDARD instead of the storage class of the source object$/),
    ]);
  });

  it('tells what to write in repl.yaml where delete markers of theirs would go no further', () => {
    const statements = [...copies, usesAnyKey];
    const rule = teamRule({ ...withKms(theirReplicaKey, ours), DeleteMarkerReplication: { Status: 'Enabled' } });
    const observed = theirs({ rules: [rule], statements, sourceKey: theirKey });

    const [one, ...more] = broken(observed, beside({}, { ...likeTheirs, priority: 9 }, theirKey));

    expect(more).toEqual([]);
    expect(one?.message).toMatch(
      /would not afterwards: Rule s3repl.invoices-dr.all does not replicate delete markers$/,
    );
    expect(one?.fix).toMatch(/^Write "deleteMarkers: true" for the rule in repl.yaml\. /);
  });

  describe('once a rule of ours has taken objects of theirs', () => {
    const statements = [...copies, usesAnyKey];
    /** What a plan says that changes a rule of ours, which was applied beside theirs. */
    const changedTo = (theirRule: ReplicationRule, before: OurRule, after: OurRule) => {
      const aws = pureAws(theirs({ rules: [theirRule], statements, sourceKey: theirKey }));
      aws.run(planApply(aws.state, beside({}, before, theirKey)).changes);
      return messages(broken(aws.state, beside({}, after, theirKey)));
    };
    const same = teamRule({ ...withKms(theirReplicaKey, ours), Filter: { Prefix: 'team/' } });

    it('in the same way, is a problem where they would arrive differently', () => {
      expect(changedTo(same, likeTheirs, { ...likeTheirs, storageClass: 'GLACIER' })).toEqual([
        expect.stringMatching(
          /would change rule team-rule.*rule s3repl.invoices-dr.all \(priority 8\) would take them, and replicas would be in GLACIER/,
        ),
      ]);
      expect(changedTo(same, likeTheirs, { ...likeTheirs, deleteMarkers: true })).toEqual([
        expect.stringMatching(/leaves out delete markers.*now, and afterwards rule s3repl.invoices-dr.all/),
      ]);
    });

    it('and changed them, which a person has accepted, says nothing of further changes', () => {
      const taken = { ...likeTheirs, priority: 9, storageClass: 'STANDARD_IA' as const };

      expect(changedTo(same, taken, { ...taken, storageClass: 'GLACIER' })).toEqual([]);
      expect(changedTo(same, taken, { ...taken, deleteMarkers: true })).toEqual([]);
    });

    it('by tags, is a problem where delete markers would hide what theirs replicate by tags, for each of them', () => {
      const tagged = (ID: string, Priority: number) =>
        teamRule({
          ...withKms(theirReplicaKey, ours, { StorageClass: 'GLACIER' }),
          ID,
          Priority,
          Filter: { Tag: { Key: 'team', Value: ID } },
        });
      const aws = pureAws(theirs({ rules: [tagged('one', 3), tagged('two', 4)], statements, sourceKey: theirKey }));
      const byTag = aRule({ ...likeTheirs, id: 'tagged', tags: { team: 'ours' } });
      const of = (...rules: readonly RuleSpec[]) =>
        beside({ destinations: [aDestination({ kmsKey: arnKey(theirReplicaKey), rules })] }, {}, theirKey);
      aws.run(planApply(aws.state, of(byTag)).changes);

      expect(messages(broken(aws.state, of(byTag, aRule({ ...likeTheirs, deleteMarkers: true }))))).toEqual([
        expect.stringMatching(/would change rule two.*it leaves out delete markers/),
        expect.stringMatching(/would change rule one.*it leaves out delete markers/),
      ]);
    });

    it('says nothing where it gives them back', () => {
      expect(changedTo(same, likeTheirs, { ...likeTheirs, prefix: 'invoices/' })).toEqual([]);
      expect(changedTo(same, likeTheirs, { ...likeTheirs, enabled: false })).toEqual([]);
    });
  });

  it('names the key of objects that writers ask for', () => {
    const second = keyArn(SOURCE, 'eu-west-1', '77777777-7777-4777-8777-777777777777');
    const withSecond = aSource({ kmsKey: arnKey(theirKey), additionalKmsKeys: [second] });
    const withoutDecrypt = [...copies, may(['kms:Encrypt', 'kms:GenerateDataKey'], '*')];
    const start = theirs({ rules: [], statements: withoutDecrypt, sourceKey: theirKey });
    const aws = pureAws(put(start, SOURCE, 'keys', second, aKey(second)));
    aws.run(planApply(aws.state, beside({ source: withSecond }, {}, theirKey)).changes);
    const source = bucketOf(aws.state, SOURCE, 'acme-invoices');
    if (!source) throw new Error('no source bucket');
    const Rules = [...(source.replication?.Rules ?? []), teamRule({ ...withKms(theirKey), Priority: 50 })];
    const observed = put(aws.state, SOURCE, 'buckets', 'acme-invoices', {
      ...source,
      replication: { Role: teamRole, Rules },
    });

    expect(messages(broken(observed, beside({}, {}, theirKey)))).toEqual([
      expect.stringContaining(`it replicates objects without an S3 Bucket Key (key ${second}) from acme-invoices`),
    ]);
  });

  it('is a problem where objects that writers ask for live on the rights of a disabled rule of ours', () => {
    const second = keyArn(SOURCE, 'eu-west-1', '77777777-7777-4777-8777-777777777777');
    const withSecond = aSource({ kmsKey: arnKey(theirKey), additionalKmsKeys: [second] });
    const withoutDecrypt = [...copies, may(['kms:Encrypt', 'kms:GenerateDataKey'], '*')];
    const disabled = { prefix: 'invoices/', enabled: false };
    const rules = [teamRule(withKms(theirKey))];
    const start = theirs({ rules, statements: withoutDecrypt, sourceKey: theirKey });
    const aws = pureAws(put(start, SOURCE, 'keys', second, aKey(second)));
    aws.run(planApply(aws.state, beside({ source: withSecond }, disabled, theirKey)).changes);

    expect(messages(broken(aws.state, beside({}, disabled, theirKey)))).toEqual([
      expect.stringMatching(/would stop rule team-rule.*objects under invoices\/.*kms:Decrypt/),
    ]);
  });

  it('goes by what was read of a key beside its policy: a grant lets their role use it', () => {
    const observed = theirs({ rules: [teamRule(withKms(theirKey))] });
    const spec = beside({}, { prefix: 'invoices/' }, theirKey);
    const grants = [
      { GranteePrincipal: teamRole, Operations: ['Decrypt' as const, 'Encrypt' as const, 'GenerateDataKey' as const] },
    ];
    const around = {
      version: 1 as const,
      takenAt: takenAt.toISOString(),
      partition: 'aws',
      source: { account: SOURCE, bucket: 'acme-invoices' },
      objects: [],
      accounts: {
        [SOURCE]: {
          roles: {},
          buckets: {},
          keys: {
            [theirKey]: { metadata: 'unknown', policy: 'unknown', aliases: 'unknown', rotation: 'unknown', grants },
          },
          serviceControlPolicies: 'unknown',
          resourceControlPolicies: 'unknown',
        },
      },
    } satisfies Snapshot;
    const { desired } = planApply(observed, spec);

    const told = messages(breakingFindings({ observed, desired }, spec, spec.source, around, []));

    expect(told).toEqual([expect.stringMatching(/would change rule team-rule.*encrypted with SSE-KMS under/)]);
  });

  it('judges the rules of others on the destination bucket too', () => {
    const further = teamRule({ ID: 'chain', Destination: { Bucket: 'arn:aws:s3:::third' } });
    const state = put(theirs({ rules: [] }), DESTINATION, 'buckets', 'acme-invoices-replica', {
      ...aBucket({ region: 'eu-central-1' }),
      replication: { Role: `arn:aws:iam::${DESTINATION}:role/chain`, Rules: [further] },
    });
    const observed = put(state, SOURCE, 'buckets', 'acme-invoices', aBucket());

    expect(messages(broken(observed, beside()))).toEqual([
      expect.stringMatching(/would stop rule chain.*from acme-invoices-replica to third now.*does not select SSE-KMS/),
    ]);
  });

  it('is a problem where destroy takes a right away that their rule lives on', () => {
    const rules = [teamRule({ ...withKms(theirReplicaKey, ours), Filter: { Prefix: 'team/' } })];
    const withoutDecrypt = [...copies, may(['kms:Encrypt', 'kms:GenerateDataKey'], '*')];
    const spec = beside({}, {}, theirKey);
    const aws = pureAws(theirs({ rules: [], statements: withoutDecrypt, sourceKey: theirKey }));
    aws.run(planApply(aws.state, spec).changes);
    const source = bucketOf(aws.state, SOURCE, 'acme-invoices');
    if (!source) throw new Error('no source bucket');
    const replication = { ...source.replication, Rules: [...(source.replication?.Rules ?? []), ...rules] };
    const observed = put(aws.state, SOURCE, 'buckets', 'acme-invoices', {
      ...source,
      replication: {
        ...replication,
        Role: teamRole,
        Rules: [...rules, ...replication.Rules.map((one) => ({ ...one, Filter: { Prefix: 'ours/' } })).slice(0, 1)],
      },
    });

    const findings = found(observed, planDestroy(observed, spec).desired, spec);

    expect(messages(findings)).toEqual([expect.stringMatching(/would stop rule team-rule.*kms:Decrypt/)]);
  });
});
