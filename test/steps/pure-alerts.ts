import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import type { AlarmSettings, Topic } from '../../src/aws/alert-documents.ts';
import type { Call, Change } from '../../src/state/change.ts';
import type { State } from '../../src/state/state.ts';
import { accountOf, bucketOf, put } from '../plain-state.ts';

interface Input {
  readonly Bucket: string;
  readonly TopicArn: string;
  readonly ResourceArn: string;
  readonly Attributes: { readonly Policy: string; readonly KmsMasterKeyId?: string };
  readonly AttributeName: string;
  readonly AttributeValue: string;
  readonly Endpoint: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly NotificationConfiguration: NotificationConfiguration;
}

/** What SNS, CloudWatch and S3's notifications do with a call. @returns undefined for a call of somebody else. */
export function afterAlertCall(
  state: State,
  { account, target }: Pick<Change, 'account' | 'target'>,
  { service, operation, input: given }: Call,
): State | undefined {
  const input = given as unknown as Input;
  const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const topic = (patch: (topic: Topic) => Partial<Topic>): State => {
    const present = accountOf(state, account).topics?.[target];
    if (!present) throw new Error(`${operation}: no topic ${target}`);
    return put(state, account, 'topics', target, { ...present, ...patch(present) });
  };
  switch (`${service} ${operation}`) {
    case 'SNS CreateTopic':
      return put(state, account, 'topics', target, {
        policy: JSON.parse(input.Attributes.Policy),
        kmsKey: input.Attributes.KmsMasterKeyId ?? null,
        tags,
        subscriptions: [],
      });
    case 'SNS DeleteTopic':
      return put(state, account, 'topics', target, null);
    case 'SNS SetTopicAttributes':
      return topic(() =>
        input.AttributeName === 'Policy'
          ? { policy: JSON.parse(input.AttributeValue) }
          : { kmsKey: input.AttributeValue },
      );
    case 'SNS TagResource':
      return topic((present) => ({ tags: { ...present.tags, ...tags } }));
    case 'SNS Subscribe':
      return topic(({ subscriptions }) => ({
        subscriptions: [
          ...subscriptions.filter(({ endpoint }) => endpoint.toLowerCase() !== input.Endpoint.toLowerCase()),
          { protocol: 'email', endpoint: input.Endpoint, arn: null },
        ],
      }));
    case 'CloudWatch PutMetricAlarm': {
      const { Tags: _, ...settings } = given as AlarmSettings & { readonly Tags?: unknown };
      return put(state, account, 'alarms', target, settings);
    }
    case 'CloudWatch DeleteAlarms':
      return put(state, account, 'alarms', target, null);
    case 'S3 PutBucketNotificationConfiguration': {
      const present = bucketOf(state, account, input.Bucket);
      if (!present) throw new Error(`${operation}: no bucket ${input.Bucket}`);
      const isEmpty = Object.keys(input.NotificationConfiguration).length === 0;
      const notification = isEmpty ? null : input.NotificationConfiguration;
      return put(state, account, 'buckets', input.Bucket, { ...present, notification });
    }
    default:
      return undefined;
  }
}
