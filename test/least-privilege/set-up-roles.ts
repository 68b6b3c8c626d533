/** Commands as a person runs them, in process, by roles in the sandbox that have the policies of a test and nothing else. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyDocument } from '../../src/aws/policy.ts';
import type { Result } from '../../src/events/event.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { CommonOptions } from '../../src/session/common-options.ts';
import type { Context } from '../../src/session/context.ts';
import { explain } from '../../src/session/explain.ts';
import { DESTINATION, SOURCE } from '../builders.ts';
import { inPlaceOf } from '../in-place-of.ts';

export type Policies = Readonly<Record<string, PolicyDocument>>;
export type SandboxState = Sandbox['state'];
export type Options = CommonOptions & { readonly config: string };

/** What a command said and how it ended; what differs from run to run is taken out. */
export interface Ran {
  readonly outcome: string;
  readonly said: string;
}

export const roleName = 's3repl-setup';
export const roleArn = (account: string) => `arn:aws:iam::${account}:role/${roleName}`;

const folder = mkdtempSync(join(tmpdir(), 's3repl-permissions-'));

/** What the command that runs has for a sandbox. */
export const current: { sandbox?: Sandbox } = {};

/** A configuration as a file, by which all sides are signed in to as the setup roles; members are added or replaced. */
export function configFile(
  name: string,
  { source = {}, destinations = [{}], ...more }: Readonly<Record<string, unknown>> & Config = {},
): string {
  const file = join(folder, `${name}.yaml`);
  const side = (account: string, region: string, bucket: string, own: object) => {
    const all = { account, region, bucket, ...own };
    return { ...all, access: { assumeRole: roleArn(all.account) } };
  };
  const tree = {
    version: 1,
    name: 'invoices-dr',
    source: side(SOURCE, 'eu-west-1', 'acme-invoices', source),
    destinations: destinations.map((one) => side(DESTINATION, 'eu-central-1', 'acme-invoices-replica', one)),
    ...more,
  };
  // What is JSON is YAML.
  writeFileSync(file, JSON.stringify(tree));
  return file;
}

/** A list of all versions of an object, for `--manifest`. */
export function listFile({ buckets }: SandboxState, key: string): string {
  const versions = Object.values(buckets['acme-invoices']?.objects[key] ?? {});
  const file = join(folder, `${key}.csv`);
  writeFileSync(file, versions.map(({ versionId }) => `acme-invoices,${key},${versionId}\n`).join(''));
  return file;
}

interface Config {
  readonly source?: object;
  readonly destinations?: readonly object[];
}

/** The state of a sandbox with nothing of that sandbox in it. */
export function copied(state: SandboxState): SandboxState {
  return JSON.parse(JSON.stringify(state)) as SandboxState;
}

/** A sandbox that goes on from a state; `policies` are all that the setup roles have. */
export async function sandboxFrom(state: SandboxState | undefined, policies: Policies | undefined): Promise<Sandbox> {
  const sandbox = await openSandbox();
  if (state) Object.assign(sandbox.state, copied(state));
  const accounts = [SOURCE, DESTINATION];
  for (const account of accounts) {
    await sandbox.ensureRole(
      roleArn(account),
      accounts.map((one) => `arn:aws:iam::${one}:root`),
    );
    const role = sandbox.state.accounts[account]?.roles[roleName];
    const policy = policies?.[account];
    if (!role || !policies) continue;
    role.attached = [];
    // An inline policy of a role has at most so many characters (IAM User Guide, reference_iam-quotas).
    const text = JSON.stringify(policy ?? { Version: '2012-10-17', Statement: [] });
    if (text.length > 10_240) throw new Error(`a policy of ${text.length} characters`);
    role.inline.own = text;
  }
  return sandbox;
}

/** Runs a command in a sandbox, and says what came of it. */
export async function ran(
  sandbox: Sandbox,
  config: string,
  command: (options: Options, context: Context) => Promise<Result>,
): Promise<Ran> {
  const opened = { ...sandbox, close: async () => undefined };
  current.sandbox = opened;
  // The commands name a folder.
  inPlaceOf.openSandbox = async (real, options) => (options?.directory === undefined ? real(options) : opened);
  const said: string[] = [];
  const output = { write: (text: string) => said.push(text) };
  const context: Context = {
    stdout: output,
    stderr: output,
    env: {},
    signal: new AbortController().signal,
    use: () => undefined,
  };
  const options = { config, json: true, yes: true, sandbox: true, state: folder, color: false, flagValues: {} };
  try {
    const { outcome, error, summary = '' } = await command(options, context);
    return { outcome, said: withoutChance([...said, summary, error?.message, error?.fix].join('\n')) };
  } catch (error) {
    const { outcome, code, message, fix } = explain(error);
    return { outcome: code === 'bug' ? 'bug' : outcome, said: withoutChance([...said, message, fix].join('\n')) };
  }
}

/** IDs, times and order differ from run to run. */
function withoutChance(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\b(AROA|ASIA)[A-Z0-9]+/g, '$1')
    .replace(/\b[0-9a-f]{24}\b/g, 'HEX')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/"(?:seconds|deleteMarkerSeconds|ms)":\d+/g, '"seconds":N')
    .replace(/"versionId":"[^"]*"/g, '"versionId":"V"')
    .replace(/\(request [^)]*\)/g, '(request)')
    .split('\n')
    .filter((line) => !line.startsWith('{"type":"pending"'))
    .sort()
    .join('\n');
}
