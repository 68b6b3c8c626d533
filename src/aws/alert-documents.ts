/** Documents of SNS and CloudWatch, in their own shapes. */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Region } from './brand.ts';
import type { Tags } from './documents.ts';
import type { PolicyDocument } from './policy.ts';

export interface Topic {
  readonly policy: PolicyDocument;
  /** As the topic names it; null: not encrypted by KMS. */
  readonly kmsKey: string | null;
  readonly tags: Tags;
  readonly subscriptions: readonly Subscription[];
}

/** What encrypts a topic. */
export interface TopicKey {
  readonly arn: string;
  readonly keyState: string;
  readonly keyManager: string;
  readonly policy: PolicyDocument | 'unknown';
}

export interface Subscription {
  readonly protocol: string;
  readonly endpoint: string;
  /** Null as long as it waits for its confirmation (API: ListSubscriptionsByTopic). */
  readonly arn: string | null;
  /** In a plan: a message that asks for confirmation is sent, again or for the first time. */
  readonly again?: true;
}

/** An alarm as PutMetricAlarm takes it: without its state, its dates and what AWS counts. */
export type AlarmSettings = Given<
  Omit<
    MetricAlarm,
    | 'AlarmArn'
    | 'AlarmConfigurationUpdatedTimestamp'
    | 'StateValue'
    | 'StateReason'
    | 'StateReasonData'
    | 'StateUpdatedTimestamp'
    | 'StateTransitionedTimestamp'
    | 'EvaluationState'
  >
>;

type Given<T> = { readonly [Member in keyof T]?: Exclude<T[Member], undefined> };

/** A metric of S3 Replication that CloudWatch has. */
export interface ReplicationSeries {
  readonly region: Region;
  readonly metric: string;
  readonly source: string;
  readonly destination: string;
  readonly rule: string;
}
