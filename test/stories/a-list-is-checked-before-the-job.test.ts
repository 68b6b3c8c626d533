import { CreateBucketCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, REPLICA, SOURCE } from './by-hand.ts';
import type { Ended } from './cli.ts';
import { applyWithOldObjects, put } from './old-objects.ts';

const LISTS = 'acme-lists';

/** Three old objects, and the rows of a list that names them. */
async function aSetUpWithRows() {
  const setUp = aSetUp();
  await applyWithOldObjects(setUp, async (people) => {
    await put(people, ['a', 'b', 'c']);
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await people.source.send(new CreateBucketCommand({ Bucket: LISTS, CreateBucketConfiguration }));
  });
  const rows = await setUp.byHand(async ({ source }) => {
    const { Versions = [] } = await source.send(new ListObjectVersionsCommand({ Bucket: SOURCE }));
    return Versions.map(({ Key, VersionId }) => `${SOURCE},${Key},${VersionId}\n`);
  });
  const backfill = (...args: string[]) => setUp.s3repl('backfill', '--yes', '--report', LISTS, '--manifest', ...args);
  return { ...setUp, rows, backfill };
}

const requestsIn = ({ lines }: Ended) => lines.filter(({ type }) => type === 'backfill');

it('a file that names a version twice is uploaded without the second row; what it costs and takes is said of the list', async () => {
  const { folder, rows, backfill } = await aSetUpWithRows();
  folder.write('list.csv', [...rows, ...rows].join(''));
  const ended = await backfill('list.csv');
  expect(ending(ended)).toMatchObject({ code: 0, job: { total: 3, succeeded: 3 } });
  // The objects of the bucket do not matter to a list.
  expect(ended.lines.filter(({ type }) => type === 'warning')).toEqual([]);

  folder.write('list.csv', `${rows[0]}${rows[0]}${rows[1]}`);
  const plain = await folder.s3repl(
    ['backfill', '--sandbox', '--yes', '--report', LISTS, '--manifest', 'list.csv'],
    {},
  );
  const said = plain.stdout.replace(/\s+/g, ' ');
  expect(said).toContain('of your list: 2 objects, each once (one row names one again); s3repl uploads');
  expect(said).toMatch(/no faster than \S+ s for all 2 objects of the list/);
  expect(said).not.toContain('AWS makes the list');
});

it('one without version IDs is refused, as each of its tasks would fail; --force starts the job', async () => {
  const { folder, rows, backfill } = await aSetUpWithRows();
  folder.write('list.csv', rows.map((row) => row.replace(/,[^,]*$/, '\n')).join(''));
  const refused = await backfill('list.csv');
  expect(ending(refused)).toMatchObject({
    code: 3,
    error: { code: 'manifest', message: expect.stringContaining('has no version IDs') },
  });
  expect(requestsIn(refused)).toEqual([]);
  expect(ending(await backfill('list.csv', '--force'))).toMatchObject({
    code: 5,
    job: { total: 3, failed: 3 },
    error: { fix: expect.stringContaining('with a list of the rest') },
  });
});

it('one that is longer than --max-objects costs nothing: no job is made to be canceled', async () => {
  const { folder, rows, s3repl, backfill } = await aSetUpWithRows();
  folder.write('list.csv', rows.join(''));
  expect(ending(await backfill('list.csv', '--max-objects', '2'))).toMatchObject({
    code: 5,
    error: { code: 'too-many-objects', message: expect.stringContaining('has 3 objects') },
  });
  expect((await s3repl('backfill', '--list')).lines.filter(({ type }) => type === 'job')).toEqual([]);
});

it('one in S3 is refused for what S3 would take for an object, and where it cannot be read', async () => {
  const { rows, byHand, s3repl, backfill } = await aSetUpWithRows();
  const good = rows.join('');
  await byHand(async ({ source, destination }) => {
    const lists = {
      'quoted.csv': `"Bucket","Key","VersionId"\n${good}`,
      'mark.csv': `\ufeff${good}`,
      'twice.csv': good + good,
      'empty.csv': `${SOURCE},a,\n`,
    };
    for (const [Key, Body] of Object.entries(lists))
      await source.send(new PutObjectCommand({ Bucket: LISTS, Key, Body }));
    await destination.send(new PutObjectCommand({ Bucket: REPLICA, Key: 'theirs.csv', Body: good }));
  });
  for (const [list, code, why] of [
    [`${LISTS}/quoted.csv`, 3, 'header line'],
    [`${LISTS}/mark.csv`, 3, 'byte order mark'],
    [`${LISTS}/empty.csv`, 3, 'no version IDs'],
    [`${REPLICA}/theirs.csv`, 3, 'is in another Region than eu-west-1'],
  ] as const) {
    const refused = await backfill(`s3://${list}`);
    expect(ending(refused)).toMatchObject({ code, error: { code: 'manifest', message: expect.stringContaining(why) } });
  }
  const denied = await backfill(`s3://${LISTS}/twice.csv`, '--sandbox-fault', 'HeadObject=AccessDenied');
  expect(ending(denied)).toMatchObject({
    code: 1,
    error: {
      message: expect.stringContaining('has no permission to read s3://'),
      fix: expect.stringContaining('s3:GetObject '),
    },
  });
  expect((await s3repl('backfill', '--list')).lines.filter(({ type }) => type === 'job')).toEqual([]);
  expect(ending(await backfill(`s3://${LISTS}/twice.csv`))).toMatchObject({ code: 0, job: { total: 6 } });
});
