import type { Answer } from './answer.ts';
import { notImplemented } from './not-implemented.ts';
import type { Operation } from './operation.ts';
import { BUCKET_POLICY_OPERATIONS } from './s3-bucket-policy.ts';
import { BUCKET_OPERATIONS, createBucket, listBuckets } from './s3-buckets.ts';
import { REPLICATION_OPERATIONS } from './s3-replication.ts';
import { openBucket } from './s3-request.ts';
import { SETTING_OPERATIONS } from './s3-settings.ts';

const OPERATIONS = {
  ...BUCKET_OPERATIONS,
  ...BUCKET_POLICY_OPERATIONS,
  ...REPLICATION_OPERATIONS,
  ...SETTING_OPERATIONS,
};

/** Answers an S3 request. */
export function answerS3(operation: Operation): Answer {
  const name = operation.call.operation;
  if (name === 'ListBuckets') return listBuckets(operation);
  if (name === 'CreateBucket') return createBucket(operation);
  const found = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (found === undefined) throw notImplemented(operation.call);
  return found.run({ ...operation, bucket: openBucket(operation, found.action) });
}
