/** Runs the script of `plan --show commands` with something in place of the AWS CLI. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

/** Takes the place of the AWS CLI: it is signed in wherever it is asked for, and writes down the words of each call. */
const recorder = `
sleep() { :; }
aws() {
  if [ "$1" = sts ]; then echo "\${elsewhere:-$wanted}"; return; fi
  if [ "$2" = "\${reads:-}" ]; then printf '%s' "\${answer:-}"; return; fi
  if [ "$2" = "\${refused:-}" ]; then return 254; fi
  for word in "$@"; do printf '%s\\0' "$word" >&3; done
  printf '\\001\\0' >&3
  if [ "$2" = create-key ]; then echo arn-of-key; fi
}`;

export interface Ran {
  /** The words of each `aws` command. */
  readonly words: readonly (readonly string[])[];
  readonly said: string;
  readonly exit: string;
}

/** What a shell makes of a script, and that it is still there afterwards. */
export function run(script: string, { shell = 'sh', env = {} }: { shell?: string; env?: object } = {}): Ran {
  const whole = `exec 3>&1 >/dev/null 2>said\n${recorder}\n${script}\necho "exit $?" >&2`;
  const cwd = mkdtempSync(join(tmpdir(), 's3repl-commands-'));
  try {
    const output = execFileSync(shell, ['-c', whole], { cwd, encoding: 'utf8', env: { ...process.env, ...env } });
    const words = output
      .split('\u0001\0')
      .slice(0, -1)
      .map((command) => command.split('\0').slice(0, -1));
    const [said = '', exit = ''] = readFileSync(join(cwd, 'said'), 'utf8').split(/exit (?=\d+\n$)/);
    expect(readdirSync(cwd)).toEqual(['said']);
    return { words, said, exit: exit.trim() };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** The input of each call. */
export function inputsOf(script: string, options?: Parameters<typeof run>[1]): readonly unknown[] {
  return run(script, options).words.map((words) => {
    const at = words.indexOf('--cli-input-json');
    expect(at).toBeGreaterThan(0);
    return JSON.parse(words[at + 1] ?? '') as unknown;
  });
}
