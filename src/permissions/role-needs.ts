import { iamArn, roleArn } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { type Need, planning } from '../state/need.ts';
import { stepNeeds } from './step-needs.ts';

/** @param boundary ARN of the permissions boundary that the role must have. */
export function roleNeeds(spec: Spec, boundary?: string): readonly Need[] {
  const { source, role } = spec;
  const named = { sid: 'Role', on: roleArn(source, role.path ?? '/', role.name) };
  return [
    // While there is no role of that name, IAM knows no path of it.
    ...(role.path === undefined || role.path === '/'
      ? []
      : [
          {
            sid: 'NoRole',
            actions: ['iam:GetRole'],
            on: roleArn(source, '/', role.name),
            for: planning,
          },
        ]),
    {
      ...named,
      actions: ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
      for: [...planning, 'doctor'],
    },
    ...stepNeeds(named, (needs) => needs.role?.(spec, boundary)),
    {
      sid: 'ManagedPolicies',
      actions: ['iam:GetPolicy', 'iam:GetPolicyVersion'],
      on: [iamArn(source, 'policy/*'), iamArn({ ...source, account: 'aws' }, 'policy/*')],
      for: ['plan', 'apply', 'verify', 'doctor'],
    },
  ];
}
