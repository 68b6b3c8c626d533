import { expect, it } from 'vitest';
import type { ObjectVersion } from '../../src/sandbox/s3/stored-object.ts';
import { aSetUp, ending, type People, REPLICA, SOURCE } from './by-hand.ts';
import type { Ended } from './cli.ts';
import {
  countBy,
  denying,
  endReplication,
  hide,
  jobOf,
  keysOf,
  makeSourceBucket,
  namesOf,
  put,
  versionsIn,
} from './old-objects.ts';

const ANALYSIS = 'acme-invoices-analysis';

const first = `version: 1
name: invoices-dr
source:
  account: 111111111111
  region: eu-west-1
  bucket: ${SOURCE}
destinations:
  - account: 222222222222
    region: eu-central-1
    bucket: ${REPLICA}
    rules:
      - { id: invoices, priority: 1, prefix: invoices/ }
      - { id: reports, priority: 2, prefix: reports/, deleteMarkers: false }
      - { id: kept, priority: 3, prefix: letters/, tags: { keep: "yes" } }
`;
const both = `${first}  - account: 333333333333
    region: eu-west-1
    bucket: ${ANALYSIS}
    rules:
      - { id: analysis, priority: 4, prefix: invoices/ }
`;

const prefixes = ['invoices/', 'reports/', 'letters/', 'scratch/'];

/** While the rules are off: every encryption, class and kind of version. */
async function putOld(people: People): Promise<void> {
  const kms = { ServerSideEncryption: 'aws:kms' } as const;
  for (const prefix of prefixes) {
    await put(
      people,
      keysOf(`${prefix}own-`, 20).map((Key) => ({ Key, ServerSideEncryption: 'AES256' as const })),
    );
    await put(
      people,
      keysOf(`${prefix}kms-`, 10).map((Key) => ({ Key, ...kms, BucketKeyEnabled: false })),
    );
    await put(
      people,
      keysOf(`${prefix}bucket-key-`, 10).map((Key) => ({ Key, ...kms, BucketKeyEnabled: true })),
    );
    await put(
      people,
      keysOf(`${prefix}dsse-`, 3).map((Key) => ({ Key, ServerSideEncryption: 'aws:kms:dsse' as const })),
    );
    await put(
      people,
      keysOf(`${prefix}ice-`, 4).map((Key) => ({ Key, StorageClass: 'GLACIER' as const })),
    );
    await put(
      people,
      keysOf(`${prefix}kept-`, 5).map((Key) => ({ Key, Tagging: 'keep=yes&of=2019' })),
    );
    await put(people, keysOf(`${prefix}own-`, 4));
    await hide(people, keysOf(`${prefix}kms-`, 3));
  }
}

/** What the rules of the file say, in its own words. */
function takes(bucket: string, { key, ...version }: ObjectVersion): boolean {
  const marker = version.deleteMarker;
  if (!marker && version.storageClass === 'GLACIER') return false;
  if (key.startsWith('invoices/')) return true;
  if (bucket === ANALYSIS || marker) return false;
  const isKept = version.tags.some(({ Key, Value }) => Key === 'keep' && Value === 'yes');
  return key.startsWith('reports/') || (key.startsWith('letters/') && isKept);
}

const warningsOf = ({ lines }: Ended) => lines.filter(({ type }) => type === 'warning');

it('by one job, version by version; what a destination that was added later still lacks is offered with its price', async () => {
  const { folder, s3repl, byHand } = aSetUp(first);
  await byHand(async (people) => {
    await makeSourceBucket(people);
    await put(
      people,
      prefixes.flatMap((prefix) => keysOf(`${prefix}null-`, 4)),
    );
  });
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0 });
  await byHand(async (people) => {
    await put(
      people,
      prefixes.flatMap((prefix) => keysOf(`${prefix}live-`, 5)),
    );
    await people.sandbox.clock.sleep(10_000);
    await denying(people, async () => {
      await put(
        people,
        prefixes.flatMap((prefix) => keysOf(`${prefix}lost-`, 5)),
      );
      await people.sandbox.clock.sleep(10_000);
    });
    await endReplication(people);
    await put(people, keysOf('invoices/null-', 2));
    await putOld(people);
    // Until S3 has counted the objects.
    await people.sandbox.clock.sleep(2 * 24 * 3_600_000);
  });
  folder.write('repl.yaml', both);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0 });

  const before = await byHand(async ({ sandbox }) => versionsIn(sandbox, SOURCE));
  expect(countBy(before, ({ replication = 'NONE' }) => replication)).toEqual({ NONE: 274, COMPLETED: 10, FAILED: 10 });
  const open = before.filter(({ replication }) => replication !== 'COMPLETED');
  const [toReplica, toAnalysis] = [REPLICA, ANALYSIS].map((bucket) => open.filter((one) => takes(bucket, one)));

  const done = await s3repl('backfill', '--yes');
  expect(ending(done)).toMatchObject({ code: 0, outcome: 'done', next: expect.stringContaining('--status completed') });
  expect(jobOf(done)).toMatchObject({ total: toReplica?.length, succeeded: toReplica?.length, failed: 0 });
  await byHand(async ({ sandbox }) => {
    const live = before.filter(({ replication }) => replication === 'COMPLETED');
    expect(namesOf(versionsIn(sandbox, REPLICA))).toEqual(
      namesOf(before.filter((one) => live.includes(one) || toReplica?.includes(one))),
    );
    expect(namesOf(versionsIn(sandbox, ANALYSIS))).toEqual(namesOf(toAnalysis ?? []));
  });

  const again = await s3repl('backfill', '--yes');
  expect(ending(again)).toMatchObject({ code: 0, outcome: 'done' });
  expect(warningsOf(again)).toMatchObject([
    {
      code: 'missing-replicas',
      message: expect.stringContaining(ANALYSIS),
      fix: expect.stringMatching(
        /--status completed \(\$0\.25 for the job, \$1\.00 per million versions, \$0\.015 per million objects in the bucket\)$/,
      ),
    },
  ]);

  const completed = await s3repl('backfill', '--status', 'completed', '--yes');
  expect(ending(completed)).toMatchObject({ code: 0, outcome: 'done' });
  await byHand(async ({ sandbox }) => {
    const source = versionsIn(sandbox, SOURCE);
    for (const bucket of [REPLICA, ANALYSIS]) {
      expect(namesOf(versionsIn(sandbox, bucket))).toEqual(namesOf(source.filter((one) => takes(bucket, one))));
    }
    const taken = source.filter((one) => takes(REPLICA, one));
    expect(countBy(taken, ({ replication = 'NONE' }) => replication)).toEqual({ COMPLETED: taken.length });
    expect(new Set(source.filter((one) => !taken.includes(one)).map(({ replication }) => replication))).toEqual(
      new Set([undefined]),
    );
  });
  const last = await s3repl('backfill', '--yes');
  expect(ending(last)).toMatchObject({ code: 0, outcome: 'done' });
  expect(warningsOf(last)).toEqual([]);
});
