/**
 * How much of what there is to try is tried. `npm test` draws a part, mostly a tenth or a twentieth, another one with each seed; S3REPL_DRAWS=5, as in `.ci/run`, five times as much; `npm run test:draws`
 * all of it (S3REPL_DRAWS=all). The seed is printed first: SEED=N npm test draws the same again.
 */
export const drawn = process.env.S3REPL_DRAWS ?? '1';

export const drawsAll = drawn === 'all';

const times = drawsAll ? 1 : Number(drawn);
if (!(times > 0)) throw new Error(`S3REPL_DRAWS is "all" or a number above 0, not ${drawn}`);

export const seed = Number(process.env.SEED ?? 20261122);

const share = 10;

/** Of lists every so many-th; mutants (docs/mutation.md) meet more of them. */
const everySoMany = '__stryker__' in globalThis ? 10 : 20;

/** Of so many samples, how many this run takes: a tenth or more, but no fewer than a dozen where there are as many. */
export function draws(usual: number): number {
  return drawsAll ? usual : Math.min(usual, Math.max(Math.ceil((usual * times) / share), 12));
}

/** What this run takes of a list that is worth trying whole: every twentieth, or every so many-th; one at least. */
export function drawFrom<T>(all: readonly T[], every = everySoMany): readonly T[] {
  if (drawsAll) return all;
  const step = Math.min(Math.ceil(every / times), all.length);
  return all.filter((_, index) => index % step === seed % step);
}
