/** fast-check as tests import it unless everything is drawn (test/draws.ts): a tenth of the samples that a test asks for, from the seed of the run. */
import fc, { type Parameters as Settings } from 'fast-check';
import { draws, seed } from './draws.ts';

const fewer = <T>({ numRuns = 100, ...settings }: Settings<T> = {}): Settings<T> => ({
  seed,
  ...settings,
  numRuns: draws(numRuns),
});

export default {
  ...fc,
  assert: (property: Parameters<typeof fc.assert>[0], settings?: Settings<unknown>) =>
    fc.assert(property, fewer(settings)),
};
