/** How long a backfill takes at least, and whether it leaves KMS requests for others. AWS publishes no rate of S3 Batch Replication, only what slows it down. */
import type { Region } from '../aws/brand.ts';
import { type KmsQuota, kmsRequests, type Places, quotaByTable } from './kms-load.ts';

/** PUT requests that S3 takes in a second under one partitioned prefix; each object is one at the source and one at each destination (S3 User Guide, replication-time-control). */
export const putsPerSecond = 3500;

/** Of the quota. A choice: KMS throttles by the second, and what CloudWatch knows is the mean of a minute. */
export const crowded = 0.8;

export interface BackfillLoad extends Places {
  /** Versions to replicate. */
  readonly objects: number;
  /** Of the source account; a Region that is not in it has AWS's published default. */
  readonly quotas?: ReadonlyMap<Region, KmsQuota>;
  /** Requests a second of what is there already; a Region that is not in it: not known. */
  readonly inUse?: ReadonlyMap<Region, number>;
}

/** In one Region, of the source account. */
export interface KmsLoad {
  readonly region: Region;
  readonly quota: KmsQuota;
  /** By others, requests a second; absent: not known. */
  readonly inUse?: number;
  /** All that the objects take. */
  readonly requests: number;
  /** At the quota. */
  readonly seconds: number;
  /** Of the quota, 1 for all of it: what the objects take while they go as fast as the slowest limit lets them, and what is in use. */
  readonly share: number;
  /** Whether others may be throttled meanwhile. */
  readonly isCrowded: boolean;
}

export interface BackfillTime {
  /** It is no faster than that. */
  readonly seconds: number;
  /** What it has to wait for; a Region: for KMS there. S3 splits a busy bucket into more prefixes by itself, and takes more then. */
  readonly limit: 'S3' | Region;
  readonly kms: readonly KmsLoad[];
}

/** Not in it: the list of the objects, which takes minutes to hours, and the transfer of their bytes (S3 User Guide, replication-troubleshoot). */
export function estimateBackfill(load: BackfillLoad): BackfillTime {
  const { objects, quotas, inUse } = load;
  const byQuota = [...kmsRequests(load, objects)].map(([region, requests]) => {
    const quota = quotas?.get(region) ?? quotaByTable(region);
    return { region, quota, requests, seconds: requests / quota.perSecond };
  });
  const byS3 = objects / putsPerSecond;
  const slowest = byQuota.reduce<Pick<BackfillTime, 'seconds' | 'limit'>>(
    (most, { region, seconds }) => (seconds > most.seconds ? { seconds, limit: region } : most),
    { seconds: byS3, limit: 'S3' },
  );
  const kms = byQuota.map((one): KmsLoad => {
    const rate = slowest.seconds === 0 ? 0 : one.requests / slowest.seconds;
    const used = inUse?.get(one.region);
    const share = (rate + (used ?? 0)) / one.quota.perSecond;
    return { ...one, ...(used !== undefined && { inUse: used }), share, isCrowded: share > crowded };
  });
  return { ...slowest, kms };
}
