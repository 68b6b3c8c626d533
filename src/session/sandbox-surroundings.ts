import { accountIn, arnParts, rootArn } from '../aws/arn.ts';
import type { AccountId } from '../aws/brand.ts';
import type { SignInSide } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { Failure } from '../events/failure.ts';
import type { View } from '../show/view.ts';
import { questions } from './asked.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';
import { virtualDeadline } from './deadline.ts';
import { reachSandbox } from './reach-sandbox.ts';
import type { Practice } from './sandbox-options.ts';

/** @param configurations the sides of each; each source's account has the administrator who assumes its roles. */
export async function sandboxSurroundings(
  options: CommonOptions,
  practice: Practice,
  configurations: readonly (readonly SignInSide[])[],
  context: Context,
  view: View,
) {
  const administrators = administratorsOf(configurations);
  const [sandbox, { sandboxCredentials }] = await Promise.all([
    reachSandbox(options.state, practice),
    import('../sandbox/sandbox.ts'),
  ]);
  if (sandbox.servedAt !== undefined)
    view.report({ type: 'note', message: `in the sandbox that is served at ${sandbox.servedAt}` });
  // A role that repl.yaml signs in with would exist on AWS, so the sandbox makes it, for the source's administrator.
  for (const [role, accounts] of administrators) {
    const partition = arnParts(role)?.partition ?? 'aws';
    const trusted = [...accounts].map((account) => rootArn({ partition, account }));
    if (await sandbox.ensureRole(role, trusted))
      view.report({ type: 'note', message: `created the role ${role} in account ${accountIn(role)}` });
  }
  const surroundings: Surroundings = {
    report: view.report,
    env: context.env,
    sandbox: true,
    requestHandler: sandbox.requestHandler,
    credentialsFor: ({ access: { assumeRole }, account }) => {
      const [administrator = account] = (assumeRole !== undefined && administrators.get(assumeRole)) || [];
      const credentials = sandboxCredentials(administrator ?? noAccount());
      return async () => credentials;
    },
    ...questions(context, view),
    // The sandbox has no MFA devices and takes any code, so it asks nobody.
    askMfaCode: async () => '000000',
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
    ...virtualDeadline(sandbox, context),
  };
  const close = async () => {
    await sandbox.close();
    practice.tellUnused(view);
  };
  return { surroundings, close };
}

/** By assumed role: the source accounts whose administrators assume it. */
function administratorsOf(
  configurations: readonly (readonly SignInSide[])[],
): ReadonlyMap<string, ReadonlySet<AccountId>> {
  const administrators = new Map<string, Set<AccountId>>();
  for (const sides of configurations) {
    const administrator = sides[0]?.account ?? noAccount();
    for (const { access } of sides) {
      if (access.assumeRole === undefined) continue;
      const accounts = administrators.get(access.assumeRole) ?? new Set();
      administrators.set(access.assumeRole, accounts.add(administrator));
    }
  }
  return administrators;
}

function noAccount(): never {
  throw new Failure(
    'invalid',
    'no-account',
    'in the sandbox you act as the administrator of an account, and no account was named',
    'name them with --source-account and --destination-account',
  );
}
