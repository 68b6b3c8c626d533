import { bucketNameIn, isKeyArn, nameIn, pathIn, regionOf } from '../aws/arn.ts';
import { type Statement, statementsOf } from '../aws/policy.ts';
import { findBucket, memberOf, settingOf } from '../model/replication/find.ts';
import { isWithin } from '../model/replication/path.ts';
import { keySide } from '../model/replication/prepare.ts';
import type { BucketSnapshot } from '../model/snapshot.ts';
import type { Evidence } from '../model/verdict.ts';
import type { InputTo, OperationsOf } from '../state/change.ts';
import { inlinePolicyName, ownerTag } from '../state/names.ts';
import { jobBucketActions, jobObjectActions, jobTrustPolicy } from '../steps/backfill-role.ts';
import { trustPolicy } from '../steps/role-policy.ts';
import { objectPatterns, unwrapSingle } from '../steps/scope.ts';
import { neutralSid, sideOf } from './missing-statement.ts';
import type { OwnSetUp } from './own-set-up.ts';
import { callAt, type Place, type Remedy, type RepairCall, requestTo } from './repair.ts';
import type { Scope } from './scope.ts';

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
    const isOfBucket = jobBucketActions.includes(refused.action);
    const statement: Statement = isOfBucket
      ? { Sid: `${neutralSid}JobBucket`, Effect: 'Allow', Action: jobBucketActions, Resource: refused.bucket }
      : {
          Sid: `${neutralSid}JobObjects`,
          Effect: 'Allow',
          Action: unwrapSingle(jobObjectActions),
          Resource: unwrapSingle(objectPatterns(side, scope.rules)),
        };
    return { kind: 'statement', into: { kind: 'permissions', of: arn }, statement };
  }
  const [statement] = statementsOf(jobTrustPolicy);
  if (path?.at(-1) !== 'trustPolicy' || !statement) return undefined;
  return { kind: 'statement', into: { kind: 'trust', of: arn }, statement };
}

type BucketWrite = 'PutBucketVersioning' | 'PutBucketRequestPayment' | 'PutObjectLockConfiguration';

/** @param input all but the bucket. */
export function setBucket<O extends BucketWrite & OperationsOf<'S3'>>(
  member: keyof BucketSnapshot,
  operation: O,
  input: Omit<InputTo<'S3', O>, 'Bucket'>,
) {
  return (scope: Scope, { arn, path }: Evidence): Remedy | undefined => {
    if (arn === undefined || path === undefined) return undefined;
    const bucket = bucketNameIn(arn);
    const found = findBucket(scope.prepared.snapshot, bucket);
    const whole = [...found.path, member];
    const place = placeOf(found.account, settingOf(found.value, 'region'));
    if (!isWithin(path, whole) || path.length > whole.length || place === undefined) return undefined;
    const call = {
      ...place,
      service: 'S3',
      operation,
      input: { Bucket: bucket, ExpectedBucketOwner: place.account, ...input },
    } as const;
    return { kind: 'calls', calls: [call] };
  };
}

export function placeOf(account: string, region: string | null): Place | undefined {
  return account === 'unknown' || region === 'unknown' || region === null ? undefined : { account, region };
}

/** A deletion that was canceled leaves the key disabled. */
const enabling: Readonly<Record<string, readonly ('EnableKey' | 'CancelKeyDeletion')[]>> = {
  Disabled: ['EnableKey'],
  PendingDeletion: ['CancelKeyDeletion', 'EnableKey'],
};

/** Also one that older objects are encrypted with, and no rule names. */
export function enableKey({ prepared }: Scope, { arn = '' }: Evidence): Remedy | undefined {
  const key = isKeyArn(arn) ? keySide(prepared, arn, prepared.source.account, 'unknown') : undefined;
  const metadata = memberOf(key?.value ?? null, 'metadata');
  if (key === undefined || metadata === null || metadata === 'unknown') return undefined;
  return enableKeyAt(arn, key.account, metadata.KeyState);
}

export function enableKeyAt(arn: string, account: string, state: string | undefined): Remedy | undefined {
  const operations = enabling[state ?? ''];
  if (operations === undefined) return undefined;
  const place = { account, region: regionOf(arn) };
  return { kind: 'calls', calls: operations.map((operation) => callAt(place, 'KMS', operation, { KeyId: arn })) };
}

/** One that is gone, under the ARN that the rules name. What it may do is missing then, and has a remedy of its own. */
export function makeRole({ prepared: { role, source } }: Scope, own: OwnSetUp | undefined): Remedy | undefined {
  const place = placeOf(role.account, settingOf(source.value, 'region'));
  const name = nameIn(role.arn);
  if (role.value !== null || name === '' || role.account !== source.account || place === undefined) return undefined;
  const input = { RoleName: name, Path: pathIn(role.arn), AssumeRolePolicyDocument: JSON.stringify(trustPolicy) };
  const isOurs = own !== undefined && name === inlinePolicyName(own);
  const Tags = isOurs ? { Tags: [{ Key: ownerTag, Value: own.name }] } : {};
  return { kind: 'calls', calls: [callAt(place, 'IAM', 'CreateRole', { ...input, ...Tags })] };
}

/** A rule that is disabled; its configuration is written in one piece. */
export function enableRule({ prepared: { source } }: Scope, { path = [] }: Evidence): Remedy | undefined {
  const replication = memberOf(source.value, 'replication');
  const place = placeOf(source.account, settingOf(source.value, 'region'));
  if (replication === null || replication === 'unknown' || place === undefined) return undefined;
  const at = [...source.path, 'replication', 'Rules'];
  const { Role, Rules = [] } = replication;
  const index = isWithin(path, at) ? Number(path[at.length]) : Number.NaN;
  if (Rules[index]?.Status !== 'Disabled') return undefined;
  const enabled = Rules.map((rule, one) => (one === index ? { ...rule, Status: 'Enabled' as const } : rule));
  const Bucket = source.name;
  const call: RepairCall = {
    ...callAt(place, 'S3', 'PutBucketReplication', { Bucket, ReplicationConfiguration: { Role, Rules: enabled } }),
    onlyIf: {
      read: requestTo('S3', 'GetBucketReplication', { Bucket }),
      member: 'ReplicationConfiguration',
      form: 'structure',
      is: replication,
    },
  };
  return { kind: 'calls', calls: [call] };
}
