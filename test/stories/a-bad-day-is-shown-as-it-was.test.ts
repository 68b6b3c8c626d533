import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { statusRows } from '../../src/show/status-text.ts';
import type { Failed, Status } from '../../src/status/replication-status.ts';
import { aDestination, aSource, aSpec } from '../builders.ts';
import { hourMs, lookAt, minuteMs, sleepUntil } from '../status/look.ts';
import { aSetUp, ending, type People, SOURCE } from './by-hand.ts';

/** As in repl.yaml of these people. */
const spec = aSpec({ source: aSource({}), destinations: [aDestination({})] });

/** Somebody writes an object every quarter of an hour until then. */
async function work({ sandbox, source }: People, until: string): Promise<void> {
  for (let now = timeOf(sandbox.clock.now()); now < until; now = timeOf(sandbox.clock.now())) {
    await source.send(new PutObjectCommand({ Bucket: SOURCE, Key: `at ${now}`, Body: 'content' }));
    await sandbox.clock.sleep(15 * minuteMs);
  }
}

const timeOf = (ms: number) => new Date(ms).toISOString().slice(11, 16);

interface Version {
  readonly key: string;
  readonly status: string | undefined;
  readonly modified: number;
}

/** By HeadObject of each version. */
async function listVersions({ source }: People): Promise<readonly Version[]> {
  const { Versions = [] } = await source.send(new ListObjectVersionsCommand({ Bucket: SOURCE }));
  return Promise.all(
    Versions.map(async ({ Key = '', VersionId }) => {
      const head = await source.send(new HeadObjectCommand({ Bucket: SOURCE, Key, VersionId }));
      return { key: Key, status: head.ReplicationStatus, modified: head.LastModified?.getTime() ?? 0 };
    }),
  );
}

interface Seen {
  readonly status: Status;
  readonly failed: Failed;
  readonly versions: readonly Version[];
  /** In one line, with single spaces. */
  readonly screen: string;
}

/** The status, and what the objects say themselves: those that failed meanwhile, and what has been tried. */
async function look(people: People): Promise<Seen> {
  const { status } = await lookAt(people.sandbox, spec);
  const [rule] = status.rules;
  if (typeof rule?.failed !== 'object' || !('count' in rule.failed)) throw new Error('nothing was counted');
  const screen = statusRows(status, { width: 80, ascii: false, mark: '' }).join(' ').replace(/\s+/g, ' ');
  return { status, failed: rule.failed, versions: await listVersions(people), screen };
}

const withStatus = (versions: readonly Version[], wanted: string) =>
  versions.filter(({ status }) => status === wanted).toSorted((a, b) => a.modified - b.modified);

const setKey = ({ sandbox, destinationKeys }: People, command: typeof DisableKeyCommand | typeof EnableKeyCommand) => {
  const KeyId = Object.values(sandbox.state.keys).find(({ region }) => region === 'eu-central-1')?.id ?? '';
  return destinationKeys.send(new command({ KeyId }) as DisableKeyCommand);
};

it('traffic all day, the key of the replicas disabled from noon to three, and a backfill at four', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');

  const morning = await byHand(async (people) => {
    await sleepUntil(people.sandbox, '08:00');
    await work(people, '11:30');
    return look(people);
  });
  expect(morning.status).toMatchObject({ outcome: 'healthy', reasons: [], configured: { kind: 'as-configured' } });
  expect(morning.versions.map(({ status }) => status)).toEqual(Array(14).fill('COMPLETED'));
  expect(morning.failed).toMatchObject({ count: 0, operations: 14, recent: 0, first: null, last: null });
  expect(morning.screen).toMatch(/^✔ Healthy: no failure seen in the last hour; AWS is as repl.yaml says\./);
  expect(morning.screen).toMatch(/ 0 of 14 operations .* sample all 14 versions.*: 14 COMPLETED/);
  expect(morning.status.rules).toMatchObject([{ pending: { operations: 0, bytes: 0 }, latency: { worst: 2 } }]);

  const noon = await byHand(async (people) => {
    await work(people, '12:00');
    await setKey(people, DisableKeyCommand);
    await work(people, '12:30');
    return look(people);
  });
  expectFailures(noon, 2);
  expect(noon.status).toMatchObject({ outcome: 'blocked', configured: { kind: 'differs', changes: 0, problems: 1 } });
  expect(noon.status.reasons).toMatchObject([
    { kind: 'failed', count: 2 },
    { kind: 'sample-failed', key: 'at 12:15' },
    { kind: 'differs' },
  ]);

  expect(noon.screen).toMatch(
    /^✖ Not healthy: 2 operations failed in the last hour under rule .*, the last at 12:15 UTC\./,
  );
  expect(noon.screen).toContain(': 16 COMPLETED, 2 FAILED');

  const afternoon = await byHand(async (people) => {
    await work(people, '15:00');
    await setKey(people, EnableKeyCommand);
    await work(people, '15:30');
    return look(people);
  });
  expectFailures(afternoon, 12);
  expect(afternoon.status.reasons).toMatchObject([{ kind: 'failed', count: 2 }]);
  expect(afternoon.status.sample).toMatchObject({
    newest: { key: 'at 15:15', status: 'COMPLETED' },
    newestFailed: { key: 'at 14:45' },
  });

  expect(afternoon.screen).toMatch(/ 12 of 30 operations, first 12:00 UTC, last 14:45 UTC, 2 in the last hour/);

  await byHand((people) => work(people, '16:00'));
  expect(ending(await s3repl('backfill', '--yes'))).toMatchObject({ code: 0, outcome: 'done' });
  const evening = await byHand(async (people) => {
    await work(people, '16:30');
    return look(people);
  });
  expect(evening.status).toMatchObject({ outcome: 'healthy', reasons: [] });
  expect(withStatus(evening.versions, 'COMPLETED')).toHaveLength(34);
  expect(withStatus(evening.versions, 'FAILED')).toEqual([]);
  expect(evening.status.sample).toMatchObject({ counts: { COMPLETED: 34, FAILED: 0 }, newestFailed: null });
  // What failed has failed; the job replicated it, which S3 counts once more.
  expect(evening.failed).toMatchObject({ count: 12, operations: 34 + 12, recent: 0, last: afternoon.failed.last });
  expect(evening.screen).toMatch(
    /^✔ Healthy: .* 12 of 46 operations, first 12:00 UTC, last 14:45 UTC .*: 34 COMPLETED/,
  );
  expect(evening.screen).toMatch(/ Complete/);
  expect(evening.status.jobs).toMatchObject([{ status: 'Complete', succeeded: 12, failed: 0 }]);
});

/** Of a time in which what FAILED has stayed so. */
function expectFailures({ status, failed, versions }: Seen, count: number): void {
  const bad = withStatus(versions, 'FAILED');
  expect(bad).toHaveLength(count);
  const minuteOf = (version: Version | undefined) => Math.floor((version?.modified ?? 0) / minuteMs) * minuteMs;
  expect(failed).toMatchObject({
    count,
    operations: versions.length,
    recent: bad.filter((one) => minuteOf(one) + minuteMs > status.period.to - hourMs).length,
    first: minuteOf(bad[0]),
    last: minuteOf(bad.at(-1)),
  });
  expect(status.sample).toMatchObject({
    counts: { FAILED: count, COMPLETED: versions.length - count },
    newestFailed: { key: bad.at(-1)?.key },
  });
}
