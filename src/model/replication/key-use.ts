import type { Known, ObjectSnapshot } from '../snapshot.ts';
import type { FailureCode } from '../verdict.ts';
import { askKms, type OwnedBucket } from './ask.ts';
import { encryptionRules } from './default-encryption.ts';
import type { KeySide } from './find.ts';
import { combineOutcomes, type Finding, needs, type Open } from './finding.ts';
import type { Prepared } from './prepare.ts';

interface Use {
  /** `bucket` with an S3 Bucket Key, `object` without. */
  readonly context: 'bucket' | 'object';
  readonly actions: readonly string[];
}

const withoutBucketKey: Use = { context: 'object', actions: ['kms:Encrypt'] };
/** With a Bucket Key S3 also verifies it, and makes new ones (rules.md 1.5, table; 1.6 X-1). */
const withBucketKey: Use = { context: 'bucket', actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'] };

/** kms:Decrypt with the key of the source object; DSSE-KMS knows no Bucket Key (S3 User Guide, bucket-key). */
export function decryptSource(prepared: Prepared, object: ObjectSnapshot, key: KeySide): readonly Finding[] {
  const bucketKey = object.encryption === 'DSSE-KMS' ? false : object.bucketKey;
  const uses: readonly Use[] = contexts(bucketKey).map((context) => ({ context, actions: ['kms:Decrypt'] }));
  return findingsOn(
    uses,
    { prepared, object, key, bucket: prepared.source, reason: 'SrcGetObjectNotPermitted' },
    'unread',
  );
}

/**
 * Only kms:Encrypt without Bucket Keys (recorded/replication.md 54). The replica keeps its source's Bucket Key; without one, AWS's pages disagree where
 * the destination's default is on, and nothing tells which is right (rules.md 1.4, 1.6 X-12).
 */
export function encryptReplica(
  prepared: Prepared,
  object: ObjectSnapshot,
  key: KeySide,
  bucket: OwnedBucket,
): readonly Finding[] {
  const default_ = defaultBucketKey(bucket);
  const run = (uses: readonly Use[], because: Open['because']) =>
    findingsOn(uses, { prepared, object, key, bucket, reason: 'DstPutObjectNotPermitted' }, because);
  if (object.encryption === 'DSSE-KMS') return run([withoutBucketKey], 'undecided');
  if (object.bucketKey === true) return run([withBucketKey], 'undecided');
  if (object.bucketKey === 'unknown' || default_ === 'unknown') return run([withBucketKey, withoutBucketKey], 'unread');
  return default_ ? run([withBucketKey, withoutBucketKey], 'undecided') : run([withoutBucketKey], 'undecided');
}

/** Plaintext is encrypted by the destination's default encryption (rules.md 1.2 M6). */
export function encryptPlaintext(
  prepared: Prepared,
  object: ObjectSnapshot,
  key: KeySide,
  bucket: OwnedBucket,
  bucketKey: boolean,
): readonly Finding[] {
  const uses = contexts(bucketKey).map((context) => ({ context, actions: ['kms:GenerateDataKey'] }));
  return findingsOn(uses, { prepared, object, key, bucket, reason: 'DstPutObjectNotPermitted' }, 'unread');
}

interface Asked {
  readonly prepared: Prepared;
  readonly object: ObjectSnapshot;
  readonly key: KeySide;
  readonly bucket: OwnedBucket;
  readonly reason: FailureCode;
}

/** @param because why we cannot tell which of several uses it is. */
function findingsOn(uses: readonly Use[], asked: Asked, because: Open['because']): readonly Finding[] {
  const { prepared, object, key, bucket, reason } = asked;
  const outcomes = uses.map(({ context, actions }) =>
    actions.flatMap((action) => {
      const encryptionContext = context === 'bucket' ? bucket.arn : `${bucket.arn}/${object.key}`;
      return needs(prepared, askKms(prepared, action, key, bucket, encryptionContext), reason, 'C21');
    }),
  );
  const what =
    because === 'unread'
      ? `whether ${object.key} and the default encryption of bucket ${bucket.name} use a Bucket Key`
      : `the encryption context of a replica whose source has no Bucket Key, in bucket ${bucket.name} with one`;
  const sources = ['S3 User Guide, replication-config-for-kms-objects', 'S3 User Guide, bucket-key'];
  return combineOutcomes(outcomes, {
    because,
    check: 'C23',
    what,
    same: ['whether a Bucket Key is used', bucket.name],
    path: [...bucket.path, 'encryption'],
    sources,
  });
}

function contexts(bucketKey: Known<boolean>): readonly Use['context'][] {
  return bucketKey === 'unknown' ? ['bucket', 'object'] : [bucketKey ? 'bucket' : 'object'];
}

function defaultBucketKey({ value }: OwnedBucket): Known<boolean> {
  const rules = encryptionRules(value);
  return rules === 'unknown' ? rules : rules.some(({ BucketKeyEnabled }) => BucketKeyEnabled === true);
}
