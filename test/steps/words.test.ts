import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { listSentences } from '../sentences.ts';
import { buckets } from './words/buckets.ts';
import { keys } from './words/keys.ts';
import { nowhere } from './words/nowhere.ts';
import { roles } from './words/roles.ts';
import { rules } from './words/rules.ts';
import { levelsOf, listCommands, listTexts, recordScenario, type Scenario } from './words/scenario.ts';

const all: Readonly<Record<string, readonly Scenario[]>> = { buckets, keys, nowhere, roles, rules };

describe('what a plan says before it writes', () => {
  it.each(Object.entries(all))('is found by code and side as in words/%s.txt', async (name, scenarios) => {
    const found = scenarios.map(recordScenario).join('\n\n');
    await expect(`${found}\n`).toMatchFileSnapshot(`words/${name}.txt`);
  });

  it('is told in the sentences of words/sentences.txt', async () => {
    const told = Object.values(all).flat().flatMap(listTexts);
    await expect(listSentences(told)).toMatchFileSnapshot('words/sentences.txt');
  });

  it('has commands that bash can read, and none within a sentence', () => {
    const scenarios = Object.values(all).flat();
    const inSentences = scenarios.flatMap(listTexts).filter(({ text }) => /\baws [a-z0-9]+ [a-z]+-[a-z]/.test(text));
    expect(inSentences).toEqual([]);
    expect(spawnSync('bash', ['-n'], { input: scenarios.flatMap(listCommands).join('\n') }).status).toBe(0);
  });

  it.each(Object.entries(all))('of %s is a problem or a warning', (_, scenarios) => {
    const levels = new Set(scenarios.flatMap((scenario) => [...levelsOf(scenario)]));
    expect(levels).toEqual(new Set(['problem', 'warning']));
  });
});
