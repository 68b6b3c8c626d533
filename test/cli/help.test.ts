import { describe, expect, it } from 'vitest';
import { commandTree } from '../../src/cli/command-tree.ts';
import { commands } from '../../src/commands/commands.ts';

async function helpOf(...argv: readonly string[]): Promise<readonly string[]> {
  return helpIn(undefined, argv);
}

async function helpIn(columns: number | undefined, argv: readonly string[]): Promise<readonly string[]> {
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text), columns } as never;
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

it('offers --yes where something is asked, and --verbose where AWS is called', async () => {
  const offering = async (flag: string) => {
    const helps = commands.map(async ({ name }) =>
      (await helpOf(name)).some((line) => line.includes(flag)) ? [name] : [],
    );
    return (await Promise.all(helps)).flat();
  };
  expect(await offering('-y, --yes ')).toEqual(['init', 'apply', 'backfill', 'destroy']);
  const calling = commands.map(({ name }) => name).filter((name) => name !== 'completion' && name !== 'sandbox');
  expect(await offering('--verbose ')).toEqual(calling);
});

it('every command takes --yes, --verbose and --sandbox all the same', async () => {
  for (const argv of [['plan'], ['status'], ['completion', 'bash'], ['sandbox', 'ls'], ['sandbox', 'serve']]) {
    const ran: string[] = [];
    const tree = await commandTree(async (name) => void ran.push(name), argv);
    await tree.parseAsync([...argv, '--yes', '--verbose', '--sandbox'], { from: 'user' });
    expect(ran).toHaveLength(1);
  }
});

it('the examples of s3repl --help name every command but those that only prepare', async () => {
  const help = (await helpOf()).join('\n');
  const named = commands.map(({ name }) => name).filter((name) => help.includes(`  $ s3repl ${name}`));
  expect(named).toEqual(['init', 'plan', 'apply', 'doctor', 'verify', 'backfill', 'status', 'destroy']);
});

it('a wide terminal gets the same help, and a narrow one wraps its sentences', async () => {
  expect(await helpIn(300, ['plan'])).toEqual(await helpIn(80, ['plan']));
  const [usage, , ...sentence] = await helpIn(20, ['plan']);
  expect(usage).toBe('Usage: s3repl plan [options]');
  expect(sentence.slice(0, 2)).toEqual(['show what apply would do, as a diff of', 'documents; changes nothing']);
});

it('commands that sign in take profiles, and say nothing of the sandbox’s faults', async () => {
  const help = (await helpOf('destroy')).join('\n');
  expect(help).toContain('--profile <name>');
  expect(help).toContain('--destination-profile <name>');
  expect(help).not.toContain('--sandbox-fault');
});
