import { drawsAll, seed } from './draws.ts';

let isSaid = false;

/** Once, before all tests. */
export function setup(): void {
  if (!isSaid)
    process.stdout.write(`seed ${seed} (SEED=${seed} draws the same), ${drawsAll ? 'all' : 'a tenth'} of the draws\n`);
  isSaid = true;
}
