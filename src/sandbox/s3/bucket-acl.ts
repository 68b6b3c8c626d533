import { type Answer, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Call } from '../wire/route.ts';
import {
  aclDocument,
  aclsDisabled,
  cannedAcl,
  commonGrants,
  type Grants,
  hasGrantHeaders,
  isPublic,
  noCannedAcl,
} from './acl.ts';
import { isBlocked } from './public-policy.ts';
import { accessDenied, type BucketOperation, type BucketRequest } from './request.ts';
import type { BucketAcl, ObjectOwnership } from './shapes.ts';

const logDelivery = 'http://acs.amazonaws.com/groups/s3/LogDelivery';

/** What others than the owner get; ACLs for objects only give nothing. */
const grants: Readonly<Record<BucketAcl, Grants>> = {
  ...commonGrants,
  'log-delivery-write': [
    [logDelivery, 'WRITE'],
    [logDelivery, 'READ_ACP'],
  ],
  'bucket-owner-read': [],
  'bucket-owner-full-control': [],
};

/** The ACL is shown, and grants nothing. */
export const bucketAclOperations: Readonly<Record<string, BucketOperation>> = {
  GetBucketAcl: {
    action: 's3:GetBucketAcl',
    run: ({ bucket }) => {
      const acl = bucket.ownership === 'BucketOwnerEnforced' ? 'private' : (bucket.acl ?? 'private');
      return aclDocument(bucket.account, grants[acl]);
    },
  },
  PutBucketAcl: { action: 's3:PutBucketAcl', run: putAcl },
};

function putAcl({ bucket, call, state }: BucketRequest): Answer {
  const acl = cannedAcl(call, grants);
  const isEnforced = bucket.ownership === 'BucketOwnerEnforced';
  if (isEnforced && acl !== 'bucket-owner-full-control') throw aclsDisabled();
  if (acl === undefined) throw noCannedAcl(call);
  if (isPublic(grants[acl]) && isBlocked(state, bucket, 'BlockPublicAcls')) throw accessDenied();
  if (!isEnforced) bucket.acl = acl;
  return s3Empty(200);
}

/** Whether CreateBucket also needs s3:PutBucketAcl: for every ACL but `private` (S3 API Reference, CreateBucket, Permissions). */
export function setsAcl(call: Call): boolean {
  return hasGrantHeaders(call) || (call.headers['x-amz-acl'] ?? 'private') !== 'private';
}

/**
 * Without ACLs (BucketOwnerEnforced, the default) it may only say what holds anyway; with them it may not be public, since new buckets
 * block that (S3 User Guide, "Controlling ownership of objects"; S3 API Reference, CreateBucket and "Error responses").
 */
export function newBucketAcl(call: Call, ownership: ObjectOwnership): BucketAcl | undefined {
  const hasAcls = ownership !== 'BucketOwnerEnforced';
  if (!hasAcls && hasGrantHeaders(call)) throw withOwnership();
  const acl = cannedAcl(call, grants);
  if (acl === undefined) return undefined;
  if (!hasAcls && grants[acl].length > 0) throw withOwnership();
  if (isPublic(grants[acl])) {
    const message = 'Bucket cannot have public ACLs set with BlockPublicAccess enabled';
    throw new AwsError('InvalidBucketAclWithBlockPublicAccessError', 400, message);
  }
  return hasAcls ? acl : undefined;
}

function withOwnership(): AwsError {
  const message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
  return new AwsError('InvalidBucketAclWithObjectOwnership', 400, message);
}
