import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, REPLICA, SOURCE } from './by-hand.ts';

it('the delete marker arrives with its version id, the deletion of a version does not', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(async ({ sandbox, source, destination, put }) => {
    const { versionId } = await put('invoice');
    const marker = await source.send(new DeleteObjectCommand({ Bucket: SOURCE, Key: 'invoice' }));
    await source.send(new DeleteObjectCommand({ Bucket: SOURCE, Key: 'invoice', VersionId: versionId }));
    await sandbox.clock.sleep(10_000);
    const there = await destination.send(new ListObjectVersionsCommand({ Bucket: REPLICA }));
    expect(there.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);
    expect(there.Versions).toMatchObject([{ VersionId: versionId }]);
    const here = await source.send(new ListObjectVersionsCommand({ Bucket: SOURCE }));
    expect([here.Versions, here.DeleteMarkers?.length]).toEqual([undefined, 1]);
  });
});
