/** What `s3repl status` shows: the replication configuration of a bucket, its metrics, alarms, jobs and newest versions. Of policies it reads only those of topics. */
import { arnParts, bucketNameIn } from '../aws/arn.ts';
import { type BucketName, brand, type Region } from '../aws/brand.ts';
import type { Connection } from '../connect/connection.ts';
import type { RefusedCall } from '../events/refused-call.ts';
import { unreadBucket } from '../model/replication/destination-bucket.ts';
import { rulesIn } from '../model/replication/prepare.ts';
import type { AccountSnapshot, BucketSnapshot, Known, Named, Snapshot } from '../model/snapshot.ts';
import type { Period } from '../status/replication-status.ts';
import type { KmsRead, SeriesRead, StatusFacts, WantedRule } from '../status/status-facts.ts';
import { headBucket } from './head-bucket.ts';
import { type Access, type BucketThing, reachOf } from './reach.ts';
import { noteRefusals, type Unread, unreadAt } from './reading.ts';
import { type AlertFacts, readAlertsAsAllowed } from './snapshot-alerts.ts';
import { type Counted, nameCounted, readFailures, readKms, readPending } from './status-metrics.ts';
import { readStatusSource } from './status-source.ts';

export interface StatusAsked {
  readonly bucket: string;
  readonly period: Period;
  /** Of repl.yaml. */
  readonly wanted?: readonly WantedRule[];
  /** Name of the configuration: its jobs with a list of their own are known by it. */
  readonly name?: string;
}

export interface StatusRead {
  readonly read: Omit<StatusFacts, 'configured'>;
  readonly refused: readonly RefusedCall[];
}

/**
 * In the account that owns the bucket, whoever made its replication. What is refused is unknown.
 * @throws Failure `invalid`, with repl.yaml `blocked`, where the account has no such bucket; `unauthorized` where credentials are rejected.
 */
export async function readStatus(access: Access, { bucket, period, wanted, name }: StatusAsked): Promise<StatusRead> {
  const { at, thing, ...others } = await readStatusSource(access.source, bucket, name);
  const there = { ...access, source: at };
  const destinations = listDestinations(thing);
  const heads = new Map(destinations.map((one) => [one.bucket, headDestination(at, one, wanted)]));
  const regionOf = async (one: string) => (await heads.get(one)) ?? 'unknown';
  const states: Record<string, string> = {};
  const noteState = (arn: string, state: string) => {
    states[arn] = state;
  };
  const reach = {
    ...reachOf(there),
    bucket: async (one: string, owner?: string): Promise<BucketThing> =>
      one === bucket ? thing : thingAt(one, owner ?? at.account, await regionOf(one)),
  };
  const [sampled, jobs, alerts, series, kms] = await Promise.all([
    others.sampled,
    others.jobs,
    readAlertsAsAllowed(there, reach, thing, noteState),
    readSeries(at, bucket, destinations, regionOf, period),
    readKmsUse(at, destinations, regionOf, period),
  ]);
  const replicas = await Promise.all(destinations.map((one) => reach.bucket(one.bucket, one.owner)));
  const unread: readonly Unread[] = [
    ...unreadAt(['accounts', at.account, 'buckets', bucket], thing.found.refusals),
    ...unreadAt([], [...sampled.refusals, ...jobs.refusals]),
    ...unreadAt(['accounts'], alerts.refusals),
  ];
  const snapshot: Snapshot = {
    version: 1,
    takenAt: new Date(period.to).toISOString(),
    partition: arnParts(at.identity)?.partition ?? 'aws',
    source: { account: at.account, bucket: brand<BucketName>(bucket) },
    accounts: accountsOf([thing, ...replicas], alerts.value),
    objects: sampled.value.objects,
    jobs: jobs.value,
    unreadable: unread.map(({ path, reason }) => ({ path, reason })),
  };
  const { isAll, isNewest } = sampled.value;
  return {
    read: { snapshot, isAll, isNewest, period, ...(wanted && { wanted }), metrics: series, alarmStates: states, kms },
    refused: [...unread, ...series.map(({ points }) => points), ...kms.map(({ minutes }) => minutes)].flatMap((one) =>
      'refused' in one ? (one.refused ?? []) : [],
    ),
  };
}

interface Destination {
  readonly bucket: string;
  readonly owner: string | undefined;
  /** Enabled rules with metrics. */
  readonly counted: readonly Counted[];
}

/** Each once, of all rules. */
function listDestinations({ found: { value }, account, name }: BucketThing): readonly Destination[] {
  const book = rulesIn(value, ['accounts', account, 'buckets', name]);
  const rules = book === null || book === 'unknown' ? [] : [...book.byDestination.flat(), ...book.disabled];
  return [...new Set(rules.map(({ destination }) => destination))].map((arn) => {
    const own = rules.filter(({ destination }) => destination === arn);
    const bucket = bucketNameIn(arn);
    const counted = own.filter(({ enabled, metrics }) => enabled && metrics);
    return {
      bucket,
      owner: own.find((rule) => rule.account !== null)?.account ?? undefined,
      counted: counted.map(nameCounted),
    };
  });
}

/** S3 names the Region of a bucket to whoever asks, also with 403 (API: HeadBucket). */
async function headDestination(
  at: Connection,
  { bucket }: Destination,
  wanted: readonly WantedRule[] = [],
): Promise<Known<Region>> {
  const known = wanted.find((one) => one.destination === bucket)?.region;
  if (known !== undefined || bucket === '') return known ?? 'unknown';
  const { value } = await noteRefusals((reading) => reading([], headBucket(at, bucket)));
  return value === null || value === 'unknown' ? 'unknown' : (value.region ?? 'unknown');
}

function thingAt(name: string, account: string, region: Known<Region>): BucketThing {
  return { kind: 'buckets', account, name, found: { value: { ...unreadBucket, region }, refusals: [] } };
}

type RegionOf = (bucket: string) => Promise<Known<Region>>;

/** A rule whose Region is unknown has no series of what is pending. */
async function readSeries(
  at: Connection,
  bucket: string,
  destinations: readonly Destination[],
  regionOf: RegionOf,
  period: Period,
): Promise<readonly SeriesRead[]> {
  const counted = destinations.flatMap((one) => one.counted);
  const [failures, byRegion] = await Promise.all([
    readFailures(at, bucket, counted, period),
    placeEach(counted, ({ destination }) => regionOf(destination)).then((places) =>
      Promise.all([...places].map(([region, rules]) => readPending(connectionIn(at, region), bucket, rules, period))),
    ),
  ]);
  return [...failures, ...byRegion.flat()];
}

/** Replication calls KMS as the role of the source account, in the Regions of all buckets (KMS Developer Guide, requests-per-second). */
async function readKmsUse(
  at: Connection,
  destinations: readonly Destination[],
  regionOf: RegionOf,
  period: Period,
): Promise<readonly KmsRead[]> {
  const own = readKms(at, period);
  const places = await placeEach(destinations, (one) => regionOf(one.bucket));
  const others = [...places.keys()].filter((region) => region !== at.region);
  return Promise.all([own, ...others.map((region) => readKms(at.inRegion(region), period))]);
}

/** Without those whose Region is unknown. */
async function placeEach<T>(
  items: readonly T[],
  regionOf: (item: T) => Promise<Known<Region>>,
): Promise<ReadonlyMap<Region, readonly T[]>> {
  const regions = await Promise.all(items.map(regionOf));
  const places = new Map<Region, T[]>();
  items.forEach((item, index) => {
    const region = regions[index] ?? 'unknown';
    if (region !== 'unknown') places.set(region, [...(places.get(region) ?? []), item]);
  });
  return places;
}

function connectionIn(at: Connection, region: Region): Connection {
  return region === at.region ? at : at.inRegion(region);
}

/** Nothing of policies, roles and keys is known. */
function accountsOf(
  buckets: readonly BucketThing[],
  alerts: Readonly<Record<string, AlertFacts>>,
): Named<AccountSnapshot> {
  const accounts = new Set([...buckets.map(({ account }) => account), ...Object.keys(alerts)]);
  return Object.fromEntries(
    [...accounts].map((account): [string, AccountSnapshot] => {
      const own = buckets.filter((one) => one.account === account);
      const named = own.map(({ name, found }): [string, BucketSnapshot | null | 'unknown'] => [name, found.value]);
      return [
        account,
        {
          roles: 'unknown',
          keys: 'unknown',
          buckets: Object.fromEntries(named),
          serviceControlPolicies: 'unknown',
          resourceControlPolicies: 'unknown',
          ...alerts[account],
        },
      ];
    }),
  );
}
