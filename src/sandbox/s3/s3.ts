import type { Answer } from '../wire/answer.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { bucketAclOperations } from './bucket-acl.ts';
import { bucketPolicyOperations } from './bucket-policy.ts';
import { bucketOperations, createBucket, listBuckets } from './buckets.ts';
import { corsOperations } from './cors.ts';
import { deleteObjects } from './delete-object.ts';
import { lifecycleOperations } from './lifecycle.ts';
import { notificationOperations } from './notifications.ts';
import { openObject } from './object-request.ts';
import { objectListOperations, objectOperations } from './objects.ts';
import { replicationOperations } from './replication.ts';
import { locateBucket, openBucket } from './request.ts';
import { settingOperations } from './settings.ts';

const operations = {
  ...bucketOperations,
  ...bucketAclOperations,
  ...bucketPolicyOperations,
  ...corsOperations,
  ...lifecycleOperations,
  ...notificationOperations,
  ...replicationOperations,
  ...settingOperations,
  ...objectListOperations,
};

export function answerS3(operation: Operation): Answer {
  const name = operation.call.operation;
  if (name === 'ListBuckets') return listBuckets(operation);
  if (name === 'CreateBucket') return createBucket(operation);
  if (name === 'DeleteObjects') return deleteObjects({ ...operation, bucket: locateBucket(operation) });
  const onObject = Object.hasOwn(objectOperations, name) ? objectOperations[name] : undefined;
  if (onObject !== undefined) return onObject.run(openObject(operation, onObject));
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (found === undefined) throw notImplemented(operation.call);
  return found.run({ ...operation, bucket: openBucket(operation, found.action) });
}
