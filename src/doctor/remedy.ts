/** The statement or commands that mend a cause, where they can be told exactly. */
import { arnParts } from '../aws/arn.ts';
import { type Statement, statementsOf } from '../aws/policy.ts';
import { findBucket } from '../model/replication/find.ts';
import type { Cause, Refused } from '../model/verdict.ts';
import { replicaKeyActions, trustPolicy } from '../steps/role-policy.ts';
import {
  objectPatterns,
  replicaActions,
  single,
  sourceActions,
  sourceBucketActions,
  throughS3,
} from '../steps/scope.ts';
import type { Remedy } from './diagnosis.ts';
import type { Scope } from './scope.ts';

/** A statement but for whom it is. */
type Granted = Omit<Statement, 'Effect' | 'Principal'>;

/**
 * What to apply. For an Allow that is missing, the whole statement that replication needs in that document, as narrow as the rules
 * are (rules.md 0.4, 1.2); nothing where only a person can say what is meant.
 */
export function remedyOf(scope: Scope, cause: Cause): Remedy | undefined {
  const { evidence } = cause;
  if (evidence.refused) return evidence.refused.by === 'deny' ? undefined : missingStatement(scope, evidence.refused);
  const commands = commandsFor(scope, cause);
  if (commands !== undefined) return { kind: 'commands', commands };
  if (cause.check !== 'C02' || !evidence.path?.includes('trustPolicy')) return undefined;
  const [statement] = statementsOf(trustPolicy);
  return statement && { kind: 'statement', into: `the trust policy of role ${scope.prepared.role.arn}`, statement };
}

function missingStatement(scope: Scope, refused: Refused): Remedy | undefined {
  const { role } = scope.prepared;
  const { side, resource } = refused;
  const isKey = refused.action.startsWith('kms:');
  if (side === 'identity') {
    const statement = isKey ? keyStatement(scope, refused, resource) : s3Statement(scope, refused);
    const into = `a permissions policy of role ${role.arn}`;
    return statement && { kind: 'statement', into, statement: { Effect: 'Allow', ...statement } };
  }
  if (side !== 'resource') return undefined;
  const Principal = { AWS: role.arn };
  if (isKey) {
    const statement = keyStatement(scope, refused, '*');
    return (
      statement && {
        kind: 'statement',
        into: `the key policy of ${resource}`,
        statement: { Effect: 'Allow', Principal, ...statement },
      }
    );
  }
  const statement = s3Statement(scope, refused);
  const into = `the bucket policy of ${bucketName(refused.bucket)}`;
  return statement && { kind: 'statement', into, statement: { Effect: 'Allow', Principal, ...statement } };
}

function s3Statement(scope: Scope, { action, bucket: arn }: Refused): Granted | undefined {
  const side = sideOf(scope, arn);
  const { source } = scope.prepared;
  const isLocked = source.value !== null && source.value !== 'unknown' && source.value.objectLock === 'Enabled';
  if (arn === source.arn && /^s3:(?:Get|List)/i.test(action)) {
    if (sourceBucketActions.includes(action)) return { Action: sourceBucketActions, Resource: arn };
    return { Action: sourceActions(isLocked), Resource: single(objectPatterns(side, scope.rules)) };
  }
  const rules = scope.rules.filter(({ destination }) => destination === arn);
  if (rules.length === 0) return undefined;
  return { Action: replicaActions(rules, isLocked), Resource: single(objectPatterns(side, rules)) };
}

function keyStatement(scope: Scope, { action, bucket: arn }: Refused, Resource: string): Granted | undefined {
  const side = sideOf(scope, arn);
  if (side.region === 'unknown') return undefined;
  const isSource = arn === scope.prepared.source.arn;
  const rules = isSource ? scope.rules : scope.rules.filter(({ destination }) => destination === arn);
  const Action = isSource ? action : [...replicaKeyActions];
  return rules.length === 0 ? undefined : { Action, Resource, Condition: throughS3([{ side, rules }]) };
}

function sideOf({ prepared: { snapshot } }: Scope, arn: string) {
  const bucket = bucketName(arn);
  const { value } = findBucket(snapshot, bucket);
  const region = value === null || value === 'unknown' ? 'unknown' : value.region;
  return { bucket, region, partition: snapshot.partition };
}

function commandsFor(scope: Scope, { check, evidence: { arn, path = '' } }: Cause): readonly string[][] | undefined {
  if (arn === undefined) return undefined;
  const s3 = (operation: string, ...words: string[]) => {
    const { bucket, region } = sideOf(scope, arn);
    return [
      'aws',
      's3api',
      operation,
      '--bucket',
      bucket,
      ...words,
      ...(region === 'unknown' ? [] : ['--region', region]),
    ];
  };
  const kms = (operation: string) => {
    const region = arnParts(arn)?.region ?? '';
    return ['aws', 'kms', operation, '--key-id', arn, '--region', region];
  };
  if (check === 'C06' && path.endsWith('.versioning'))
    return [s3('put-bucket-versioning', '--versioning-configuration', 'Status=Enabled')];
  if (check === 'C07')
    return [s3('put-bucket-request-payment', '--request-payment-configuration', 'Payer=BucketOwner')];
  if (check === 'C09' && path.endsWith('.objectLock'))
    return [s3('put-object-lock-configuration', '--object-lock-configuration', 'ObjectLockEnabled=Enabled')];
  if (check !== 'C19') return undefined;
  const key = scope.keys.find((one) => one.arn === arn)?.value;
  const metadata = key === null || key === undefined || key === 'unknown' ? 'unknown' : key.metadata;
  const state = metadata === 'unknown' ? undefined : metadata.KeyState;
  if (state === 'Disabled') return [kms('enable-key')];
  // A deletion that was cancelled leaves the key disabled.
  return state === 'PendingDeletion' ? [kms('cancel-key-deletion'), kms('enable-key')] : undefined;
}

function bucketName(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
