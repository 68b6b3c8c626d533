import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { KmsUseSnapshot, ObjectSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import { readSnapshot } from '../../src/observe/snapshot.ts';
import { anApplied } from '../apply/in-sandbox.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { healthy, snapshotOf, source } from '../model/replication/world.ts';
import { branded } from '../plain.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { inside, minuteMs } from '../status/look.ts';

/** Of a version that was written before the snapshot was taken. */
function waiting(minutes: number, more: Partial<Snapshot> = {}): Snapshot {
  const world = healthy();
  const snapshot = snapshotOf(world);
  const lastModified = new Date(Date.parse(snapshot.takenAt) - minutes * minuteMs).toISOString();
  const objects = [{ ...world.object, key: 'late', replicationStatus: 'PENDING', lastModified } as ObjectSnapshot];
  return { ...snapshot, objects, ...more };
}

const lag = (snapshot: Snapshot) => {
  const { causes, checks, outcome } = diagnose(snapshot);
  return {
    causes: causes.filter(({ check }) => check === 'C35'),
    status: checks.find(({ check }) => check === 'C35')?.status,
    outcome,
  };
};

const metrics = (latency: number | null | 'unknown') => [
  { rule: 'r', destination: 'dst', pendingOperations: 1200, latency },
];
const kms = (requests: number | 'unknown') =>
  branded<readonly KmsUseSnapshot[]>([{ region: 'eu-west-1', requests, quota: 10_000 }]);

describe('a version that is PENDING', () => {
  it('is told of with its age after a quarter of an hour, and with what the metrics say', () => {
    expect(lag(waiting(15, { replicationMetrics: metrics(800), kms: kms(0) }))).toMatchObject({
      causes: [],
      status: 'ok',
    });
    expect(lag(waiting(16, { replicationMetrics: metrics(900), kms: kms(0) }))).toMatchObject({
      status: 'warning',
      outcome: 'healthy',
      causes: [
        {
          summary:
            'The version of late has been PENDING for 16 minutes. Rule r to dst is 15 minutes behind, according to CloudWatch, with 1,200 operations pending.',
          objects: { first: ['late'] },
        },
      ],
    });
    expect(lag(waiting(300)).causes).toMatchObject([{ summary: 'The version of late has been PENDING for 5 hours.' }]);
  });

  it('is unknown in its reason where the metrics could not be read, and that is named', () => {
    const unreadable = [{ path: 'replicationMetrics', reason: 'cloudwatch:GetMetricData was refused' }];
    const found = lag(waiting(60, { replicationMetrics: metrics('unknown'), kms: kms('unknown'), unreadable }));
    expect(found).toMatchObject({ status: 'unknown', outcome: 'healthy' });
    expect(found.causes.map(({ summary }) => summary)).toEqual([
      's3repl could not read how far behind replication is: cloudwatch:GetMetricData was refused.',
      expect.stringMatching(/Rule r to dst: s3repl cannot tell how far behind it is\.$/),
    ]);
  });

  it('may wait for KMS where the account is near its quota, which is told with numbers and what helps', () => {
    expect(lag(waiting(1, { replicationMetrics: [], kms: kms(8000) })).causes).toEqual([]);
    expect(lag(waiting(1, { replicationMetrics: [], kms: kms(9200) })).causes).toMatchObject([
      {
        level: 'warning',
        summary: `In the last hour account ${source} made up to 9,200 KMS requests a second in eu-west-1, 92 % of its quota of 10,000. KMS throttles an account that reaches it, and replication waits.`,
        fix: expect.stringMatching(/^Use S3 Bucket Keys .* L-6E3AF000/),
      },
    ]);
  });
});

it('without a PENDING version nothing is said, whatever the numbers are', () => {
  const world = healthy();
  const objects = [{ ...world.object, replicationStatus: 'COMPLETED' } as ObjectSnapshot];
  expect(lag({ ...snapshotOf(world), objects, kms: kms(10_000) })).toMatchObject({ causes: [], status: undefined });
});

describe('a live snapshot', () => {
  const spec = aSpec();
  async function taken(lagMs: number) {
    const { sandbox } = await anApplied(spec, { objectReplicated: lagMs });
    await clientsOf(sandbox).s3.send(
      new PutObjectCommand({ Bucket: spec.source.bucket, Key: 'late', Body: 'content' }),
    );
    await sandbox.clock.sleep(30 * minuteMs);
    const { snapshot } = await inside(sandbox, spec, {}, ({ access }) =>
      readSnapshot(access, spec.source.bucket, {
        takenAt: new Date(sandbox.clock.now()),
        noOrganization: true,
        alerts: true,
        sample: { sample: 10 },
      }),
    );
    return { snapshot };
  }

  it('has what S3 and KMS count where a version is PENDING', async () => {
    const { snapshot } = await taken(120 * minuteMs);
    expect(snapshot).toMatchObject({
      replicationMetrics: [
        { rule: 's3repl.invoices-dr.all', destination: 'acme-invoices-replica', pendingOperations: 1 },
      ],
      kms: [
        { region: 'eu-west-1', requests: expect.any(Number), quota: 100_000 },
        { region: 'eu-central-1', requests: 0, quota: 20_000 },
      ],
    });
    expect(snapshot.replicationMetrics?.[0]?.latency).toBeGreaterThan(28 * 60);
    const { causes } = lag(snapshot);
    expect(causes).toMatchObject([
      {
        summary: expect.stringMatching(
          /^The version of late has been PENDING for 30 minutes\. Rule .* is (29|30) minutes behind, according to CloudWatch, with 1 operation pending\.$/,
        ),
      },
    ]);
    expect(snapshot.source.account).toBe(SOURCE);
  });

  it('asks for none of it where none is', async () => {
    const { snapshot } = await taken(2000);
    expect(snapshot).not.toHaveProperty('replicationMetrics');
    expect(snapshot).not.toHaveProperty('kms');
  });
});
