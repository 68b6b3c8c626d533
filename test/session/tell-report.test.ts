import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type BucketName, brand } from '../../src/aws/brand.ts';
import type { ItemEvent } from '../../src/events/event.ts';
import type { JobSeen } from '../../src/plan/backfill-jobs.ts';
import { encodeKey } from '../../src/plan/own-manifest.ts';
import { tellReport } from '../../src/session/tell-report.ts';
import type { ExplainedGroup } from '../../src/show/failure-text.ts';
import { anApplied, type Practice } from '../apply/in-sandbox.ts';
import { aSpec } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { putOldObject } from '../sandbox/jobs/our-job.ts';
import { makeBucket } from '../sandbox/make-bucket.ts';

const spec = aSpec();
const { source } = spec;
const reports = brand<BucketName>('acme-reports');
const JOB = 'f8fb9d89-a3aa-461d-bddc-ea6a1b131955';
const folder = `batch/job-${JOB}`;
const where = `s3://${reports}/${folder}/`;

let practice: Practice;

beforeEach(async () => {
  practice = await anApplied(spec);
  await makeBucket(practice.sandbox, reports, { account: source.account });
});

const s3 = () => clientsOf(practice.sandbox, source.account).s3;

async function put(Key: string, Body: string): Promise<void> {
  await s3().send(new PutObjectCommand({ Bucket: reports, Key, Body }));
}

const row = (key: string, code: string, version = 'v1') =>
  `acme-invoices,${encodeKey(key)},${version},failed,200,${code},"said ${code}"\n`;

/** One file, and its index. */
async function putReport(...rows: readonly string[]): Promise<void> {
  const Key = `${folder}/results/a.csv`;
  const Results = [{ TaskExecutionStatus: 'failed', Bucket: reports, Key, MD5Checksum: '' }];
  await put(Key, rows.join(''));
  await put(`${folder}/manifest.json`, JSON.stringify({ Format: 'Report_CSV_20180820', Results }));
}

/** Somebody keeps everybody from it. */
async function deny(Bucket: string, Action: string, key: string): Promise<void> {
  const { account, region } = practice.sandbox.state.buckets[Bucket] ?? source;
  const client = clientsOf(practice.sandbox, account, region).s3;
  const found = await client.send(new GetBucketPolicyCommand({ Bucket })).catch(() => ({ Policy: '{"Statement":[]}' }));
  const { Statement } = JSON.parse(found.Policy ?? '');
  const Deny = { Sid: `No${Statement.length}`, Effect: 'Deny', Principal: '*', Action };
  const denied = { ...Deny, Resource: `arn:aws:s3:::${Bucket}/${key}` };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [...Statement, denied] });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

const aJob = (more: Partial<JobSeen> = {}): JobSeen => ({
  id: JOB,
  description: '',
  status: 'Complete',
  priority: 10,
  replicates: true,
  total: 10,
  succeeded: 9,
  failed: 1,
  report: { bucket: reports, prefix: 'batch', owner: source.account },
  confirms: false,
  reasons: [],
  ...more,
});

async function tell(
  job: JobSeen,
  {
    out,
    waits = false,
    sleep,
  }: { readonly out?: string; readonly waits?: boolean; readonly sleep?: () => Promise<void> } = {},
) {
  const connections = await practice.connect(spec);
  onTestFinished(() => connections.close());
  const items: ItemEvent[] = [];
  const view = {
    report: (event: { readonly type: string }) => {
      if (event.type === 'item') items.push(event as ItemEvent);
    },
    plan: async () => undefined,
    diagnosis: () => undefined,
    status: () => undefined,
    round: () => undefined,
    releaseScreen: () => undefined,
  };
  const surroundings = { ...practice.surroundings, ...(sleep && { sleep }) };
  const { signal } = new AbortController();
  const told = await tellReport({ spec, view, connections, surroundings, signal }, job, { out, waits });
  return { told, items, groups: items.map(({ members }) => members as unknown as ExplainedGroup) };
}

function aFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 's3repl-report-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('a report that is not there', () => {
  it('is none where the job writes none', async () => {
    const { report: _, ...job } = aJob();
    expect(await tell(job)).toEqual({ told: undefined, items: [], groups: [] });
  });

  it('is explained by what S3 says, or by what may be', async () => {
    const unsaid = await tell(aJob());
    expect(unsaid.told).toEqual({
      read: 'not',
      why: expect.stringContaining(
        `there is no report of job ${JOB} in ${where}. S3 writes none if the bucket has a default`,
      ),
    });
    const reason = 'The job report could not be written to your report bucket. Please check your permissions.';
    const reasons = [
      { code: 'X', reason },
      { code: 'Y', reason: 'Something else' },
    ];
    const said = await tell(aJob({ reasons }));
    expect(said.told).toEqual({ read: 'not', why: `there is no report of job ${JOB} in ${where}. S3 says: ${reason}` });
  });

  it('is waited for after a job that has just ended', async () => {
    let pauses = 0;
    const sleep = async () => {
      pauses += 1;
      if (pauses === 2) await putReport(row('a', 'SlowDown'));
    };
    expect((await tell(aJob(), { waits: true, sleep })).told).toEqual({ read: 'whole' });
    expect(pauses).toBe(2);
  });

  it('is not waited for without end', async () => {
    let pauses = 0;
    const sleep = async () => {
      pauses += 1;
    };
    expect((await tell(aJob(), { waits: true, sleep })).told?.read).toBe('not');
    expect(pauses).toBe(2);
  });
});

describe('a report that cannot be read', () => {
  it('says which rights it takes, and leaves no file', async () => {
    await putReport(row('a', 'SlowDown'));
    await deny(reports, 's3:GetObject', '*');
    const path = aFolder();
    const { told, items } = await tell(aJob(), { out: join(path, 'failed.csv') });
    const why = `account 111111111111 has no permission to read the report in ${where} (s3:GetObject, s3:ListBucket)`;
    expect(told).toEqual({ read: 'not', why });
    expect(items).toEqual([]);
    expect(readdirSync(path)).toEqual([]);
  });

  it('is said to have an index that is none', async () => {
    await put(`${folder}/manifest.json`, '<html>');
    const why = `the report in ${where}: the index of the report is not JSON`;
    expect((await tell(aJob())).told).toEqual({ read: 'not', why });
  });

  it('for another reason is not read either, which leaves no file', async () => {
    await putReport(row('a', 'SlowDown'));
    const fault = { code: 'PreconditionFailed', status: 412 };
    practice.fault = ({ operation }) => (operation === 'GetObject' ? fault : undefined);
    const path = aFolder();
    const { told } = await tell(aJob(), { out: join(path, 'failed.csv') });
    expect(told).toEqual({
      read: 'not',
      why: expect.stringContaining('S3 GetObject in account 111111111111'),
    });
    expect(readdirSync(path)).toEqual([]);
  });
});

describe('a report that is not whole', () => {
  it('says that a file is missing, and how many objects it names', async () => {
    await putReport(row('a', 'SlowDown'));
    await s3().send(new DeleteObjectCommand({ Bucket: reports, Key: `${folder}/results/a.csv` }));
    expect((await tell(aJob())).told).toEqual({
      read: 'in-part',
      why: `the report in ${where} is incomplete: ${folder}/results/a.csv is not there, or empty, though the report has it; it names 0 of 1 objects`,
    });
  });

  it('tells the rows that there are, and keeps them in the file', async () => {
    await putReport(row('a', 'SlowDown'));
    const out = join(aFolder(), 'failed.csv');
    const { told, groups } = await tell(aJob({ failed: 3 }), { out });
    expect(told).toEqual({ read: 'in-part', why: `the report in ${where} is incomplete: it names 1 of 3 objects` });
    expect(groups).toMatchObject([{ reason: 'SlowDown', count: 1 }]);
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(3);
  });
});

describe('what failed', () => {
  it('for a reason that s3repl does not know has no meaning and no fix of ours', async () => {
    await putOldObject(practice.sandbox, 'a');
    await putReport(row('a', 'NoSuchCode', ''));
    const { told, groups, items } = await tell(aJob());
    expect(told).toEqual({ read: 'whole' });
    expect(groups).toEqual([
      {
        ...{ reason: 'NoSuchCode', count: 1, versions: [{ key: 'a' }], message: 'said NoSuchCode' },
        ...{ causes: [], isThere: true },
      },
    ]);
    expect(items[0]?.text).toContain('1 object: NoSuchCode\n  AWS says  said NoSuchCode\n');
  });

  it('and is gone meanwhile needs no fix', async () => {
    await putReport(row('a', 'DstPutObjectNotPermitted'));
    const { groups, items } = await tell(aJob());
    expect(groups).toMatchObject([{ code: 'DstPutObjectNotPermitted', causes: [], isThere: false }]);
    expect(items[0]?.text).toMatch(/it is not in the bucket any\s+more\./);
    expect(items[0]?.text).not.toContain('  fix ');
  });

  it('for one reason may have several causes, at the two ends of the report', async () => {
    const keys = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'z'];
    for (const key of keys) await putOldObject(practice.sandbox, key);
    const replica = spec.destinations[0]?.bucket ?? '';
    await deny(replica, 's3:ReplicateObject', 'a*');
    await deny(replica, 's3:ReplicateObject', 'z*');
    await putReport(...keys.map((key) => row(key, 'DstPutObjectNotPermitted', '')));
    const before = practice.requests.filter(({ operation }) => operation === 'HeadObject').length;
    const { groups } = await tell(aJob({ failed: keys.length }));
    const fixes = groups.flatMap(({ causes }) =>
      causes.map(({ check, fix }) => [check, /statement (No\d+)/.exec(fix)?.[1]]),
    );
    expect(fixes).toHaveLength(2);
    expect(new Set(fixes.map(([, sid]) => sid)).size).toBe(2);
    expect(practice.requests.filter(({ operation }) => operation === 'HeadObject').length - before).toBe(4);
  });

  it('is told for every reason, and looked into for the first ones', async () => {
    await putReport(...Array.from({ length: 45 }, (_, index) => row(`key-${index}`, `Code${index}x`)));
    const { told, groups } = await tell(aJob({ failed: 45 }));
    expect(told).toEqual({ read: 'whole' });
    expect(groups.map(({ isThere }) => isThere)).toEqual([...Array(40).fill(false), ...Array(5).fill(undefined)]);
  });

  it('has keys that nobody would choose, a line each, and as they are in the file', async () => {
    const keys = ['\u001b[2Jx', 'line\nend', ' "a", b ', `${'é/'.repeat(341)}x`, 'a+b %41'];
    expect(keys.map((key) => Buffer.byteLength(key)).at(3)).toBe(1024);
    for (const key of keys) await putOldObject(practice.sandbox, key);
    await putReport(...keys.map((key) => row(key, 'SlowDown', '')));
    const out = join(aFolder(), 'failed.csv');
    const { told, items, groups } = await tell(aJob({ failed: keys.length }), { out });
    expect(told).toEqual({ read: 'whole' });
    expect(groups).toMatchObject([{ versions: keys.map((key) => ({ key })), isThere: true }]);
    const [, ...lines] = items[0]?.text.slice(items[0].text.indexOf('\n  objects')).split('\n') ?? [];
    expect(lines.slice(0, -1).map((line) => line.slice(12))).toEqual([
      ...['\\u001b[2Jx', 'line\\u000aend', '" "a", b "', keys[3], 'a+b %41'],
    ]);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(out, 'utf8')).toContain('acme-invoices," ""a"", b ",');
  });
});
