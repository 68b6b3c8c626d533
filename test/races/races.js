/**
 * `npm run test:races [-- --seeds N] [--stride N] [--only TEXT]`: two runs at once, interleaved by dice with N seeds, and with the
 * first one interrupted at every Nth of its requests; of the pairs whose name contains TEXT. Exit code 1 where one ended wrong.
 */
import { parseArgs } from 'node:util';
import { createViteServer } from 'vitest/node';

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, stride: { type: 'string' }, only: { type: 'string' } },
});
const [seeds, stride] = [Number(values.seeds ?? 50), Number(values.stride ?? 1)];
if (!(Number.isInteger(seeds) && Number.isInteger(stride) && stride > 0))
  throw new Error('--seeds and --stride take numbers');

const server = await createViteServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const { races } = await server.ssrLoadModule('/test/races/races.ts');
const right = await races({ seeds, stride, only: values.only ?? '' }, (line) => process.stdout.write(`${line}\n`));
await server.close();
process.exit(right ? 0 : 1);
