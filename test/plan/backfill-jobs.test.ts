import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BucketName, brand } from '../../src/aws/brand.ts';
import {
  type BackfillChoice,
  isOurJob,
  type JobRequest,
  type JobSeen,
  jobRequests,
  judgeEnd,
  nextJob,
  tokenOf,
  usualStatuses,
} from '../../src/plan/backfill-jobs.ts';
import { jobFiles } from '../../src/plan/job-documents.ts';
import { aDestination, aRule, aSource, aSpec, SOURCE } from '../builders.ts';

const role = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr-backfill`;
const usual: BackfillChoice = { rules: [], statuses: usualStatuses, priority: 10 };

function aJob(given: Partial<JobSeen> = {}): JobSeen {
  const job = { id: 'job-1', description: 's3repl invoices-dr 0123456789ab', status: 'Complete', priority: 10 };
  return { ...job, total: 10, succeeded: 10, failed: 0, replicates: true, confirms: true, reasons: [], ...given };
}

function only<T>(items: readonly T[]): T {
  const [first] = items;
  if (items.length !== 1 || first === undefined) throw new Error(`${items.length} in place of one`);
  return first;
}

describe('the request for a job', () => {
  it('asks for what the rules take and was never replicated, and to be confirmed', () => {
    const request = only(jobRequests(aSpec(), role, usual));
    expect(request).toEqual({
      AccountId: SOURCE,
      Operation: { S3ReplicateObject: {} },
      ManifestGenerator: {
        S3JobManifestGenerator: {
          ExpectedBucketOwner: SOURCE,
          SourceBucket: 'arn:aws:s3:::acme-invoices',
          EnableManifestOutput: false,
          Filter: { EligibleForReplication: true, ObjectReplicationStatuses: ['NONE', 'FAILED'] },
        },
      },
      Report: { Enabled: false },
      RoleArn: role,
      ConfirmationRequired: true,
      Description: expect.stringMatching(/^s3repl invoices-dr [0-9a-f]{12}$/),
      Priority: 10,
      Tags: [{ Key: 's3repl', Value: 'invoices-dr' }],
    });
  });

  it('is one for each prefix of the chosen rules, and none within another', () => {
    const rules = [
      aRule({ id: 'a', prefix: 'tax/' }),
      aRule({ id: 'b', prefix: 'tax/2026/' }),
      aRule({ id: 'c', prefix: 'hr/' }),
    ];
    const spec = aSpec({ destinations: [aDestination({ rules })] });
    const prefixes = (ids: readonly string[]) =>
      jobRequests(spec, role, { ...usual, rules: ids }).map(({ ManifestGenerator: generator }) =>
        generator && 'S3JobManifestGenerator' in generator
          ? generator.S3JobManifestGenerator?.Filter?.KeyNameConstraint?.MatchAnyPrefix
          : undefined,
      );
    expect(prefixes(['a', 'b', 'c'])).toEqual([['hr/'], ['tax/']]);
    expect(prefixes(['b'])).toEqual([['tax/2026/']]);
    expect(prefixes([])).toEqual([undefined]);
  });

  it('has the same description as long as it asks for the same objects, whatever its priority', () => {
    const first = only(jobRequests(aSpec(), role, usual)).Description;
    expect(only(jobRequests(aSpec(), role, { ...usual, priority: 99 })).Description).toBe(first);
    const others: readonly BackfillChoice[] = [
      { ...usual, statuses: ['failed'] },
      { ...usual, createdAfter: new Date(0) },
      { ...usual, createdBefore: new Date(0) },
      { ...usual, createdBefore: new Date(1000) },
    ];
    const descriptions = others.map((choice) => only(jobRequests(aSpec(), role, choice)).Description);
    expect(new Set([first, ...descriptions]).size).toBe(5);
    expect(only(jobRequests(aSpec(), `${role}-2`, usual)).Description).not.toBe(first);
  });

  it('has another description with another report or another list', () => {
    const report = { bucket: brand<BucketName>('reports'), prefix: 'batch', full: false };
    const manifest = { bucket: brand<BucketName>('reports'), key: 'list.csv', etag: 'e1', hasVersions: true };
    const choices: readonly BackfillChoice[] = [
      usual,
      { ...usual, report },
      { ...usual, report: { ...report, full: true } },
      { ...usual, report: { ...report, prefix: '' } },
      { ...usual, manifest },
      { ...usual, manifest: { ...manifest, etag: 'e2' } },
    ];
    const descriptions = choices.map((choice) => only(jobRequests(aSpec(), role, choice)).Description);
    expect(new Set(descriptions).size).toBe(choices.length);
  });

  it('asks for a report where one is to be written', () => {
    const report = { bucket: brand<BucketName>('reports'), prefix: 'batch', full: false };
    const reportIn = (choice: Partial<BackfillChoice>, spec = aSpec()) =>
      only(jobRequests(spec, role, { ...usual, ...choice })).Report;
    expect(reportIn({ report })).toEqual({
      Enabled: true,
      Bucket: 'arn:aws:s3:::reports',
      Format: 'Report_CSV_20180820',
      Prefix: 'batch',
      ReportScope: 'FailedTasksOnly',
    });
    expect(reportIn({ report: { ...report, full: true } })?.ReportScope).toBe('AllTasks');
    expect(reportIn({ report: { ...report, prefix: '' } })).not.toHaveProperty('Prefix');
    expect(reportIn({ report: { ...report, owner: brand(SOURCE) } })?.ExpectedBucketOwner).toBe(SOURCE);
    const source = aSource({ partition: 'aws-us-gov', region: 'us-gov-west-1' });
    expect(reportIn({ report }, aSpec({ source }))?.Bucket).toBe('arn:aws-us-gov:s3:::reports');
  });

  it('is one with a list of somebody’s own in the place of all that selects', () => {
    const manifest = { bucket: brand<BucketName>('lists'), key: 'own/list.csv', etag: 'abc', hasVersions: true };
    const spec = aSpec({
      destinations: [aDestination({ rules: [aRule({ id: 'a', prefix: 'x/' }), aRule({ id: 'b' })] })],
    });
    const requestFor = (choice: Partial<BackfillChoice>) =>
      only(jobRequests(spec, role, { ...usual, rules: ['a', 'b'], createdAfter: new Date(0), ...choice }));
    const request = requestFor({ manifest });
    expect(request).not.toHaveProperty('ManifestGenerator');
    expect(request.Manifest).toEqual({
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
      Location: { ObjectArn: 'arn:aws:s3:::lists/own/list.csv', ETag: 'abc' },
    });
    const older = requestFor({ manifest: { ...manifest, hasVersions: false, versionId: 'v1' } });
    expect(older.Manifest?.Spec?.Fields).toEqual(['Bucket', 'Key']);
    expect(older.Manifest?.Location?.ObjectVersionId).toBe('v1');
  });

  it.each([
    [undefined, 'own/lists/a.csv'],
    ['own/lists/manifest-', 'own/lists/manifest-'],
  ])('needs the one list, or what all lists begin with that s3repl uploads (%j)', (keysFrom, expected) => {
    const bucket = brand<BucketName>('lists');
    const manifest = { bucket, key: 'own/lists/a.csv', etag: 'e', hasVersions: true, ...(keysFrom && { keysFrom }) };
    expect(jobFiles({ manifest })).toEqual({
      manifest: { bucket, keysFrom: expected, ...(keysFrom === undefined && { isOneKey: true }) },
    });
  });

  it.each([
    ['batch', 'batch/job-'],
    ['', 'job-'],
  ])('needs the folders of the reports under %j, or nothing besides the objects', (prefix, keysFrom) => {
    const bucket = brand<BucketName>('reports');
    expect(jobFiles({ report: { bucket, prefix, full: true } })).toEqual({ report: { bucket, keysFrom } });
    expect(jobFiles({})).toEqual({});
  });
});

describe('the next job', () => {
  const spec = aSpec();
  const request = only(jobRequests(spec, role, usual));
  const same = { description: request.Description };

  it('is the one that is under way with the same request', () => {
    const job = aJob({ ...same, status: 'Active' });
    expect(nextJob(request, [aJob({ id: 'other', status: 'Active' }), job], spec)).toEqual({ kind: 'join', job });
  });

  it('is none that is about to end, which is waited for', () => {
    for (const status of ['Cancelling', 'Failing']) {
      const job = aJob({ ...same, status });
      expect(nextJob(request, [job], spec)).toEqual({ kind: 'wait', job });
    }
  });

  it('waits for another one of the configuration, and for none of somebody else', () => {
    const other = aJob({ status: 'Preparing' });
    expect(nextJob(request, [other], spec)).toEqual({ kind: 'wait', job: other });
    const theirs = ['nightly copy', 's3repl invoices-dr-2 0123456789ab', 's3repl invoices-dr by hand'];
    const jobs = theirs.map((description) => aJob({ description, status: 'Active' }));
    expect(nextJob(request, jobs, spec).kind).toBe('create');
  });

  it('has the same token until a job with this request is over, and another one then', () => {
    const token = (jobs: readonly JobSeen[]) => {
      const next = nextJob(request, jobs, spec);
      return next.kind === 'create' ? next.token : next.kind;
    };
    const first = aJob({ ...same, id: 'first', created: new Date(1000) });
    const second = aJob({ ...same, id: 'second', status: 'Failed', created: new Date(2000) });
    expect(token([aJob()])).toBe(token([]));
    expect(new Set([token([]), token([first]), token([first, second])]).size).toBe(3);
    expect(token([second, first])).toBe(token([first, second]));
  });

  it('has the same token with another priority, and where nobody confirms it', () => {
    const [other] = jobRequests(spec, role, { ...usual, priority: 11 });
    const token = (one: JobRequest) => tokenOf(one, undefined);
    expect(other && token({ ...other, ConfirmationRequired: false })).toBe(token(request));
    const [failed] = jobRequests(spec, role, { ...usual, statuses: ['failed'] });
    expect(failed && token(failed)).not.toBe(token(request));
  });

  it('has a token that AWS takes, for any request', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (description, last) => {
        const token = tokenOf({ ...request, Description: description }, last);
        expect(token).toMatch(/^[0-9a-f]{64}$/);
        expect(tokenOf({ ...request, Description: description }, last)).toBe(token);
      }),
    );
  });
});

describe('a job of ours', () => {
  it('is known by its description alone, to the letter', () => {
    const isOurs = (description: string) => isOurJob({ description }, { name: 'a' });
    expect(isOurs('s3repl a 0123456789ab')).toBe(true);
    for (const description of [
      's3repl a',
      's3repl a-b 0123456789ab',
      ' s3repl a 0123456789ab',
      's3repl a 0123456789abc',
      '',
    ])
      expect(isOurs(description)).toBe(false);
  });
});

describe('the end of a job', () => {
  const reason = (text: string, code = 'X') => ({ reasons: [{ code, reason: text }] });

  it.each([
    ['complete', {}],
    ['some-failed', { failed: 5, succeeded: 5 }],
    ['most-failed', { failed: 6, succeeded: 4 }],
    ['most-failed', { status: 'Failed', failed: 600, succeeded: 400, total: 2000 }],
    ['cancelled', { status: 'Cancelled', failed: 3 }],
    [
      'nothing-to-do',
      { status: 'Failed', ...reason('Manifest generation found no keys matching the filter criteria.') },
    ],
    ['role-unknown', { status: 'Failed', ...reason('…', 'AssumeRoleNotPermitted') }],
    ['failed', { status: 'Failed', failed: 3, succeeded: 7, ...reason('The job was not confirmed within 30 days.') }],
    ['failed', { status: 'Failed', ...reason('Error occurred when preparing manifest: Failed to write manifest') }],
  ] as const)('is %s', (end, given) => {
    expect(judgeEnd(aJob(given))).toBe(end);
  });
});
