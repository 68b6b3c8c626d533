import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type BucketName, brand } from '../../src/aws/brand.ts';
import { readJobReport } from '../../src/observe/job-report.ts';
import type { ReportPlace } from '../../src/plan/backfill-jobs.ts';
import { jobFiles } from '../../src/plan/job-documents.ts';
import type { ReportRow } from '../../src/plan/job-report.ts';
import { UnreadableReport } from '../../src/plan/job-report.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec } from '../builders.ts';
import { clientsOf, OTHER } from '../sandbox/clients.ts';
import { describeJob, outcomeOf, updateStatus } from '../sandbox/jobs/backfilling.ts';
import { makeOurJobRole, putOldObject, startOurJob } from '../sandbox/jobs/our-job.ts';
import { makeBucket } from '../sandbox/make-bucket.ts';

const spec = aSpec();
const { source } = spec;
const reports = brand<BucketName>('acme-reports');
const place: ReportPlace = { bucket: reports, prefix: 'batch', owner: source.account };
const JOB = 'f8fb9d89-a3aa-461d-bddc-ea6a1b131955';
const folder = `batch/job-${JOB}`;

let practice: Practice;

beforeEach(async () => {
  practice = await aPractice();
  await makeBucket(practice.sandbox, 'acme-invoices', { account: source.account, versioning: 'Enabled' });
  await makeBucket(practice.sandbox, reports, { account: source.account });
});

async function put(Key: string, Body: string, Bucket: string = reports): Promise<void> {
  await clientsOf(practice.sandbox, source.account).s3.send(
    new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body) }),
  );
}

async function connected() {
  const connections = await practice.connect(spec);
  onTestFinished(() => connections.close());
  return connections.get('source');
}

async function readReport(rows: ReportRow[] = [], at = place) {
  return readJobReport(await connected(), at, JOB, (row) => rows.push(row));
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const row = (key: string, code: string) => `acme-invoices,${key},v1,failed,200,${code},"m"\n`;

interface File {
  readonly name: string;
  readonly text: string;
  readonly status?: string;
}

function indexOf(files: readonly File[], changes: object = {}): string {
  const Results = files.map(({ name, text, status = 'failed' }) => {
    const Key = `${folder}/results/${name}.csv`;
    return { TaskExecutionStatus: status, Bucket: reports, MD5Checksum: md5(text), Key, ...changes };
  });
  return JSON.stringify({ Format: 'Report_CSV_20180820', Results, ReportSchema: 'Bucket, Key' });
}

async function putReport(files: readonly File[], index = 'manifest.json', changes: object = {}): Promise<void> {
  await put(`${folder}/${index}`, indexOf(files, changes));
  for (const { name, text } of files) await put(`${folder}/results/${name}.csv`, text);
}

const requests = (operation: string) => practice.requests.filter((request) => request.operation === operation).length;

describe('the report of a job', () => {
  const files = [
    { name: 'a', text: row('x', 'SlowDown') + row('y+z', 'DstPutObjectNotPermitted') },
    { name: 'b', text: row('w', 'DstPutObjectNotPermitted') },
  ];
  const groups = [
    {
      reason: 'DstPutObjectNotPermitted',
      count: 2,
      versions: [
        { key: 'y z', versionId: 'v1' },
        { key: 'w', versionId: 'v1' },
      ],
    },
    { reason: 'SlowDown', count: 1, versions: [{ key: 'x', versionId: 'v1' }] },
  ];

  it.each(['manifest.json', 'report.json'])('is read by its index %s, from all of its files', async (index) => {
    await putReport(files, index);
    const rows: ReportRow[] = [];
    expect(await readReport(rows)).toMatchObject({ failed: 3, groups, problems: [] });
    expect(rows.map(({ key }) => key)).toEqual(['x', 'y z', 'w']);
  });

  it('is read without its index, and that is told', async () => {
    for (const { name, text } of files) await put(`${folder}/results/${name}.csv`, text);
    await put(`${folder}/results/c.csv`, 'acme-invoices,z,v1,succeeded,200,,\n');
    expect(await readReport()).toMatchObject({
      ...{ failed: 3, groups },
      problems: ['the report has no index: s3repl cannot tell whether its 3 result files are all of it'],
    });
  });

  it('is at the top of the bucket without a prefix', async () => {
    await put(`job-${JOB}/results/a.csv`, row('x', 'SlowDown'));
    expect(await readReport([], { ...place, prefix: '' })).toMatchObject({ failed: 1 });
  });

  it('is none where no file of the job is there', async () => {
    await put(`batch/job-${JOB}x/manifest.json`, indexOf([]));
    expect(await readReport()).toBeNull();
  });

  it('is read without the files of what succeeded', async () => {
    await putReport([...files, { name: 'c', text: '', status: 'succeeded' }]);
    const before = requests('GetObject');
    expect(await readReport()).toMatchObject({ failed: 3, problems: [] });
    expect(requests('GetObject') - before).toBe(3);
  });

  it('may say that nothing failed', async () => {
    await putReport([]);
    expect(await readReport()).toEqual({ failed: 0, groups: [], problems: [] });
  });

  it('is read piece by piece, wherever a row or a character is cut', async () => {
    // Three bytes a character, in rows of a length that no piece is a multiple of.
    const count = 12_000;
    const text = Array.from(
      { length: count },
      (_, at) => `acme-invoices,key-${at},v1,failed,200,SlowDown,"${'€'.repeat(250)}"\n`,
    ).join('');
    expect(Buffer.byteLength(text)).toBeGreaterThan(8 * 2 ** 20);
    await putReport([{ name: 'a', text }]);
    const rows: ReportRow[] = [];
    expect(await readReport(rows)).toMatchObject({ failed: count, groups: [{ count }], problems: [] });
    expect(rows.every(({ message }) => message === '€'.repeat(250))).toBe(true);
    expect(requests('GetObject')).toBe(4);
  });

  it('is read whole where a piece begins like a web page', async () => {
    const rows = row('x', 'SlowDown').repeat(80_000);
    const begin = 'acme-invoices,y,v1,failed,503,SlowDown,"';
    const message = `${'.'.repeat(4 * 2 ** 20 - rows.length - begin.length)}<html>Service Unavailable</html>`;
    await putReport([{ name: 'a', text: `${rows}${begin}${message}"\n` }]);
    const read: ReportRow[] = [];
    expect(await readReport(read)).toMatchObject({ failed: 80_001, problems: [] });
    expect(read.at(-1)).toMatchObject({ key: 'y', message });
  });

  it('is read whole though answers are cut off', async () => {
    await putReport(files);
    let count = 0;
    practice.fault = ({ operation }) => {
      if (operation !== 'GetObject') return undefined;
      count += 1;
      return count % 2 === 1 ? 'truncated' : undefined;
    };
    expect(await readReport()).toMatchObject({ failed: 3, groups, problems: [] });
  });

  it('that becomes another one while it is read is an error', async () => {
    await putReport([{ name: 'a', text: row('x', 'SlowDown').repeat(120_000) }]);
    let pieces = 0;
    practice.meanwhile = async ({ operation }) => {
      if (operation !== 'GetObject') return;
      pieces += 1;
      if (pieces === 3) await put(`${folder}/results/a.csv`, 'x');
    };
    await expect(readReport()).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });
});

describe('a report that is not whole', () => {
  const file = { name: 'a', text: row('x', 'SlowDown') };

  it('says which rows cannot be read, and counts the others', async () => {
    await putReport([{ name: 'a', text: `${row('x', 'SlowDown')}nonsense\n\nmore,nonsense\n${row('y', 'SlowDown')}` }]);
    const report = await readReport();
    expect(report).toMatchObject({ failed: 2, groups: [{ count: 2 }] });
    expect(report?.problems).toEqual([
      expect.stringMatching(
        /results\/a\.csv: rows that cannot be read: 2; the first one: line 2 is not a row of a report/,
      ),
    ]);
  });

  it('says that a record does not end', async () => {
    await putReport([{ name: 'a', text: `${row('x', 'SlowDown')}"${'y'.repeat(2 ** 21)}` }]);
    const report = await readReport();
    expect(report?.failed).toBe(1);
    expect(report?.problems).toEqual([expect.stringContaining('the record that begins at line 2 does not end')]);
  });

  it('says that a file is missing', async () => {
    await putReport([file, { name: 'b', text: row('y', 'SlowDown') }]);
    const { s3 } = clientsOf(practice.sandbox, source.account);
    await s3.send(new DeleteObjectCommand({ Bucket: reports, Key: `${folder}/results/a.csv` }));
    const report = await readReport();
    expect(report?.failed).toBe(1);
    expect(report?.problems[0]).toContain('results/a.csv is not there');
  });

  it('says that a file is not the one that the index names', async () => {
    await putReport([file], 'manifest.json', { MD5Checksum: md5('something else') });
    const report = await readReport();
    expect(report?.failed).toBe(1);
    expect(report?.problems).toEqual([expect.stringContaining('its MD5 is not the one in the index')]);
  });

  it('does not go to another bucket or folder, whatever the index says', async () => {
    await put('elsewhere.csv', row('x', 'SlowDown'));
    await put(`${folder}/results/a.csv`, row('x', 'SlowDown'), 'acme-invoices');
    for (const changes of [{ Key: 'elsewhere.csv' }, { Bucket: 'acme-invoices' }]) {
      await putReport([file], 'manifest.json', changes);
      const report = await readReport();
      expect(report?.failed).toBe(0);
      expect(report?.problems).toEqual([expect.stringContaining('which is outside of the report')]);
    }
  });

  it.each(['', 'no JSON', '{"Format":"another"}'])('has an index that is none: %j', async (text) => {
    await put(`${folder}/manifest.json`, text);
    const read = readReport();
    if (text === '') expect(await read).toBeNull();
    else await expect(read).rejects.toThrow(UnreadableReport);
  });
});

describe('a report that may not be read', () => {
  it('is an error', async () => {
    await putReport([]);
    const Statement = { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${reports}/*` };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const { s3 } = clientsOf(practice.sandbox, source.account);
    await s3.send(new PutBucketPolicyCommand({ Bucket: reports, Policy }));
    await expect(readReport()).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('is an error where the bucket belongs to somebody else than expected', async () => {
    await putReport([]);
    await expect(readReport([], { ...place, owner: brand(OTHER) })).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('the report that the sandbox writes', () => {
  it('is read as it was, with keys that nobody would choose', async () => {
    const keys = ['a b,"c"+d/é%', 'refused/line\nend', 'refused/100%', 'refused/a+b', 'refused/€, "🎉"'];
    practice = await aPractice();
    const { sandbox } = practice;
    await practice.apply(spec);
    await makeBucket(sandbox, reports, { account: source.account });
    for (const key of keys) await putOldObject(sandbox, key);
    const destination = sandbox.state.buckets[spec.destinations[0]?.bucket ?? ''];
    if (!destination?.policy) throw new Error('there is no bucket policy');
    const { s3 } = clientsOf(sandbox, destination.account, destination.region);
    const refusing = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:ReplicateObject',
      Resource: `arn:aws:s3:::${destination.name}/refused/*`,
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [refusing] });
    await s3.send(new PutBucketPolicyCommand({ Bucket: destination.name, Policy }));
    const report = { bucket: reports, prefix: 'batch', owner: source.account, full: true };
    const arn = await makeOurJobRole(sandbox, spec, jobFiles({ report }));
    const id = await startOurJob(sandbox, spec, arn, { report });
    await sandbox.clock.sleep(60_000);
    await updateStatus(sandbox, id, 'Ready');
    await sandbox.clock.sleep(3_600_000);
    const { failed } = outcomeOf(await describeJob(sandbox, id), sandbox);
    const read = await readJobReport(await connected(), place, id);
    expect(read?.failed).toBe(failed);
    expect(read?.problems).toEqual([]);
    expect(read?.groups.flatMap(({ versions }) => versions.map(({ key }) => key)).toSorted()).toEqual(keys.toSorted());
  });
});
