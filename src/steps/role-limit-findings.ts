import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { isOurs } from '../state/names.ts';
import { accountOf, type State } from '../state/state.ts';
import { shellLine } from '../text/shell-word.ts';
import { type RoleSubject, roleProblem } from './role-subject.ts';

/** Findings on the managed policies and the permissions boundary that may limit the role. */
export function roleLimitFindings(observed: State, subject: RoleSubject, spec: Spec): readonly Finding[] {
  return [
    ...unreadPolicies(observed, subject, spec),
    ...missingBoundary(observed, subject, spec),
    ...otherBoundary(subject, spec),
  ];
}

/** Managed policies, also the boundary, that we may not read: what they deny, S3 is denied. */
function unreadPolicies(observed: State, { role, step, called, needs }: RoleSubject, spec: Spec): readonly Finding[] {
  const { source } = spec;
  const { policies = {} } = accountOf(observed, source.account);
  const limits = [...(role?.attachedPolicies ?? []), role?.permissionsBoundary, spec.role.permissionsBoundary];
  return [...new Set(limits)]
    .filter((arn) => typeof arn === 'string' && policies[arn] === 'unknown')
    .map((arn) => ({
      level: 'warning',
      step,
      code: 'policy-unread',
      side: 'source',
      message: `s3repl cannot read the policy ${arn} of ${called}: it may deny what ${needs}`,
      fix: `allow iam:GetPolicy and iam:GetPolicyVersion on it to the role that s3repl signs in with in account ${source.account}`,
    }));
}

/** IAM makes no role with a boundary that does not exist (API: CreateRole, NoSuchEntity). */
function missingBoundary(observed: State, subject: RoleSubject, { source, role }: Spec): readonly Finding[] {
  const { permissionsBoundary: arn } = role;
  if (arn === undefined || accountOf(observed, source.account).policies?.[arn] !== null) return [];
  return [
    roleProblem(
      subject,
      'boundary-missing',
      `role.permissionsBoundary names the policy ${arn}, which does not exist`,
      `ask an administrator of account ${source.account} to create it: s3repl permissions --boundary prints the policy and the command`,
    ),
  ];
}

/** s3repl puts no role under a boundary that it did not make. */
function otherBoundary(subject: RoleSubject, spec: Spec): readonly Finding[] {
  const { arn, role, name } = subject;
  const { permissionsBoundary: wanted } = spec.role;
  if (!role || isOurs(role, spec) || wanted === undefined || role.permissionsBoundary === wanted) return [];
  const present =
    role.permissionsBoundary === null ? 'no permissions boundary' : `the boundary ${role.permissionsBoundary}`;
  return [
    roleProblem(
      subject,
      'role-boundary',
      `${arn} has ${present}, but role.permissionsBoundary is ${wanted}: s3repl did not create this role, so it does not change its boundary`,
      `remove role.permissionsBoundary from the configuration, or ask an administrator to run:`,
      shellLine`aws iam put-role-permissions-boundary --role-name ${name} --permissions-boundary ${wanted}`,
    ),
  ];
}
