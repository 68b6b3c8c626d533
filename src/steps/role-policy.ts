/** The two documents of the replication role, for exactly the configured features (rules.md 0.4 a and b, 1.2). */

import { bucketArn } from '../aws/arn.ts';
import { listOf, type PolicyDocument, policy, type Statement, statementsOf } from '../aws/policy.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { keyArnOf } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';
import {
  conditionThroughS3,
  objectPatterns,
  replicaActions,
  rulesOf,
  sourceActions,
  sourceBucketActions,
  unwrapSingle,
} from './scope.ts';

/** In every partition. */
export const s3Service = 's3.amazonaws.com';

/** In every partition, as it seems: no page has another name (S3 User Guide, batch-ops-iam-role-policies). */
export const batchOperationsService = 'batchoperations.s3.amazonaws.com';

export const trustPolicy: PolicyDocument = policy({
  Sid: 'S3Assumes',
  Effect: 'Allow',
  Principal: { Service: s3Service },
  Action: 'sts:AssumeRole',
});

/** Conditions are left to the replication model. */
export function trustsService(trust: PolicyDocument, service: string): boolean {
  return statementsOf(trust).some(
    ({ Effect, Principal, Action }) =>
      Effect === 'Allow' &&
      (Principal === '*' || (typeof Principal === 'object' && listOf(Principal?.Service).includes(service))) &&
      listOf(Action).some((action) => /^(\*|sts:\*|sts:AssumeRole)$/i.test(action)),
  );
}

export function permissionsPolicy(state: State, spec: Spec): PolicyDocument {
  const { source } = spec;
  const objectLock = sourceIsLocked(state, spec);
  const rules = rulesOf(spec);
  const sourceKeys = [...new Set([keyArnOf(state, source, spec), ...source.additionalKmsKeys])];
  return policy(
    {
      Sid: 'SourceBucket',
      Effect: 'Allow',
      Action: sourceBucketActions,
      Resource: bucketArn(source),
    },
    {
      Sid: 'SourceObjects',
      Effect: 'Allow',
      Action: sourceActions(objectLock),
      Resource: unwrapSingle(objectPatterns(source, rules)),
    },
    {
      Sid: 'SourceKey',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: unwrapSingle(sourceKeys),
      Condition: conditionThroughS3([{ side: source, rules }]),
    },
    ...spec.destinations.flatMap((destination, index) => destinationStatements(destination, index)),
  );

  function destinationStatements(destination: Spec['destinations'][number], index: number): Statement[] {
    const nth = index === 0 ? '' : String(index + 1);
    return [
      {
        Sid: `DestinationObjects${nth}`,
        Effect: 'Allow',
        Action: replicaActions(destination.rules, objectLock),
        Resource: unwrapSingle(objectPatterns(destination, destination.rules)),
      },
      {
        Sid: `DestinationKey${nth}`,
        Effect: 'Allow',
        Action: [...replicaKeyActions],
        Resource: keyArnOf(state, destination, spec),
        Condition: conditionThroughS3([{ side: destination, rules: destination.rules }]),
      },
    ];
  }
}

/** What S3 calls on the key of the replicas; AWS's own pages disagree, so all three that any of them names (rules.md ). */
export const replicaKeyActions = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'] as const;

/** Object Lock adds to what S3 reads and writes. */
export function sourceIsLocked(state: State, spec: Spec): boolean {
  return isLocked(state, spec.source);
}

export function isLocked(state: State, side: AnySide): boolean {
  return bucketOf(state, side.account, side.bucket)?.objectLock === 'Enabled';
}
