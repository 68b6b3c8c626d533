import { type Answer, element, s3Document, s3Empty } from './answer.ts';
import { canonicalId } from './canonical-id.ts';
import { AwsError } from './errors.ts';
import type { Operation } from './operation.ts';
import { isBlocked } from './public-policy.ts';
import type { Call } from './route.ts';
import {
  changeObject,
  type ObjectOperation,
  type ObjectRequest,
  onVersion,
  requestedObject,
  versionHeader,
} from './s3-object-request.ts';
import { accessDenied, invalidArgument, invalidRequest } from './s3-request.ts';
import type { Bucket } from './state.ts';
import type { ObjectAcl, StoredObject } from './stored-object.ts';

const GROUP = 'http://acs.amazonaws.com/groups/global';
/** The group of everybody. */
export const ALL_USERS = `${GROUP}/AllUsers`;
/** The group of everybody with an AWS account. */
export const AUTHENTICATED_USERS = `${GROUP}/AuthenticatedUsers`;

/** What each canned ACL gives to whom besides the owner. */
const GRANTS: Readonly<Record<ObjectAcl, readonly (readonly [grantee: string, permission: string])[]>> = {
  private: [],
  'public-read': [[ALL_USERS, 'READ']],
  'public-read-write': [
    [ALL_USERS, 'READ'],
    [ALL_USERS, 'WRITE'],
  ],
  'authenticated-read': [[AUTHENTICATED_USERS, 'READ']],
  'aws-exec-read': [],
  'bucket-owner-read': [['bucket owner', 'READ']],
  'bucket-owner-full-control': [['bucket owner', 'FULL_CONTROL']],
};

/** The operations on the ACL of a version. Of ACLs, only the canned ones exist here. */
export const OBJECT_ACL_OPERATIONS: Readonly<Record<string, ObjectOperation>> = {
  GetObjectAcl: { actions: onVersion('s3:GetObjectAcl', 's3:GetObjectVersionAcl'), run: getAcl },
  PutObjectAcl: { actions: onVersion('s3:PutObjectAcl', 's3:PutObjectVersionAcl'), run: putAcl },
};

/** Refuses single grants, which do not exist here, and an ACL that is given in two ways (recorded, `test_s3_bucket_acl_exceptions`). */
export function refuseGrants({ headers, body, operation }: Call): void {
  const canned = headers['x-amz-acl'] !== undefined;
  const grants = Object.keys(headers).some((name) => name.startsWith('x-amz-grant-'));
  if (canned && grants) throw invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed');
  if ((canned || grants) && body !== '' && /^Put(Bucket|Object)Acl$/.test(operation)) {
    throw new AwsError('UnexpectedContent', 400, 'This request does not support content');
  }
  if (grants) throw notCanned();
}

/** The ACL that a request asks for. In a bucket with BucketOwnerEnforced there is but one. */
export function askedAcl({ call, state }: Operation, bucket: Bucket): ObjectAcl | undefined {
  refuseGrants(call);
  const { headers } = call;
  const acl = headers['x-amz-acl'];
  if (acl === undefined) return undefined;
  if (!isAcl(acl)) throw invalidArgument('', 'x-amz-acl', acl);
  if (bucket.ownership === 'BucketOwnerEnforced' && acl !== 'bucket-owner-full-control') throw aclsDisabled();
  const isPublic = GRANTS[acl].some(([grantee]) => grantee.startsWith(GROUP));
  if (isPublic && isBlocked(state, bucket, 'BlockPublicAcls')) throw accessDenied();
  return acl;
}

/** Whom a new object belongs to (S3 User Guide, "Controlling ownership of objects"). */
export function ownerOf(bucket: Bucket, writer: string, acl: ObjectAcl): string {
  const handedOver = bucket.ownership === 'BucketOwnerPreferred' && acl === 'bucket-owner-full-control';
  return bucket.ownership === 'BucketOwnerEnforced' || handedOver ? bucket.account : writer;
}

function isAcl(text: string): text is ObjectAcl {
  return Object.hasOwn(GRANTS, text);
}

function getAcl(request: ObjectRequest): Answer {
  const { bucket, call } = request;
  const [action = ''] = onVersion('s3:GetObjectAcl', 's3:GetObjectVersionAcl')(call);
  const object = requestedObject(request, action, true);
  const acl = bucket.ownership === 'BucketOwnerEnforced' ? 'private' : object.acl;
  const grants = GRANTS[acl]
    .filter(([grantee]) => grantee !== 'bucket owner' || object.owner !== bucket.account)
    .map(([grantee, permission]) => {
      return [grantee === 'bucket owner' ? canonicalId(bucket.account) : grantee, permission] as const;
    });
  const answer = aclDocument(object.owner, grants);
  return { ...answer, headers: { ...answer.headers, ...versionHeader(bucket, object) } };
}

/** An ACL as S3 answers with it: full control for the owner, an account, and what others are granted. */
export function aclDocument(
  account: string,
  grants: readonly (readonly [grantee: string, permission: string])[],
): Answer {
  const owner = canonicalId(account);
  const list = [grant(owner, 'FULL_CONTROL'), ...grants.map(([grantee, permission]) => grant(grantee, permission))];
  const xml = `<Owner>${element('ID', owner)}</Owner><AccessControlList>${list.join('')}</AccessControlList>`;
  return s3Document('AccessControlPolicy', `<AccessControlPolicy>${xml}</AccessControlPolicy>`);
}

function grant(grantee: string, permission: string): string {
  const isGroup = grantee.startsWith('http');
  const type = isGroup ? 'Group' : 'CanonicalUser';
  const opening = `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">`;
  const id = element(isGroup ? 'URI' : 'ID', grantee);
  return `<Grant>${opening}${id}</Grantee>${element('Permission', permission)}</Grant>`;
}

function putAcl(request: ObjectRequest): Answer {
  const { bucket, call } = request;
  const [action = ''] = onVersion('s3:PutObjectAcl', 's3:PutObjectVersionAcl')(call);
  const object: StoredObject = requestedObject(request, action);
  const acl = askedAcl(request, bucket);
  if (acl === undefined && bucket.ownership === 'BucketOwnerEnforced') throw aclsDisabled();
  if (acl === undefined && call.body !== '') throw notCanned();
  if (acl === undefined) throw missingAcl();
  changeObject(request, object, { acl }, 'acl');
  return s3Empty(200);
}

/** The answer to a request that puts an ACL and brings none. */
export function missingAcl(): AwsError {
  const message = 'Your request was missing a required header';
  return new AwsError('MissingSecurityHeader', 400, message, { MissingHeaderName: 'x-amz-acl' });
}

/** The answer where the bucket has no ACLs. */
export function aclsDisabled(): AwsError {
  return new AwsError('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs');
}

/** The answer to an ACL that is made of single grants. */
export function notCanned(): AwsError {
  return new AwsError('NotImplemented', 501, 'The sandbox does not have ACLs other than the canned ones.');
}
