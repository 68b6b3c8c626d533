/**
 * `npm run test:crash [-- --stride N] [--only TEXT]`: the matrices of test/crash/matrix.ts and reads.ts, every Nth cell of them, those whose name
 * contains TEXT. Prints what was survived; exit code 1 where anything was not.
 */
import { parseArgs } from 'node:util';
import { createViteServer } from 'vitest/node';

const { values } = parseArgs({ options: { stride: { type: 'string' }, only: { type: 'string' } } });
const stride = Number(values.stride ?? 1);
if (!(Number.isInteger(stride) && stride > 0)) throw new Error('--stride takes a number from 1 on');

const server = await createViteServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});

// The SDK pauses before it tries again, for 20 seconds at most. Nothing here becomes better by waiting: its pauses are over at once.
const { setTimeout } = globalThis;
globalThis.setTimeout = (work, milliseconds = 0, ...rest) =>
  setTimeout(work, milliseconds > 20_000 ? milliseconds : 0, ...rest);

const { matrix } = await server.ssrLoadModule('/test/crash/matrix.ts');
const { reads } = await server.ssrLoadModule('/test/crash/reads.ts');
const extent = { stride, only: values.only ?? '' };
const print = (line) => process.stdout.write(`${line}\n`);
const ends = [await matrix(extent, print), await reads(extent, print)];
const cells = ends.reduce((sum, end) => sum + end.cells, 0);
const survived = cells > 0 && ends.every((end) => end.survived === end.cells);
await server.close();
process.exit(survived ? 0 : 1);
