import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { buckets } from './words/buckets.ts';
import { keys } from './words/keys.ts';
import { nowhere } from './words/nowhere.ts';
import { roles } from './words/roles.ts';
import { rules } from './words/rules.ts';
import { levelsOf, type Scenario, wordsOf } from './words/scenario.ts';

const all: Readonly<Record<string, readonly Scenario[]>> = { buckets, keys, nowhere, roles, rules };

describe('what a plan says before it writes', () => {
  it.each(Object.keys(all))('is word for word what words/%s.txt has', async (name) => {
    const words = (all[name] ?? []).map(wordsOf).join('\n\n');
    await expect(`${words}\n`).toMatchFileSnapshot(`words/${name}.txt`);
  });

  it.each(Object.keys(all))(
    'has commands on lines of their own, which bash can read, and none in a sentence: %s',
    (name) => {
      const lines = (all[name] ?? []).flatMap((scenario) =>
        wordsOf(scenario)
          .split('\n')
          .map((line) => line.trim()),
      );
      const commands = lines.flatMap((line) => (line.startsWith('$ aws ') ? [line.slice(2)] : []));
      expect(lines.filter((line) => /\baws [a-z0-9]+ [a-z]+-[a-z]/.test(line))).toEqual(
        commands.map((one) => `$ ${one}`),
      );
      expect(spawnSync('bash', ['-n'], { input: commands.join('\n') }).status).toBe(0);
    },
  );

  it.each(Object.keys(all))('of %s is a problem or a warning', (name) => {
    const levels = new Set((all[name] ?? []).flatMap((scenario) => [...levelsOf(scenario)]));
    expect(levels).toEqual(new Set(['problem', 'warning']));
  });
});
