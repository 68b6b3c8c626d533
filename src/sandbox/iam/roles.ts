import { emptyRecord } from '../store/record.ts';
import type { Role } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import {
  boundaryParam,
  type IamOperation,
  type IamRequest,
  listParam,
  malformedPolicyDocument,
  mergeTags,
  newNameParam,
  ownArn,
  pageOf,
  pathParam,
  requireParam,
  roleOf,
  tagsParam,
  validationError,
  withIamWords,
} from './iam-request.ts';
import { newUniqueId } from './new-ids.ts';
import { bindPrincipals, showPrincipals } from './principals.ts';
import { parsePolicy, reshapePolicy, type StoredPolicy } from './stored-policy.ts';

const trustLimit = 2048;

export const roleOperations: Readonly<Record<string, IamOperation>> = {
  CreateRole: createRole,
  GetRole: (request) => ({ Role: { ...describeRole(request, roleOf(request)), RoleLastUsed: {} } }),
  DeleteRole: deleteRole,
  ListRoles: listRoles,
  UpdateRole: updateRole,
  UpdateRoleDescription: updateRoleDescription,
  // The sandbox has no instance profiles.
  ListInstanceProfilesForRole: (request) => {
    roleOf(request);
    return { InstanceProfiles: [], IsTruncated: false };
  },
  UpdateAssumeRolePolicy: (request) => {
    roleOf(request).trust = trustParam(request, 'PolicyDocument');
  },
  TagRole: (request) => {
    const role = roleOf(request);
    role.tags = mergeTags(role.tags, tagsParam(request));
  },
  UntagRole: (request) => {
    const role = roleOf(request);
    const keys = listParam(request, 'TagKeys');
    role.tags = role.tags.filter((tag) => !keys.includes(tag.Key));
  },
  ListRoleTags: (request) => ({ Tags: roleOf(request).tags, IsTruncated: false }),
};

function createRole(request: IamRequest): unknown {
  const name = newNameParam(request, 'RoleName', 64);
  const path = pathParam(request);
  const maxSessionDuration = sessionDurationParam(request);
  const trust = trustParam(request, 'AssumeRolePolicyDocument');
  const tags = tagsParam(request);
  if (Object.keys(request.account.roles).some((other) => other.toLowerCase() === name.toLowerCase())) {
    throw new AwsError('EntityAlreadyExists', 409, `Role with name ${name} already exists.`);
  }
  const description = request.params.get('Description');
  const boundary = boundaryParam(request);
  const role: Role = {
    name,
    path,
    arn: ownArn(request, `role${path}${name}`),
    id: newUniqueId('AROA'),
    created: request.now,
    visibleAt: request.now + request.roleVisible,
    trust,
    ...(description === null ? {} : { description }),
    maxSessionDuration,
    tags,
    inline: emptyRecord(),
    attached: [],
    ...(boundary === undefined ? {} : { boundary }),
  };
  request.account.roles[name] = role;
  const { MaxSessionDuration: _, ...shown } = describeRole(request, role);
  return {
    Role: {
      ...shown,
      AssumeRolePolicyDocument: encodeURIComponent(requireParam(request, 'AssumeRolePolicyDocument')),
    },
  };
}

function sessionDurationParam(request: IamRequest): number {
  const seconds = Number(request.params.get('MaxSessionDuration') ?? 3600);
  if (seconds >= 3600 && seconds <= 43200) return seconds;
  throw validationError(
    `1 validation error detected: Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200`,
  );
}

/** Without a duration it becomes one hour; without a description, that stays (IAM API Reference, UpdateRole). */
function updateRole(request: IamRequest): unknown {
  const role = roleOf(request);
  role.maxSessionDuration = sessionDurationParam(request);
  const description = request.params.get('Description');
  if (description !== null) role.description = description;
  return {};
}

function updateRoleDescription(request: IamRequest): unknown {
  const role = roleOf(request);
  role.description = requireParam(request, 'Description');
  return { Role: describeRole(request, role) };
}

function deleteRole(request: IamRequest): void {
  const role = roleOf(request);
  if (role.attached.length > 0) {
    throw new AwsError('DeleteConflict', 409, 'Cannot delete entity, must detach all policies first.');
  }
  if (Object.keys(role.inline).length > 0) {
    throw new AwsError('DeleteConflict', 409, 'Cannot delete entity, must delete policies first.');
  }
  delete request.account.roles[role.name];
}

function listRoles(request: IamRequest): unknown {
  const { page, end } = pageOf(request, Object.values(request.account.roles));
  const Roles = page.map((role) => {
    const { Tags: _, PermissionsBoundary: __, ...shown } = describeRole(request, role);
    return shown;
  });
  return { Roles, ...end };
}

function describeRole(request: IamRequest, role: Role) {
  const trust = JSON.stringify(reshapePolicy(showPrincipals(role.trust, request.state, request.call.partition)));
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: iamDate(role.created),
    AssumeRolePolicyDocument: encodeURIComponent(trust),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    PermissionsBoundary:
      role.boundary === undefined
        ? undefined
        : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.boundary },
    Tags: role.tags.length === 0 ? undefined : role.tags,
  };
}

export function iamDate(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

function trustParam(request: IamRequest, name: string): StoredPolicy {
  const text = requireParam(request, name);
  if (text.replace(/\s/g, '').length > trustLimit) {
    throw new AwsError('LimitExceeded', 409, `Cannot exceed quota for ACLSizePerRole: ${trustLimit}`);
  }
  return withIamWords(() => {
    const policy = parsePolicy(text);
    for (const statement of policy.statements) {
      if (statement.resource !== undefined || statement.notResource !== undefined)
        throw malformedPolicyDocument('Has prohibited field Resource');
      if (statement.principal === undefined && statement.notPrincipal === undefined) {
        throw malformedPolicyDocument('AssumeRolepolicy must contain principals');
      }
      if (!(statement.action ?? []).every((action) => action.toLowerCase().startsWith('sts:'))) {
        throw malformedPolicyDocument('AssumeRole policy may only specify STS AssumeRole actions.');
      }
    }
    return bindPrincipals(policy, request.state, {
      partition: request.call.partition,
      now: request.now,
      seesNewRoles: true,
    });
  });
}
