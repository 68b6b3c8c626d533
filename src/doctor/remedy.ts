import { arnParts, bucketNameIn, isKeyArn } from '../aws/arn.ts';
import { type Statement, statementsOf } from '../aws/policy.ts';
import { findBucket, memberOf } from '../model/replication/find.ts';
import { isWithin } from '../model/replication/path.ts';
import { keySide } from '../model/replication/prepare.ts';
import type { BucketSnapshot } from '../model/snapshot.ts';
import type { Evidence, Refused } from '../model/verdict.ts';
import { jobBucketActions, jobObjectActions, jobTrustPolicy } from '../steps/backfill-role.ts';
import { replicaKeyActions, trustPolicy } from '../steps/role-policy.ts';
import {
  conditionThroughS3,
  objectPatterns,
  replicaActions,
  sourceActions,
  sourceBucketActions,
  unwrapSingle,
} from '../steps/scope.ts';
import type { Scope } from './scope.ts';

/** A statement is added to those that exist; a command is words for the shell. */
export type Remedy =
  | { readonly kind: 'statement'; readonly into: PolicyOf; readonly statement: Statement }
  | { readonly kind: 'commands'; readonly commands: readonly (readonly string[])[] };

/** `of`: the ARN of the role, key or topic, or the name of the bucket. */
export interface PolicyOf {
  readonly kind: 'trust' | 'permissions' | 'bucket' | 'key' | 'topic';
  readonly of: string;
}

/** A statement without its principal. */
type Granted = Omit<Statement, 'Effect' | 'Principal'>;

/** The whole statement that a missing Allow needs, as narrow as the rules (rules.md 0.4, 1.2); nothing where a person must decide what is meant. */
export function missingStatement(scope: Scope, refused: Refused): Remedy | undefined {
  const { role } = scope.prepared;
  const { by, side, resource, bucket } = refused;
  if (by === 'deny') return undefined;
  const isKey = refused.action.startsWith('kms:');
  const proposeStatement = (into: PolicyOf, granted: Granted | undefined, who: Pick<Statement, 'Principal'> = {}) =>
    granted && { kind: 'statement' as const, into, statement: { Effect: 'Allow' as const, ...who, ...granted } };
  if (side === 'identity') {
    const granted = isKey ? keyStatement(scope, refused, resource) : s3Statement(scope, refused);
    return proposeStatement({ kind: 'permissions', of: role.arn }, granted);
  }
  if (side !== 'resource') return undefined;
  const who = { Principal: { AWS: role.arn } };
  return isKey
    ? proposeStatement({ kind: 'key', of: resource }, keyStatement(scope, refused, '*'), who)
    : proposeStatement({ kind: 'bucket', of: bucketNameIn(bucket) }, s3Statement(scope, refused), who);
}

function s3Statement(scope: Scope, { action, bucket: arn }: Refused): Granted | undefined {
  const side = sideOf(scope, arn);
  const { source } = scope.prepared;
  const isLocked = source.value !== null && source.value !== 'unknown' && source.value.objectLock === 'Enabled';
  if (arn === source.arn && /^s3:(?:Get|List)/i.test(action)) {
    if (sourceBucketActions.includes(action)) return { Action: sourceBucketActions, Resource: arn };
    return { Action: sourceActions(isLocked), Resource: unwrapSingle(objectPatterns(side, scope.rules)) };
  }
  const rules = scope.rules.filter(({ destination }) => destination === arn);
  if (rules.length === 0) return undefined;
  return { Action: replicaActions(rules, isLocked), Resource: unwrapSingle(objectPatterns(side, rules)) };
}

function keyStatement(scope: Scope, { action, bucket: arn }: Refused, Resource: string): Granted | undefined {
  const side = sideOf(scope, arn);
  if (side.region === 'unknown') return undefined;
  const isSource = arn === scope.prepared.source.arn;
  const rules = isSource ? scope.rules : scope.rules.filter(({ destination }) => destination === arn);
  const Action = isSource ? action : [...replicaKeyActions];
  return rules.length === 0 ? undefined : { Action, Resource, Condition: conditionThroughS3([{ side, rules }]) };
}

function sideOf({ prepared: { snapshot } }: Scope, arn: string) {
  const bucket = bucketNameIn(arn);
  const { value } = findBucket(snapshot, bucket);
  const region = value === null || value === 'unknown' ? 'unknown' : value.region;
  return { bucket, region, partition: snapshot.partition };
}

export function trustS3({ prepared: { role } }: Scope, { path }: Evidence): Remedy | undefined {
  const [statement] = statementsOf(trustPolicy);
  if (path === undefined || !isWithin(path, [...role.path, 'trustPolicy']) || !statement) return undefined;
  return { kind: 'statement', into: { kind: 'trust', of: role.arn }, statement };
}

/** What S3 Batch Operations needs of the role of a job (S3 User Guide, s3-batch-replication-policies). */
export function repairJobRole(scope: Scope, { arn, path, refused }: Evidence): Remedy | undefined {
  if (arn === undefined) return undefined;
  if (refused?.by === 'no-allow' && refused.side === 'identity') {
    const side = sideOf(scope, refused.bucket);
    const statement: Statement = jobBucketActions.includes(refused.action)
      ? { Effect: 'Allow', Action: jobBucketActions, Resource: refused.bucket }
      : {
          Effect: 'Allow',
          Action: unwrapSingle(jobObjectActions),
          Resource: unwrapSingle(objectPatterns(side, scope.rules)),
        };
    return { kind: 'statement', into: { kind: 'permissions', of: arn }, statement };
  }
  const [statement] = statementsOf(jobTrustPolicy);
  if (path?.at(-1) !== 'trustPolicy' || !statement) return undefined;
  const { Sid: _sid, ...trusting } = statement;
  return { kind: 'statement', into: { kind: 'trust', of: arn }, statement: trusting };
}

export function setBucket(member: keyof BucketSnapshot, operation: string, ...words: readonly string[]) {
  return (scope: Scope, { arn, path }: Evidence): Remedy | undefined => {
    if (arn === undefined || path === undefined) return undefined;
    const { bucket, region } = sideOf(scope, arn);
    const whole = [...findBucket(scope.prepared.snapshot, bucket).path, member];
    if (!isWithin(path, whole) || path.length > whole.length) return undefined;
    const at = region === 'unknown' ? [] : ['--region', region];
    return { kind: 'commands', commands: [['aws', 's3api', operation, '--bucket', bucket, ...words, ...at]] };
  };
}

/** A deletion that was canceled leaves the key disabled. */
const enabling: Readonly<Record<string, readonly string[]>> = {
  Disabled: ['enable-key'],
  PendingDeletion: ['cancel-key-deletion', 'enable-key'],
};

/** Also one that older objects are encrypted with, and no rule names. */
export function enableKey({ prepared }: Scope, { arn = '' }: Evidence): Remedy | undefined {
  const key = isKeyArn(arn) ? keySide(prepared, arn, prepared.source.account, 'unknown').value : null;
  const metadata = memberOf(key, 'metadata');
  const operations = metadata === null || metadata === 'unknown' ? undefined : enabling[metadata.KeyState ?? ''];
  if (operations === undefined) return undefined;
  const region = arnParts(arn)?.region ?? '';
  return {
    kind: 'commands',
    commands: operations.map((operation) => ['aws', 'kms', operation, '--key-id', arn, '--region', region]),
  };
}
