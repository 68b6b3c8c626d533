import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DeleteJobTaggingCommand,
  DescribeJobCommand,
  GetJobTaggingCommand,
  ListJobsCommand,
  PutJobTaggingCommand,
  UpdateJobPriorityCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, message, OTHER, refusal, SOURCE, sessionOf } from '../clients.ts';
import { allow, type Pair, type Statement } from '../replicating.ts';
import {
  backfillingPair,
  eligible,
  JOB_ROLE,
  type JobChanges,
  jobInput,
  putOld,
  startJob,
  updateStatus,
} from './backfilling.ts';

const AccountId = SOURCE;

let sandbox: Sandbox;
let pair: Pair;

beforeEach(async () => {
  sandbox = await openSandbox();
  pair = await backfillingPair(sandbox);
});

const create = (changes: JobChanges = {}, { s3Control } = clientsOf(sandbox)) =>
  s3Control.send(new CreateJobCommand(jobInput(changes)));
const describeJob = (JobId: string, { s3Control } = clientsOf(sandbox)) =>
  s3Control.send(new DescribeJobCommand({ AccountId, JobId }));

describe('CreateJob refuses', () => {
  test.each<[what: string, changes: JobChanges, refusal: string]>([
    ['a description of nothing', { Description: '' }, '400 BadRequestException'],
    ['a description that is too long', { Description: 'x'.repeat(257) }, '400 BadRequestException'],
    ['a token that is too long', { ClientRequestToken: 'x'.repeat(65) }, '400 BadRequestException'],
    ['a negative priority', { Priority: -1 }, '400 BadRequestException'],
    ['neither manifest nor generator', { ManifestGenerator: undefined }, '400 BadRequestException'],
    ['a role that is none', { RoleArn: `arn:aws:iam::${SOURCE}:user/backfill` }, '400 BadRequestException'],
    ['a role of another account', { RoleArn: `arn:aws:iam::${OTHER}:role/backfill` }, '403 AccessDenied'],
    ['another account', { AccountId: OTHER }, '403 AccessDenied'],
    ['a report without a bucket', { Report: { Enabled: true } }, '400 BadRequestException'],
    ['several prefixes', { Filter: { KeyNameConstraint: { MatchAnyPrefix: ['a', 'b'] } } }, '400 BadRequestException'],
    ['system tags', { Tags: [{ Key: 'aws:a', Value: 'b' }] }, '400 InvalidTag'],
    [
      'too many tags',
      { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `${index}`, Value: '' })) },
      '400 TooManyTagsException',
    ],
    ['other operations', { Operation: { S3DeleteObjectTagging: {} } }, '501 NotImplemented'],
  ])('%s', async (_, changes, expected) => {
    expect(await refusal(create(changes))).toBe(expected);
  });

  test('what is not in the sandbox, by name', async () => {
    const { ManifestGenerator: _, ...input } = jobInput();
    const Location = { ObjectArn: 'arn:aws:s3:::src/list.csv', ETag: 'x' };
    const own: CreateJobCommandInput = {
      ...input,
      Manifest: { Spec: { Format: 'S3InventoryReport_CSV_20161130' }, Location },
    };
    const { s3Control } = clientsOf(sandbox);
    expect(await message(s3Control.send(new CreateJobCommand(own)))).toContain('manifests of S3 Inventory');
    const both = { ...jobInput(), Manifest: own.Manifest };
    expect(await refusal(s3Control.send(new CreateJobCommand(both)))).toBe('400 BadRequestException');
    const saved = {
      S3JobManifestGenerator: {
        SourceBucket: 'arn:aws:s3:::src',
        EnableManifestOutput: true,
        ManifestOutputLocation: {
          Bucket: 'arn:aws:s3:::manifests',
          ManifestFormat: 'S3InventoryReport_CSV_20211130',
          ManifestEncryption: { SSEKMS: { KeyId: 'x' } },
        },
      },
    } as const;
    expect(await refusal(create({ ManifestGenerator: saved }))).toBe('501 NotImplemented');
  });

  test('more than six jobs that are not over', async () => {
    const ids: (string | undefined)[] = [];
    for (let count = 0; count < 6; count++) ids.push((await create({ ConfirmationRequired: true })).JobId);
    expect(await refusal(create())).toBe('400 TooManyRequestsException');
    await sandbox.clock.sleep(500);
    await updateStatus(sandbox, ids[0] ?? '', 'Cancelled');
    await sandbox.clock.sleep(5000);
    expect(await refusal(create())).toBe('accepted');
  });
});

describe('a token', () => {
  test('gives the same job for the same request', async () => {
    const first = await create({ ClientRequestToken: 'token' });
    expect((await create({ ClientRequestToken: 'token' })).JobId).toBe(first.JobId);
    expect((await create({ ClientRequestToken: 'other' })).JobId).not.toBe(first.JobId);
  });

  test('is refused with another request', async () => {
    await create({ ClientRequestToken: 'token' });
    for (const changes of [{ Priority: 11 }, { Description: 'x' }, { Filter: {} }]) {
      expect(await refusal(create({ ClientRequestToken: 'token', ...changes }))).toBe('400 IdempotencyException');
    }
  });

  test('still counts where there are six jobs', async () => {
    const { JobId } = await create({ ClientRequestToken: 'token' });
    for (let count = 1; count < 6; count++) await create();
    expect((await create({ ClientRequestToken: 'token' })).JobId).toBe(JobId);
  });
});

describe('a job is not known', () => {
  test('right after it was created', async () => {
    const { JobId = '' } = await create();
    expect(await refusal(describeJob(JobId))).toBe('400 NoSuchJobException');
    await sandbox.clock.sleep(500);
    expect(await refusal(describeJob(JobId))).toBe('accepted');
  });

  test('in another Region, to another account, or under another id', async () => {
    const id = await startJob(sandbox);
    expect(await refusal(describeJob(id, clientsOf(sandbox, SOURCE, 'us-east-1')))).toBe('400 NotFoundException');
    expect(await refusal(describeJob(`${id.slice(0, -1)}x`))).toBe('400 NotFoundException');
    const { s3Control } = clientsOf(sandbox, OTHER);
    const ofOther = s3Control.send(new DescribeJobCommand({ AccountId: OTHER, JobId: id }));
    expect(await refusal(ofOther)).toBe('400 NotFoundException');
    expect(await refusal(updateStatus(sandbox, 'no-such-job', 'Cancelled'))).toBe('400 NotFoundException');
  });
});

describe('what is asked of a job is refused', () => {
  test.each([
    [-1, '400 BadRequestException'],
    [0.5, '400 BadRequestException'],
  ])('as a priority of %s', async (Priority, expected) => {
    const JobId = await startJob(sandbox);
    const update = new UpdateJobPriorityCommand({ AccountId, JobId, Priority });
    expect(await refusal(clientsOf(sandbox).s3Control.send(update))).toBe(expected);
  });

  test('as a priority of what is over, or a status that nobody may ask for', async () => {
    const JobId = await startJob(sandbox);
    const { s3Control } = clientsOf(sandbox);
    const active = new UpdateJobStatusCommand({ AccountId, JobId, RequestedJobStatus: 'Active' as 'Ready' });
    expect(await refusal(s3Control.send(active))).toBe('400 BadRequestException');
    await sandbox.clock.sleep(3_600_000);
    const update = new UpdateJobPriorityCommand({ AccountId, JobId, Priority: 1 });
    expect(await refusal(s3Control.send(update))).toBe('400 BadRequestException');
  });

  test.each([
    [{ NextToken: 'x' }, '400 InvalidNextTokenException'],
    [{ MaxResults: 1001 }, '400 InvalidRequestException'],
    [{ JobStatuses: ['Ended' as 'Failed'] }, '400 InvalidRequestException'],
  ])('in a list of %o', async (more, expected) => {
    expect(await refusal(clientsOf(sandbox).s3Control.send(new ListJobsCommand({ AccountId, ...more })))).toBe(
      expected,
    );
  });
});

test('tags of a job are put, replaced and removed', async () => {
  const JobId = await startJob(sandbox, { Tags: [{ Key: 'a', Value: '1' }] });
  const { s3Control } = clientsOf(sandbox);
  const tags = async () => (await s3Control.send(new GetJobTaggingCommand({ AccountId, JobId }))).Tags ?? [];
  expect(await tags()).toEqual([{ Key: 'a', Value: '1' }]);
  await s3Control.send(new PutJobTaggingCommand({ AccountId, JobId, Tags: [{ Key: 'b', Value: '' }] }));
  expect(await tags()).toEqual([{ Key: 'b', Value: '' }]);
  await s3Control.send(new DeleteJobTaggingCommand({ AccountId, JobId }));
  expect(await tags()).toEqual([]);
});

describe('who calls needs', () => {
  const jobs = `arn:aws:s3:eu-west-1:${SOURCE}:job/*`;
  const passes: Statement = {
    ...allow(JOB_ROLE, 'iam:PassRole'),
    Condition: { StringEquals: { 'iam:PassedToService': 'batchoperations.s3.amazonaws.com' } },
  };
  const creates = allow('*', 's3:CreateJob');
  let count = 0;
  const clientsWith = async (...Statement: readonly Statement[]) => {
    const inline = { Version: '2012-10-17', Statement };
    return clientsOf(sandbox, await sessionOf(sandbox, `caller-${count++}`, { inline }));
  };

  test('s3:CreateJob on everything, iam:PassRole to the service, and s3:PutJobTagging for tags', async () => {
    const Tags = [{ Key: 'a', Value: 'b' }];
    expect(await refusal(create({}, await clientsWith(creates, passes)))).toBe('accepted');
    expect(await message(create({}, await clientsWith(passes)))).toContain('s3:CreateJob');
    expect(await message(create({}, await clientsWith(allow(jobs, 's3:CreateJob'), passes)))).toContain('s3:CreateJob');
    expect(await message(create({}, await clientsWith(creates)))).toContain(`iam:PassRole on resource: ${JOB_ROLE}`);
    const toS3 = { ...passes, Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } } };
    expect(await message(create({}, await clientsWith(creates, toS3)))).toContain('iam:PassRole');
    expect(await message(create({ Tags }, await clientsWith(creates, passes)))).toContain('s3:PutJobTagging');
    const tagging = allow(jobs, 's3:PutJobTagging');
    expect(await refusal(create({ Tags }, await clientsWith(creates, passes, tagging)))).toBe('accepted');
  });

  test('what conditions on the request say', async () => {
    const conditions = { 's3:RequestJobOperation': 'S3ReplicateObject', 's3:RequestJobPriority': '10' };
    const limited = await clientsWith({ ...creates, Condition: { StringEquals: conditions } }, passes);
    expect(await refusal(create({}, limited))).toBe('accepted');
    expect(await refusal(create({ Priority: 11 }, limited))).toBe('403 AccessDenied');
  });

  test('s3:ListJobs on everything', async () => {
    const list = ({ s3Control }: Awaited<ReturnType<typeof clientsWith>>) =>
      s3Control.send(new ListJobsCommand({ AccountId }));
    expect(await refusal(list(await clientsWith(allow('*', 's3:ListJobs'))))).toBe('accepted');
    expect(await message(list(await clientsWith(allow(jobs, 's3:ListJobs'))))).toContain('s3:ListJobs');
  });

  test('each action on the job', async () => {
    await putOld(pair, ['key']);
    const JobId = await startJob(sandbox, { ConfirmationRequired: true });
    await sandbox.clock.sleep(60_000);
    // A command of S3 Control can be sent once only.
    const calls = {
      's3:DescribeJob': () => new DescribeJobCommand({ AccountId, JobId }),
      's3:UpdateJobPriority': () => new UpdateJobPriorityCommand({ AccountId, JobId, Priority: 1 }),
      's3:PutJobTagging': () => new PutJobTaggingCommand({ AccountId, JobId, Tags: [{ Key: 'a', Value: 'b' }] }),
      's3:GetJobTagging': () => new GetJobTaggingCommand({ AccountId, JobId }),
      's3:DeleteJobTagging': () => new DeleteJobTaggingCommand({ AccountId, JobId }),
      's3:UpdateJobStatus': () => new UpdateJobStatusCommand({ AccountId, JobId, RequestedJobStatus: 'Ready' }),
    };
    const all = Object.keys(calls);
    for (const [action, call] of Object.entries(calls)) {
      const without = await clientsWith(allow(jobs, ...all.filter((other) => other !== action)));
      expect(await message(without.s3Control.send(call() as DescribeJobCommand))).toContain(action);
      const { s3Control } = await clientsWith(allow(`${jobs.slice(0, -1)}${JobId}`, action));
      expect(await refusal(s3Control.send(call() as DescribeJobCommand))).toBe('accepted');
    }
  });

  test('what conditions on the job say', async () => {
    const JobId = await startJob(sandbox, { ConfirmationRequired: true, Filter: eligible });
    const Condition = {
      StringEquals: { 's3:ExistingJobPriority': '10', 's3:ExistingJobOperation': 'S3ReplicateObject' },
    };
    const { s3Control } = await clientsWith({ ...allow(jobs, 's3:UpdateJobPriority'), Condition });
    const update = (Priority: number) => s3Control.send(new UpdateJobPriorityCommand({ AccountId, JobId, Priority }));
    expect(await refusal(update(11))).toBe('accepted');
    expect(await refusal(update(12))).toBe('403 AccessDenied');
  });
});
