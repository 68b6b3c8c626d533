/** From the source bucket along its replication configuration to the role, the destination buckets and all keys (design.md 5). */

import { arnParts, bucketNameIn, nameIn } from '../aws/arn.ts';
import { type BucketName, brand, type Region } from '../aws/brand.ts';
import type { Connection } from '../connect/connection.ts';
import { expect } from '../connect/expected.ts';
import type { RefusedCall } from '../events/refused-call.ts';
import type { JobSnapshot, Known, Snapshot } from '../model/snapshot.ts';
import { readAccountFacts } from './account.ts';
import { withAges } from './object-age.ts';
import { type Access, type BucketThing, type Reach, reachOf, type Thing } from './reach.ts';
import { type Noted, noteRefusals, unreadAt } from './reading.ts';
import { type Sample, type SampleOptions, sampleObjects } from './sample-objects.ts';
import {
  accountsOf,
  noControlPolicies,
  unreadAccounts,
  unreadControl,
  unreadControlPolicies,
  unreadIn,
} from './snapshot-accounts.ts';
import type { AlertFacts } from './snapshot-alerts.ts';
import type { PendingFacts } from './snapshot-pending.ts';

export interface SnapshotOptions {
  readonly takenAt: Date;
  /** Absent: no objects. */
  readonly sample?: SampleOptions;
  /** Also what S3 Batch Replication does, where a sampled version waits for it. */
  readonly jobs?: JobsWanted;
  /** Also who would hear of a failed object, and where a sampled version is PENDING, how far replication is behind. */
  readonly alerts?: boolean;
  /** As in the sandbox: without organizations there are no control policies, and none is unread. */
  readonly noOrganization?: boolean;
}

interface JobsWanted {
  /** Of a configuration: its name, and the role that its jobs may have, by ARN, with the inline policy that it is likely to have. */
  readonly ours?: { readonly name: string; readonly role: string; readonly policy: string };
}

export async function takeSnapshot(access: Access, bucket: string, options: SnapshotOptions): Promise<Snapshot> {
  const { snapshot } = await readSnapshot(access, bucket, options);
  return snapshot;
}

export interface Taken {
  readonly snapshot: Snapshot;
  readonly refused: readonly RefusedCall[];
  /** Accounts with things in them that nobody is signed in to. */
  readonly unreached: readonly string[];
}

/** @returns refused reads as `unknown`, also under `unreadable`. @throws only where credentials are rejected, or the requested object does not exist. */
export async function readSnapshot(access: Access, bucket: string, options: SnapshotOptions): Promise<Taken> {
  const { takenAt, sample, jobs: wanted, alerts: wantsAlerts = false, noOrganization = false } = options;
  const { account } = access.source;
  const reach = reachOf(access);
  const jobs = sample && wanted ? readJobs(access.source, bucket, wanted) : undefined;
  const [waiting, noteWaiting] = signal();
  const [pending, notePending] = signal();
  const sampled = sample
    ? sampleObjects(access.source, bucket, {
        ...sample,
        whenWaiting: () => noteWaiting(true),
        whenPending: () => notePending(true),
      })
    : Promise.resolve(noSample);
  const ended = sampled.finally(() => {
    noteWaiting(false);
    notePending(false);
  });
  const jobsFound = waiting.then((isWaiting) => (isWaiting && jobs ? jobs(reach) : undefined));
  // Whoever awaits it gets the error.
  for (const one of [sampled, ended, jobsFound]) one.catch(() => undefined);
  const source = await reach.bucket(bucket, account, access.source);
  const region = regionOf(source);
  // Its versions and jobs are read there only.
  if (region !== 'unknown' && region !== access.source.region)
    return readSnapshot({ ...access, source: access.source.inRegion(region) }, bucket, options);
  const [objects, things, alerts, lag] = await Promise.all([
    sampled,
    awaitAll([
      ...followSource(source, reach, account),
      sampled
        .then(({ objects: some }) => objectKeys(some).map((id) => reach.key(id, account, 'unknown')))
        .then(awaitAll)
        .then((keys) => keys.flat()),
      jobsFound.then((found) => found?.roles ?? []),
    ]),
    wantsAlerts ? readAlerts(access, reach, source) : noAlerts,
    pending.then((isPending) => (wantsAlerts && isPending ? readLag(reach, source, takenAt) : undefined)),
  ]);
  const { jobs: lastJobs } = (await jobsFound) ?? {};
  const partition = arnParts(access.source.identity)?.partition ?? 'aws';
  const found = [...new Set([source, ...things.flat()])];
  const accounts = accountsOf(reach, found, noOrganization ? noControlPolicies : unreadControlPolicies);
  const facts = await noteRefusals((reading) =>
    readAccountFacts(accounts, account, reach.connection, (of) => (member, read) => reading([of, ...member], read)),
  );
  const unread = [
    ...(noOrganization ? [] : unreadControl(reach)),
    ...unreadAccounts(reach),
    ...found.flatMap(unreadIn),
    ...unreadAt(['accounts'], [...facts.refusals, ...alerts.refusals]),
    ...objects.unreadable,
    ...unreadAt([], [...(lastJobs?.refusals ?? []), ...(lag?.refusals ?? [])]),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const snapshot = withAges({
    version: 1,
    takenAt: takenAt.toISOString(),
    partition,
    source: { account, bucket: brand<BucketName>(bucket) },
    accounts: Object.fromEntries(
      Object.entries(accounts).map(([id, one]) => [id, { ...one, ...facts.value[id], ...alerts.value[id] }]),
    ),
    objects: objects.objects,
    ...(lastJobs && { jobs: lastJobs.value }),
    ...lag?.value,
    unreadable: unread.map(({ path, reason }) => ({ path, reason })),
  });
  return { snapshot, refused: unread.flatMap(({ refused }) => refused ?? []), unreached: [...reach.unreached] };
}

const noAlerts: Noted<Readonly<Record<string, AlertFacts>>> = { value: {}, refusals: [] };

/** Only `doctor` asks. */
async function readAlerts(access: Access, reach: Reach, source: BucketThing): Promise<typeof noAlerts> {
  const { readAlertsAsAllowed } = await import('./snapshot-alerts.ts');
  return readAlertsAsAllowed(access, reach, source);
}

/** Needs another client. */
async function readLag(reach: Reach, source: BucketThing, takenAt: Date): Promise<Noted<PendingFacts>> {
  const { readPendingFacts } = await import('./snapshot-pending.ts');
  return readPendingFacts(reach, source, takenAt.getTime());
}

const noSample: Sample = { objects: [], unreadable: [], complete: true };

interface JobsFound {
  readonly jobs: Noted<Known<readonly JobSnapshot[]>>;
  readonly roles: readonly Thing[];
}

/** They are asked for with the first reads, so that it takes no longer; where nothing waits for a job, nobody awaits them. */
function readJobs(at: Connection, bucket: string, { ours }: JobsWanted): (reach: Reach) => Promise<JobsFound> {
  // Only `doctor` asks, and needs another client.
  const reading = import('./snapshot-jobs.ts').then(({ readJobsAsAllowed }) =>
    readJobsAsAllowed(at, bucket, ours?.name),
  );
  reading.catch(() => undefined);
  if (ours) expect(at.iam, nameIn(ours.role), ours.policy);
  return async (reach) => {
    const others = reading.then(({ value }) => (value === 'unknown' ? [] : value.map(({ role }) => role)));
    const roles = await Promise.all([
      ours === undefined ? [] : reach.role(ours.role),
      others.then((arns) => awaitAll([...new Set(arns)].map((arn) => reach.role(arn)))),
    ]);
    return { jobs: await reading, roles: roles.flat(2) };
  };
}

/** The first note counts. */
function signal(): readonly [noted: Promise<boolean>, note: (value: boolean) => void] {
  let note: (value: boolean) => void = () => undefined;
  const noted = new Promise<boolean>((resolve) => {
    note = resolve;
  });
  return [noted, (value) => note(value)];
}

function awaitAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  return Promise.all(promises);
}

function followSource(source: BucketThing, reach: Reach, account: string): readonly Promise<readonly Thing[]>[] {
  const { value } = source.found;
  const replication =
    value === null || value === 'unknown' || value.replication === 'unknown' ? null : value.replication;
  if (replication === null) return [defaultKey(source, reach)];
  const role = replication.Role ?? '';
  const asker = arnParts(role)?.account ?? account;
  const destinations = new Map<string, { owner: string | undefined; replicaKeys: Set<string> }>();
  for (const { Destination } of replication.Rules ?? []) {
    const name = bucketNameIn(Destination?.Bucket ?? '');
    const one = destinations.get(name) ?? { owner: Destination?.Account, replicaKeys: new Set() };
    const key = Destination?.EncryptionConfiguration?.ReplicaKmsKeyID;
    if (key) one.replicaKeys.add(key);
    destinations.set(name, { ...one, owner: one.owner ?? Destination?.Account });
  }
  return [
    defaultKey(source, reach),
    reach.role(role),
    ...[...destinations].map(async ([name, { owner, replicaKeys }]) => {
      const bucket = reach.bucket(name, owner);
      const keys = [...replicaKeys].map((id) =>
        // A name without an account means the role's, and the Region of the bucket (rules.md 1.3 K8).
        arnParts(id) ? reach.key(id, asker, 'unknown') : bucket.then((one) => reach.key(id, asker, regionOf(one))),
      );
      const itself = bucket.then(async (one) => [one, ...(await defaultKey(one, reach))]);
      return (await awaitAll<readonly Thing[]>([itself, ...keys])).flat();
    }),
  ];
}

function regionOf({ found: { value } }: BucketThing): Known<Region> {
  return value === null || value === 'unknown' ? 'unknown' : value.region;
}

/** Without a key of its own, the AWS managed key. */
async function defaultKey({ account, found: { value } }: BucketThing, reach: Reach): Promise<readonly Thing[]> {
  if (value === null || value === 'unknown' || value.encryption === null || value.encryption === 'unknown') return [];
  const keys = (value.encryption.Rules ?? []).flatMap(({ ApplyServerSideEncryptionByDefault: byDefault }) =>
    byDefault?.SSEAlgorithm?.startsWith('aws:kms') ? (byDefault.KMSMasterKeyID ?? 'alias/aws/s3') : [],
  );
  return (await awaitAll(keys.map((id) => reach.key(id, account, value.region)))).flat();
}

function objectKeys(objects: Snapshot['objects']): readonly string[] {
  const keys = objects === 'unknown' ? [] : objects.flatMap(({ kmsKey }) => kmsKey ?? []);
  return [...new Set(keys)].filter((key) => key !== 'unknown');
}
