/** Shared by the ACLs of buckets and objects. Only canned ACLs exist here. */
import { type Answer, element, s3Document } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Call } from '../wire/route.ts';
import { canonicalId } from './canonical-id.ts';
import { invalidArgument, invalidRequest } from './request.ts';

/** What others than the owner get. */
export type Grants = readonly (readonly [grantee: string, permission: string])[];

const allUsers = 'http://acs.amazonaws.com/groups/global/AllUsers';
const authenticatedUsers = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';

/** These mean the same for a bucket and an object (S3 User Guide, "Canned ACL"). */
export const commonGrants = {
  private: [],
  'public-read': [[allUsers, 'READ']],
  'public-read-write': [
    [allUsers, 'READ'],
    [allUsers, 'WRITE'],
  ],
  'authenticated-read': [[authenticatedUsers, 'READ']],
  'aws-exec-read': [],
} as const satisfies Readonly<Record<string, Grants>>;

/** As Block Public Access understands it. */
export function isPublic(grants: Grants): boolean {
  return grants.some(([grantee]) => grantee === allUsers || grantee === authenticatedUsers);
}

/** @param known the canned ACLs that exist. @throws AwsError `InvalidArgument` for another name, and what `refuseGrants` throws. */
export function cannedAcl<Name extends string>(call: Call, known: Readonly<Record<Name, Grants>>): Name | undefined {
  refuseGrants(call);
  const acl = call.headers['x-amz-acl'];
  if (acl === undefined || isOneOf(known, acl)) return acl;
  throw invalidArgument('', 'x-amz-acl', acl);
}

function isOneOf<Name extends string>(known: Readonly<Record<Name, unknown>>, text: string): text is Name {
  return Object.hasOwn(known, text);
}

export function hasGrantHeaders({ headers }: Call): boolean {
  return Object.keys(headers).some((name) => name.startsWith('x-amz-grant-'));
}

/** Single grants do not exist here; an ACL given in two ways is refused too (recorded, `test_s3_bucket_acl_exceptions`). */
function refuseGrants(call: Call): void {
  const canned = call.headers['x-amz-acl'] !== undefined;
  const grants = hasGrantHeaders(call);
  if (canned && grants) throw invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed');
  if ((canned || grants) && call.body !== '' && /^Put(Bucket|Object)Acl$/.test(call.operation)) {
    throw new AwsError('UnexpectedContent', 400, 'This request does not support content');
  }
  if (grants) throw unknownAclError();
}

/** The owner, an account, has full control. */
export function aclDocument(account: string, grants: Grants): Answer {
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

/** For a request that puts an ACL and names none: it has a document, or nothing. */
export function noCannedAcl({ body }: Call): AwsError {
  if (body !== '') return unknownAclError();
  const message = 'Your request was missing a required header';
  return new AwsError('MissingSecurityHeader', 400, message, { MissingHeaderName: 'x-amz-acl' });
}

export function aclsDisabled(): AwsError {
  return new AwsError('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs');
}

function unknownAclError(): AwsError {
  return new AwsError('NotImplemented', 501, 'The sandbox does not have ACLs other than the canned ones.');
}
