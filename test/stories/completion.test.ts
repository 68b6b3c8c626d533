import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drawFrom } from '../draws.ts';
import { aTerminal } from '../wizard/terminal.ts';
import { aFolder } from './cli.ts';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));
const ready = 'ready>';

/** How each shell starts without anybody's settings, and loads the script as its users would. */
const shells = {
  bash: {
    program: ['bash', '--norc', '--noprofile', '-i'],
    start: `PS1='${ready} '; source <(s3repl completion bash)`,
  },
  zsh: {
    program: ['zsh', '-f', '-i'],
    start: `PS1='${ready} '; unsetopt prompt_sp; autoload -Uz compinit; compinit -u -D; source <(s3repl completion zsh)`,
  },
  fish: {
    program: ['fish', '--no-config', '-i'],
    start: `function fish_prompt; echo '${ready} '; end; s3repl completion fish | source`,
  },
};

const isThere = (file: string) => spawnSync(file, ['--version']).status === 0;

async function atShell(shell: keyof typeof shells) {
  const { program, start } = shells[shell];
  const folder = aFolder();
  folder.write('mine-alone.yaml', '');
  mkdirSync(join(folder.path, '.aws'));
  folder.write('.aws/config', '[profile prod-of-acme]\nregion = eu-west-1\n');
  symlinkSync(bin, join(folder.path, 's3repl'));
  const PATH = `${folder.path}:${process.env.PATH}`;
  const terminal = aTerminal(folder.path, [], { program, columns: 100, env: { PATH, TERM: 'xterm' } });
  onTestFinished(() => terminal.kill('SIGKILL'));
  terminal.press(start, '\r', 'clear', '\r');
  await terminal.shows(new RegExp(`^${ready}`, 'm'));
  return { folder, terminal };
}

describe.each(Object.keys(shells) as (keyof typeof shells)[])('Tab in %s', (shell) => {
  it('completes commands, options, Regions, profiles and files, and runs nothing of what was typed', async ({
    skip,
  }) => {
    if (!isThere(shell)) {
      if (process.env.S3REPL_REQUIRE_SHELLS === '1') expect.fail(`${shell} is not installed`);
      console.warn(`!!! ${shell} is not installed: its completion was SKIPPED`);
      skip();
    }
    const { folder, terminal } = await atShell(shell);
    const tried = [
      ['s3repl dest', 's3repl destroy'],
      ['s3repl sandbox cred', 's3repl sandbox credentials'],
      ['s3repl plan --source-reg', 's3repl plan --source-region'],
      ['s3repl plan --source-region eu-nor', 's3repl plan --source-region eu-north-1'],
      ['s3repl plan --source-region=me-c', 's3repl plan --source-region=me-central-1'],
      ['s3repl plan --show comm', 's3repl plan --show commands'],
      ['s3repl plan --source-access-profile pro', 's3repl plan --source-access-profile prod-of-acme'],
      ['s3repl plan --profile pro', 's3repl plan --profile prod-of-acme'],
      ['s3repl apply --destination-profile=pro', 's3repl apply --destination-profile=prod-of-acme'],
      ['s3repl plan --config mine', 's3repl plan --config mine-alone.yaml'],
      ['s3repl plan --config=mine', 's3repl plan --config=mine-alone.yaml'],
    ] as const;
    const harmful = [
      ["s3repl plan --config '$(touch pwned)' --sho", "s3repl plan --config '$(touch pwned)' --show"],
      ['s3repl plan --config $(touch pwned) --sho', 's3repl plan --config $(touch pwned) --show'],
    ] as const;
    for (const [typed, completed] of [...drawFrom(tried), ...harmful]) {
      terminal.press(typed, '\t');
      await terminal.shows(completed);
      // Ctrl-U: an empty line again.
      terminal.press('\u0015');
    }
    expect(existsSync(join(folder.path, 'pwned'))).toBe(false);
  });
});

describe('the script for PowerShell', () => {
  it('is printed, and nothing beside it; there is no PowerShell in CI', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'completion', 'powershell'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Register-ArgumentCompleter -Native -CommandName s3repl');
  });
});
