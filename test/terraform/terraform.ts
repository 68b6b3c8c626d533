/** Terraform with the real AWS provider, in a folder of its own, against a served sandbox. */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The folder that holds the registry's name, where the provider is installed on this machine; undefined where it is not. */
function pluginFolder(): string | undefined {
  const named = process.env.S3REPL_TERRAFORM_PLUGINS;
  if (named !== undefined) return named;
  const name = 'terraform-provider-aws_v5*';
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore', env: { PATH: process.env.PATH, ...quiet } });
    const found = execFileSync('find', ['/opt', '/usr', '/root', '/home', '-xdev', '-name', name, '-print', '-quit'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    // HOST/hashicorp/aws/VERSION/PLATFORM/FILE
    return found === '' ? undefined : [1, 2, 3, 4, 5, 6].reduce((path) => dirname(path), found);
  } catch {
    return undefined;
  }
}

/** Says so, or fails where it is demanded, if Terraform is not on this machine. */
export function pluginsOrNotice(untested: string): string | undefined {
  const plugins = pluginFolder();
  if (plugins !== undefined) return plugins;
  const message = `Terraform with the AWS provider is not on this machine: ${untested} is not tested`;
  if (process.env.S3REPL_REQUIRE_TERRAFORM) throw new Error(message);
  process.stderr.write(`${message}\n`);
  return undefined;
}

const quiet = { TF_CLI_CONFIG_FILE: '/dev/null', TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1', TF_INPUT: '0' };

/** The provider collects its garbage less often: a third less time for each command, most of which loads its schema. */
const rarely = { GOGC: '400' };

/** Of `terraform plan -detailed-exitcode`; 0 is no change, 1 an error. */
const planHasChanges = 2;

/** A resource that a plan of Terraform would change, with the attributes that differ. */
export interface Drift {
  readonly address: string;
  readonly actions: readonly string[];
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

export interface Terraform {
  /** @param variables `name=value`; gives the outputs. */
  apply(...variables: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** What `terraform plan` would change. */
  drift(...variables: readonly string[]): Promise<readonly Drift[]>;
  destroy(): Promise<void>;
}

/**
 * @param file of this folder: the configuration.
 * @param url of the sandbox.
 */
export async function terraformIn(cwd: string, file: string, plugins: string, url: string): Promise<Terraform> {
  copyFileSync(fileURLToPath(new URL(file, import.meta.url)), join(cwd, file));
  const options = {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, TF_VAR_url: url, ...quiet, ...rarely },
    maxBuffer: 64 * 2 ** 20,
  };
  const terraform = async (...args: readonly string[]) => (await run('terraform', args, options)).stdout;
  const given = (variables: readonly string[]) => variables.map((one) => `-var=${one}`);
  await terraform('init', '-no-color', `-plugin-dir=${plugins}`);
  return {
    async apply(...variables) {
      await terraform('apply', '-no-color', '-auto-approve', ...given(variables));
      const outputs: Record<string, { value: string }> = JSON.parse(await terraform('output', '-json'));
      return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    },
    async destroy() {
      await terraform('destroy', '-no-color', '-auto-approve');
    },
    async drift(...variables) {
      const plan = ['plan', '-no-color', '-detailed-exitcode', '-out=saved.plan', ...given(variables)];
      const changes = await terraform(...plan).then(
        () => false,
        (error: { code: unknown }) => {
          if (error.code !== planHasChanges) throw error;
          return true;
        },
      );
      if (!changes) return [];
      const { resource_changes }: Plan = JSON.parse(await terraform('show', '-json', 'saved.plan'));
      return resource_changes.flatMap(({ address, change: { actions, before, after } }) => {
        if (actions.every((action) => action === 'no-op')) return [];
        const names = Object.keys({ ...before, ...after }).filter(
          (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
        );
        const some = (all: Attributes | null) => Object.fromEntries(names.map((name) => [name, all?.[name]]));
        return [{ address, actions, before: some(before), after: some(after) }];
      });
    },
  };
}

type Attributes = Readonly<Record<string, unknown>>;

interface Plan {
  readonly resource_changes: readonly {
    readonly address: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: Attributes | null;
      readonly after: Attributes | null;
    };
  }[];
}
