import { CreateJobCommand, UpdateJobStatusCommand } from '@aws-sdk/client-s3-control';
import { describe, expect, it } from 'vitest';
import { roleArn } from '../../src/aws/arn.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { readSnapshot } from '../../src/observe/snapshot.ts';
import { jobFiles } from '../../src/plan/job-documents.ts';
import { backfillPolicyName } from '../../src/state/names.ts';
import { anApplied, type Practice } from '../apply/in-sandbox.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { makeOurJobRole, putOldObject, startOurJob } from '../sandbox/jobs/our-job.ts';

const spec = aSpec();
const report = { bucket: spec.source.bucket, prefix: 'reports', full: true };
const ours = roleArn(spec.source, '/', spec.backfill.role);

async function taken(practice: Practice, { looking = true } = {}) {
  const connections = await practice.connect(spec);
  const destinations = spec.destinations.map(({ id }) => connections.get(id));
  practice.requests.length = 0;
  try {
    const { snapshot } = await readSnapshot({ source: connections.get('source'), destinations }, spec.source.bucket, {
      takenAt: new Date(practice.sandbox.clock.now()),
      noOrganization: true,
      sample: { sample: 10 },
      ...(looking && { jobs: { ours: { name: spec.name, role: ours, policy: backfillPolicyName(spec) } } }),
    });
    return snapshot;
  } finally {
    connections.close();
  }
}

async function withOldObject(): Promise<Practice> {
  const practice = await anApplied(spec);
  await putOldObject(practice.sandbox, 'old');
  return practice;
}

async function confirm({ sandbox }: Practice, JobId: string): Promise<void> {
  const { s3Control } = clientsOf(sandbox);
  await sandbox.clock.sleep(60_000);
  await s3Control.send(new UpdateJobStatusCommand({ AccountId: SOURCE, JobId, RequestedJobStatus: 'Ready' }));
  await sandbox.clock.sleep(60_000);
}

const asked = ({ requests }: Practice) => requests.map(({ operation }) => operation);
const unread = ({ unreadable = [] }: Snapshot) => unreadable.filter(({ path }) => path === 'jobs');

describe('a snapshot', () => {
  it('has the jobs on the bucket, and what their role may, where an object waits for one', async () => {
    const practice = await withOldObject();
    const id = await startOurJob(
      practice.sandbox,
      spec,
      await makeOurJobRole(practice.sandbox, spec, jobFiles({ report })),
      { report },
    );
    const before = await taken(practice);
    expect(before.jobs).toMatchObject([
      { id, role: ours, succeeded: 0, failed: 0, reasons: [], report: `s3://acme-invoices/reports/job-${id}/` },
    ]);
    const account = before.accounts === 'unknown' ? 'unknown' : before.accounts[SOURCE];
    expect(account).toMatchObject({
      roles: { [ours]: { trustPolicy: expect.any(Object), tags: { s3repl: spec.name } } },
    });
    await confirm(practice, id);
    await putOldObject(practice.sandbox, 'older');
    expect((await taken(practice)).jobs).toMatchObject([
      { id, status: 'Complete', total: 1, succeeded: 1, ended: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
  });

  it('has none where there is none, and says nothing of them where no object waits or nobody wants to know', async () => {
    const practice = await withOldObject();
    expect((await taken(practice)).jobs).toEqual([]);
    expect(await taken(practice, { looking: false })).not.toHaveProperty('jobs');
    expect(asked(practice)).not.toContain('ListJobs');
    const healthy = await anApplied(spec);
    healthy.fault = ({ operation }) => (operation === 'ListJobs' ? { code: 'AccessDenied', status: 403 } : undefined);
    const snapshot = await taken(healthy);
    expect(snapshot).not.toHaveProperty('jobs');
    expect(unread(snapshot)).toEqual([]);
  });

  it('leaves out jobs on other buckets', async () => {
    const practice = await withOldObject();
    await makeOurJobRole(practice.sandbox, spec);
    await clientsOf(practice.sandbox).s3Control.send(
      new CreateJobCommand({
        ...{ AccountId: SOURCE, Priority: 1, RoleArn: ours, ClientRequestToken: 't', Report: { Enabled: false } },
        Operation: { S3ReplicateObject: {} },
        ManifestGenerator: {
          S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::another', EnableManifestOutput: false },
        },
      }),
    );
    await practice.sandbox.clock.sleep(1000);
    expect((await taken(practice)).jobs).toEqual([]);
    expect(asked(practice)).toContain('DescribeJob');
  });

  it('has a job with a list of its own only where it is one of the configuration', async () => {
    const practice = await withOldObject();
    await makeOurJobRole(practice.sandbox, spec);
    const { s3Control } = clientsOf(practice.sandbox);
    for (const Description of ['by hand', `s3repl ${spec.name} 0123456789ab`, 's3repl another 0123456789ab'])
      await s3Control.send(
        new CreateJobCommand({
          ...{ AccountId: SOURCE, Priority: 1, RoleArn: ours, ClientRequestToken: Description, Description },
          Report: { Enabled: false },
          Operation: { S3ReplicateObject: {} },
          Manifest: {
            Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
            Location: { ObjectArn: 'arn:aws:s3:::acme-invoices/gone.csv', ETag: 'e' },
          },
        }),
      );
    await practice.sandbox.clock.sleep(120_000);
    expect((await taken(practice)).jobs).toMatchObject([
      {
        description: `s3repl ${spec.name} 0123456789ab`,
        status: 'Failed',
        reasons: [{ reason: 'Reading the manifest is forbidden: AccessDenied' }],
      },
    ]);
  });

  it.each(['ListJobs', 'DescribeJob'])(
    'says that they are unknown where AWS refuses %s, and goes on',
    async (operation) => {
      const practice = await withOldObject();
      await startOurJob(practice.sandbox, spec, await makeOurJobRole(practice.sandbox, spec));
      practice.fault = (request) =>
        request.operation === operation ? { code: 'AccessDenied', status: 403 } : undefined;
      const snapshot = await taken(practice);
      expect(snapshot.jobs).toBe('unknown');
      expect(unread(snapshot)).toMatchObject([{ reason: expect.stringContaining(`s3:${operation}`) }]);
      expect(snapshot.objects).toMatchObject([{ key: 'old' }]);
    },
  );

  it('says so where nothing answers there, and goes on', async () => {
    const practice = await withOldObject();
    practice.fault = ({ operation }) => (operation === 'ListJobs' ? 'reset' : undefined);
    const snapshot = await taken(practice);
    expect(snapshot.jobs).toBe('unknown');
    expect(unread(snapshot)).toMatchObject([{ reason: expect.stringContaining('s3:ListJobs') }]);
  });

  it('is not taken where the credentials have run out meanwhile', async () => {
    const practice = await withOldObject();
    practice.fault = ({ operation }) =>
      operation === 'ListJobs' ? { code: 'InvalidAccessKeyId', status: 403 } : undefined;
    await expect(taken(practice)).rejects.toThrow();
  });
});
