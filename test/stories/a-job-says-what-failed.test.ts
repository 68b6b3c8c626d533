import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA } from './by-hand.ts';
import { applyWithOldObjects, keysOf, put } from './old-objects.ts';

async function makeReportBucket({ source }: People): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await source.send(new CreateBucketCommand({ Bucket: 'acme-reports', CreateBucketConfiguration }));
}

/** Somebody keeps replicas with these keys out. */
async function keepOut({ destination }: People, keys: string): Promise<void> {
  const { Policy = '' } = await destination.send(new GetBucketPolicyCommand({ Bucket: REPLICA }));
  const document = JSON.parse(Policy);
  const Resource = `arn:aws:s3:::${REPLICA}/${keys}`;
  const deny = { Sid: 'KeepOut', Effect: 'Deny', Principal: '*', Action: 's3:ReplicateObject', Resource };
  const changed = JSON.stringify({ ...document, Statement: [...document.Statement, deny] });
  await destination.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy: changed }));
}

it('in a bucket of its own', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, keysOf('old-', 30));
    await makeReportBucket(people);
  });
  await byHand((people) => keepOut(people, 'old-1*'));
  const ended = await s3repl('backfill', '--yes', '--force', '--report', 'acme-reports/batch', '--out', 'failed.csv');
  console.log(ended.stderr, JSON.stringify(ended.lines.filter(({type}) => type !== 'progress' && type !== 'verdict'), null, 1));
  console.log(readFileSync(join(folder.path, 'failed.csv'), 'utf8').slice(0, 500), statSync(join(folder.path, 'failed.csv')).mode);
  const job = ending(ended).job as { id: string };
  const plain = await folder.s3repl(['backfill', '--sandbox', '--explain', job.id]);
  console.log(plain.stdout, plain.stderr);
});
