import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA } from './by-hand.ts';

const deny = {
  Sid: 'FreezeForAudit',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:ReplicateObject',
  Resource: `arn:aws:s3:::${REPLICA}/*`,
};

it('the next object fails with the reason of AWS, verify and doctor name the statement, and without it all is well', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  const freeze = async ({ destination, put }: People) => {
    const { Policy = '' } = await destination.send(new GetBucketPolicyCommand({ Bucket: REPLICA }));
    const document = JSON.parse(Policy);
    const frozen = JSON.stringify({ ...document, Statement: [...document.Statement, deny] });
    await destination.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy: frozen }));
    return { before: Policy, written: await put('frozen') };
  };
  const { before, written } = await byHand(freeze);
  expect([written.source.ReplicationStatus, written.replica]).toEqual(['FAILED', undefined]);
  await byHand(async ({ sandbox }) => {
    const [event] = Object.values(sandbox.state.replication.events);
    expect(event?.replicationEventData.failureReason).toBe('DstPutObjectNotPermitted');
  });

  const verify = await s3repl('verify');
  expect(ending(verify)).toMatchObject({ code: 5, outcome: 'blocked' });
  expect(verify.stdout).toContain('FreezeForAudit');
  const doctor = await s3repl('doctor');
  expect(ending(doctor)).toMatchObject({ code: 5, outcome: 'blocked' });
  expect(doctor.stdout).toContain('FreezeForAudit');

  await byHand(({ destination }) => destination.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy: before })));
  expect(ending(await s3repl('verify'))).toMatchObject({ code: 0, outcome: 'verified' });
});
