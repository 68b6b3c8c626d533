import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { readStatusNow } from '../../src/session/status-live.ts';
import { anApplied, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, SOURCE } from '../builders.ts';

const minuteMs = 60_000;
const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ metrics: true })] })] });

let practice: Practice;
beforeEach(async () => {
  practice = await anApplied(spec);
});

async function look(options: { readonly bucket?: string; readonly only?: 'source'; readonly since?: number } = {}) {
  const connections = await practice.connect(spec);
  const sides = ['source', ...spec.destinations.map(({ id }) => id)] as Spec['source']['id'][];
  const reached = sides.filter((id) => options.only === undefined || id === options.only);
  const [source, ...destinations] = reached.map((id) => connections.get(id));
  if (source === undefined) throw new Error('no source');
  const warnings: unknown[] = [];
  const view = { report: (event: object) => warnings.push(event) } as never;
  try {
    const inside = {
      access: { source, destinations },
      bucket: options.bucket ?? spec.source.bucket,
      ...(options.bucket === undefined && { spec }),
      surroundings: { ...practice.surroundings, sandbox: true as const },
      sides: new Map(reached.map((id) => [id, connections.get(id)])),
      profiles: {},
    };
    return await readStatusNow(inside, options.since ?? 24 * 60 * minuteMs, view);
  } finally {
    connections.close();
  }
}

const as = (account: string) => ({
  requestHandler: practice.sandbox.requestHandler,
  credentials: sandboxCredentials(account),
  region: spec.source.region,
  maxAttempts: 1,
});

async function put(...keys: readonly string[]) {
  const s3 = new S3Client(as(SOURCE));
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: spec.source.bucket, Key, Body: 'content' }));
}

const minutes = (count: number) => practice.sandbox.clock.sleep(count * minuteMs);

describe('how replication is doing', () => {
  it('is healthy where nothing has been written yet, and nothing is shown as zero', async () => {
    const status = await look();
    expect(status).toMatchObject({ outcome: 'healthy', reasons: [], configured: { kind: 'as-configured' } });
    expect(status.rules).toMatchObject([{ state: 'enabled', counts: true, failed: 'none', pending: 'none' }]);
  });

  it('is told by what S3 counts, minute by minute', async () => {
    await put('a', 'b', 'c');
    await minutes(3);
    const status = await look();
    expect(status.rules[0]).toMatchObject({ failed: { count: 0, operations: 3, recent: 0, first: null } });
  });
});
