import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { isOurs, replicationRole } from '../state/names.ts';
import { accountOf, type State } from '../state/state.ts';

/** Findings on the managed policies and the permissions boundary that may limit the role. */
export function roleLimitFindings(observed: State, spec: Spec): readonly Finding[] {
  return [...unreadPolicies(observed, spec), ...missingBoundary(observed, spec), ...otherBoundary(observed, spec)];
}

/** Managed policies, also the boundary, that we may not read: what they deny, S3 is denied. */
function unreadPolicies(observed: State, spec: Spec): readonly Finding[] {
  const { source } = spec;
  const { role } = replicationRole(observed, spec);
  const { policies = {} } = accountOf(observed, source.account);
  const limits = [...(role?.attachedPolicies ?? []), role?.permissionsBoundary, spec.role.permissionsBoundary];
  return [...new Set(limits)]
    .filter((arn) => typeof arn === 'string' && policies[arn] === 'unknown')
    .map((arn) => ({
      level: 'warning',
      step: 'replication-role',
      code: 'policy-unread',
      side: 'source',
      message: `the policy ${arn} of the replication role cannot be read: it may deny what replication needs`,
      fix: `allow iam:GetPolicy and iam:GetPolicyVersion on it to the role that s3repl signs in with in account ${source.account}`,
    }));
}

/** IAM makes no role with a boundary that does not exist (API: CreateRole, NoSuchEntity). */
function missingBoundary(observed: State, { source, role }: Spec): readonly Finding[] {
  const { permissionsBoundary: arn } = role;
  if (arn === undefined || accountOf(observed, source.account).policies?.[arn] !== null) return [];
  return [
    problem(
      'boundary-missing',
      `role.permissionsBoundary names the policy ${arn}, which does not exist`,
      `let an administrator of account ${source.account} create it: s3repl permissions --boundary prints the policy and the command`,
    ),
  ];
}

/** s3repl puts no role under a boundary that it did not make. */
function otherBoundary(observed: State, spec: Spec): readonly Finding[] {
  const { arn, role } = replicationRole(observed, spec);
  const { permissionsBoundary: wanted, name } = spec.role;
  if (!role || isOurs(role, spec) || wanted === undefined || role.permissionsBoundary === wanted) return [];
  const present =
    role.permissionsBoundary === null ? 'no permissions boundary' : `the boundary ${role.permissionsBoundary}`;
  return [
    problem(
      'role-boundary',
      `${arn} has ${present}, and role.permissionsBoundary is ${wanted}: s3repl did not make this role, so it does not change its boundary`,
      `remove role.permissionsBoundary from the configuration, or let an administrator run: aws iam put-role-permissions-boundary --role-name ${name} --permissions-boundary ${wanted}`,
    ),
  ];
}

function problem(code: string, message: string, fix: string): Finding {
  return { level: 'problem', step: 'replication-role', code, side: 'source', message, fix };
}
