import type { AccountId, Arn, BucketName, Region } from '../../aws/brand.ts';
import type { Tag } from '../s3/shapes.ts';
import { emptyRecord } from '../store/record.ts';
import type { AlarmState, Comparison, MissingData } from './evaluate-alarm.ts';

export interface CloudWatchState {
  /** By ARN. */
  readonly alarms: Record<string, Alarm>;
  /** Of alarms, also of deleted ones, by ascending number. */
  readonly history: Record<string, HistoryItem>;
  /** Of replication, by account, Region, bucket, destination and rule. */
  readonly series: Record<string, ReplicationSeries>;
}

/** Times are virtual milliseconds. */
export interface Alarm {
  readonly arn: Arn;
  readonly account: AccountId;
  readonly region: Region;
  settings: AlarmSettings;
  /** When the settings were put. */
  configured: number;
  status: AlarmStatus;
  tags: Tag[];
}

export interface AlarmStatus {
  readonly state: AlarmState;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string;
  readonly since: number;
}

/** As `PutMetricAlarm` takes and `DescribeAlarms` gives them, in AWS's names. */
export interface AlarmSettings {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly ActionsEnabled: boolean;
  readonly OKActions: readonly string[];
  readonly AlarmActions: readonly string[];
  readonly InsufficientDataActions: readonly string[];
  readonly MetricName: string;
  readonly Namespace: string;
  readonly Statistic: string;
  readonly Dimensions: readonly Dimension[];
  /** In seconds. */
  readonly Period: number;
  readonly Unit?: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: Comparison;
  readonly TreatMissingData?: MissingData;
}

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

export interface HistoryItem {
  readonly account: AccountId;
  readonly region: Region;
  readonly alarm: string;
  readonly time: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** Of one rule and destination. Minutes are named by their beginning, in virtual milliseconds; the oldest first. */
export interface ReplicationSeries {
  readonly account: AccountId;
  readonly bucket: BucketName;
  /** The source's. */
  readonly region: Region;
  readonly destination: BucketName;
  readonly rule: string;
  /** When the metrics of what is pending were published: also while nothing is replicated. */
  readonly published: Record<string, Published>;
  /** Minutes with operations. */
  readonly operations: Record<string, Operations>;
  /** Minutes with anything but zeros. */
  readonly pending: Record<string, Pending>;
}

export interface Published {
  /** The destination's. */
  readonly region: Region;
  /** The first minute without them; null: they still are. */
  readonly until: number | null;
}

export interface Operations {
  readonly count: number;
  readonly failed: number;
}

export interface Pending {
  readonly operations: number;
  readonly bytes: number;
  /** In seconds. */
  readonly latency: number;
}

export function emptyCloudWatch(): CloudWatchState {
  return { alarms: emptyRecord(), history: emptyRecord(), series: emptyRecord() };
}
