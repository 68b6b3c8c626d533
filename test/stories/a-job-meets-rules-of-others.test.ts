import {
  CreateBucketCommand,
  GetBucketReplicationCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA, SOURCE } from './by-hand.ts';
import { applyWithOldObjects, countBy, keysOf, put, versionsIn } from './old-objects.ts';

/** A neighbor's rule beside ours, to a bucket that the role may not write to. */
async function addBrokenRule({ source }: People): Promise<void> {
  const Bucket = 'acme-theirs';
  await source.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
  );
  await source.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const { ReplicationConfiguration } = await source.send(new GetBucketReplicationCommand({ Bucket: SOURCE }));
  const theirs = {
    ID: 'theirs',
    Priority: 99,
    Filter: { Prefix: 'shared-' },
    Status: 'Enabled',
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: `arn:aws:s3:::${Bucket}` },
  } as const;
  await source.send(
    new PutBucketReplicationCommand({
      Bucket: SOURCE,
      ReplicationConfiguration: {
        Role: ReplicationConfiguration?.Role,
        Rules: [...(ReplicationConfiguration?.Rules ?? []), theirs],
      },
    }),
  );
}

it('of a neighbor that is broken, and of lifecycle: both are warned of, and the tasks of the broken one fail', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, keysOf('own-', 20));
    // What has no key of KMS, their rule takes.
    await put(
      people,
      keysOf('shared-', 5).map((Key) => ({ Key, ServerSideEncryption: 'AES256' as const })),
    );
  });
  await byHand(async (people) => {
    await addBrokenRule(people);
    await people.destination.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: REPLICA,
        LifecycleConfiguration: {
          Rules: [
            { ID: 'tidy', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { ExpiredObjectDeleteMarker: true } },
          ],
        },
      }),
    );
  });

  const ended = await s3repl('backfill', '--yes');
  expect(ending(ended)).toMatchObject({
    ...{ code: 5, outcome: 'blocked', job: { total: 25, succeeded: 20, failed: 5 } },
    error: { code: 'some-failed', message: expect.stringMatching(/^5 of 25 objects were not replicated/) },
  });
  expect(ended.lines.filter(({ code }) => code === 'object-failed')).toMatchObject([
    { check: 'C13', message: expect.stringMatching(/acme-theirs.* \(5 of the 5 newest FAILED versions: shared-/) },
  ]);
  const told = ended.lines.map(({ type, code }) => `${type} ${code}`);
  expect(
    told.slice(
      0,
      ended.lines.findIndex(({ type }) => type === 'backfill'),
    ),
  ).toEqual(expect.arrayContaining(['warning lifecycle-removes-markers', 'warning rule-of-others-fails']));
  await byHand(async ({ sandbox }) => {
    expect(
      countBy(versionsIn(sandbox, SOURCE), ({ key, replication }) => `${key.replace(/\d+/, '')} ${replication}`),
    ).toEqual({
      'own- COMPLETED': 20,
      'shared- FAILED': 5,
    });
  });
});
