import type { Answer } from '../wire/answer.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { BUCKET_ACL_OPERATIONS } from './bucket-acl.ts';
import { BUCKET_POLICY_OPERATIONS } from './bucket-policy.ts';
import { BUCKET_OPERATIONS, createBucket, listBuckets } from './buckets.ts';
import { CORS_OPERATIONS } from './cors.ts';
import { deleteObjects } from './delete-object.ts';
import { LIFECYCLE_OPERATIONS } from './lifecycle.ts';
import { openObject } from './object-request.ts';
import { OBJECT_LIST_OPERATIONS, OBJECT_OPERATIONS } from './objects.ts';
import { REPLICATION_OPERATIONS } from './replication.ts';
import { locateBucket, openBucket } from './request.ts';
import { SETTING_OPERATIONS } from './settings.ts';

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
