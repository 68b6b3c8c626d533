import type { AnySide, Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { keyArnOf, sidesOf } from '../state/names.ts';
import { accountOf, type BucketState, bucketOf, type State } from '../state/state.ts';
import { shellLine } from '../text/shell-word.ts';
import { defaultKeyOf, isKms, replaceManagedKey, resolveKey } from './default-encryption.ts';

export function bucketFindings(observed: State, spec: Spec): readonly Finding[] {
  return [
    ...sidesOf(spec).flatMap((side) => findingsOf(observed, side, spec)),
    ...spec.destinations.flatMap((side) => findBlockedEncryption(observed, side, spec)),
  ];
}

export function bucketDestroyFindings(observed: State, spec: Spec): readonly Finding[] {
  return sidesOf(spec).flatMap((side) => foreignBucketFindings(observed, side) ?? inaccessibleFindings(observed, side));
}

function findingsOf(observed: State, side: AnySide, spec: Spec): readonly Finding[] {
  const bucket = accountOf(observed, side.account).buckets[side.bucket];
  if (!bucket) return [];
  if ('inaccessible' in bucket) return inaccessibleFindings(observed, side);
  return [
    ...encryptionFindings(observed, bucket, side, spec),
    ...versioningFindings(bucket, side),
    ...(side.account === spec.source.account ? [] : payerFindings(bucket, side)),
  ];
}

function encryptionFindings(observed: State, bucket: BucketState, side: AnySide, spec: Spec): readonly Finding[] {
  const algorithm = bucket.encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  if (!isKms(algorithm)) {
    const message = `the default encryption of ${side.bucket} changes to SSE-KMS`;
    const fix =
      'everybody who writes to the bucket needs kms:GenerateDataKey on the key; everybody who reads needs kms:Decrypt';
    return [{ level: 'warning', step: 'bucket', code: 'bucket-becomes-kms', side: side.id, message, fix }];
  }
  const given = defaultKeyOf(bucket.encryption);
  const key = resolveKey(observed, side, given);
  const wanted = keyArnOf(observed, side, spec);
  if (key === wanted) return [];
  const managed = given === undefined || given.includes('alias/aws/');
  return [
    {
      level: 'problem',
      step: 'bucket',
      code: 'bucket-key-mismatch',
      side: side.id,
      message: `the default encryption of ${side.bucket} uses ${managed ? 'the AWS managed key aws/s3' : (key ?? given)}`,
      ...(managed
        ? replaceManagedKey(side, bucket.encryption, wanted)
        : { fix: `write "kmsKey: ${key ?? given}" for this side` }),
    },
  ];
}

function versioningFindings({ versioning }: BucketState, side: AnySide): readonly Finding[] {
  if (versioning === 'Enabled') return [];
  return [
    {
      level: 'warning',
      step: 'bucket',
      code: 'versioning-just-enabled',
      side: side.id,
      message: `s3repl enables versioning of ${side.bucket}`,
      fix: 'AWS recommends waiting 15 minutes before the next writes to the bucket (S3 User Guide, manage-versioning-examples)',
    },
  ];
}

function payerFindings({ requestPayment }: BucketState, side: AnySide): readonly Finding[] {
  if (requestPayment === 'unknown') {
    const message = `s3repl cannot tell whether ${side.bucket} is a Requester Pays bucket: the answer to GetBucketRequestPayment is a different document`;
    const fix =
      'an emulator may do this; otherwise find out what answers in the place of AWS (AWS_ENDPOINT_URL, a proxy)';
    return [{ level: 'warning', step: 'bucket', code: 'requester-pays-unknown', side: side.id, message, fix }];
  }
  if (requestPayment !== 'Requester') return [];
  const message = `the destination bucket ${side.bucket} is a Requester Pays bucket`;
  const fix = 'S3 does not replicate to such a bucket across accounts: set the payer to BucketOwner';
  return [{ level: 'problem', step: 'bucket', code: 'requester-pays', side: side.id, message, fix }];
}

/** Somebody else owns the destination by now: nothing of ours is in it, and the rule that replicates to it goes. */
function foreignBucketFindings(observed: State, side: AnySide): readonly Finding[] | undefined {
  const bucket = accountOf(observed, side.account).buckets[side.bucket];
  if (side.id === 'source' || !bucket || !('inaccessible' in bucket) || bucket.owned !== false) return undefined;
  return [
    {
      level: 'warning',
      step: 'bucket',
      code: 'bucket-of-another',
      side: side.id,
      message: explainNotOwned(side),
      fix: 's3repl does not touch that bucket. Objects replicated to it since then belong to its owner: check what was written meanwhile',
    },
  ];
}

function inaccessibleFindings(observed: State, side: AnySide): readonly Finding[] {
  const bucket = accountOf(observed, side.account).buckets[side.bucket];
  if (!bucket || !('inaccessible' in bucket)) return [];
  const problem = (code: string, message: string, fix: string, paste?: string): readonly Finding[] => [
    { level: 'problem', step: 'bucket', code, side: side.id, message, fix, ...(paste !== undefined && { paste }) },
  ];
  if (bucket.owned === false) return problem('bucket-of-another', explainNotOwned(side), waysOut(side));
  if (bucket.inaccessible === 'wrong-region') {
    const { region } = bucket;
    const message = `the bucket ${side.bucket} is in ${region ?? 'another Region'}, not in ${side.region}`;
    if (region !== undefined) return problem('bucket-region', message, `write "region: ${region}", or another bucket`);
    const fix = 'write its Region, or another bucket. Its owner can look up the Region:';
    return problem('bucket-region', message, fix, shellLine`aws s3api get-bucket-location --bucket ${side.bucket}`);
  }
  if (bucket.owned) {
    const message = `account ${side.account} owns the bucket ${side.bucket}, but S3 denies access to it`;
    return problem('bucket-forbidden', message, 'allow s3:ListBucket on it, in IAM and in the policy of the bucket');
  }
  return problem(
    'bucket-forbidden',
    `the bucket ${side.bucket} exists, but S3 denies account ${side.account} access to it`,
    `list the buckets of account ${side.account} with the command below. If ${side.bucket} is among them, allow s3:ListBucket on it. If not, it belongs to another account: ${waysOut(side)}`,
    'aws s3api list-buckets',
  );
}

/** Bucket names are global: once a bucket is deleted, anybody can create one of its name (S3 User Guide, BucketRestrictions). */
function explainNotOwned({ bucket, account }: AnySide): string {
  return `the bucket ${bucket} does not belong to account ${account}: somebody else may have created it after it was deleted`;
}

/** Never names the account ID of whoever owns it now. */
function waysOut({ id }: AnySide): string {
  return id === 'source'
    ? 'write another bucket into repl.yaml'
    : 'do not replicate to it: write another bucket into repl.yaml, or remove the rule ("s3repl destroy")';
}

/** An object that the destination blocks and the source takes fails to replicate (recorded/replication.md 51); new buckets block SSE-C. */
function findBlockedEncryption(observed: State, side: AnySide, spec: Spec): readonly Finding[] {
  const blocks = (bucket: BucketState | undefined) =>
    bucket?.encryption?.Rules?.[0]?.BlockedEncryptionTypes?.EncryptionType?.includes('SSE-C') ?? bucket === undefined;
  const source = bucketOf(observed, spec.source.account, spec.source.bucket);
  if (blocks(source) || !blocks(bucketOf(observed, side.account, side.bucket))) return [];
  return [
    {
      level: 'warning',
      step: 'bucket',
      code: 'sse-c-blocked',
      side: side.id,
      message: `the destination bucket ${side.bucket} blocks SSE-C, the source bucket does not`,
      fix: 'objects written with SSE-C would fail to replicate: block SSE-C at both, or at neither',
    },
  ];
}
