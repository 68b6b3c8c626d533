import type { AccountId, Region } from '../../aws/brand.ts';
import { kmsUsage } from '../../aws/kms-rate.ts';
import { kmsRequestsIn } from '../kms/requests.ts';
import { operationsIn, pendingIn } from '../replication/replication-metrics.ts';
import type { SandboxState } from '../store/state.ts';
import type { Pending, ReplicationSeries } from './cloudwatch-state.ts';
import type { Sample } from './statistics.ts';

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Metrics belong to an account, and are in one Region. */
export interface Place {
  readonly state: SandboxState;
  readonly account: AccountId;
  readonly region: Region;
}

/** Virtual milliseconds; the end is not part of it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

interface Source {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  /** Those that anything may have been published with. All of them are needed to name a metric. */
  readonly list: (place: Place) => readonly Metric['dimensions'][];
  readonly samples: (place: Place, dimensions: Metric['dimensions'], window: Window) => readonly Sample[];
}

const numberOfObjects: Source = {
  namespace: 'AWS/S3',
  name: 'NumberOfObjects',
  unit: 'Count',
  list: ({ state, account, region }) =>
    Object.values(state.buckets)
      .filter((bucket) => bucket.account === account && bucket.region === region)
      .map(({ name }) => ({ BucketName: name, StorageType: 'AllStorageTypes' })),
  samples: ({ state }, { BucketName = '' }) =>
    Object.entries(state.buckets[BucketName]?.objectCounts ?? {}).map(([day, value]) => ({
      time: Date.parse(day),
      value,
    })),
};

/** Of the account that calls, one value for each minute with calls (KMS Developer Guide, monitoring-cloudwatch; AWS Security Blog, manage-your-aws-kms-api-request-rates). */
const kmsCalls: Source = {
  namespace: 'AWS/Usage',
  name: 'CallCount',
  unit: 'None',
  list: () => [kmsUsage],
  samples: ({ state, account, region }) => kmsRequestsIn(state, { account, region }),
};

/** In the source's Region (S3 User Guide, replication-metrics; recorded fact 68). */
const failedOperations: Source = {
  namespace: 'AWS/S3',
  name: 'OperationsFailedReplication',
  unit: 'Count',
  list: (place) => seriesIn(place, ({ region }) => region === place.region).map(dimensionsOf),
  samples: (place, dimensions) =>
    seriesNamed(place, dimensions, ({ region }) => region === place.region).flatMap((series) =>
      operationsIn(series, place.state.now),
    ),
};

/** In the destination's Region, of the source's account: recorded within one account, and inferred for two (watch.md 1.4). */
function pendingSource(name: string, unit: string, value: keyof Pending): Source {
  const isHere =
    ({ region }: Place) =>
    (series: ReplicationSeries) =>
      Object.values(series.published).some((published) => published.region === region);
  return {
    namespace: 'AWS/S3',
    name,
    unit,
    list: (place) => seriesIn(place, isHere(place)).map(dimensionsOf),
    samples: (place, dimensions, window) =>
      seriesNamed(place, dimensions, isHere(place)).flatMap((series) =>
        pendingIn(series, place.region, place.state.now, window).map((one) => ({ time: one.time, value: one[value] })),
      ),
  };
}

const sources: readonly Source[] = [
  numberOfObjects,
  failedOperations,
  pendingSource('BytesPendingReplication', 'Bytes', 'bytes'),
  pendingSource('OperationsPendingReplication', 'Count', 'operations'),
  pendingSource('ReplicationLatency', 'Seconds', 'latency'),
  kmsCalls,
];

/** @param unit that the samples are to have; absent: it does not matter. @returns nothing for a metric that nobody has published. */
export function samplesOf(place: Place, metric: Metric, window: Window, unit?: string): readonly Sample[] {
  const source = sources.find(({ namespace, name }) => namespace === metric.namespace && name === metric.name);
  if (source === undefined || (unit !== undefined && unit !== source.unit)) return [];
  if (!source.list(place).some((dimensions) => areSame(dimensions, metric.dimensions))) return [];
  return source.samples(place, metric.dimensions, window).filter(({ time }) => time >= window.from && time < window.to);
}

/** Those with data in the window. */
export function metricsIn(place: Place, window: Window): readonly Metric[] {
  return sources.flatMap(({ namespace, name, list }) =>
    list(place)
      .map((dimensions) => ({ namespace, name, dimensions }))
      .filter((metric) => samplesOf(place, metric, window).length > 0),
  );
}

function areSame(one: Metric['dimensions'], other: Metric['dimensions']): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

function dimensionsOf({ bucket, destination, rule }: ReplicationSeries): Metric['dimensions'] {
  return { SourceBucket: bucket, DestinationBucket: destination, RuleId: rule };
}

function seriesIn({ state, account }: Place, isHere: (series: ReplicationSeries) => boolean) {
  return Object.values(state.cloudWatch.series).filter((series) => series.account === account && isHere(series));
}

function seriesNamed(
  place: Place,
  dimensions: Metric['dimensions'],
  isHere: (series: ReplicationSeries) => boolean,
): readonly ReplicationSeries[] {
  return seriesIn(place, isHere).filter((series) => areSame(dimensionsOf(series), dimensions));
}
