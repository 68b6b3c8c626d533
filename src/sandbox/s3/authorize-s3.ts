import { bucketArn } from '../../aws/arn.ts';
import type { BucketName } from '../../aws/brand.ts';
import type { Question } from '../../model/decision.ts';
import { type Asking, authorize } from '../iam/authorize-call.ts';
import { arnOfBucket, type Bucket } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { isBlocked, isPublic } from './public-policy.ts';

type Context = Record<string, string | readonly string[]>;

/** Parameters and headers that are condition keys under their own names, after `s3:`. */
const queryKeys: Readonly<Record<string, string>> = {
  prefix: 's3:prefix',
  delimiter: 's3:delimiter',
  'max-keys': 's3:max-keys',
  versionId: 's3:VersionId',
};
const headerKeys = [
  'if-match',
  'if-none-match',
  'x-amz-acl',
  'x-amz-content-sha256',
  'x-amz-copy-source',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
  'x-amz-metadata-directive',
  'x-amz-object-ownership',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];
const lockKeys: Readonly<Record<string, string>> = {
  'x-amz-object-lock-mode': 's3:object-lock-mode',
  'x-amz-object-lock-retain-until-date': 's3:object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold': 's3:object-lock-legal-hold',
};

/** Nobody can say how old a signature is. An object's tags are known only where the object is read. */
const unknownKeys = ['s3:signatureAge'];
const unknownOfObjects = [...unknownKeys, 's3:ExistingObjectTag/*', 's3:object-lock-remaining-retention-days'];

/** @param more keys that the request lacks (`s3:ExistingObjectTag/…`). @throws AwsError `AccessDenied`, without a reason for another account's bucket. */
export function authorizeS3(
  asking: Asking,
  bucket: Bucket,
  action: string,
  key?: string,
  more: Question['context'] = {},
): void {
  const headers = { 'x-amz-bucket-region': bucket.region };
  if (asking.caller.account !== bucket.account && isRestricted(asking, bucket)) {
    throw new AwsError('AccessDenied', 403, 'Access Denied', {}, headers);
  }
  const arn = arnOfBucket(bucket);
  const resource = key === undefined ? arn : `${arn}/${key}`;
  authorize(asking, {
    action,
    resource,
    account: bucket.account,
    policy: bucket.policy,
    context: { ...s3Keys(asking), ...more },
    unknownKeys: key === undefined ? unknownKeys : unknownOfObjects,
    shownAs: `"${resource}"`,
    headers,
  });
}

/** @param bucket one that may not exist yet; absent: all buckets. */
export function authorizeS3Account(
  asking: Asking,
  actions: readonly string[],
  bucket?: BucketName,
  more: Question['context'] = {},
): void {
  authorizeS3On(asking, actions, bucket === undefined ? '*' : bucketArn({ ...asking.call, bucket }), more);
}

/** @param resource of the caller's account, without a policy of its own. @throws AwsError `AccessDenied` */
export function authorizeS3On(
  asking: Asking,
  actions: readonly string[],
  resource: string,
  more: Question['context'] = {},
): void {
  const context = { ...s3Keys(asking), ...more };
  const { account } = asking.caller;
  for (const action of actions) {
    authorize(asking, { action, resource, account, context, unknownKeys, shownAs: `"${resource}"` });
  }
}

/** Whether Block Public Access keeps other accounts out of a bucket with a public policy. */
function isRestricted({ state }: Asking, bucket: Bucket): boolean {
  const { policy } = bucket;
  return isBlocked(state, bucket, 'RestrictPublicBuckets') && policy !== undefined && isPublic(policy);
}

function s3Keys({ call }: Asking): Context {
  const context: Context = {
    's3:authType': 'authorization' in call.headers ? 'REST-HEADER' : 'REST-QUERY-STRING',
    's3:signatureversion': call.signatureVersion === 2 ? 'AWS' : 'AWS4-HMAC-SHA256',
    's3:TlsVersion': '1.3',
  };
  for (const [parameter, key] of Object.entries(queryKeys)) {
    const value = call.query[parameter];
    if (value !== undefined) context[key] = value;
  }
  for (const header of headerKeys) {
    const value = call.headers[header];
    if (value !== undefined) context[`s3:${header}`] = value;
  }
  for (const [header, key] of Object.entries(lockKeys)) {
    const value = call.headers[header];
    if (value !== undefined) context[key] = value;
  }
  const tags = new URLSearchParams(call.headers['x-amz-tagging'] ?? '');
  if (tags.size > 0) context['s3:RequestObjectTagKeys'] = [...tags.keys()];
  for (const [name, value] of tags) context[`s3:RequestObjectTag/${name}`] = value;
  return context;
}
