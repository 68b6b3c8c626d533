/** The served sandbox that clients are tried against, as its users start it: a process, and the lines that it says to set. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { HeadObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { clockPath } from '../../src/sandbox/wire/http.ts';
import { invoices } from '../stories/cli.ts';
import type { Place } from './client.ts';

const SOURCE = { account: '111111111111', region: 'eu-west-1', bucket: 'acme-invoices' };
const REPLICA = { account: '222222222222', region: 'eu-central-1', bucket: 'acme-invoices-replica' };

/** Larger than what any client sends in one piece. */
const BIG = 20 * 2 ** 20;

export interface Room {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Stage {
  /** A folder and an environment for the scripts of a client in one bucket. */
  roomFor(client: string, place: Place): Room;
  /** What has not arrived of what a client has written to the bucket that replicates; one line where it has written nothing. */
  missingReplicas(client: string): Promise<readonly string[]>;
  /** Ends the server, and gives what it said besides that it is ready. */
  close(): Promise<string>;
}

/** The name of a client in names of buckets and folders. */
const slug = (client: string) => client.toLowerCase().replace(/\W+/g, '-');

/** @param bin the program, built. */
export async function openStage(bin: string): Promise<Stage> {
  const root = mkdtempSync(join(tmpdir(), 's3repl-clients-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, HOME: root, AWS_EC2_METADATA_DISABLED: 'true', LC_ALL: 'C.UTF-8' };
  const s3repl = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [bin, ...args], { cwd: root, env });
  writeFileSync(join(root, 'repl.yaml'), invoices);
  await s3repl('apply', '--sandbox', '--yes');

  const server = spawn(process.execPath, [bin, 'sandbox', 'serve', '--port', '0'], { cwd: root, env });
  process.once('exit', () => void server.kill('SIGKILL'));
  const ended = once(server, 'exit');
  let said = '';
  server.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const output = createInterface({ input: server.stdout });
  const [ready] = await Promise.race([once(output, 'line'), ended]);
  const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(String(ready))?.[1];
  if (port === undefined) throw new Error(`the sandbox is not served: ${said}`);
  const { stdout } = await s3repl('sandbox', 'credentials', SOURCE.account, '--port', port);
  const exported = Object.fromEntries(
    [...stdout.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
  );
  const url = exported.AWS_ENDPOINT_URL ?? '';

  const s3 = ({ account, region }: typeof SOURCE) =>
    new S3Client({
      endpoint: url,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId: `SANDBOX${account}`, secretAccessKey: 'any' },
    });
  const [source, replica] = [s3(SOURCE), s3(REPLICA)];
  writeFileSync(join(root, 'big'), randomBytes(BIG));
  mkdirSync(join(root, 'files/inner'), { recursive: true });
  writeFileSync(join(root, 'files/one.txt'), 'one\n');
  writeFileSync(join(root, 'files/sp ace & ü+.txt'), 'odd name\n');
  writeFileSync(join(root, 'files/inner/two.txt'), 'two, longer\n');

  return {
    roomFor: (client, place) => {
      const name = slug(client);
      const folder = join(root, `${name}-${place}`);
      mkdirSync(folder);
      linkSync(join(root, 'big'), join(folder, 'big'));
      cpSync(join(root, 'files'), join(folder, 'files'), { recursive: true });
      const bucket = { own: `own-${name}`, replicated: SOURCE.bucket }[place];
      return { folder, env: { ...env, ...exported, HOME: folder, bucket, prefix: name } };
    },
    missingReplicas: async (client) => {
      await fetch(`${url}${clockPath}`, { method: 'POST', body: JSON.stringify({ sleep: 60_000 }) });
      const written = { Bucket: SOURCE.bucket, Prefix: `${slug(client)}/` };
      const { Versions = [], IsTruncated } = await source.send(new ListObjectVersionsCommand(written));
      const missing = IsTruncated ? ['it wrote more than one page of versions'] : [];
      for (const { Key, VersionId } of Versions) {
        const { ReplicationStatus } = await source.send(
          new HeadObjectCommand({ Bucket: SOURCE.bucket, Key, VersionId }),
        );
        const there = await replica
          .send(new HeadObjectCommand({ Bucket: REPLICA.bucket, Key, VersionId }))
          .catch(() => ({ ReplicationStatus: 'not there', ServerSideEncryption: undefined }));
        const states = [ReplicationStatus, there.ReplicationStatus, there.ServerSideEncryption].join();
        if (states !== 'COMPLETED,REPLICA,aws:kms') missing.push(`${Key} ${VersionId}: ${states}`);
      }
      return Versions.length === 0 ? ['anything: it wrote nothing there'] : missing;
    },
    close: async () => {
      const heard = said;
      server.kill('SIGINT');
      await ended;
      return heard;
    },
  };
}
