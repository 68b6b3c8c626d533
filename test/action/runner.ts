/** GitHub's runner as far as our action sees it: a composite action whose steps are scripts, and workflows that use it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly if?: string;
  readonly environment: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: object;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly on: unknown;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly shell: string;
      readonly env: Readonly<Record<string, string>>;
      readonly run: string;
    }[];
  };
}

export const action = parse(readFileSync(`${root}action.yml`, 'utf8')) as Action;

/** The workflows that docs/ci.md shows, by the file that their first line names. */
export function documentedWorkflows(): ReadonlyMap<string, Workflow> {
  const text = readFileSync(`${root}docs/ci.md`, 'utf8');
  const blocks = [...text.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)];
  return new Map(blocks.map(([, file = '', yaml = '']) => [file, parse(yaml) as Workflow]));
}

/** How a step ended. */
export interface EndedStep {
  readonly code: number;
  /** stdout and stderr. */
  readonly log: string;
  readonly annotations: readonly string[];
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Runner {
  readonly workspace: string;
  /** Puts a program beside s3repl; gives their folder. */
  bin(name: string, text: string): string;
  /** For each run: the modes of the token and the profiles, and whether s3repl could ask for more tokens. */
  seen(): readonly string[];
  /** What is left of the step in RUNNER_TEMP. */
  leftovers(): readonly string[];
  /** Runs the action with what a step of a workflow says. */
  step(step: Step, env: Readonly<Record<string, string>>): Promise<EndedStep>;
}

/** What `seen` tells. */
const looksAround = `#!/usr/bin/env bash
modes=$(cd "$(dirname "$AWS_CONFIG_FILE")" && ls -l config token | cut -c1-10 | tr '\\n' ' ')
echo "$modes\${ACTIONS_ID_TOKEN_REQUEST_TOKEN-no right to tokens}" >>"$HOME/seen"
`;

/** A workspace in which `npm ci` has installed this s3repl. */
export function aRunner(files: Readonly<Record<string, string>>): Runner {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-action-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const workspace = join(folder, 'repo');
  const temp = join(folder, 'temp');
  mkdirSync(join(workspace, 'node_modules', '.bin'), { recursive: true });
  mkdirSync(temp);
  const bin = (name: string, text: string) => {
    const programs = join(workspace, 'node_modules', '.bin');
    writeFileSync(join(programs, name), text);
    chmodSync(join(programs, name), 0o755);
    return programs;
  };
  bin('s3repl', `${looksAround}exec node '${root}bin/s3repl.js' "$@"\n`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(workspace, name), text);
  let steps = 0;
  return {
    workspace,
    bin,
    seen: () => readFileSync(join(folder, 'seen'), 'utf8').trimEnd().split('\n'),
    leftovers: () => readdirSync(temp),
    step: async ({ with: given = {} }, env) => {
      const [step] = action.runs.steps;
      if (!step) throw new Error('the action has no step');
      const file = (name: string) => join(folder, `${name}-${steps}`);
      steps += 1;
      const [script, summary, output] = [file('script.sh'), file('summary'), file('output')];
      writeFileSync(script, step.run);
      writeFileSync(summary, '');
      writeFileSync(output, '');
      const inputs: Readonly<Record<string, unknown>> = { version: 'installed', ...given };
      const variables = Object.entries(step.env).map(([name, expression]) => {
        const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)?.[1] ?? '';
        if (!action.inputs[input]) throw new Error(`${expression} is no input`);
        return [name, String(inputs[input] ?? action.inputs[input].default ?? '')] as const;
      });
      const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
        cwd: workspace,
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          CI: 'true',
          GITHUB_ACTIONS: 'true',
          GITHUB_WORKSPACE: workspace,
          GITHUB_RUN_ID: '42',
          GITHUB_STEP_SUMMARY: summary,
          GITHUB_OUTPUT: output,
          RUNNER_TEMP: temp,
          AWS_EC2_METADATA_DISABLED: 'true',
          ...Object.fromEntries(variables),
          ...env,
        },
      });
      let log = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
      const [code] = (await once(child, 'close')) as [number];
      return {
        code,
        log,
        annotations: log.split('\n').filter((line) => /^\s*::(?:error|warning) |##\[/.test(line)),
        summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '',
        outputs: Object.fromEntries(
          readFileSync(output, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map((line) => line.split('=') as [string, string]),
        ),
      };
    },
  };
}
