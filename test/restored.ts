/** After every test file all is as it was before: clocks, environment, methods, clients of the SDK, functions of src/ (vitest.config.ts). */
import { afterAll, vi } from 'vitest';
import { inPlaceOf, putBack } from './in-place-of.ts';

vi.mock('../src/sandbox/sandbox.ts', async (original) => {
  const real = await original<typeof import('../src/sandbox/sandbox.ts')>();
  const openSandbox: typeof real.openSandbox = (options) =>
    inPlaceOf.openSandbox ? inPlaceOf.openSandbox(real.openSandbox, options) : real.openSandbox(options);
  return { ...real, openSandbox };
});
vi.mock('../src/apply/read-back.ts', async (original) => {
  const real = await original<typeof import('../src/apply/read-back.ts')>();
  const readBack: typeof real.readBack = (...args) =>
    inPlaceOf.readBack ? inPlaceOf.readBack(real.readBack, ...args) : real.readBack(...args);
  return { ...real, readBack };
});
vi.mock('../src/model/evaluate.ts', async (original) => {
  const real = await original<typeof import('../src/model/evaluate.ts')>();
  const evaluate: typeof real.evaluate = (...args) =>
    inPlaceOf.evaluate ? inPlaceOf.evaluate(real.evaluate, ...args) : real.evaluate(...args);
  return { ...real, evaluate };
});

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  putBack();
});
