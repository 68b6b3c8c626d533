/** A bucket that replicates for others already, as a state, and what a plan beside them is said to break. */
import type { ReplicationRule } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import type { Spec } from '../../src/config/spec.ts';
import { breakingFindings, sidesWithOthers } from '../../src/plan/breaking.ts';
import { planApply } from '../../src/plan/plan.ts';
import { snapshotOf } from '../../src/plan/snapshot-of.ts';
import type { Finding } from '../../src/state/change.ts';
import { put, type State } from '../../src/state/state.ts';
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

export const takenAt = new Date('2026-11-28T00:00:00Z');
export const teamRole = `arn:aws:iam::${SOURCE}:role/team`;
export const archive = 'arn:aws:s3:::team-archive';
export const ours = 'arn:aws:s3:::acme-invoices-replica';
export const theirKey = keyArn(SOURCE, 'eu-west-1', '99999999-9999-4999-8999-999999999999');
export const theirReplicaKey = keyArn(DESTINATION, 'eu-central-1', '88888888-8888-4888-8888-888888888888');

/** A rule that somebody else has made, of SSE-S3 objects. */
export function teamRule(change: Partial<ReplicationRule> = {}): ReplicationRule {
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

export const withKms = (key: string, bucket = archive, more: object = {}): Partial<ReplicationRule> => ({
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
  Destination: { Bucket: bucket, EncryptionConfiguration: { ReplicaKmsKeyID: key }, ...more },
});

export const may = (Action: readonly string[], Resource: string | readonly string[]): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});
export const copies = [
  may(['s3:GetReplicationConfiguration', 's3:ListBucket'], 'arn:aws:s3:::acme-invoices'),
  may(
    ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
    'arn:aws:s3:::acme-invoices/*',
  ),
  may(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], [`${archive}/*`, `${ours}/*`]),
];
export const usesAnyKey = may(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], '*');

export const byKms = (key: string) => ({
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key },
      BucketKeyEnabled: true,
    },
  ],
});

export interface Theirs {
  readonly rules: readonly ReplicationRule[];
  readonly statements?: readonly Statement[];
  /** Key of the source bucket's default encryption; none: SSE-S3. */
  readonly sourceKey?: string;
}

/** The source bucket replicates for a team, to a bucket of its own account and to that of s3repl. */
export function theirs({ rules, statements = copies, sourceKey }: Theirs): State {
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

export const arnKey = (arn: string) => ({ kind: 'arn' as const, arn });

/** Beside them: the team's role, and the key that the destination has. */
export function beside(change: Partial<Spec> = {}, rule: Parameters<typeof aRule>[0] = {}, sourceKey?: string): Spec {
  return aSpec({
    role: { name: 'team' },
    source: aSource(sourceKey === undefined ? {} : { kmsKey: arnKey(sourceKey) }),
    destinations: [aDestination({ kmsKey: arnKey(theirReplicaKey), rules: [aRule(rule)] })],
    ...change,
  });
}

export function broken(
  observed: State,
  spec: Spec,
  accepted: readonly string[] = [],
  around: State = observed,
): readonly Finding[] {
  const { desired, problems } = planApply(observed, spec);
  expect(problems).toEqual([]);
  return found(observed, desired, spec, accepted, around);
}

export function found(
  observed: State,
  desired: State,
  spec: Spec,
  accepted: readonly string[] = [],
  around = observed,
) {
  return sidesWithOthers(observed, spec).flatMap((side) => {
    const seen = snapshotOf(around, spec, takenAt);
    const source = { account: side.account, bucket: side.bucket };
    return breakingFindings({ observed, desired }, spec, side, { ...seen, source }, accepted);
  });
}

export type OurRule = Parameters<typeof aRule>[0];

/** What a rule of ours has to be so that objects arrive as under one of theirs. */
export const likeTheirs = {
  ownerOverride: false,
  replicationTimeControl: false,
  deleteMarkers: false,
  metrics: false,
};

export const messages = (findings: readonly Finding[]) => findings.map(({ message }) => message);
