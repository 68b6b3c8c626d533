import { randomUUID } from 'node:crypto';
import { type Answer, s3Empty } from '../wire/answer.ts';
import { checkNotification, refuseDestinations } from './check-notification.ts';
import { entriesOf } from './notification-entries.ts';
import { sendTest } from './notification-messages.ts';
import { type BucketOperation, type BucketRequest, document } from './request.ts';
import { answerDocument } from './settings.ts';
import { type BucketNotification, notificationShape } from './shapes.ts';

export const notificationOperations: Readonly<Record<string, BucketOperation>> = {
  GetBucketNotificationConfiguration: {
    action: 's3:GetBucketNotification',
    run: ({ bucket: { notification = { Topics: [], Queues: [], Functions: [] } } }) =>
      answerDocument('NotificationConfiguration', notificationShape, notification),
  },
  PutBucketNotificationConfiguration: { action: 's3:PutBucketNotification', run: putNotification },
};

/** Replaces the whole document; every topic in it gets a test message (API: PutBucketNotificationConfiguration). */
function putNotification(request: BucketRequest): Answer {
  const { bucket, call, state } = request;
  const put = document(request, 'NotificationConfiguration', notificationShape);
  const entries = entriesOf(put);
  checkNotification(bucket, put);
  const isSkipped = call.headers['x-amz-skip-destination-validation']?.toLowerCase() === 'true';
  if (!isSkipped) refuseDestinations(state, bucket, entries);
  bucket.notification = withIds(put);
  if (isSkipped) return s3Empty(200);
  const topics = entries.flatMap(({ kind, arn }) => (kind === 'Topic' ? [arn] : []));
  for (const topic of new Set(topics)) sendTest(state, bucket, topic);
  return s3Empty(200);
}

/** S3 gives an ID to what has none (API: TopicConfiguration). */
function withIds(put: BucketNotification): BucketNotification {
  const addId = <T extends { readonly Id?: string }>(entry: T): T => ({ Id: newId(), ...entry });
  const { Topics, Queues, Functions } = put;
  return { ...put, Topics: Topics.map(addId), Queues: Queues.map(addId), Functions: Functions.map(addId) };
}

function newId(): string {
  return Buffer.from(randomUUID()).toString('base64');
}
