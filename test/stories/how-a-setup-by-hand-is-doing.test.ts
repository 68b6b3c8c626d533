import { join } from 'node:path';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aSource, aSpec } from '../builders.ts';
import { clientsOf, OTHER, SOURCE } from '../sandbox/clients.ts';
import { aReplicationRule, DST, type Pair, replicatingPair, SRC, toBucket } from '../sandbox/replicating.ts';
import { lookAt, minuteMs } from '../status/look.ts';
import { aFolder } from './cli.ts';

/** As without repl.yaml, from another Region than the bucket's. */
const elsewhere = aSpec({ source: aSource({ region: 'us-east-1' }), destinations: [] });

let sandbox: Sandbox;
let pair: Pair;
beforeEach(async () => {
  sandbox = await openSandbox();
  pair = await replicatingPair(sandbox);
});

const look = async () => (await lookAt(sandbox, elsewhere, { bucket: SRC })).status;

it('the bucket is found in its Region, and all of its rules count, with metrics or without', async () => {
  await pair.setRules(
    aReplicationRule({ ID: 'told', Filter: { Prefix: 'told/' } }),
    aReplicationRule({
      ID: 'quiet',
      Priority: 2,
      Filter: { Prefix: 'quiet/' },
      Destination: { Bucket: `arn:aws:s3:::${DST}` },
    }),
  );
  await pair.put('told/a');
  await pair.put('quiet/a');
  await sandbox.clock.sleep(2 * minuteMs);
  expect(await look()).toMatchObject({
    source: { account: '111111111111', bucket: SRC, region: 'eu-west-1' },
    outcome: 'healthy',
    configured: { kind: 'not-compared' },
    sample: { isAll: true, counts: { COMPLETED: 2 } },
    rules: [
      { rule: 'quiet', region: 'eu-west-1', counts: true, failed: 'off', pending: 'off', latency: 'off', heard: false },
      {
        rule: 'told',
        region: 'eu-west-1',
        counts: true,
        failed: { count: 0, operations: 1 },
        pending: { operations: 0 },
      },
    ],
    kms: [{ region: 'eu-west-1', use: { perSecond: 0, at: null } }],
  });
});

it('a failure under the rule without metrics is seen by the object alone', async () => {
  await pair.setRules(aReplicationRule({ ID: 'quiet', Destination: { Bucket: `arn:aws:s3:::${DST}` } }));
  await pair.put('a');
  await pair.destination.send(
    new PutBucketVersioningCommand({ Bucket: DST, VersioningConfiguration: { Status: 'Suspended' } }),
  );
  await pair.put('b');
  await pair.destination.send(
    new PutBucketVersioningCommand({ Bucket: DST, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await pair.put('c');
  expect(await look()).toMatchObject({
    outcome: 'blocked',
    reasons: [{ kind: 'sample-failed', key: 'b' }],
    rules: [{ failed: 'off' }],
  });
});

it('a bucket of another account as destination is asked for its Region, whoever may look into it', async () => {
  const far = clientsOf(sandbox, OTHER, 'us-west-2').s3;
  await far.send(
    new CreateBucketCommand({ Bucket: 'far', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }),
  );
  await far.send(new PutBucketVersioningCommand({ Bucket: 'far', VersioningConfiguration: { Status: 'Enabled' } }));
  await pair.setRules(aReplicationRule({ Destination: toBucket('far', { Account: OTHER }) }));
  await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'a', Body: 'content' }));
  await sandbox.clock.sleep(3 * minuteMs);
  const status = await look();
  expect(status).toMatchObject({
    outcome: 'blocked',
    rules: [{ region: 'us-west-2', failed: { count: 1, operations: 1 }, pending: { operations: 0 } }],
  });
  expect(status.kms.map(({ region }) => region)).toEqual(['eu-west-1', 'us-west-2']);
});

it('a bucket that is not there is an error, and not one without replication', async () => {
  await expect(lookAt(sandbox, elsewhere, { bucket: 'nowhere' })).rejects.toMatchObject({
    outcome: 'invalid',
    code: 'no-such-bucket',
  });
});

it('s3repl status --bucket needs no repl.yaml, and its exit code says whether something fails', async () => {
  const folder = aFolder();
  const byHand = async (work: (there: Sandbox) => Promise<void>) => {
    const there = await openSandbox({ directory: join(folder.path, '.s3repl') });
    await work(there);
    await there.clock.sleep(2 * minuteMs);
    await there.close();
  };
  const status = (...more: readonly string[]) =>
    folder.s3repl(['status', '--sandbox', '--source-account', SOURCE, '--bucket', `s3://${SRC}`, ...more]);

  await byHand(async (there) => {
    await (await replicatingPair(there)).put('a');
  });
  const healthy = await status();
  expect(healthy.code).toBe(0);
  expect(healthy.stdout).toMatch(/Healthy: no failure seen in the last hour; not compared with a\s+repl\.yaml\./);

  await byHand(async (there) => {
    await clientsOf(there, OTHER).s3.send(
      new PutBucketVersioningCommand({ Bucket: DST, VersioningConfiguration: { Status: 'Suspended' } }),
    );
    await clientsOf(there).s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'b', Body: 'content' }));
  });
  const failing = await status('--json');
  expect([failing.code, failing.lines.at(-1)]).toMatchObject([
    5,
    { command: 'status', outcome: 'blocked', next: expect.stringMatching(/^s3repl doctor .*--bucket src\b/) },
  ]);
  expect(failing.lines.find(({ type }) => type === 'configuration')).toMatchObject({
    source: { account: SOURCE, bucket: SRC, region: 'eu-west-1' },
    configured: { kind: 'not-compared' },
  });

  // Both sign in to us-east-1, where the bucket is not.
  const accounts = ['--source-account', SOURCE, '--destination-account', OTHER];
  const doctor = await folder.s3repl(['doctor', '--sandbox', ...accounts, '--bucket', SRC, '--json']);
  expect([doctor.code, doctor.lines.at(-1)]).toMatchObject([5, { outcome: 'blocked' }]);
  const objects = doctor.lines.flatMap(({ type, probe, object }) => (type === 'verdict' && !probe ? [object] : []));
  expect(objects.toSorted()).toEqual(['a', 'b']);
  expect(doctor.stdout).not.toContain('s3:ListBucketVersions');
});
