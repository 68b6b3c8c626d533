import type { AccountId, Region } from '../../aws/brand.ts';
import { kmsUsage } from '../../aws/kms-rate.ts';
import { kmsRequestsIn } from '../kms/requests.ts';
import type { SandboxState } from '../store/state.ts';

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Sample {
  /** Virtual milliseconds. */
  readonly time: number;
  readonly value: number;
}

/** Metrics belong to an account, and are in one Region. */
export interface Place {
  readonly state: SandboxState;
  readonly account: AccountId;
  readonly region: Region;
}

interface Source {
  /** All of them are needed to name a metric. */
  readonly dimensions: readonly string[];
  readonly unit: string;
  readonly samples: (place: Place, dimensions: Metric['dimensions']) => readonly Sample[];
}

/** By namespace and name. */
const sources: Readonly<Record<string, Source>> = {
  'AWS/S3 NumberOfObjects': {
    dimensions: ['BucketName', 'StorageType'],
    unit: 'Count',
    samples: ({ state, account, region }, { BucketName = '', StorageType }) => {
      const bucket = state.buckets[BucketName];
      const isThere = bucket?.account === account && bucket.region === region && StorageType === 'AllStorageTypes';
      const counts = isThere ? Object.entries(bucket.objectCounts ?? {}) : [];
      return counts.map(([day, value]) => ({ time: Date.parse(day), value }));
    },
  },
  /** Of the account that calls, one value for each minute with calls (KMS Developer Guide, monitoring-cloudwatch; AWS Security Blog, manage-your-aws-kms-api-request-rates). */
  'AWS/Usage CallCount': {
    dimensions: Object.keys(kmsUsage),
    unit: 'None',
    samples: ({ state, account, region }, dimensions) => {
      const isKms = Object.entries(kmsUsage).every(([name, value]) => dimensions[name] === value);
      return isKms ? kmsRequestsIn(state, { account, region }) : [];
    },
  },
};

/** @param unit that the samples are to have; absent: it does not matter. @returns nothing for a metric that nobody has published. */
export function samplesOf(place: Place, metric: Metric, unit?: string): readonly Sample[] {
  const source = sources[`${metric.namespace} ${metric.name}`];
  if (source === undefined || (unit !== undefined && unit !== source.unit)) return [];
  const given = Object.keys(metric.dimensions);
  const isNamed = given.length === source.dimensions.length && source.dimensions.every((one) => given.includes(one));
  return isNamed ? source.samples(place, metric.dimensions) : [];
}
