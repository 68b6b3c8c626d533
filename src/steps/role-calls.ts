import { nameIn, pathIn } from '../aws/arn.ts';
import { isSamePolicy } from '../aws/policy.ts';
import { type Call, type Input, type Turn, turn } from '../state/change.ts';
import { alertsTag, ownerIn, ownerTag } from '../state/names.ts';
import { destroying, type Needs, type Purpose, type Right } from '../state/need.ts';
import type { RoleState } from '../state/state.ts';
import type { Asks, Step } from '../state/step.ts';
import { s3Service } from './role-policy.ts';
import { foundAgain, roleVisible } from './waits.ts';

export type RoleWrite =
  | 'CreateRole'
  | 'DeleteRole'
  | 'DeleteRolePolicy'
  | 'PutRolePermissionsBoundary'
  | 'PutRolePolicy'
  | 'TagRole'
  | 'UpdateAssumeRolePolicy';

/** Of all inline policies of a role. The IAM User Guide (reference_iam-quotas) says characters, the error of PutRolePolicy bytes: the smaller limit. */
export const mostPolicyBytes = 10_240;

const waits = [roleVisible];

export const roleWrites: Step<RoleWrite>['writes'] = {
  CreateRole: {
    oneRunOnly: true,
    shownLate: 'S3 and KMS see the new role',
    makes: ({ RoleName, Tags }) => ({
      at: 'role',
      name: RoleName,
      is: ({ tags }) => tags[ownerTag] === ownerIn(Tags),
    }),
  },
  UpdateAssumeRolePolicy: { waits },
  PutRolePermissionsBoundary: { waits },
  TagRole: { waits },
  PutRolePolicy: {
    waits,
    policy: { most: mostPolicyBytes, text: ({ PolicyDocument }) => PolicyDocument },
    expects: ({ RoleName, PolicyName }) => ({ by: 'iam', name: RoleName, found: PolicyName }),
  },
  DeleteRolePolicy: {
    waits: [foundAgain],
    removes: ({ RoleName, PolicyName }) => ({
      at: 'role',
      name: RoleName,
      is: ({ inlinePolicies }) => !(PolicyName in inlinePolicies),
    }),
  },
  DeleteRole: {
    waits: [
      {
        error: /^DeleteConflict(Exception)?$/,
        message: /must delete policies first/,
        reason: 'IAM to see that its policy is gone',
      },
      foundAgain,
    ],
    removes: ({ RoleName }) => ({ at: 'role', name: RoleName, is: () => false }),
  },
};

export const roleAsks: Asks = {
  IAM: {
    CreateRole: { actions: ['iam:CreateRole', 'iam:TagRole'] },
    GetRole: { answer: 'result' },
    GetRolePolicy: { answer: 'result' },
    ListRolePolicies: { answer: 'result' },
    ListAttachedRolePolicies: { answer: 'result' },
  },
};

export const roleWriteNeeds: Needs = {
  role: (_spec, boundary) => {
    const passes = ['apply', ...destroying] as const;
    return [
      ...rightsToWriteRole('apply', boundary),
      boundary === undefined ? { actions: ['iam:PassRole'], for: passes } : rightToPassRole(s3Service, passes),
    ];
  },
};

/** @param by who makes the role; `destroy` removes it. */
export function rightsToWriteRole(by: Purpose, boundary: string | undefined): readonly Right[] {
  return [
    ...(boundary === undefined
      ? [
          {
            actions: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:TagRole', 'iam:UpdateAssumeRolePolicy'],
            for: [by],
          },
        ]
      : boundaryRights(by, boundary)),
    { actions: ['iam:DeleteRolePolicy', 'iam:DeleteRole'], for: destroying },
  ];
}

/** To S3, the replication role (Systems Manager runbook reference, AWSSupport-ConfigureS3ReplicationSameAndCrossAccount). */
export function rightToPassRole(service: string, by: readonly Purpose[]): Right {
  return {
    sid: 'PassRole',
    actions: ['iam:PassRole'],
    for: by,
    condition: { StringEquals: { 'iam:PassedToService': service } },
  };
}

/**
 * The role is made and given rights only within that boundary: CreateRole and PutRolePermissionsBoundary ask for it, and for PutRolePolicy the role has
 * it (Service Authorization Reference, IAM; IAM User Guide, access_policies_boundaries, "Delegating responsibility to others"). UpdateAssumeRolePolicy
 * has no such key: it would open an older role of this name with all its rights, so an administrator does that.
 */
function boundaryRights(by: Purpose, boundary: string): readonly Right[] {
  return [
    {
      sid: 'BoundedRole',
      actions: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'],
      for: [by],
      condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    { actions: ['iam:TagRole'], for: [by] },
  ];
}

export function roleCall<O extends RoleWrite>(operation: O, input: Input<O>, inTurn: Turn = turn.things) {
  return { side: 'source', service: 'IAM', operation, input, turn: inTurn } as const;
}

/** Everything but the inline policy. */
export function creationCall(
  arn: string,
  { trustPolicy, permissionsBoundary: boundary, tags }: RoleState,
  description: string,
): Call {
  return roleCall('CreateRole', {
    RoleName: nameIn(arn),
    Path: pathIn(arn),
    AssumeRolePolicyDocument: JSON.stringify(trustPolicy),
    Description: description,
    ...(boundary === null ? {} : { PermissionsBoundary: boundary }),
    Tags: tagList(tags),
  });
}

/** Everything but the inline policy. */
export function updateCalls(RoleName: string, before: RoleState, after: RoleState): readonly Call[] {
  const boundary = after.permissionsBoundary;
  const Tags = tagList(after.tags).filter(({ Key, Value }) => before.tags[Key] !== Value);
  const calls: Call[] = [];
  if (!isSamePolicy(before.trustPolicy, after.trustPolicy)) {
    calls.push(roleCall('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: JSON.stringify(after.trustPolicy) }));
  }
  if (boundary !== null && boundary !== before.permissionsBoundary) {
    calls.push(roleCall('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: boundary }));
  }
  const [late, early] = [true, false].map((isLate) =>
    Tags.filter(({ Key, Value }) => (Key === alertsTag && Value === 'no') === isLate),
  );
  if (early?.length) calls.push(roleCall('TagRole', { RoleName, Tags: early }));
  // A run that is killed before its end looks for the alarms again.
  if (late?.length) calls.push(roleCall('TagRole', { RoleName, Tags: late }, turn.role));
  return calls;
}

export function removalCalls(arn: string, before: RoleState | null, PolicyName: string, inTurn: Turn): readonly Call[] {
  const RoleName = nameIn(arn);
  return [
    ...(before?.inlinePolicies[PolicyName] ? [roleCall('DeleteRolePolicy', { RoleName, PolicyName }, inTurn)] : []),
    ...(before ? [roleCall('DeleteRole', { RoleName }, inTurn)] : []),
  ];
}

function tagList(tags: RoleState['tags']) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
