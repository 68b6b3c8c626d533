import { describe, expect, it } from 'vitest';
import type { AccountId, Region } from '../../src/aws/brand.ts';
import { type BackfillLoad, estimateBackfill } from '../../src/plan/backfill-time.ts';
import type { KmsQuota } from '../../src/plan/kms-load.ts';
import { backfillTimeLines, quotaWarning } from '../../src/show/backfill-time-text.ts';
import { branded } from '../plain.ts';

const ireland = branded<Region>('eu-west-1');
const frankfurt = branded<Region>('eu-central-1');
const million = 1_000_000;

const load = (quota?: KmsQuota): BackfillLoad => ({
  objects: 10 * million,
  source: { region: ireland, kms: 'each object' },
  destinations: [{ region: frankfurt, kms: 'Bucket Key' }],
  ...(quota && { quotas: new Map([[ireland, quota]]) }),
});
const listing = 'before that, AWS makes the list of objects, which takes minutes to hours';

describe('how long a backfill takes', () => {
  it('is said with what limits it, and with whose quota was taken', () => {
    expect(backfillTimeLines(estimateBackfill(load()), { objects: 10 * million, isListed: true })).toEqual([
      'no faster than 48 min for all 10,000,000 objects in the bucket: S3 takes 3,500 PUT requests a second under one prefix, and more once it has split a busy bucket',
      "KMS in eu-west-1: 10,000,000 requests, at most 100,000 a second (AWS's published default, not this account's quota)",
      expect.stringMatching(/^KMS in eu-central-1: 100,000 requests, at most 20,000 a second /),
      'counted as if the objects were encrypted as the buckets encrypt new ones',
      listing,
    ]);
  });

  it('names KMS where its quota is the limit, and warns', () => {
    const time = estimateBackfill(load({ perSecond: 1000, origin: 'applied' }));
    const [first, second] = backfillTimeLines(time, { objects: undefined, isListed: true });
    expect([first, second]).toEqual([
      'no faster than 2 h 47 min for each million objects: KMS in eu-west-1 takes no more',
      "KMS in eu-west-1: 10,000,000 requests, at most 1,000 a second (this account's quota)",
    ]);
    const crowded = time.kms.filter(({ isCrowded }) => isCrowded);
    expect(crowded.map((one) => quotaWarning(one, branded<AccountId>('111111111111')))).toEqual([
      {
        code: 'kms-quota',
        message:
          "the job may bring account 111111111111 to 100 % of its KMS requests in eu-west-1 (1,000 a second, this account's quota): KMS may throttle other users of keys there meanwhile",
        fix: 'ask AWS for a higher quota (Service Quotas, kms, L-6E3AF000), or start the job when there is little traffic',
      },
    ]);
  });

  it('says what is in use already, where that is known', () => {
    const time = estimateBackfill({ ...load(), inUse: new Map([[ireland, 1234.5]]) });
    const [, first = '', second = ''] = backfillTimeLines(time, { objects: 10 * million, isListed: true });
    expect(first).toMatch(/quota\); in the busiest minute of the last hour: 1,235 a second$/);
    expect(second).toMatch(/quota\)$/);
  });

  it('has no line of KMS where there is none', () => {
    const place = { region: ireland, kms: 'no KMS' as const };
    const time = estimateBackfill({ objects: 7000, source: place, destinations: [place] });
    expect(backfillTimeLines(time, { objects: 7000, isListed: true })).toHaveLength(2);
  });
});
