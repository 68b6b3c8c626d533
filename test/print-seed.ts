import { drawsAll, seed } from './draws.ts';

/** Once, before all tests: each project of vitest.config.ts asks. */
export function setup(): void {
  if (process.env.SEED_IS_SAID) return;
  process.env.SEED_IS_SAID = '1';
  process.stdout.write(`seed ${seed} (SEED=${seed} draws the same), ${drawsAll ? 'all' : 'a part'} of the draws\n`);
}
