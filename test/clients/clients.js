/**
 * `npm run clients [-- --check] [-- --only NAME]`: tries the commands of test/clients/ against a served sandbox, and writes the table of what
 * works into docs/sandbox.md; with --check it compares the table instead. Exit code 1 where anything is not as the table says.
 * S3REPL_REQUIRE_CLIENTS=1: also where a client is not installed. To write the table, all are needed.
 */
import { parseArgs } from 'node:util';
import { createViteServer } from 'vitest/node';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false }, only: { type: 'string' } } });
const server = await createViteServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const { tryClients } = await server.ssrLoadModule('/test/clients/main.ts');
const requireAll = process.env.S3REPL_REQUIRE_CLIENTS === '1' || !(values.check || values.only);
const good = await tryClients({ ...values, requireAll }, (line) => process.stdout.write(`${line}\n`));
await server.close();
process.exit(good ? 0 : 1);
