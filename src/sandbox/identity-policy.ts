import { type Caller, roleById } from './identity.ts';
import { parsePolicy, type Statement } from './policy-document.ts';
import { policyAllows } from './policy-match.ts';
import type { SandboxState } from './state.ts';

function allowing(...actions: readonly string[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
}

const AWS_MANAGED_POLICIES: Readonly<Record<string, string>> = {
  AdministratorAccess: allowing('*'),
  AmazonS3FullAccess: allowing('s3:*', 's3-object-lambda:*'),
  AmazonS3ReadOnlyAccess: allowing('s3:Get*', 's3:List*', 's3:Describe*'),
};

/** The document of an AWS managed policy that the sandbox knows. */
export function awsManagedPolicy(arn: string): string | undefined {
  return AWS_MANAGED_POLICIES[/^arn:[a-z-]+:iam::aws:policy\/(\w+)$/.exec(arn)?.[1] ?? ''];
}

/**
 * Whether the caller's own policies allow an action. A user may do everything in its account; a session of a role may do
 * what the role's inline and attached policies allow.
 */
export function identityAllows(
  state: SandboxState,
  caller: Caller,
  action: string,
  resource: string,
  context: Readonly<Record<string, string>>,
): boolean {
  if (caller.roleId === undefined) return true;
  const role = roleById(state, caller.account, caller.roleId);
  if (role === undefined) return false;
  const attached = role.attached.map(
    (arn) => state.accounts[caller.account]?.policies[arn]?.document ?? awsManagedPolicy(arn),
  );
  const statements: Statement[] = [...Object.values(role.inline), ...attached]
    .filter((text) => text !== undefined)
    .flatMap((text) => parsePolicy(text).statements);
  return policyAllows({ statements }, { action, resource, context });
}
