/** How replication is doing: what `s3repl status` found, with the source and the age of each number. Times are in milliseconds since 1970. */
import type { AccountId, Region } from '../aws/brand.ts';
import type { TopicFault } from '../model/alerts/topic-faults.ts';
import type { Unknown } from '../model/decision.ts';
import type { JobSnapshot, Known, ObjectSnapshot } from '../model/snapshot.ts';
import type { KmsQuota } from '../plan/kms-load.ts';

export interface Status {
  readonly source: { readonly account: AccountId; readonly bucket: string; readonly region: Known<Region> };
  readonly period: Period;
  /** `blocked`: something failed in the last hour, or is not as configured; `unknown`: something that decides could not be read. */
  readonly outcome: 'healthy' | 'blocked' | 'unknown';
  /** Why the outcome is not `healthy`, the most harmful first. */
  readonly reasons: readonly StatusReason[];
  readonly configured: Configured;
  readonly rules: readonly RuleStatus[];
  readonly sample: Known<SampleStatus>;
  /** Those that run, and those that ended in the period; the newest first. */
  readonly jobs: Known<readonly JobSnapshot[]>;
  readonly alarms: Known<readonly AlarmStatus[]>;
  /** Entries of the source bucket's notifications that are about replication. */
  readonly events: readonly EventStatus[];
  readonly kms: readonly KmsStatus[];
  readonly bucketKeys: BucketKeySavings;
  /** What could not be read, for people. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

export interface Period {
  readonly from: number;
  readonly to: number;
  /** Of one value of the metrics, in milliseconds. */
  readonly step: number;
}

export type StatusReason =
  | {
      readonly kind: 'failed';
      readonly rule: string;
      readonly destination: string;
      readonly count: number;
      readonly last: number;
    }
  | { readonly kind: 'sample-failed'; readonly key: string; readonly versionId: string; readonly modified: number }
  | { readonly kind: 'no-status'; readonly key: string; readonly versionId: string; readonly modified: number }
  | { readonly kind: 'differs'; readonly changes: number }
  | {
      readonly kind: 'rule-off';
      readonly rule: string;
      readonly destination: string;
      readonly state: 'disabled' | 'missing';
    }
  | { readonly kind: 'no-rule' }
  | { readonly kind: 'unread'; readonly what: 'replication' | 'configuration' | 'sample'; readonly why: string }
  | { readonly kind: 'metrics-unread'; readonly rule: string; readonly destination: string; readonly why: string }
  | {
      readonly kind: 'metrics-stopped';
      readonly rule: string;
      readonly destination: string;
      readonly last: number | null;
    }
  | { readonly kind: 'no-metrics'; readonly rule: string; readonly destination: string };

/** Against repl.yaml. */
export type Configured =
  | { readonly kind: 'as-configured' }
  /** `changes`: that `apply` would make, `ofAlerts` of them to alarms, topics and notifications; `problems`: what a person has to fix first. */
  | { readonly kind: 'differs'; readonly changes: number; readonly ofAlerts: number; readonly problems: number }
  | { readonly kind: 'unknown'; readonly why: string }
  /** There is no repl.yaml: `--bucket`. */
  | { readonly kind: 'not-compared' };

/** A rule, at its destination. */
export interface RuleStatus {
  readonly rule: string;
  /** Name of the bucket. */
  readonly destination: string;
  readonly region: Known<Region>;
  /** `missing`: only in repl.yaml. */
  readonly state: 'enabled' | 'disabled' | 'missing';
  /** Whether it counts for the outcome: with repl.yaml those of the configuration, otherwise all that are enabled. */
  readonly counts: boolean;
  readonly failed: Metered<Failed>;
  readonly pending: Metered<Pending>;
  readonly latency: Metered<Latency>;
  /** Whether somebody hears of an object that fails under it. */
  readonly heard: Known<boolean>;
}

/** `off`: S3 counts nothing, since the rule has no metrics or is disabled. `none`: counted, and nothing was published in the period. */
export type Metered<T> = T | 'off' | 'none' | { readonly unread: string };

/** Operations, not objects: also delete markers, tags, ACLs and S3 Object Lock (S3 User Guide, metrics-dimensions). */
export interface Failed {
  readonly count: number;
  /** That have ended, replicated or failed. */
  readonly operations: number;
  /** In the last hour. */
  readonly recent: number;
  /** Begin of the first and last step with a failure; null: none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Oldest first, equal parts of the period; null: no operation, which is no gap. */
  readonly line: readonly (number | null)[];
}

/** What waits now. The metrics are published each minute, also for nothing: a minute without is a gap. */
export interface Pending {
  readonly operations: number;
  readonly bytes: Known<number>;
  readonly asOf: number;
  /** The most, and when. */
  readonly worst: number;
  readonly worstAt: number;
  readonly line: readonly (number | null)[];
  readonly gaps: readonly Gap[];
  /** Whether the last value is so old that it is not how it is now. */
  readonly isStale: boolean;
}

/** Seconds that the longest waiting operation has waited. */
export interface Latency {
  readonly seconds: number;
  readonly asOf: number;
  readonly worst: number;
  readonly worstAt: number;
  readonly line: readonly (number | null)[];
}

export interface Gap {
  readonly from: number;
  /** Begin of the next value, or the end of the period. */
  readonly to: number;
}

/** The newest versions, by their own replication status. */
export interface SampleStatus {
  readonly asOf: number;
  /** Whether it is all there is in the bucket, but for delete markers. */
  readonly isAll: boolean;
  /** Whether all versions were listed, so that these are the newest: S3 lists by name, and s3repl no more than 10,000. */
  readonly isNewest: boolean;
  readonly counts: {
    readonly COMPLETED: number;
    readonly PENDING: number;
    readonly FAILED: number;
    readonly REPLICA: number;
    /** No status: no rule takes them, or they are older than the rule. */
    readonly none: number;
    readonly unread: number;
  };
  /** The newest that a rule takes. */
  readonly newest: SampledObject | null;
  readonly oldestPending: SampledObject | null;
  readonly newestFailed: SampledObject | null;
}

export interface SampledObject {
  readonly key: string;
  readonly versionId: string;
  readonly status: ObjectSnapshot['replicationStatus'];
  readonly modified: number;
}

export interface AlarmStatus {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | Unknown;
  /** The metrics that it watches. */
  readonly metrics: readonly string[];
  readonly actions: readonly ActionStatus[];
  readonly isOff: boolean;
}

export interface ActionStatus {
  readonly arn: string;
  /** Absent: not a topic, or not read. */
  readonly subscribers?: { readonly confirmed: number; readonly pending: number };
  readonly faults: readonly TopicFault[];
}

/** S3 itself tells of each failed object. */
export interface EventStatus {
  readonly name: string;
  readonly events: readonly string[];
  readonly action: ActionStatus;
}

/** Cryptographic requests with symmetric keys of the source account in a Region, by everybody. */
export interface KmsStatus {
  readonly region: Region;
  readonly use: Known<KmsUseSeen>;
  readonly quota: KmsQuota;
  /** Why the quota is not this account's. */
  readonly quotaUnread: readonly string[];
  /** Of the quota, in the busiest minute; 1 is all of it. */
  readonly share: Known<number>;
  readonly isCrowded: boolean;
}

export interface KmsUseSeen {
  /** In the busiest minute, by the second. Seconds may have had more, and KMS throttles by the second. */
  readonly perSecond: number;
  /** Begin of that minute; null: no requests in the period. */
  readonly at: number | null;
  readonly line: readonly (number | null)[];
}

/** What Bucket Keys would save, by the sampled versions under KMS keys. */
export interface BucketKeySavings {
  readonly sampled: number;
  readonly without: number;
  /** Replicated in the period, as far as metrics count them; each without a Bucket Key is a KMS request in each Region. */
  readonly operations: Known<number>;
}
