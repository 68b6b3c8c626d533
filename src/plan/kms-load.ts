/** What replication asks of KMS, against what the source account may ask: KMS throttles the account that calls, which is the replication role's (facts/quotas.md 1.3). */
import type { Region } from '../aws/brand.ts';
import { defaultKmsRate } from '../aws/kms-rate.ts';

/** How objects of a bucket are encrypted, as far as it costs requests. DSSE-KMS knows no Bucket Keys (S3 User Guide, bucket-key). */
export type KmsUse = 'no KMS' | 'Bucket Key' | 'each object';

export interface Place {
  readonly region: Region;
  readonly kms: KmsUse;
}

/** A bucket and those that it is replicated to. */
export interface Places {
  readonly source: Place;
  readonly destinations: readonly Place[];
}

/** Of the source account in a Region. */
export interface KmsQuota {
  /** Requests a second. */
  readonly perSecond: number;
  /** `applied`: this account's. `default`: AWS's for the Region, asked for now. `published`: AWS's by the table of its documentation. */
  readonly origin: 'applied' | 'default' | 'published';
}

/**
 * Requests for one object: a Decrypt at the source, whatever the number of destinations, and one more at each (S3 User Guide, replication-time-control: 1,000 objects
 * are 2,000 requests). With a Bucket Key at best one for a hundred objects (bucket-key: "up to 99 percent" less); AWS does not say how long one is used.
 */
const requests: Readonly<Record<KmsUse, number>> = { 'no KMS': 0, 'Bucket Key': 1, 'each object': 100 };
const objects = 100;

/** In each Region where there are any: the source account's quota there is for the source and the destinations together. */
export function kmsRequests({ source, destinations }: Places, count: number): ReadonlyMap<Region, number> {
  const perHundred = new Map<Region, number>();
  for (const { region, kms } of [source, ...destinations]) {
    if (requests[kms] > 0) perHundred.set(region, (perHundred.get(region) ?? 0) + requests[kms]);
  }
  return new Map([...perHundred].map(([region, each]) => [region, Math.ceil((count * each) / objects)]));
}

/** What is known without asking AWS. */
export function quotaByTable(region: Region): KmsQuota {
  return { perSecond: defaultKmsRate(region), origin: 'published' };
}
