import type { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandTree } from '../../src/cli/command-tree.ts';

const names = ['init', 'plan', 'apply', 'permissions', 'doctor', 'verify', 'destroy', 'sandbox'];

/** @param argv names the commands that it has. */
async function aTree(argv: readonly string[] = names): Promise<{ readonly tree: Command; readonly ran: string[] }> {
  const ran: string[] = [];
  return { tree: await commandTree(async (name) => void ran.push(name), argv), ran };
}

/** Every option of every command that takes a value, with the words that lead to it. */
function optionsOf(command: Command, path: readonly string[] = []): readonly (readonly [readonly string[], Option])[] {
  return [
    ...command.options.filter(({ required }) => required).map((option) => [[...path], option] as const),
    ...command.commands.flatMap((inner) => optionsOf(inner, [...path, inner.name()])),
  ];
}

const all = optionsOf((await aTree()).tree).map(([path, option]) => ({ path, long: option.long ?? '' }));

describe('an option whose value was forgotten', () => {
  it('can be any of all commands', () => {
    expect(new Set(all.map(({ path }) => path[0]))).toEqual(new Set(names));
    expect(all.filter(({ long }) => long === '')).toEqual([]);
  });

  it.each(['--sandbox', '--yes', '--', '--no-such-option', '--json=x', '-h'])(
    'is refused, and nothing runs, where %s comes next',
    async (next) => {
      for (const { path, long } of all) {
        const { tree, ran } = await aTree(path);
        await expect(tree.parseAsync([...path, long, next, '--json'], { from: 'user' }), `${path} ${long}`)
          .rejects //
          .toMatchObject({
            outcome: 'invalid',
            code: 'arguments',
            message: expect.stringMatching(`^${long} needs a value, ${long} <.+>, but the option ${next} comes next$`),
            fix: expect.stringContaining(`${long}=${next}`),
          });
        expect(ran).toEqual([]);
      }
    },
    60_000,
  );

  it.each([['--state='], ['--state', ''], ['--config='], ['--out', '']])(
    'is refused where a file or folder has no name: %s %s',
    async (...words) => {
      const { tree, ran } = await aTree();
      const parsed = tree.parseAsync(['plan', ...words.filter((word) => word !== undefined)], { from: 'user' });
      await expect(parsed).rejects.toMatchObject({
        code: 'arguments',
        message: expect.stringContaining('needs a value'),
      });
      expect(ran).toEqual([]);
    },
  );

  it.each([['--config'], ['--summary'], ['--out'], ['--state']])(
    'is refused where - would be a file: %s',
    async (flag) => {
      const { tree, ran } = await aTree();
      await expect(tree.parseAsync(['plan', flag, '-'], { from: 'user' })).rejects.toMatchObject({
        code: 'arguments',
        message: `${flag} takes the name of a file, and - is none`,
      });
      expect(ran).toEqual([]);
    },
  );

  it('may be that of a text, which can be empty', async () => {
    const { tree, ran } = await aTree();
    await tree.parseAsync(['init', '--destination-rules-prefix', ''], { from: 'user' });
    expect(ran).toEqual(['init']);
  });

  it('is not seen where the value is written with =, or is one that begins with a single dash', async () => {
    for (const words of [
      ['--state=--sandbox'],
      ['--state', '-folder'],
      ['--object', '-x'],
      ['--object=--x', '--json'],
    ]) {
      const { tree, ran } = await aTree();
      await tree.parseAsync(['doctor', ...words], { from: 'user' });
      expect(ran).toEqual(['doctor']);
      const doctor = tree.commands.find((command) => command.name() === 'doctor');
      const written = words[0]?.split('=')[1] ?? words[1];
      expect(Object.values(doctor?.opts() ?? {})).toContain(written);
    }
  });

  it('is not looked for among the words after --', async () => {
    const { tree } = await aTree();
    await expect(
      tree.parseAsync(['sandbox', 'put', '--', '--state', '--x', 'too', 'many'], { from: 'user' }),
    ).rejects.toMatchObject({ code: 'commander.excessArguments' });
  });
});
