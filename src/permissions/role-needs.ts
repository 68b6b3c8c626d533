/** What the commands need at the replication role, in the source account. */
import { iamArn, roleArn } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { destroying, type Need, type Purpose, planning } from '../state/need.ts';
import { s3Service } from '../steps/role-policy.ts';

/**
 * The role and the managed policies that may limit it.
 *
 * @param boundary ARN of the permissions boundary that the role must have.
 */
export function roleNeeds({ source, role }: Spec, boundary?: string): readonly Need[] {
  const need = (actions: readonly string[], ...commands: readonly Purpose[]): Need => ({
    sid: 'Role',
    actions,
    on: roleArn(source, role.path ?? '/', role.name),
    for: commands,
  });
  return [
    // As long as there is no role of that name, IAM knows no path of it.
    ...(role.path === undefined || role.path === '/'
      ? []
      : [{ ...need(['iam:GetRole'], ...planning), sid: 'NoRole', on: roleArn(source, '/', role.name) }]),
    need(
      ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
      ...planning,
      'doctor',
    ),
    ...(boundary === undefined
      ? [
          need(['iam:CreateRole', 'iam:PutRolePolicy', 'iam:TagRole', 'iam:UpdateAssumeRolePolicy'], 'apply'),
          need(['iam:DeleteRolePolicy', 'iam:DeleteRole'], ...destroying),
          need(['iam:PassRole'], 'apply', ...destroying),
        ]
      : boundedNeeds(need, boundary)),
    {
      sid: 'ManagedPolicies',
      actions: ['iam:GetPolicy', 'iam:GetPolicyVersion'],
      on: [iamArn(source, 'policy/*'), iamArn({ ...source, account: 'aws' }, 'policy/*')],
      for: ['plan', 'apply', 'verify', 'doctor'],
    },
  ];
}

/**
 * The role is made and given rights within that boundary only: the key is the boundary that CreateRole and
 * PutRolePermissionsBoundary ask for, and the one that the role has for PutRolePolicy (Service Authorization Reference, IAM; IAM User
 * Guide, access_policies_boundaries, "Delegating responsibility to others"). UpdateAssumeRolePolicy knows no such key: it would open
 * a role of this name that was there before, with all that it may do, so it is left to an administrator. S3 is the service that the
 * role is passed to (Systems Manager runbook reference, AWSSupport-ConfigureS3ReplicationSameAndCrossAccount).
 */
function boundedNeeds(
  need: (actions: readonly string[], ...commands: readonly Purpose[]) => Need,
  boundary: string,
): readonly Need[] {
  return [
    {
      ...need(['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'], 'apply'),
      sid: 'BoundedRole',
      condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    need(['iam:TagRole'], 'apply'),
    need(['iam:DeleteRolePolicy', 'iam:DeleteRole'], ...destroying),
    {
      ...need(['iam:PassRole'], 'apply', ...destroying),
      sid: 'PassRole',
      condition: { StringEquals: { 'iam:PassedToService': s3Service } },
    },
  ];
}
