/** A setup of s3repl, and people who work in the same accounts with the SDK between two commands. */
import { join } from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import {
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Lag } from '../../src/sandbox/practice/lag.ts';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aFolder, type Ended, type Folder, invoices } from './cli.ts';

export const SOURCE = 'acme-invoices';
export const REPLICA = 'acme-invoices-replica';

export interface People {
  readonly sandbox: Sandbox;
  readonly source: S3Client;
  readonly destination: S3Client;
  readonly iam: IAMClient;
  readonly sourceKeys: KMSClient;
  readonly destinationKeys: KMSClient;
  /** Puts an object into the source bucket, lets replication have its time, and looks at both sides. */
  put(key: string, more?: Partial<PutObjectCommandInput>): Promise<Written>;
}

export interface Written {
  readonly versionId: string;
  readonly source: HeadObjectCommandOutput;
  /** Undefined where nothing arrived. */
  readonly replica: HeadObjectCommandOutput | undefined;
}

export interface SetUp {
  readonly folder: Folder;
  s3repl(command: string, ...args: readonly string[]): Promise<Ended>;
  /** @param lag how late AWS is meanwhile; absent: as usual. */
  byHand<T>(work: (people: People) => Promise<T>, lag?: Partial<Lag>): Promise<T>;
}

/** A folder with this repl.yaml; nothing has been applied yet. */
export function aSetUp(config = invoices, region = 'eu-central-1'): SetUp {
  const folder = aFolder();
  folder.write('repl.yaml', config);
  return {
    folder,
    s3repl: (command, ...args) => folder.s3repl([command, '--sandbox', '--json', ...args]),
    byHand: async (work, lag = {}) => {
      const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl'), lag });
      try {
        return await work(peopleOf(sandbox, region));
      } finally {
        await sandbox.close();
      }
    },
  };
}

function peopleOf(sandbox: Sandbox, region: string): People {
  const as = (account: string, at: string) => ({
    requestHandler: sandbox.requestHandler,
    credentials: sandboxCredentials(account),
    region: at,
    maxAttempts: 1,
  });
  const source = new S3Client(as('111111111111', 'eu-west-1'));
  const destination = new S3Client(as('222222222222', region));
  return {
    sandbox,
    source,
    destination,
    iam: new IAMClient(as('111111111111', 'us-east-1')),
    sourceKeys: new KMSClient(as('111111111111', 'eu-west-1')),
    destinationKeys: new KMSClient(as('222222222222', region)),
    put: async (Key, more = {}) => {
      const put = { Bucket: SOURCE, Key, Body: 'content', ...more };
      const { VersionId = '' } = await source.send(new PutObjectCommand(put));
      await sandbox.clock.sleep(10_000);
      const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = more;
      const at = {
        Key,
        VersionId,
        ...(SSECustomerKey === undefined ? {} : { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 }),
      };
      return {
        versionId: VersionId,
        source: await source.send(new HeadObjectCommand({ ...at, Bucket: SOURCE })),
        replica: await destination.send(new HeadObjectCommand({ ...at, Bucket: REPLICA })).catch(missing),
      };
    },
  };
}

function missing(error: Error): undefined {
  if (error.name !== 'NotFound') throw error;
}

/** How a command ended. */
export const ending = ({ code, lines }: Ended) => ({ code, ...lines.at(-1) });
