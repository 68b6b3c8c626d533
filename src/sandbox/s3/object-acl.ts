import type { Bucket } from '../store/state.ts';
import { type Answer, s3Empty } from '../wire/answer.ts';
import type { Operation } from '../wire/operation.ts';
import { aclDocument, aclsDisabled, cannedAcl, commonGrants, type Grants, isPublic, noCannedAcl } from './acl.ts';
import { canonicalId } from './canonical-id.ts';
import {
  changeObject,
  findRequestedObject,
  type ObjectOperation,
  type ObjectRequest,
  onVersion,
  versionHeader,
} from './object-request.ts';
import { isBlocked } from './public-policy.ts';
import { accessDenied } from './request.ts';
import type { ObjectAcl, StoredObject } from './stored-object.ts';

const grantsOfAcl: Readonly<Record<ObjectAcl, Grants>> = {
  ...commonGrants,
  'bucket-owner-read': [['bucket owner', 'READ']],
  'bucket-owner-full-control': [['bucket owner', 'FULL_CONTROL']],
};

export const objectAclOperations: Readonly<Record<string, ObjectOperation>> = {
  GetObjectAcl: { actions: onVersion('s3:GetObjectAcl', 's3:GetObjectVersionAcl'), run: getAcl },
  PutObjectAcl: { actions: onVersion('s3:PutObjectAcl', 's3:PutObjectVersionAcl'), run: putAcl },
};

/** With BucketOwnerEnforced, there is only one. */
export function readAskedAcl({ call, state }: Operation, bucket: Bucket): ObjectAcl | undefined {
  const acl = cannedAcl(call, grantsOfAcl);
  if (acl === undefined) return undefined;
  if (bucket.ownership === 'BucketOwnerEnforced' && acl !== 'bucket-owner-full-control') throw aclsDisabled();
  if (isPublic(grantsOfAcl[acl]) && isBlocked(state, bucket, 'BlockPublicAcls')) throw accessDenied();
  return acl;
}

/** Whom a new object belongs to (S3 User Guide, "Controlling ownership of objects"). */
export function ownerOf(bucket: Bucket, writer: string, acl: ObjectAcl): string {
  const handedOver = bucket.ownership === 'BucketOwnerPreferred' && acl === 'bucket-owner-full-control';
  return bucket.ownership === 'BucketOwnerEnforced' || handedOver ? bucket.account : writer;
}

function getAcl(request: ObjectRequest): Answer {
  const { bucket, call } = request;
  const [action = ''] = onVersion('s3:GetObjectAcl', 's3:GetObjectVersionAcl')(call);
  const object = findRequestedObject(request, action, true);
  const acl = bucket.ownership === 'BucketOwnerEnforced' ? 'private' : object.acl;
  const grants = grantsOfAcl[acl]
    .filter(([grantee]) => grantee !== 'bucket owner' || object.owner !== bucket.account)
    .map(([grantee, permission]) => {
      return [grantee === 'bucket owner' ? canonicalId(bucket.account) : grantee, permission] as const;
    });
  const answer = aclDocument(object.owner, grants);
  return { ...answer, headers: { ...answer.headers, ...versionHeader(bucket, object) } };
}

function putAcl(request: ObjectRequest): Answer {
  const { bucket, call } = request;
  const [action = ''] = onVersion('s3:PutObjectAcl', 's3:PutObjectVersionAcl')(call);
  const object: StoredObject = findRequestedObject(request, action);
  const acl = readAskedAcl(request, bucket);
  if (acl === undefined && bucket.ownership === 'BucketOwnerEnforced') throw aclsDisabled();
  if (acl === undefined) throw noCannedAcl(call);
  changeObject(request, object, { acl }, 'acl');
  return s3Empty(200);
}
