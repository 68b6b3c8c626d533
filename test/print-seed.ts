import { drawn, drawsAll, seed } from './draws.ts';

/** Once, before all tests: each project of vitest.config.ts asks. */
export function setup(): void {
  if (process.env.SEED_IS_SAID) return;
  process.env.SEED_IS_SAID = '1';
  const part = drawsAll ? 'all' : drawn === '1' ? 'a part' : `${drawn} times the usual part`;
  process.stdout.write(`seed ${seed} (SEED=${seed} draws the same), ${part} of the draws\n`);
}
