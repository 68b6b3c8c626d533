import type { BucketSnapshot, ObjectSnapshot } from '../snapshot.ts';
import type { Replica } from '../verdict.ts';
import type { OwnedBucket } from './ask.ts';
import { defaultKey, encryptionRules } from './default-encryption.ts';
import type { KeySide } from './find.ts';
import { type Finding, stops, unread, unreadOf, warns } from './finding.ts';
import { aliasUsed, causeOfManagedKey, destinationKeyState, sourceKeyState } from './key-state.ts';
import { decryptSource, encryptPlaintext, encryptReplica } from './key-use.ts';
import type { Path } from './path.ts';
import { keySide, type Prepared } from './prepare.ts';
import type { Rule } from './rule.ts';
import { silentCause } from './silent.ts';

type Bucket = OwnedBucket & { readonly value: BucketSnapshot };

export interface ReplicaEncryption extends Pick<Replica, 'encryption' | 'kmsKey'> {
  readonly findings: readonly Finding[];
}

export function sourceKey(prepared: Prepared, object: ObjectSnapshot): readonly Finding[] {
  const { kmsKey } = object;
  if (kmsKey === null || kmsKey === 'unknown') return [unreadOf('C23', 'the key of object', object.key, ['objects'])];
  const key = keySide(prepared, kmsKey, prepared.source.account, 'unknown');
  return [...sourceKeyState(key, prepared.source), ...decryptSource(prepared, object, key)];
}

/** How the replica is encrypted, and whether S3 gets what that takes of KMS (rules.md 1.4). */
export function replicaEncryption(
  prepared: Prepared,
  object: ObjectSnapshot,
  rule: Rule,
  bucket: Bucket,
): ReplicaEncryption {
  switch (object.encryption) {
    case 'SSE-KMS':
    case 'DSSE-KMS':
      return withRuleKey(prepared, object, rule, bucket, object.encryption);
    case 'SSE-S3':
      return { encryption: 'SSE-S3', kmsKey: null, findings: [] };
    case 'SSE-C':
      return { encryption: 'SSE-C', kmsKey: null, findings: findBlockedEncryption(bucket) };
    case 'NONE':
    case 'unknown':
      return encryptByDefault(prepared, object, bucket);
  }
}

function withRuleKey(
  prepared: Prepared,
  object: ObjectSnapshot,
  rule: Rule,
  bucket: Bucket,
  encryption: 'SSE-KMS' | 'DSSE-KMS',
): ReplicaEncryption {
  const asker = prepared.role.account;
  if (rule.replicaKey === null) {
    // Matters only where we cannot tell whether the rule takes the object at all.
    const evidence = { path: rule.path, unknown: [`whether rule ${rule.id} takes ${object.key}`] };
    const cause = {
      ...silentCause('kms-not-selected', object, rule),
      evidence,
      same: ['taken', rule.path, object.encryption],
    };
    return { encryption, kmsKey: null, findings: [{ effect: 'unknown', cause }] };
  }
  const key = keySide(prepared, rule.replicaKey, asker, bucket.value.region);
  const findings = [
    ...destinationKeyState(key, bucket, asker),
    // Nobody can be allowed to use a key that does not exist.
    ...(key.value === null ? [] : encryptReplica(prepared, object, key, bucket)),
    ...aliasUsed(key),
    ...warnOfSourceKey(prepared, key, bucket),
  ];
  return { encryption, kmsKey: key.arn, findings };
}

/** rules.md 1.3 K2. */
function warnOfSourceKey({ source }: Prepared, key: KeySide, bucket: Bucket): readonly Finding[] {
  if (key.account !== source.account || bucket.account === source.account) return [];
  const summary = `Replicas are encrypted with key ${key.arn} of the source account, which can make them unreadable; readers in account ${bucket.account} need kms:Decrypt from it.`;
  const fix = 'Use a customer managed key of the destination account.';
  const evidence = { arn: key.arn, path: key.path, sources: [{ note: 'rules.md 1.3 K2' }] };
  return [warns({ check: 'C18', summary, fix, evidence })];
}

/** A destination may refuse SSE-C (recorded/replication.md 51; AWS documents the 403, the code is inferred). */
function findBlockedEncryption(bucket: Bucket): readonly Finding[] {
  const path = [...bucket.path, 'encryption'];
  const rules = encryptionRules(bucket.value);
  if (rules === 'unknown') return [unread('C27', `whether bucket ${bucket.name} blocks SSE-C`, path)];
  if (!rules.some((rule) => rule.BlockedEncryptionTypes?.EncryptionType?.includes('SSE-C'))) return [];
  const summary = `Destination bucket ${bucket.name} blocks SSE-C.`;
  const fix = `Unblock SSE-C on ${bucket.name} (s3:PutBucketEncryption with BlockedEncryptionTypes NONE).`;
  return [stops('DstPutObjectNotPermitted', { check: 'C27', summary, fix, evidence: { arn: bucket.arn, path } })];
}

function encryptByDefault(prepared: Prepared, object: ObjectSnapshot, bucket: Bucket): ReplicaEncryption {
  const path = [...bucket.path, 'encryption'];
  const key = defaultKey(bucket.value);
  if (key === 'unknown') {
    const findings = [unread('C27', `the default encryption of bucket ${bucket.name}`, path)];
    return { encryption: 'SSE-S3', kmsKey: null, findings };
  }
  if (key === null) return { encryption: 'SSE-S3', kmsKey: null, findings: [] };
  const { encryption, id, bucketKey } = key;
  if (id === undefined) return { encryption, ...withManagedKey(prepared, object, bucket, bucketKey, path) };
  return { encryption, ...withKey(prepared, object, bucket, bucketKey, id) };
}

function withKey(prepared: Prepared, object: ObjectSnapshot, bucket: Bucket, bucketKey: boolean, id: string) {
  const asker = prepared.role.account;
  const key = keySide(prepared, id, asker, bucket.value.region);
  const uses = encryptPlaintext(prepared, object, key, bucket, bucketKey);
  return { kmsKey: key.arn, findings: [...destinationKeyState(key, bucket, asker), ...uses] };
}

/** Without its own key the default is aws/s3 of the destination account: its fixed policy lets all its principals use it through S3 (rules.md 1.3 K7). */
function withManagedKey(prepared: Prepared, object: ObjectSnapshot, bucket: Bucket, bucketKey: boolean, path: Path) {
  if (bucket.account !== prepared.role.account) {
    const cause = causeOfManagedKey('aws/s3', { arn: bucket.arn, path });
    return { kmsKey: null, findings: [stops('DstPutObjectNotPermitted', cause)] };
  }
  const { value } = keySide(prepared, managedKey, bucket.account, bucket.value.region);
  return value === null || value === 'unknown'
    ? { kmsKey: null, findings: [] }
    : withKey(prepared, object, bucket, bucketKey, managedKey);
}

const managedKey = 'alias/aws/s3';
