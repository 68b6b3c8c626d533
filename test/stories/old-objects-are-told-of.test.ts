import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, REPLICA, SOURCE } from './by-hand.ts';
import { type Ended, invoices } from './cli.ts';
import { denying, keysOf, makeSourceBucket, put } from './old-objects.ts';

const ANALYSIS = 'acme-invoices-analysis';

/** What a command says of old objects. */
const told = ({ lines }: Ended) =>
  lines.filter(({ code }) => code === 'old-objects').map(({ message, fix }) => [message, fix]);
const commandAfter = ({ lines }: Ended) => lines.at(-1)?.next;

const why = 'S3 does not replicate objects from before the rule, and does not retry FAILED ones';
const fix = 'to replicate them, run: s3repl backfill';

it('who sets replication up hears of the objects from before, until a backfill has replicated them', async () => {
  const { s3repl, byHand } = aSetUp();
  await byHand(async (people) => {
    await makeSourceBucket(people);
    await put(people, keysOf('old-', 45));
  });

  const message = `at least 45 object versions are not in ${REPLICA}: ${why}`;
  const first = await s3repl('apply', '--yes');
  expect(ending(first)).toMatchObject({ code: 0, outcome: 'applied' });
  expect(told(first)).toEqual([[message, fix]]);
  expect(commandAfter(first)).toMatch(/^s3repl verify /);

  // They may be on their way, for all that the next run knows.
  expect(told(await s3repl('apply', '--yes'))).toEqual([]);
  await byHand(({ sandbox }) => sandbox.clock.sleep(20 * 60_000));
  expect(told(await s3repl('apply', '--yes'))).toEqual([[message, fix]]);
  const looked = await s3repl('verify', '--no-canary');
  expect(ending(looked)).toMatchObject({ code: 0, outcome: 'unchanged' });
  expect(told(looked)).toEqual([[message, fix]]);
  for (const proven of [await s3repl('verify'), await s3repl('apply', '--yes', '--verify')]) {
    expect(ending(proven)).toMatchObject({ code: 0, outcome: 'verified' });
    expect(told(proven)).toEqual([[message, fix]]);
    expect(commandAfter(proven)).toBe('s3repl backfill --sandbox');
  }

  await s3repl('backfill', '--yes');
  const done = await s3repl('verify');
  expect([told(done), commandAfter(done)]).toEqual([[], undefined]);
});

it('a destination that comes later lacks what is COMPLETED elsewhere', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(({ put: write }) => write('early'));
  folder.write(
    'repl.yaml',
    `${invoices.replace(`    bucket: ${REPLICA}\n`, `    bucket: ${REPLICA}\n    rules:\n      - { id: all, priority: 1 }\n`)}  - account: 333333333333
    region: eu-west-1
    bucket: ${ANALYSIS}
    rules:
      - { id: analysis, priority: 2 }
`,
  );
  const later = await s3repl('apply', '--yes', '--verify');
  expect(told(later)).toEqual([
    [
      `at least one object version is not in ${ANALYSIS}: ${why}`,
      'to replicate them, run: s3repl backfill --status none,failed,completed',
    ],
  ]);
  expect(commandAfter(later)).toBe("s3repl backfill --status 'none,failed,completed' --sandbox");
});

it('nobody hears of objects where replication does not work, or where buckets may not be listed', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(async (people) => {
    await denying(people, () => put(people, ['failed']).then(() => people.sandbox.clock.sleep(20 * 60_000)));
  });
  expect(told(await s3repl('verify'))).toHaveLength(1);

  await byHand(async ({ source }) => {
    const Statement = [
      { Effect: 'Deny', Principal: '*', Action: 's3:ListBucketVersions', Resource: `arn:aws:s3:::${SOURCE}` },
    ];
    await source.send(
      new PutBucketPolicyCommand({ Bucket: SOURCE, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    );
  });
  const unlisted = await s3repl('apply', '--yes');
  expect(ending(unlisted)).toMatchObject({ code: 0, outcome: 'applied' });
  expect(told(unlisted)).toEqual([]);

  await byHand(({ source }) => source.send(new DeleteBucketPolicyCommand({ Bucket: SOURCE })));
  await s3repl('apply', '--yes');
  await byHand(({ destination }) => destination.send(new DeleteBucketPolicyCommand({ Bucket: REPLICA })));
  const differs = await s3repl('verify');
  expect(ending(differs)).toMatchObject({ outcome: 'differs' });
  expect(told(differs)).toEqual([]);
});
