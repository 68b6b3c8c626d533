import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, REPLICA } from './by-hand.ts';

it('by the owner override, where the bucket has its ACLs on', async () => {
  const { s3repl, byHand } = aSetUp();
  await byHand(async ({ destination }) => {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
    const made = { Bucket: REPLICA, CreateBucketConfiguration, ObjectOwnership: 'ObjectWriter' } as const;
    await destination.send(new CreateBucketCommand(made));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await destination.send(new PutBucketVersioningCommand({ Bucket: REPLICA, VersioningConfiguration }));
  });
  await s3repl('apply', '--yes');
  expect(ending(await s3repl('verify'))).toMatchObject({ code: 0, outcome: 'verified' });
  await byHand(async ({ sandbox, put }) => {
    expect((await put('invoice')).source.ReplicationStatus).toBe('COMPLETED');
    expect(sandbox.state.buckets[REPLICA]?.objects.invoice).toMatchObject([{ owner: '222222222222' }]);
  });
});
