import { iamArn } from '../../aws/arn.ts';
import type { Arn } from '../../aws/brand.ts';
import type { Tag } from '../s3/shapes.ts';
import { type Account, accountIn, type ManagedPolicy, type Role, type User } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { awsManagedPolicy } from './identity-policy.ts';
import { PolicyFault, parsePolicy } from './stored-policy.ts';

export interface IamRequest extends Operation {
  readonly account: Account;
  readonly params: URLSearchParams;
}

export type IamOperation = (request: IamRequest) => unknown;

export function iamRequest(operation: Operation): IamRequest {
  const account = accountIn(operation.state, operation.caller.account);
  return { ...operation, account, params: new URLSearchParams(operation.call.body) };
}

export function ownArn({ call, caller }: Operation, resource: string): Arn {
  return iamArn({ ...call, account: caller.account }, resource);
}

export function requireParam(request: IamRequest, name: string): string {
  const value = request.params.get(name);
  if (value === null || value === '') {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    throw validationError(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

/** The list `name.member.N`. */
export function listParam(request: IamRequest, name: string): readonly string[] {
  const found: string[] = [];
  for (let n = 1; ; n += 1) {
    const value = request.params.get(`${name}.member.${n}`);
    if (value === null) return found;
    found.push(value);
  }
}

export function tagsParam(request: IamRequest): Tag[] {
  const tags: Tag[] = [];
  for (let n = 1; request.params.has(`Tags.member.${n}.Key`); n += 1) {
    const Key = request.params.get(`Tags.member.${n}.Key`) ?? '';
    if (tags.some((tag) => tag.Key.toLowerCase() === Key.toLowerCase())) {
      throw new AwsError(
        'InvalidInput',
        400,
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      );
    }
    tags.push({ Key, Value: request.params.get(`Tags.member.${n}.Value`) ?? '' });
  }
  return tags;
}

export function mergeTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  return [...tags.filter((tag) => !added.some((other) => other.Key === tag.Key)), ...added];
}

/** One page by `PathPrefix`, `MaxItems` and `Marker` (IAM API Reference, ListRoles, ListUsers). */
export function pageOf<T extends { readonly name: string; readonly path: string }>(
  { params }: IamRequest,
  all: readonly T[],
): { readonly page: readonly T[]; readonly end: object } {
  const prefix = params.get('PathPrefix') ?? '/';
  const limit = Number(params.get('MaxItems') ?? 100);
  const after = params.get('Marker') ?? '';
  const left = all
    .filter(({ name, path }) => path.startsWith(prefix) && name > after)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const page = left.slice(0, limit);
  const more = left.length > limit;
  return { page, end: { IsTruncated: more, ...(more ? { Marker: page.at(-1)?.name } : {}) } };
}

export function roleOf(request: IamRequest): Role {
  const name = requireParam(request, 'RoleName');
  const role = request.account.roles[name];
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

export function userOf(request: IamRequest): User {
  const name = requireParam(request, 'UserName');
  const user = request.account.users[name];
  if (user === undefined) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}

export function policyOf(request: IamRequest): ManagedPolicy {
  const arn = requireParam(request, 'PolicyArn');
  const policy = request.account.policies[arn];
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

export function pathParam(request: IamRequest): string {
  const path = request.params.get('Path') ?? '/';
  if (!/^\/(?:[!-~]+\/)?$/.test(path)) {
    throw validationError(
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    );
  }
  return path;
}

export function newNameParam(request: IamRequest, name: string, longest: number): string {
  const value = requireParam(request, name);
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  if (value.length > longest) {
    throw validationError(
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`,
    );
  }
  if (!/^[\w+=,.@-]+$/.test(value)) {
    throw validationError(
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
  return value;
}

/** @throws AwsError `NoSuchEntity` where there is no such policy. */
export function boundaryParam(request: IamRequest): string | undefined {
  const arn = request.params.get('PermissionsBoundary');
  if (arn === null) return undefined;
  if (!policyExists(request, arn)) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
  return arn;
}

export function policyExists(request: IamRequest, arn: string): boolean {
  return request.account.policies[arn] !== undefined || awsManagedPolicy(arn) !== undefined;
}

export function permissionsPolicyParam(request: IamRequest): string {
  const text = requireParam(request, 'PolicyDocument');
  const policy = withIamWords(() => parsePolicy(text));
  for (const statement of policy.statements) {
    if (statement.principal !== undefined || statement.notPrincipal !== undefined) {
      throw malformedPolicyDocument('Policy document should not specify a principal.');
    }
    if (statement.resource === undefined && statement.notResource === undefined) {
      throw malformedPolicyDocument('Policy statement must contain resources.');
    }
    const vendorless = (statement.action ?? statement.notAction ?? []).find(
      (name) => name !== '*' && !name.includes(':'),
    );
    if (vendorless !== undefined) {
      throw malformedPolicyDocument('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  const sids = policy.statements.flatMap((statement) => statement.sid ?? []);
  if (new Set(sids).size < sids.length)
    throw malformedPolicyDocument('Statement IDs (SID) in a single policy must be unique.');
  if (sids.some((sid) => !/^[A-Za-z0-9]*$/.test(sid))) {
    throw malformedPolicyDocument(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    );
  }
  return text;
}

/** Rethrows a `PolicyFault` in IAM's words. */
export function withIamWords<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    const words = {
      json: 'This policy contains invalid Json',
      principal: `Invalid principal in policy: ${error.message}`,
    };
    throw malformedPolicyDocument(error.reason === 'syntax' ? error.message : words[error.reason]);
  }
}

export function malformedPolicyDocument(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', 400, message);
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', 404, message);
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', 400, message);
}
