import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA, SOURCE } from './by-hand.ts';
import { changePolicy } from './change-policy.ts';
import { type Ended, invoices } from './cli.ts';
import { applyWithOldObjects, keysOf, put, versionsIn } from './old-objects.ts';

const REPORTS = 'acme-reports';
const account = '111111111111';

async function makeReportBucket({ source }: People): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await source.send(new CreateBucketCommand({ Bucket: REPORTS, CreateBucketConfiguration }));
}

/** Somebody keeps replicas with these keys out. */
function keepOut({ destination }: People, keys: string): Promise<void> {
  const Resource = `arn:aws:s3:::${REPLICA}/${keys}`;
  const deny = { Sid: 'KeepOut', Effect: 'Deny', Principal: '*', Action: 's3:ReplicateObject', Resource };
  return changePolicy(destination, REPLICA, (statements) => [...statements, deny]);
}

/** And lets them in again. */
function letIn({ destination }: People): Promise<void> {
  return changePolicy(destination, REPLICA, (statements) => statements.filter(({ Sid }) => Sid !== 'KeepOut'));
}

/** As many a company has it: nothing is written without KMS. */
async function demandKms({ source }: People): Promise<void> {
  const Condition = { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } };
  const Resource = `arn:aws:s3:::${REPORTS}/*`;
  const Statement = [{ Sid: 'OnlyKms', Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource, Condition }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await source.send(new PutBucketPolicyCommand({ Bucket: REPORTS, Policy }));
}

const failures = ({ lines }: Ended) => lines.filter(({ type }) => type === 'failure');
const idOf = ({ lines }: Ended) => String((lines.at(-1)?.job as { readonly id?: string } | undefined)?.id);
const keysIn = ({ sandbox }: People, bucket: string) => versionsIn(sandbox, bucket).map(({ key }) => key);
/** Of the request that the plan shows. */
const reportOf = ({ lines }: Ended) => {
  const { requests } = lines.find(({ type }) => type === 'backfill') as { requests: { Report: object }[] };
  return requests[0]?.Report;
};
const onlyIn = (prefix: string) =>
  invoices.replace(/^( *)bucket: acme-invoices-replica$/m, `$&\n$1rules:\n$1  - id: some\n$1    prefix: ${prefix}`);

it('in a bucket of its own: by reason, with the cause of now; --out has every version, and --explain says it again', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, keysOf('old-', 30));
    await makeReportBucket(people);
  });
  await byHand((people) => keepOut(people, 'old-1*'));

  const ended = await s3repl(
    'backfill',
    '--yes',
    '--force',
    '--report',
    `${REPORTS}/batch`,
    '--out',
    'failed.csv',
    '--summary',
    'all.md',
  );
  const job = idOf(ended);
  expect(ending(ended)).toMatchObject({ code: 5, outcome: 'blocked', error: { code: 'some-failed' } });
  const group = {
    reason: 'DstPutObjectNotPermitted',
    count: 11,
    causes: [{ check: 'C30', summary: expect.stringContaining('KeepOut'), fix: expect.stringContaining('Narrow') }],
  };
  expect(failures(ended)).toMatchObject([group]);
  expect(readFileSync(join(folder.path, 'all.md'), 'utf8')).toMatch(
    /### What was not replicated\n\n```text\n11 objects: DstPutObjectNotPermitted\n {2}means /,
  );
  const rows = readFileSync(join(folder.path, 'failed.csv'), 'utf8').trimEnd().split('\n');
  expect(rows[0]).toBe('Bucket,Key,VersionId,HTTPStatusCode,ErrorCode,ResultMessage');
  expect(rows.slice(1).map((row) => row.split(',')[1])).toEqual(['old-1', ...keysOf('old-1', 10)]);
  expect(statSync(join(folder.path, 'failed.csv')).mode & 0o777).toBe(0o600);
  await byHand(async (people) => {
    expect(keysIn(people, REPORTS)).toEqual([
      `batch/job-${job}/manifest.json`,
      expect.stringMatching(new RegExp(`^batch/job-${job}/results/[0-9a-f]{40}\\.csv$`)),
    ]);
    await letIn(people);
  });

  const again = await s3repl('backfill', '--explain', job);
  expect(ending(again)).toMatchObject({ code: 5, job: { id: job, failed: 11 } });
  // The reason is history by now.
  expect(failures(again)).toMatchObject([{ reason: 'DstPutObjectNotPermitted', count: 11, causes: [] }]);
  const plain = await folder.s3repl(['backfill', '--sandbox', '--explain', job]);
  expect(plain.stdout).toContain('11 objects: DstPutObjectNotPermitted\n  means ');
  expect(plain.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);

  expect(ending(await s3repl('backfill', '--yes', '--status', 'failed', '--out', 'failed.csv'))).toMatchObject({
    code: 3,
    error: { code: 'no-report' },
  });
  const done = await s3repl('backfill', '--yes', '--status', 'failed', '--report', REPORTS, '--out', 'failed.csv');
  expect(ending(done)).toMatchObject({ code: 0, job: { total: 11, succeeded: 11 } });
  expect(readFileSync(join(folder.path, 'failed.csv'), 'utf8')).toBe(`${rows[0]}\n`);
});

it('in the source bucket, under a folder of our own, where rules take other prefixes only; and destroy leaves it', async () => {
  const { folder, s3repl, byHand } = aSetUp(onlyIn('in/'));
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, [...keysOf('in/', 4), 'out']);
  });
  await byHand((people) => keepOut(people, 'in/1*'));

  const ended = await s3repl('backfill', '--yes', '--force');
  expect(reportOf(ended)).toEqual({
    ...{ Enabled: true, Bucket: `arn:aws:s3:::${SOURCE}`, ExpectedBucketOwner: account, Prefix: '.s3repl-backfill' },
    ...{ Format: 'Report_CSV_20180820', ReportScope: 'FailedTasksOnly' },
  });
  expect(ending(ended)).toMatchObject({ code: 5, job: { succeeded: 3, failed: 1 } });
  expect(failures(ended)).toMatchObject([{ count: 1, versions: [{ key: 'in/1' }] }]);
  const report = `.s3repl-backfill/job-${idOf(ended)}/manifest.json`;
  await byHand(async (people) => {
    await people.sandbox.clock.sleep(3_600_000);
    expect(keysIn(people, SOURCE)).toContain(report);
    expect(keysIn(people, REPLICA)).toEqual(['in/0', 'in/2', 'in/3']);
  });

  const destroyed = await folder.s3repl(['destroy', '--sandbox', '--yes']);
  expect(destroyed.code).toBe(0);
  expect(destroyed.stdout).toContain(`the reports and lists of backfill: s3://${SOURCE}/.s3repl-backfill/job-*`);
  await byHand(async (people) => expect(keysIn(people, SOURCE)).toContain(report));
});

it('nowhere, where a rule takes the whole source bucket; that is said, and a place in it is refused', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, ['a', 'b']));
  await byHand((people) => keepOut(people, 'a'));

  const refused = await s3repl('backfill', '--yes', '--force', '--report', 'acme-nobody');
  expect(ending(refused)).toMatchObject({ code: 3, error: { code: 'no-report-bucket' } });
  const inside = await s3repl('backfill', '--yes', '--report', `${SOURCE}/reports`);
  expect(ending(inside)).toMatchObject({
    code: 5,
    error: {
      code: 'report-refused',
      message: expect.stringContaining('the rule s3repl.invoices-dr.all would replicate'),
    },
  });
  const plan = await folder.s3repl(['backfill', '--sandbox', '--yes', '--force']);
  expect(plan.stdout.replace(/\s+/g, ' ')).toContain(
    `report none in s3://${SOURCE}/.s3repl-backfill/: rule s3repl.invoices-dr.all would replicate everything written there, including the report. To have one, name another bucket of account ${account}: --report BUCKET/PREFIX, or backfill.report in repl.yaml`,
  );
  expect(plan.code).toBe(5);
  await byHand(async (people) => expect(keysIn(people, SOURCE)).toEqual(['a', 'b']));

  const forced = await s3repl('backfill', '--yes', '--force', '--report', `${SOURCE}/reports`);
  expect(forced.lines.filter(({ type }) => type === 'warning')).toContainEqual(
    expect.objectContaining({ code: 'report-in-doubt' }),
  );
  expect(failures(forced)).toMatchObject([{ count: 1, versions: [{ key: 'a' }] }]);
});

it('but not in a bucket that demands KMS: refused by its statement; with --force the job runs, and which objects failed is not known', async () => {
  const { s3repl, byHand } = aSetUp(`${invoices}backfill:\n  report: ${REPORTS}\n`);
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, ['a', 'b', 'c']);
    await makeReportBucket(people);
    await demandKms(people);
  });
  await byHand((people) => keepOut(people, 'a'));

  const refused = await s3repl('backfill', '--yes');
  expect(ending(refused)).toMatchObject({
    code: 5,
    error: { code: 'report-refused', message: expect.stringContaining('(statement OnlyKms)') },
  });
  const forced = await s3repl('backfill', '--yes', '--force', '--out', 'failed.csv');
  expect(ending(forced)).toMatchObject({
    code: 6,
    outcome: 'unknown',
    job: { succeeded: 2, failed: 1 },
    error: { code: 'report-not-read', message: expect.stringContaining('could not be written to your report bucket') },
  });
  // What doctor finds of the newest FAILED versions is told all the same.
  expect(forced.lines.filter(({ type }) => type === 'problem')).toMatchObject([
    { code: 'object-failed', check: 'C30' },
  ]);
  const none = await s3repl('backfill', '--yes', '--force', '--no-report');
  expect(reportOf(none)).toEqual({ Enabled: false });
  expect(ending(none)).toMatchObject({ code: 5, error: { code: 'most-failed' } });
});

it('of a list of three versions: uploaded under SSE-S3 beside the report, and nothing but these is replicated', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, ['a b,c.txt', 'a b,c.txt', 'ü/%41', 'other', 'another']);
    await makeReportBucket(people);
  });
  const ids = await byHand(async ({ source }) => {
    const { Versions = [] } = await source.send(new ListObjectVersionsCommand({ Bucket: SOURCE }));
    return new Map(Versions.map(({ Key, IsLatest, VersionId = '' }) => [`${Key} ${IsLatest}`, VersionId]));
  });
  const rows = [
    `"a b,c.txt",${ids.get('a b,c.txt true')}`,
    `"a b,c.txt",${ids.get('a b,c.txt false')}`,
    `ü/%41,${ids.get('ü/%41 true')}`,
  ];
  folder.write('list.csv', `Bucket,Key,VersionId\n${rows.map((row) => `${SOURCE},${row}\n`).join('')}`);
  folder.write('wrong.csv', `${SOURCE},a\nacme-other,b\n${SOURCE},c,v1\n`);

  const wrong = await s3repl('backfill', '--yes', '--report', REPORTS, '--manifest', 'wrong.csv');
  expect(ending(wrong)).toMatchObject({
    code: 3,
    error: {
      code: 'manifest',
      message: expect.stringMatching(/line 2 names the bucket "acme-other".*line 3 has a version/),
    },
  });
  expect(ending(await s3repl('backfill', '--yes', '--manifest', 'list.csv'))).toMatchObject({
    code: 3,
    error: { code: 'manifest', message: expect.stringContaining('there is no place for a report') },
  });
  expect(ending(await s3repl('backfill', '--yes', '--manifest', 'list.csv', '--status', 'none'))).toMatchObject({
    code: 3,
    error: { code: 'manifest', message: expect.stringContaining('replicates every object of the list') },
  });
  await byHand(async (people) => expect(keysIn(people, REPORTS)).toEqual([]));

  const listed = ['--report', `${REPORTS}/batch`, '--manifest', 'list.csv'];
  const losing = ['PutObject', 'CreateJob'].flatMap((call) => ['--sandbox-fault', `${call}:1=lost-answer`]);
  const ended = await s3repl('backfill', '--yes', ...listed, ...losing);
  expect(ending(ended)).toMatchObject({ code: 0, job: { total: 3, succeeded: 3 } });
  await byHand(async ({ sandbox }) => {
    expect(Object.keys(sandbox.state.jobs)).toEqual([idOf(ended)]);
    const list = versionsIn(sandbox, REPORTS).find(({ key }) => key.includes('manifest-'));
    expect(list).toMatchObject({
      key: expect.stringMatching(/^batch\/manifest-[0-9a-f]{16}\.csv$/),
      encryption: { type: 'SSE-S3' },
    });
    expect(versionsIn(sandbox, REPLICA).map(({ key }) => key)).toEqual(['a b,c.txt', 'a b,c.txt', 'ü/%41']);
    const role = sandbox.state.accounts[account]?.roles['s3repl-invoices-dr-backfill'];
    expect(JSON.stringify(role)).not.toContain('PutInventoryConfiguration');
    expect(JSON.stringify(role)).toContain(`${REPORTS}/batch/manifest-*`);
  });
  // The same list is there already.
  expect(ending(await s3repl('backfill', '--yes', ...listed))).toMatchObject({
    code: 0,
    job: { total: 3, succeeded: 3 },
  });
  await byHand(async ({ sandbox }) =>
    expect(versionsIn(sandbox, REPORTS).filter(({ key }) => /manifest-/.test(key)).length).toBe(1),
  );
});

it('of a list that lies in S3 already, as S3 Batch Operations reads it', async () => {
  const { s3repl, byHand } = aSetUp();
  const list = (Key: string, Body: string, more = {}) => ({ Bucket: REPORTS, Key, Body, ...more });
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, ['a b', 'c']);
    await makeReportBucket(people);
    const { Versions = [] } = await people.source.send(new ListObjectVersionsCommand({ Bucket: SOURCE }));
    const rows = Versions.map(({ Key = '', VersionId }) => `${SOURCE},${encodeURIComponent(Key)},${VersionId}\n`).join(
      '',
    );
    for (const one of [
      list('lists/good.csv', rows),
      list('lists/titled.csv', `Bucket,Key,VersionId\n${rows}`),
      list('lists/wrong.csv', `${SOURCE},a b\n`),
      list('lists/kms.csv', rows, { ServerSideEncryption: 'aws:kms' }),
      list('lists/empty.csv', ''),
    ])
      await people.source.send(new PutObjectCommand(one));
  });
  const of = (name: string) =>
    s3repl('backfill', '--yes', '--no-report', '--manifest', `s3://${REPORTS}/lists/${name}.csv`);
  for (const [name, why] of [
    ['titled', 'header line'],
    ['wrong', 'not URL-encoded'],
    ['kms', 'encrypted with a KMS key'],
    ['empty', 'is empty'],
    ['none', 'there is no object'],
  ] as const) {
    const message = expect.stringContaining(why);
    expect(ending(await of(name))).toMatchObject({ code: 3, error: { code: 'manifest', message } });
  }
  expect(ending(await of('good'))).toMatchObject({ code: 0, job: { total: 2, succeeded: 2 } });
  await byHand(async ({ sandbox }) => {
    expect(versionsIn(sandbox, REPLICA).map(({ key }) => key)).toEqual(['a b', 'c']);
    const role = sandbox.state.accounts[account]?.roles['s3repl-invoices-dr-backfill'];
    expect(JSON.stringify(role)).toContain(`${REPORTS}/lists/good.csv\\"`);
    expect(JSON.stringify(role)).not.toContain('PutObject');
  });
});

it('of what was replicated as well, with --full-report', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, ['a', 'b']);
    await makeReportBucket(people);
  });
  const ended = await s3repl('backfill', '--yes', '--report', REPORTS, '--full-report');
  expect(ending(ended)).toMatchObject({ code: 0 });
  expect(reportOf(ended)).toMatchObject({ ReportScope: 'AllTasks' });
  await byHand(async (people) => {
    const [index, results, ...more] = keysIn(people, REPORTS);
    expect(index).toBe(`job-${idOf(ended)}/manifest.json`);
    expect(results).toContain('/results/');
    expect(more).toEqual([]);
  });
});

it('of AWS itself, with exit 1, where it fails before any object', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, ['a', 'b']));
  const Resource = `arn:aws:s3:::${SOURCE}`;
  const deny = { Sid: 'NoLists', Effect: 'Deny', Principal: '*', Action: 's3:PutInventoryConfiguration', Resource };
  await byHand(({ source }) => changePolicy(source, SOURCE, (statements) => [...statements, deny]));
  const ended = await s3repl('backfill', '--yes');
  expect(ending(ended)).toMatchObject({
    code: 1,
    outcome: 'failed',
    error: { code: 'job-failed' },
    job: { status: 'Failed' },
  });
  const { error } = ended.lines.at(-1) ?? {};
  expect(ending(await s3repl('backfill', '--explain', idOf(ended)))).toMatchObject({
    code: 1,
    error,
  });
});
