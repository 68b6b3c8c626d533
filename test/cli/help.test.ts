import { describe, expect, it } from 'vitest';
import { commandTree } from '../../src/cli/command-tree.ts';
import { commands } from '../../src/commands/commands.ts';

async function helpOf(...argv: readonly string[]): Promise<readonly string[]> {
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text) } as never;
  const tree = await commandTree(async () => undefined, argv, stdout);
  await expect(tree.parseAsync([...argv, '--help'], { from: 'user' })).rejects.toThrow('(outputHelp)');
  return written.join('').trimEnd().split('\n');
}

describe.each(['', ...commands.map(({ name }) => name)])('s3repl %s --help', (name) => {
  const argv = name === '' ? [] : [name];

  it('has at most 45 lines of at most 80 columns', async () => {
    const lines = await helpOf(...argv);
    expect(lines.length).toBeLessThanOrEqual(45);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

it('commands that sign in take profiles, and say nothing of the sandbox’s faults', async () => {
  const help = (await helpOf('destroy')).join('\n');
  expect(help).toContain('--profile <name>');
  expect(help).toContain('--destination-profile <name>');
  expect(help).not.toContain('--sandbox-fault');
});
