/** `npm run clients`: see clients.js. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { awsCli } from './aws-cli.ts';
import { boto3 } from './boto3.ts';
import type { Client } from './client.ts';
import { rclone } from './rclone.ts';
import { resticClient } from './restic.ts';
import { s3cmdClient } from './s3cmd.ts';
import { openStage } from './stage.ts';
import { isCurrent, tableOf, withTable } from './table.ts';
import { trialsOf, tryClient, versionOf } from './try-client.ts';

const CLIENTS: readonly Client[] = [awsCli, boto3, rclone, resticClient, s3cmdClient];

const page = fileURLToPath(new URL('../../docs/sandbox.md', import.meta.url));
const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

export interface Options {
  /** Compares the table instead of writing it. */
  readonly check: boolean;
  /** The name of the only client to try; no table is written or compared then. */
  readonly only: string | undefined;
  /** Whether a client that is not installed is a failure. */
  readonly requireAll: boolean;
}

/** @returns whether all trials ended as the table says, and the table is written or current. */
export async function tryClients(
  { check, only, requireAll }: Options,
  print: (line: string) => void,
): Promise<boolean> {
  const asked = CLIENTS.filter(({ name }) => only === undefined || name === only);
  if (asked.length === 0) throw new Error(`--only takes ${CLIENTS.map(({ name }) => name).join(', ')}`);
  const versions: Record<string, string> = {};
  for (const client of asked) {
    const version = await versionOf(client);
    if (version !== undefined) versions[client.name] = version;
    else print(`!!! ${client.name.toUpperCase()} IS NOT INSTALLED: it was NOT TRIED`);
  }
  const installed = asked.filter(({ name }) => versions[name] !== undefined);

  let good = installed.length === asked.length || !requireAll;
  const tell = (line: string) => {
    good = false;
    print(line);
  };
  const stage = await openStage(bin);
  try {
    await inTwos(installed, async (client) => {
      const begun = performance.now();
      const expected = await tryClient(client, stage, tell);
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      print(
        `${client.name} ${versions[client.name]}: ${expected} of ${trialsOf(client)} as the table says (${seconds} s)`,
      );
    });
    for (const { name } of installed) {
      for (const line of await stage.missingReplicas(name)) tell(`${name}: no replica of ${line}`);
    }
  } finally {
    const said = await stage.close();
    if (!good) print(said);
  }
  if (only !== undefined || !good) return good;

  const [text, table] = [readFileSync(page, 'utf8'), tableOf(CLIENTS, versions)];
  if (!check) writeFileSync(page, withTable(text, table));
  else if (!isCurrent(text, table)) tell('docs/sandbox.md does not have this table: run `npm run clients`');
  return good;
}

/** Does the work for each, two at a time. */
async function inTwos<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}
