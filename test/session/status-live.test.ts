import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { anApplied, aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, SOURCE } from '../builders.ts';
import { lookAt, minuteMs } from '../status/look.ts';

const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ metrics: true })] })] });

let practice: Practice;
beforeEach(async () => {
  practice = await anApplied(spec);
});

async function put(...keys: readonly string[]) {
  const { requestHandler } = practice.sandbox;
  const { region, bucket } = spec.source;
  const s3 = new S3Client({ requestHandler, credentials: sandboxCredentials(SOURCE), region, maxAttempts: 1 });
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'content' }));
}

describe('how replication is doing', () => {
  it('is healthy where nothing has been written yet, and nothing is shown as zero', async () => {
    const { status } = await lookAt(practice.sandbox, spec);
    expect(status).toMatchObject({ outcome: 'healthy', reasons: [], configured: { kind: 'as-configured' } });
    expect(status.rules).toMatchObject([{ state: 'enabled', counts: true, failed: 'none', pending: 'none' }]);
  });

  it('is not as configured before the first apply', async () => {
    const { sandbox } = await aPractice();
    const blocked = { outcome: 'blocked', code: 'no-such-bucket', fix: expect.stringContaining('s3repl apply') };
    await expect(lookAt(sandbox, spec)).rejects.toMatchObject(blocked);
  });

  it('is what S3 counts, minute by minute', async () => {
    await put('a', 'b', 'c');
    await practice.sandbox.clock.sleep(3 * minuteMs);
    const { status } = await lookAt(practice.sandbox, spec);
    expect(status.rules[0]).toMatchObject({ failed: { count: 0, operations: 3, recent: 0, first: null } });
  });
});
