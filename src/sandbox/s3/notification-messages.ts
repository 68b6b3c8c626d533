/** What S3 sends to topics. */
import type { FailureEvent } from '../replication/replication-state.ts';
import { type PublishingService, publishAs } from '../sns/publish-as.ts';
import { arnOfBucket, type Bucket, type SandboxState } from '../store/state.ts';
import { newHostId, newS3RequestId } from '../wire/answer.ts';
import { canonicalId } from './canonical-id.ts';
import type { Listener } from './notification-listeners.ts';

/** As recorded (LocalStack, `test_s3_notifications_sns`). */
const subject = 'Amazon S3 Notification';

/** S3 acts in its own name, for a bucket and its owner (S3 User Guide, grant-destinations-permissions-to-s3). */
export function s3For(bucket: Bucket): PublishingService {
  return { service: 's3.amazonaws.com', sourceArn: arnOfBucket(bucket), sourceAccount: bucket.account };
}

/** When a topic gets into the configuration (S3 User Guide, how-to-enable-disable-notification-intro). */
export function sendTest(state: SandboxState, bucket: Bucket, topic: string): void {
  const message = JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(state.now).toISOString(),
    Bucket: bucket.name,
    RequestId: newS3RequestId(),
    HostId: newHostId(),
  });
  publishAs(state, topic, s3For(bucket), { subject, message });
}

/** What cannot be published is lost, and nobody notices. */
export function sendEvent(state: SandboxState, bucket: Bucket, listener: Listener, event: FailureEvent): void {
  if (listener.kind !== 'Topic') return;
  const message = JSON.stringify({ Records: [recordOf(state, bucket, listener, event)] });
  publishAs(state, listener.arn, s3For(bucket), { subject, message });
}

/** S3 User Guide, notification-content-structure; in the order recorded. */
function recordOf({ now }: SandboxState, bucket: Bucket, { id }: Listener, event: FailureEvent): unknown {
  const { eventVersion, eventSource, awsRegion, eventTime, eventName, userIdentity, requestParameters } = event;
  const { key, ...object } = event.s3.object;
  return {
    ...{ eventVersion, eventSource, awsRegion, eventTime, eventName, userIdentity, requestParameters },
    responseElements: { 'x-amz-request-id': newS3RequestId(), 'x-amz-id-2': newHostId() },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: id,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: canonicalId(bucket.account) },
        arn: event.s3.bucket.arn,
      },
      object: { key: encodeKey(key), ...object, sequencer: now.toString(16).toUpperCase().padStart(16, '0') },
    },
    replicationEventData: event.replicationEventData,
  };
}

/** As in a form, but for the slashes (S3 User Guide, notification-content-structure: `red flower.jpg` is `red+flower.jpg`). */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}
