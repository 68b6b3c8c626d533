import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import { defaultKmsRate } from '../../src/aws/kms-rate.ts';
import { placesOf } from '../../src/plan/backfill-places.ts';
import { type BackfillLoad, estimateBackfill } from '../../src/plan/backfill-time.ts';
import type { KmsQuota, KmsUse } from '../../src/plan/kms-load.ts';
import type { BucketState } from '../../src/state/state.ts';
import { aBucket, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

const region = (name: string) => branded<Region>(name);
const ireland = region('eu-west-1');
const frankfurt = region('eu-central-1');
const zurich = region('eu-central-2');
const million = 1_000_000;

const place = (at: Region, kms: KmsUse = 'each object') => ({ region: at, kms });
const quota = (perSecond: number): KmsQuota => ({ perSecond, origin: 'applied' });

describe("AWS's default of KMS requests", () => {
  it.each([
    ['us-east-1', 100_000],
    ['us-west-2', 100_000],
    ['eu-west-1', 100_000],
    ['us-east-2', 20_000],
    ['ap-southeast-1', 20_000],
    ['ap-southeast-2', 20_000],
    ['ap-northeast-1', 20_000],
    ['eu-central-1', 20_000],
    ['eu-west-2', 20_000],
    ['ca-central-1', 10_000],
    ['cn-north-1', 10_000],
    ['constructor', 10_000],
  ])('in %s is %i a second', (name, perSecond) => {
    expect(defaultKmsRate(region(name))).toBe(perSecond);
  });
});

describe('the time of a backfill', () => {
  it("is bound by what S3 takes under one prefix, where KMS takes more; the source account's quota counts in both Regions", () => {
    const load = { objects: 7 * million, source: place(ireland), destinations: [place(zurich)] };
    expect(estimateBackfill(load)).toEqual({
      seconds: 2000,
      limit: 'S3',
      kms: [
        {
          region: 'eu-west-1',
          quota: { perSecond: 100_000, origin: 'published' },
          requests: 7 * million,
          seconds: 70,
          share: 0.035,
          isCrowded: false,
        },
        {
          region: 'eu-central-2',
          quota: { perSecond: 10_000, origin: 'published' },
          requests: 7 * million,
          seconds: 700,
          share: 0.35,
          isCrowded: false,
        },
      ],
    });
  });

  it('is bound by KMS where the quota of the account is small, and takes all of it', () => {
    const quotas = new Map([[frankfurt, quota(1000)]]);
    const { seconds, limit, kms } = estimateBackfill({
      ...{ objects: million, source: place(ireland), destinations: [place(frankfurt)], quotas },
    });
    expect([seconds, limit]).toEqual([1000, 'eu-central-1']);
    expect(kms.map(({ share, isCrowded }) => [share, isCrowded])).toEqual([
      [0.01, false],
      [1, true],
    ]);
  });

  it('asks one quota for both sides in one Region, and decrypts once for several destinations', () => {
    const one = estimateBackfill({ objects: 100, source: place(zurich), destinations: [place(zurich)] });
    expect(one.kms.map(({ requests }) => requests)).toEqual([200]);
    const destinations = [place(zurich), place(zurich), place(frankfurt)];
    const three = estimateBackfill({ objects: 100, source: place(ireland), destinations });
    expect(three.kms.map(({ requests }) => requests)).toEqual([100, 200, 100]);
  });

  it('counts a hundredth with a Bucket Key, by side, and nothing without KMS', () => {
    const destinations = [place(frankfurt, 'Bucket Key'), place(zurich, 'no KMS')];
    const { kms } = estimateBackfill({ objects: 1050, source: place(ireland), destinations });
    expect(kms.map((one) => [one.region, one.requests])).toEqual([
      ['eu-west-1', 1050],
      ['eu-central-1', 11],
    ]);
  });

  it('leaves no room where others are busy: more than 80 percent of the quota would be in use', () => {
    const load = { objects: million, source: place(zurich), destinations: [place(ireland)] };
    const crowded = (inUse: number) =>
      estimateBackfill({ ...load, inUse: new Map([[zurich, inUse]]) }).kms.map(({ isCrowded }) => isCrowded);
    expect(crowded(4500)).toEqual([false, false]);
    expect(crowded(4501)).toEqual([true, false]);
    const { kms } = estimateBackfill({ ...load, inUse: new Map([[zurich, 12]]) });
    expect(kms.map(({ inUse }) => inUse)).toEqual([12, undefined]);
  });

  it('is none for no objects, whatever is in use', () => {
    const load = { objects: 0, source: place(zurich), destinations: [place(zurich)] };
    const { seconds, kms } = estimateBackfill({ ...load, inUse: new Map([[zurich, 9000]]) });
    expect([seconds, kms[0]?.share, kms[0]?.isCrowded]).toEqual([0, 0.9, true]);
  });
});

const uses: readonly KmsUse[] = ['no KMS', 'Bucket Key', 'each object'];
const regions = [ireland, frankfurt, zurich];
const aPlace = fc.record({ region: fc.constantFrom(...regions), kms: fc.constantFrom(...uses) });
const someQuotas = fc
  .array(fc.tuple(fc.constantFrom(...regions), fc.integer({ min: 1, max: 200_000 })))
  .map((all) => new Map(all.map(([at, perSecond]) => [at, quota(perSecond)])));
const aLoad: fc.Arbitrary<BackfillLoad> = fc.record({
  objects: fc.integer({ min: 0, max: 1e9 }),
  source: aPlace,
  destinations: fc.array(aPlace, { minLength: 1, maxLength: 3 }),
  quotas: someQuotas,
});
const runs = { numRuns: 1000 };
const secondsOf = (load: BackfillLoad) => estimateBackfill(load).seconds;

describe('of any backfill', () => {
  it('more objects are never faster', () => {
    fc.assert(
      fc.property(aLoad, fc.integer({ min: 0, max: 1e9 }), (load, more) => {
        expect(secondsOf({ ...load, objects: load.objects + more })).toBeGreaterThanOrEqual(secondsOf(load));
      }),
      runs,
    );
  });

  it('a Bucket Key is never slower, on whichever side, and another destination never faster', () => {
    const keyed = ({ region: at, kms }: BackfillLoad['source']) =>
      place(at, kms === 'each object' ? 'Bucket Key' : kms);
    fc.assert(
      fc.property(aLoad, aPlace, (load, another) => {
        const { source, destinations } = load;
        expect(secondsOf({ ...load, source: keyed(source) })).toBeLessThanOrEqual(secondsOf(load));
        expect(secondsOf({ ...load, destinations: destinations.map(keyed) })).toBeLessThanOrEqual(secondsOf(load));
        expect(secondsOf({ ...load, destinations: [...destinations, another] })).toBeGreaterThanOrEqual(
          secondsOf(load),
        );
      }),
      runs,
    );
  });

  it('a larger quota is never slower; no quota is passed by the objects alone, and the limit that is named is the slowest', () => {
    fc.assert(
      fc.property(aLoad, fc.constantFrom(...regions), (load, at) => {
        const { seconds, limit, kms } = estimateBackfill(load);
        const larger = new Map([...(load.quotas ?? []), [at, quota(1e6)]]);
        expect(secondsOf({ ...load, quotas: larger })).toBeLessThanOrEqual(seconds);
        for (const { share } of kms) expect(share).toBeLessThanOrEqual(1 + 1e-9);
        expect(limit === 'S3' || kms.find((one) => one.region === limit)?.seconds === seconds).toBe(true);
        expect(seconds).toBe(Math.max(load.objects / 3500, ...kms.map((one) => one.seconds)));
      }),
      runs,
    );
  });
});

describe('how the buckets encrypt', () => {
  const kms = (BucketKeyEnabled: boolean, SSEAlgorithm: 'aws:kms' | 'aws:kms:dsse' = 'aws:kms') => ({
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm }, BucketKeyEnabled }],
  });
  const aes = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }] };

  const usesOf = (source: BucketState['encryption'] | undefined, destination: BucketState['encryption']) => {
    const spec = aSpec();
    const buckets = {
      [SOURCE]: source === undefined ? {} : { 'acme-invoices': aBucket({ encryption: source }) },
      [DESTINATION]: { 'acme-invoices-replica': aBucket({ encryption: destination }) },
    };
    const accounts = Object.entries(buckets).map(([id, some]) => [id, { roles: {}, buckets: some, keys: {} }]);
    const places = placesOf({ accounts: Object.fromEntries(accounts) }, spec);
    expect([places.source.region, ...places.destinations.map((one) => one.region)]).toEqual([ireland, frankfurt]);
    return [places.source.kms, ...places.destinations.map((one) => one.kms)];
  };

  it.each([
    ['a replica keeps the Bucket Key of its source', kms(true), kms(false), ['Bucket Key', 'Bucket Key']],
    ['and the lack of one', kms(false), kms(true), ['each object', 'each object']],
    [
      'DSSE-KMS has none, whatever the bucket says',
      kms(true, 'aws:kms:dsse'),
      kms(true),
      ['each object', 'each object'],
    ],
    ['without KMS at the source, the destination decides', aes, kms(true), ['no KMS', 'Bucket Key']],
    ['or neither', null, aes, ['no KMS', 'no KMS']],
    ['a bucket that was not read counts in full', undefined, kms(true), ['each object', 'each object']],
  ])('%s', (_, source, destination, expected) => {
    expect(usesOf(source, destination)).toEqual(expected);
  });
});
