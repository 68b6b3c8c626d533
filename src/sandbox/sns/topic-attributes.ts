import type { SandboxState } from '../store/state.ts';
import { invalidParameter } from './sns-request.ts';
import type { Subscription, Topic } from './sns-state.ts';
import { showTopicPolicy } from './topic-policy.ts';

/** Those that can be set, besides `Policy` (API: SetTopicAttributes). */
const settable =
  /^(DisplayName|DeliveryPolicy|KmsMasterKeyId|SignatureVersion|TracingConfig|(HTTP|SQS|Lambda|Firehose|Application)(Success|Failure)Feedback(RoleArn|SampleRate))$/;
const ofFifoTopics = /^(ContentBasedDeduplication|FifoThroughputScope|ArchivePolicy)$/;

/** @throws AwsError `InvalidParameter` */
export function checkTopicAttribute(name: string, value: string, isFifo: boolean, isNew = false): void {
  const isKnown = settable.test(name) || (isFifo && ofFifoTopics.test(name)) || (isNew && name === 'FifoTopic');
  if (!isKnown) throw invalidParameter(isNew ? `Attributes Reason: Unknown attribute ${name}` : 'AttributeName');
  if (name === 'DisplayName' && value.length > 100) throw invalidParameter('DisplayName');
  if (name === 'SignatureVersion' && !/^[12]?$/.test(value)) throw invalidParameter('SignatureVersion');
}

/** As recorded (LocalStack, `test_create_topic_test_arn`). */
const effectiveDeliveryPolicy = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
});

export function showTopicAttributes(
  state: SandboxState,
  topic: Topic,
  subscriptions: readonly Subscription[],
): ReadonlyMap<string, string> {
  const pending = subscriptions.filter(({ token }) => token !== undefined).length;
  return new Map([
    ['DisplayName', ''],
    ...Object.entries(topic.attributes),
    ['EffectiveDeliveryPolicy', effectiveDeliveryPolicy],
    ['Owner', topic.account],
    ['Policy', showTopicPolicy(state, topic)],
    ['SubscriptionsConfirmed', String(subscriptions.length - pending)],
    ['SubscriptionsDeleted', String(topic.deleted)],
    ['SubscriptionsPending', String(pending)],
    ['TopicArn', topic.arn],
  ]);
}
