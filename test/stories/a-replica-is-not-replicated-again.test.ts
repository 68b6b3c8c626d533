import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending } from './by-hand.ts';

const onward = `version: 1
name: onward
source:
  account: 222222222222
  region: eu-central-1
  bucket: acme-invoices-replica
  kmsKey: alias/s3repl-invoices-dr-replica
destinations:
  - account: 222222222222
    region: eu-central-1
    bucket: acme-invoices-third
`;

it('in a chain from A to B to C, what is written to A reaches B, and what is written to B reaches C', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  folder.write('onward.yaml', onward);
  await s3repl('apply', '--yes');
  expect(ending(await s3repl('apply', '--yes', '--config', 'onward.yaml'))).toMatchObject({ outcome: 'applied' });
  await byHand(async ({ sandbox, destination, put }) => {
    const { replica, versionId } = await put('invoice');
    await sandbox.clock.sleep(60_000);
    expect(replica?.ReplicationStatus).toBe('REPLICA');
    const third = { Bucket: 'acme-invoices-third', Key: 'invoice', VersionId: versionId };
    await expect(destination.send(new HeadObjectCommand(third))).rejects.toMatchObject({ name: 'NotFound' });
  });
  expect(ending(await s3repl('verify', '--config', 'onward.yaml'))).toMatchObject({ code: 0, outcome: 'verified' });
});
