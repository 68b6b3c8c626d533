import type { Answer } from './answer.ts';
import { notImplemented } from './not-implemented.ts';
import type { Operation } from './operation.ts';
import { BUCKET_ACL_OPERATIONS } from './s3-bucket-acl.ts';
import { BUCKET_POLICY_OPERATIONS } from './s3-bucket-policy.ts';
import { BUCKET_OPERATIONS, createBucket, listBuckets } from './s3-buckets.ts';
import { CORS_OPERATIONS } from './s3-cors.ts';
import { deleteObjects } from './s3-delete-object.ts';
import { LIFECYCLE_OPERATIONS } from './s3-lifecycle.ts';
import { openObject } from './s3-object-request.ts';
import { OBJECT_LIST_OPERATIONS, OBJECT_OPERATIONS } from './s3-objects.ts';
import { REPLICATION_OPERATIONS } from './s3-replication.ts';
import { locateBucket, openBucket } from './s3-request.ts';
import { SETTING_OPERATIONS } from './s3-settings.ts';

const OPERATIONS = {
  ...BUCKET_OPERATIONS,
  ...BUCKET_ACL_OPERATIONS,
  ...BUCKET_POLICY_OPERATIONS,
  ...CORS_OPERATIONS,
  ...LIFECYCLE_OPERATIONS,
  ...REPLICATION_OPERATIONS,
  ...SETTING_OPERATIONS,
  ...OBJECT_LIST_OPERATIONS,
};

/** Answers an S3 request. */
export function answerS3(operation: Operation): Answer {
  const name = operation.call.operation;
  if (name === 'ListBuckets') return listBuckets(operation);
  if (name === 'CreateBucket') return createBucket(operation);
  if (name === 'DeleteObjects') return deleteObjects({ ...operation, bucket: locateBucket(operation) });
  const onObject = Object.hasOwn(OBJECT_OPERATIONS, name) ? OBJECT_OPERATIONS[name] : undefined;
  if (onObject !== undefined) return onObject.run(openObject(operation, onObject));
  const found = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (found === undefined) throw notImplemented(operation.call);
  return found.run({ ...operation, bucket: openBucket(operation, found.action) });
}
