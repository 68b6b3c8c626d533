import type { Question } from '../../model/decision.ts';
import { authorize } from './authorize-call.ts';
import { type IamRequest, listParam, ownArn, tagsParam } from './iam-request.ts';
import { requestTagKeys, tagKeys } from './request-keys.ts';

/** The resource of each IAM operation; its action is `iam:` and its name (Service Authorization Reference, AWS IAM). */
const operationsOn = {
  role: `GetRole DeleteRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy ListInstanceProfilesForRole TagRole UntagRole ListRoleTags PutRolePolicy GetRolePolicy
    DeleteRolePolicy ListRolePolicies AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies
    PutRolePermissionsBoundary DeleteRolePermissionsBoundary`,
  newRole: 'CreateRole',
  roles: 'ListRoles',
  policy: 'GetPolicy GetPolicyVersion ListPolicyVersions DeletePolicy TagPolicy UntagPolicy ListPolicyTags',
  newPolicy: 'CreatePolicy',
  user: 'GetUser DeleteUser',
  users: 'ListUsers',
  newUser: 'CreateUser',
} as const;

type Kind = keyof typeof operationsOn;

/** `iam:PermissionsBoundary`: the request's, else the role's (Service Authorization Reference, AWS IAM; IAM User Guide, access_policies_boundaries). */
const knowsBoundary =
  /^(CreateRole|CreateUser|(Attach|Detach|Put|Delete)RolePolicy|(Put|Delete)RolePermissionsBoundary)$/;

const kindOf = new Map(
  Object.entries(operationsOn).flatMap(([kind, names]) =>
    names.split(/\s+/).map((name) => [name, kind as Kind] as const),
  ),
);

/** Before all other checks. @throws AwsError `AccessDenied`: as in IAM, it gives the name of what should exist, and the ARN of what should not. */
export function authorizeIam(request: IamRequest): void {
  const { operation } = request.call;
  const kind = kindOf.get(operation);
  // No policy is asked about an operation without an entry, and so it is not answered.
  if (kind === undefined) return;
  const { resource, shownAs = resource } = targetOf(request, kind);
  const tagging = { CreateRole: 'iam:TagRole', CreatePolicy: 'iam:TagPolicy' }[operation];
  const tagged = tagging !== undefined && request.params.has('Tags.member.1.Key') ? [tagging] : [];
  for (const action of [`iam:${operation}`, ...tagged]) {
    authorize(request, {
      action,
      resource,
      account: request.caller.account,
      context: contextOf(request, kind),
      shownAs,
    });
  }
}

function targetOf(request: IamRequest, kind: Kind): { readonly resource: string; readonly shownAs?: string } {
  const { params, account, caller } = request;
  const arnOf = (type: string, rest: string) => ownArn(request, `${type}${rest}`);
  const pathAndName = (name: string) => `${params.get('Path') ?? '/'}${params.get(name) ?? ''}`;
  const role = params.get('RoleName') ?? '';
  const user = params.get('UserName') ?? '';
  const policy = params.get('PolicyArn') ?? '';
  switch (kind) {
    case 'role':
      return { resource: account.roles[role]?.arn ?? arnOf('role/', role), shownAs: `role ${role}` };
    case 'newRole':
      return { resource: arnOf('role', pathAndName('RoleName')) };
    case 'roles':
      return { resource: arnOf('role', params.get('PathPrefix') ?? '/') };
    case 'policy':
      return { resource: policy, shownAs: `policy ${policy}` };
    case 'newPolicy':
      return {
        resource: arnOf('policy', pathAndName('PolicyName')),
        shownAs: `policy ${params.get('PolicyName') ?? ''}`,
      };
    case 'user':
      if (user === '' && caller.session === undefined) return { resource: caller.arn };
      return { resource: account.users[user]?.arn ?? arnOf('user/', user), shownAs: `user ${user}` };
    case 'users':
      return { resource: arnOf('user', params.get('PathPrefix') ?? '/') };
    case 'newUser':
      return { resource: arnOf('user', pathAndName('UserName')) };
  }
}

function contextOf(request: IamRequest, kind: Kind): Question['context'] {
  const { params, account, call } = request;
  const role = kind === 'role' ? account.roles[params.get('RoleName') ?? ''] : undefined;
  const owned = kind === 'policy' ? account.policies[params.get('PolicyArn') ?? ''] : role;
  const boundary = knowsBoundary.test(call.operation)
    ? (params.get('PermissionsBoundary') ?? role?.boundary)
    : undefined;
  const policy = params.get('PolicyArn');
  const removed = listParam(request, 'TagKeys');
  return {
    ...requestTagKeys(tagsParam(request)),
    ...(removed.length > 0 ? { 'aws:TagKeys': removed } : {}),
    ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }),
    ...(policy === null ? {} : { 'iam:PolicyARN': policy }),
    ...tagKeys('aws:ResourceTag/', owned?.tags),
    ...tagKeys('iam:ResourceTag/', owned?.tags),
  };
}
