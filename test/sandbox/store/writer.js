/** Writes to a sandbox as fast as it can, and says what was answered; until it is killed. */
import { CreateBucketCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { openSandbox, sandboxCredentials } from '../../../build/sandbox/sandbox.js';

const [directory, prefix] = process.argv.slice(2);
const sandbox = await openSandbox({ directory });
const config = {
  region: 'us-east-1',
  credentials: sandboxCredentials('111111111111'),
  requestHandler: sandbox.requestHandler,
};
const s3 = new S3Client(config);
// Large enough for the journal to be written afresh every few buckets.
const Value = 'x'.repeat(250);
const TagSet = Array.from({ length: 40 }, (_, n) => ({ Key: `key-${n}`, Value }));

for (let n = 0; n < 5000; n++) {
  const Bucket = `${prefix}-${n}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  process.stdout.write(`${Bucket}\n`);
}
