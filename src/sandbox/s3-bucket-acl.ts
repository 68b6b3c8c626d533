import { type Answer, s3Empty } from './answer.ts';
import { AwsError } from './errors.ts';
import { isBlocked } from './public-policy.ts';
import type { Call } from './route.ts';
import {
  ALL_USERS,
  AUTHENTICATED_USERS,
  aclDocument,
  aclsDisabled,
  missingAcl,
  notCanned,
  refuseGrants,
} from './s3-object-acl.ts';
import { accessDenied, type BucketOperation, type BucketRequest, invalidArgument } from './s3-request.ts';
import type { BucketAcl, ObjectOwnership } from './s3-shapes.ts';

const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery';

/** What each canned ACL gives to whom besides the owner (S3 User Guide, "Canned ACL"; those that are for objects only give nothing). */
const GRANTS: Readonly<Record<BucketAcl, readonly (readonly [grantee: string, permission: string])[]>> = {
  private: [],
  'public-read': [[ALL_USERS, 'READ']],
  'public-read-write': [
    [ALL_USERS, 'READ'],
    [ALL_USERS, 'WRITE'],
  ],
  'authenticated-read': [[AUTHENTICATED_USERS, 'READ']],
  'aws-exec-read': [],
  'log-delivery-write': [
    [LOG_DELIVERY, 'WRITE'],
    [LOG_DELIVERY, 'READ_ACP'],
  ],
  'bucket-owner-read': [],
  'bucket-owner-full-control': [],
};

/** The operations on the ACL of a bucket. Of ACLs, only the canned ones exist here, and they are shown, not evaluated. */
export const BUCKET_ACL_OPERATIONS: Readonly<Record<string, BucketOperation>> = {
  GetBucketAcl: {
    action: 's3:GetBucketAcl',
    run: ({ bucket }) => {
      const acl = bucket.ownership === 'BucketOwnerEnforced' ? 'private' : (bucket.acl ?? 'private');
      return aclDocument(bucket.account, GRANTS[acl]);
    },
  },
  PutBucketAcl: { action: 's3:PutBucketAcl', run: putAcl },
};

function putAcl({ bucket, call, state }: BucketRequest): Answer {
  const acl = askedAcl(call);
  const isEnforced = bucket.ownership === 'BucketOwnerEnforced';
  if (isEnforced && acl !== 'bucket-owner-full-control') throw aclsDisabled();
  if (acl === undefined) throw call.body === '' ? missingAcl() : notCanned();
  if (isPublic(acl) && isBlocked(state, bucket, 'BlockPublicAcls')) throw accessDenied();
  if (!isEnforced) bucket.acl = acl;
  return s3Empty(200);
}

function askedAcl(call: Call): BucketAcl | undefined {
  refuseGrants(call);
  const acl = call.headers['x-amz-acl'];
  if (acl === undefined || isAcl(acl)) return acl;
  throw invalidArgument('', 'x-amz-acl', acl);
}

function grantsByHeader(headers: Call['headers']): boolean {
  return Object.keys(headers).some((name) => name.startsWith('x-amz-grant-'));
}

/** Whether a new bucket is to have an ACL that needs an action of its own: any but `private`. */
export function setsAcl({ headers }: Call): boolean {
  return grantsByHeader(headers) || (headers['x-amz-acl'] ?? 'private') !== 'private';
}

function isAcl(text: string): text is BucketAcl {
  return Object.hasOwn(GRANTS, text);
}

function isPublic(acl: BucketAcl): boolean {
  return GRANTS[acl].some(([grantee]) => grantee === ALL_USERS || grantee === AUTHENTICATED_USERS);
}

/**
 * The ACL that a new bucket is asked to have. Without ACLs (BucketOwnerEnforced, the default) it may only say what holds anyway;
 * with them it may not be public, since new buckets block that (S3 User Guide, "Controlling ownership of objects"; S3 API
 * Reference, CreateBucket and "Error responses").
 */
export function newBucketAcl(call: Call, ownership: ObjectOwnership): BucketAcl | undefined {
  const hasAcls = ownership !== 'BucketOwnerEnforced';
  if (!hasAcls && grantsByHeader(call.headers)) throw withOwnership();
  const acl = askedAcl(call);
  if (acl === undefined) return undefined;
  if (!hasAcls && GRANTS[acl].length > 0) throw withOwnership();
  if (isPublic(acl)) {
    const message = 'Bucket cannot have public ACLs set with BlockPublicAccess enabled';
    throw new AwsError('InvalidBucketAclWithBlockPublicAccessError', 400, message);
  }
  return hasAcls ? acl : undefined;
}

function withOwnership(): AwsError {
  const message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
  return new AwsError('InvalidBucketAclWithObjectOwnership', 400, message);
}
