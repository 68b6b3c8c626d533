/** How long a backfill takes at least, in words: what it goes by is said with it. */
import type { AccountId, Region } from '../aws/brand.ts';
import { kmsRate } from '../aws/kms-rate.ts';
import type { KmsLoad } from '../plan/backfill-time.ts';
import { type BackfillTime, putsPerSecond } from '../plan/backfill-time.ts';
import type { KmsQuota } from '../plan/kms-load.ts';
import { countText } from '../text/count-text.ts';
import { durationText } from './duration.ts';

const origins: Readonly<Record<KmsQuota['origin'], string>> = {
  applied: "this account's quota",
  default: "AWS's default for the Region",
  published: "AWS's published default, not this account's quota",
};

export interface CountedObjects {
  /** Absent: the time is for each million. */
  readonly objects: number | undefined;
  /** Whether S3 makes a list of them: then they are those in the bucket, otherwise those of somebody's list. */
  readonly isListed: boolean;
}

export function backfillTimeLines(time: BackfillTime, { objects, isListed }: CountedObjects): readonly string[] {
  const where = isListed ? 'in the bucket' : 'of the list';
  const all = objects === 1 ? `the one object ${where}` : `all ${countText(objects ?? 0)} objects ${where}`;
  const whose = objects === undefined ? 'each million objects' : all;
  const limit =
    time.limit === 'S3'
      ? `S3 takes ${countText(putsPerSecond)} PUT requests a second under one prefix, and more once it has split a busy bucket`
      : `KMS in ${time.limit} takes no more`;
  return [
    `no faster than ${durationText(time.seconds)} for ${whose}: ${limit}`,
    ...time.kms.map(
      ({ region, requests, quota, inUse }) =>
        `KMS in ${region}: ${countText(requests)} ${requests === 1 ? 'request' : 'requests'}, at most ${countText(quota.perSecond)} a second (${origins[quota.origin]})${useText(inUse)}`,
    ),
    ...(time.kms.length > 0 ? ['counted as if the objects were encrypted as the buckets encrypt new ones'] : []),
    ...(isListed ? ['before that, AWS makes the list of objects, which takes minutes to hours'] : []),
  ];
}

function useText(inUse: number | undefined): string {
  return inUse === undefined
    ? ''
    : `; in the busiest minute of the last hour: ${countText(Math.round(inUse))} a second`;
}

/** For a question; nothing where it takes no second. */
export function leastTimeText({ seconds }: BackfillTime): string {
  return seconds < 1 ? '' : `, at least ${durationText(seconds)}`;
}

/** @param unread why, by Region. */
export function quotaUnreadWarning(unread: ReadonlyMap<Region, readonly string[]>, account: AccountId) {
  const reasons = [...new Set([...unread.values()].flat())];
  return {
    code: 'kms-quota-unknown',
    message: `s3repl does not know how many requests KMS accepts from account ${account} in ${[...unread.keys()].join(' and ')} (${reasons.join('; ')}); the time is based on AWS's default`,
    fix: 's3repl permissions --for backfill prints the permission to read it',
  };
}

export function useUnreadWarning(regions: readonly Region[], account: AccountId) {
  return {
    code: 'kms-use-unknown',
    message: `s3repl does not know how many requests account ${account} already sends to KMS in ${regions.join(' and ')}: the account does not allow cloudwatch:GetMetricData`,
    fix: 's3repl permissions --for backfill prints the permission to read it',
  };
}

/** @param account of the source: KMS throttles who calls, and that is the replication role. */
export function quotaWarning({ region, share, quota }: KmsLoad, account: AccountId) {
  return {
    code: 'kms-quota',
    message: `the job may bring account ${account} to ${Math.round(share * 100)} % of its KMS requests in ${region} (${countText(quota.perSecond)} a second, ${origins[quota.origin]}): KMS may throttle other users of keys there meanwhile`,
    fix: `ask AWS for a higher quota (Service Quotas, ${kmsRate.service}, ${kmsRate.code}), or start the job when there is little traffic`,
  };
}
