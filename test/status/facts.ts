/** What `s3repl status` may have read. */
import { brand, type Region } from '../../src/aws/brand.ts';
import { unreadBucket } from '../../src/model/replication/destination-bucket.ts';
import type { BucketSnapshot, ObjectSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import type { Point } from '../../src/status/points.ts';
import type { Metric, Points, SeriesRead, StatusFacts } from '../../src/status/status-facts.ts';
import { DESTINATION, SOURCE } from '../builders.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
/** Noon. */
export const now = Date.parse('2026-11-29T12:00:00Z');
export const period = { from: now - 24 * hourMs, to: now, step: minuteMs };

type Rule = NonNullable<NonNullable<Extract<BucketSnapshot['replication'], object>>['Rules']>[number];

export function rule(ID: string, more: Partial<Rule> = {}, metrics = true): Rule {
  return {
    ID,
    Status: 'Enabled',
    Priority: 1,
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: 'arn:aws:s3:::replicas', ...(metrics && { Metrics: { Status: 'Enabled' } }) },
    ...more,
  };
}

export interface Told {
  readonly rules?: readonly Rule[] | 'unknown' | null;
  readonly objects?: Snapshot['objects'];
  readonly series?: readonly SeriesRead[];
  readonly rest?: Partial<StatusFacts>;
}

export function someFacts({
  rules = [rule('all')],
  objects = [],
  series = quiet('all'),
  rest = {},
}: Told = {}): StatusFacts {
  const replication = rules === null || rules === 'unknown' ? rules : { Role: '', Rules: [...rules] };
  const bucket = (more: Partial<BucketSnapshot>): BucketSnapshot => ({ ...unreadBucket, notification: null, ...more });
  const account = {
    roles: 'unknown',
    keys: 'unknown',
    serviceControlPolicies: 'unknown',
    resourceControlPolicies: 'unknown',
  } as const;
  return {
    snapshot: {
      version: 1,
      takenAt: new Date(now).toISOString(),
      partition: 'aws',
      source: { account: SOURCE, bucket: brand('source') },
      accounts: {
        [SOURCE]: { ...account, buckets: { source: bucket({ region: brand<Region>('eu-west-1'), replication }) } },
        [DESTINATION]: { ...account, buckets: { replicas: bucket({ region: brand<Region>('eu-central-1') }) } },
      },
      objects,
      jobs: [],
    },
    isAll: true,
    isNewest: true,
    period,
    configured: { kind: 'as-configured' },
    metrics: series,
    alarmStates: {},
    kms: [],
    ...rest,
  };
}

/** Minutes before now, oldest first. */
export function minutesAgo(...values: readonly (readonly [ago: number, value: number])[]): readonly Point[] {
  return values.map(([ago, value]) => ({ at: now - ago * minuteMs, value })).toSorted((a, b) => a.at - b.at);
}

export function series(rule: string, points: Partial<Record<Metric, Points>>): readonly SeriesRead[] {
  const names: readonly Metric[] = ['failed', 'operations', 'pending', 'bytes', 'latency'];
  return names.map((metric) => ({ rule, destination: 'replicas', metric, points: points[metric] ?? [] }));
}

/** A rule under which all is well, and one operation a minute ends. */
export function quiet(rule: string, points: Partial<Record<Metric, Points>> = {}): readonly SeriesRead[] {
  const each = (value: number) => minutesAgo(...Array.from({ length: 24 * 60 }, (_, ago) => [ago + 1, value] as const));
  return series(rule, {
    failed: each(0),
    operations: each(1),
    pending: each(0),
    bytes: each(0),
    latency: each(2),
    ...points,
  });
}

/** @param ago minutes since it was written. */
export function version(
  key: string,
  ago: number,
  replicationStatus: ObjectSnapshot['replicationStatus'],
  more: Partial<ObjectSnapshot> = {},
): ObjectSnapshot {
  return {
    key,
    versionId: `v-${key}`,
    size: 1,
    encryption: 'SSE-KMS',
    kmsKey: 'unknown',
    bucketKey: true,
    storageClass: 'STANDARD',
    tags: 'unknown',
    deleteMarker: false,
    owner: SOURCE,
    replicationStatus,
    existedBeforeRule: 'unknown',
    lastModified: new Date(now - ago * minuteMs).toISOString(),
    ...more,
  };
}
