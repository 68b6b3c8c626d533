import { CreateBucketCommand, PutBucketPolicyCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA, SOURCE } from './by-hand.ts';

const theirs = {
  Sid: 'Auditors',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::444444444444:root' },
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${REPLICA}/*`,
};

it('proves itself with a real object, and leaves of itself nothing but what objects need', async () => {
  const { s3repl, byHand } = aSetUp();
  const settings = async ({ sandbox: { state } }: People) =>
    JSON.stringify({
      ...{ ...state.buckets[REPLICA], encryption: 'stays, for the objects that need its key' },
      // S3 remembers what was deleted; that is no setting.
      deletedReplicas: undefined,
    });
  const before = await byHand(async (people) => {
    const { destination } = people;
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
    await destination.send(new CreateBucketCommand({ Bucket: REPLICA, CreateBucketConfiguration }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await destination.send(new PutBucketVersioningCommand({ Bucket: REPLICA, VersioningConfiguration }));
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [theirs] });
    await destination.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy }));
    return settings(people);
  });
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });

  const verified = await s3repl('verify');
  expect(ending(verified)).toMatchObject({ code: 0, outcome: 'verified' });
  expect(verified.lines.filter(({ type }) => type === 'canary')).toMatchObject([
    { outcome: 'replicated' },
    { outcome: 'replicated', tags: { s3repl: expect.any(String) } },
  ]);
  expect(verified.lines.at(-1)).toMatchObject({
    notTried: expect.arrayContaining(['large objects (multipart uploads)']),
  });
  // The canaries are gone from both sides.
  await byHand(async ({ sandbox: { state } }) => {
    expect([state.buckets[SOURCE]?.objects, state.buckets[REPLICA]?.objects]).toEqual([{}, {}]);
  });

  expect(ending(await s3repl('destroy', '--yes'))).toMatchObject({ code: 0, outcome: 'destroyed' });
  expect(await byHand(settings)).toBe(before);
});
