import { describe, expect, it } from 'vitest';
import { buckets } from './words/buckets.ts';
import { keys } from './words/keys.ts';
import { roles } from './words/roles.ts';
import { rules } from './words/rules.ts';
import { type Scenario, wordsOf } from './words/scenario.ts';

const all: Readonly<Record<string, readonly Scenario[]>> = { buckets, keys, roles, rules };

describe('what a plan says before it writes', () => {
  it.each(Object.keys(all))('is word for word what words/%s.txt has', async (name) => {
    const words = (all[name] ?? []).map(wordsOf).join('\n\n');
    await expect(`${words}\n`).toMatchFileSnapshot(`words/${name}.txt`);
  });
});
