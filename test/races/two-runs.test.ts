import { describe, expect, it } from 'vitest';
import { byDice, interruptedAfter } from './race.ts';
import { pairs, raced } from './two-runs.ts';

/** A sample; `npm run test:races` has them all. */
const samples = {
  'first apply, nothing there, twice': [byDice(1), interruptedAfter(34)],
  'new prefix, created keys, twice': [interruptedAfter(40)],
  'destroy, created keys, and new prefix, created keys': [byDice(2)],
};

const all = await pairs((name) => name in samples);

describe.each(all.map((pair) => [pair.name, pair] as const))('%s, at the same time', (name, pair) => {
  it.each(samples[name as keyof typeof samples])(
    'ends right or says what happened, and the next run ends like one alone (%#)',
    async (choose) => {
      expect((await raced(pair, choose)).wrong).toBeUndefined();
    },
  );
});
