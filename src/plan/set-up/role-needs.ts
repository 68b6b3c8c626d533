/** What the commands need at the replication role, in the source account. */
import type { Spec } from '../../config/spec.ts';
import { destroying, type Need, type Purpose, planning } from './need.ts';

/** The role and the managed policies that may limit it. */
export function roleNeeds({ source, role }: Spec): readonly Need[] {
  const iam = `arn:${source.partition}:iam::`;
  const need = (actions: readonly string[], ...commands: readonly Purpose[]): Need => ({
    sid: 'Role',
    actions,
    on: `${iam}${source.account}:role${role.path ?? '/'}${role.name}`,
    for: commands,
  });
  return [
    // As long as there is no role of that name, IAM knows no path of it.
    ...(role.path === undefined || role.path === '/'
      ? []
      : [{ ...need(['iam:GetRole'], ...planning), sid: 'NoRole', on: `${iam}${source.account}:role/${role.name}` }]),
    need(
      ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
      ...planning,
      'doctor',
    ),
    ...rightsOfRole(need, role.permissionsBoundary),
    need(['iam:TagRole', 'iam:UpdateAssumeRolePolicy'], 'apply'),
    need(['iam:DeleteRolePolicy', 'iam:DeleteRole'], ...destroying),
    need(['iam:PassRole'], 'apply', ...destroying),
    {
      sid: 'ManagedPolicies',
      actions: ['iam:GetPolicy', 'iam:GetPolicyVersion'],
      on: [`${iam}${source.account}:policy/*`, `${iam}aws:policy/*`],
      for: ['plan', 'apply', 'verify', 'doctor'],
    },
  ];
}

/** With a boundary in repl.yaml, the role is made and given rights within that boundary only. */
function rightsOfRole(
  need: (actions: readonly string[], ...commands: readonly Purpose[]) => Need,
  boundary: string | undefined,
): readonly Need[] {
  const making = ['iam:CreateRole', 'iam:PutRolePolicy'];
  if (boundary === undefined) return [need(making, 'apply')];
  return [
    {
      ...need([...making, 'iam:PutRolePermissionsBoundary'], 'apply'),
      sid: 'BoundedRole',
      condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
  ];
}
