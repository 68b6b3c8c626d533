/** What `s3repl status` has read, for `judgeStatus`. */
import type { Region } from '../aws/brand.ts';
import type { RefusedCall } from '../events/refused-call.ts';
import type { Exclusion } from '../model/object-class.ts';
import type { Named, Snapshot } from '../model/snapshot.ts';
import type { KmsQuota } from '../plan/kms-load.ts';
import type { Point } from './points.ts';
import type { Configured, Period } from './replication-status.ts';

export interface StatusFacts {
  /** Of the buckets, alarms, topics and jobs; its objects are the newest versions. */
  readonly snapshot: Snapshot;
  /** Whether the objects are all versions of the bucket, and the newest ones. */
  readonly isAll: boolean;
  readonly isNewest: boolean;
  readonly period: Period;
  readonly configured: Configured;
  /** Of repl.yaml; absent: there is none. */
  readonly wanted?: readonly WantedRule[];
  readonly metrics: readonly SeriesRead[];
  /** By ARN, as CloudWatch names them. */
  readonly alarmStates: Named<string>;
  readonly kms: readonly KmsRead[];
}

export interface WantedRule {
  readonly rule: string;
  readonly destination: string;
  readonly region: Region;
  /** Of its objects, those that do not have to replicate. */
  readonly except: readonly Exclusion[];
}

/** What S3 publishes of a rule at a destination: `failed` is a sum, `operations` the number of samples of the same metric, the others are maxima. */
export type Metric = 'failed' | 'operations' | 'pending' | 'bytes' | 'latency';

export interface SeriesRead {
  readonly rule: string;
  readonly destination: string;
  readonly metric: Metric;
  readonly points: Points;
}

/** Oldest first. */
export type Points = readonly Point[] | Unread;

export interface Unread {
  readonly unread: string;
  readonly refused?: RefusedCall;
}

export interface KmsRead {
  readonly region: Region;
  /** Requests in each minute that had any. */
  readonly minutes: Points;
  readonly quota: KmsQuota;
  readonly quotaUnread: readonly string[];
}

export function isUnread(value: object | string): value is { readonly unread: string } {
  return typeof value === 'object' && 'unread' in value;
}
