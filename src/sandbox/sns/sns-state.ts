import type { AccountId, Arn, Region } from '../../aws/brand.ts';
import type { StoredPolicy } from '../iam/stored-policy.ts';
import type { Tag } from '../s3/shapes.ts';
import { emptyRecord } from '../store/record.ts';
import type { Partition } from '../wire/partition.ts';

/** Times are milliseconds of the virtual clock. */
export interface SnsState {
  /** By ARN. */
  readonly topics: Record<string, Topic>;
  /** By ARN. */
  readonly subscriptions: Record<string, Subscription>;
  /** The last thousand that were published, by ascending number. */
  readonly messages: Record<string, TopicMessage>;
}

export interface Topic {
  readonly name: string;
  readonly arn: Arn;
  readonly partition: Partition;
  readonly account: AccountId;
  readonly region: Region;
  readonly created: number;
  readonly isFifo: boolean;
  policy: StoredPolicy;
  /** Those that were set, without the policy. */
  readonly attributes: Record<string, string>;
  tags: Tag[];
  /** Confirmed subscriptions that were deleted. */
  deleted: number;
}

export type Protocol = 'email' | 'email-json' | 'sqs';

export interface Subscription {
  readonly arn: Arn;
  readonly topic: Arn;
  /** The account that subscribed. */
  readonly owner: AccountId;
  /** ARN of who subscribed. */
  readonly principal: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** When the message was sent that asks for confirmation. */
  readonly waitsSince?: number;
  /** In that message; absent once confirmed. */
  token?: string;
  /** Whether who confirmed it had signed in. */
  wasAuthenticated: boolean;
  raw?: boolean;
}

export interface TopicMessage {
  readonly id: string;
  readonly topic: string;
  readonly at: number;
  /** ARN of the caller, or a service: `s3.amazonaws.com`. */
  readonly from: string;
  readonly subject?: string;
  readonly message: string;
  /** Empty: nobody was subscribed. */
  readonly deliveries: readonly Delivery[];
}

export interface Delivery {
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly at: number;
  /** Where it is not the text that all get (`MessageStructure`). */
  readonly message?: string;
}

export function emptySns(): SnsState {
  return { topics: emptyRecord(), subscriptions: emptyRecord(), messages: emptyRecord() };
}
