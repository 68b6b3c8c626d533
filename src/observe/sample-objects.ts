import { required } from '../aws/required.ts';
import { catchAbsent } from '../connect/absent.ts';
import { Failure } from '../events/failure.ts';
import type { Unknown } from '../model/decision.ts';
import type { Known, ObjectSnapshot } from '../model/snapshot.ts';
import { atMost } from './at-most.ts';
import { type Listed, type Listing, listVersions, type Wanted } from './list-versions.ts';
import { type Ask, type Head, headVersion, objectOf, ownerOf, readRest, type Where } from './object.ts';
import { type Noted, noteRefusals, type Unread, unreadAt } from './reading.ts';

const { GetBucketAclCommand, GetObjectLockConfigurationCommand } = required('@aws-sdk/client-s3');

export interface SampleOptions {
  readonly sample: number;
  readonly object?: Wanted;
  /** Only these; what is not there any more is left out. */
  readonly examples?: readonly Wanted[];
  /** Called as soon as some version FAILED, or has no status. */
  readonly whenWaiting?: () => void;
  /** The same for PENDING. */
  readonly whenPending?: () => void;
}

export interface Sample {
  readonly objects: Known<readonly ObjectSnapshot[]>;
  readonly unreadable: readonly Unread[];
  readonly complete: boolean;
}

/** Versions to ask for their status, for each that is kept. */
const headsForEach = 4;
const atOnce = 20;

/** FAILED versions first, then those that wait longest; delete markers, which show no status, only on request. @throws Failure `invalid` if that is absent. */
export async function sampleObjects(
  at: Where,
  bucket: string,
  { sample, object, examples, whenWaiting, whenPending }: SampleOptions,
): Promise<Sample> {
  const ask = { Bucket: bucket, ExpectedBucketOwner: at.account };
  const list = () => (examples ? listExamples(at, ask, examples) : listVersions(at, ask, object));
  const [listing, owner, locked] = await Promise.all([
    noteRefusals((reading) => reading([], list().catch(catchAbsent('NoSuchBucket')))),
    noteRefusals((reading) => reading([], readOwner(at, ask))),
    noteRefusals((reading) => reading([], readLocked(at, ask))),
  ]);
  if (listing.value === 'unknown') {
    return { objects: 'unknown', unreadable: unreadAt(['objects'], listing.refusals), complete: false };
  }
  if (listing.value === null) {
    if (object) throw noSuchBucket(bucket, at.account);
    return { objects: [], unreadable: [], complete: true };
  }
  const { versions, complete } = listing.value;
  if (object && versions.length === 0) throw noSuchObject(bucket, object);
  const candidates = versions.filter(({ deleteMarker }) => (object ?? examples) !== undefined || !deleteMarker);
  const heads = await headNewest(at, ask, candidates, sample * headsForEach);
  if (heads.some(isWaiting)) whenWaiting?.();
  if (heads.some((one) => statusIn(one) === 'PENDING')) whenPending?.();
  const chosen = object
    ? [...heads, ...(await findLaterCompletions(at, ask, heads))]
    : withWitnesses(heads.toSorted(compareInterest), sample);
  const read = await atMost(atOnce, chosen, async ({ version, head }) => {
    const rest = await readRest(at, ask, version, locked);
    return objectOf(version, head, rest, ownerOf(version, owner, at.account));
  });
  return {
    objects: read.map(({ value }) => value),
    unreadable: read.flatMap(({ refusals }, index) => unreadAt(['objects', index], refusals)),
    complete,
  };
}

/** Without tags and owners other than the bucket's. `isAll`: of the bucket, but for delete markers. `quick` reads only the first page of the listing, which may lack the newest. @throws what S3 refuses. */
export async function sampleStatuses(
  at: Where,
  bucket: string,
  { most, quick }: { readonly most: number; readonly quick: boolean },
): Promise<Omit<Sample, 'unreadable'> & { readonly objects: readonly ObjectSnapshot[]; readonly isAll: boolean }> {
  const ask = { Bucket: bucket, ExpectedBucketOwner: at.account };
  const { versions, complete } = await listVersions(at, ask, undefined, quick ? 1 : undefined);
  const newest = versions.filter(({ deleteMarker }) => !deleteMarker).toSorted((a, b) => b.modified - a.modified);
  const [first, ...others] = newest;
  // A caller who may not ask about one may not ask about any.
  const head = first && { version: first, head: { value: await headVersion(at, ask, first), refusals: [] } };
  const heads = head ? [head, ...(await headNewest(at, ask, others, most - 1))] : [];
  const nothing = { value: undefined, refusals: [] };
  const objects = heads.map(({ version, head }) => {
    const rest = { value: { tags: 'unknown' as const }, refusals: [] };
    return objectOf(version, head, rest, ownerOf(version, nothing, at.account)).value;
  });
  return { objects, complete, isAll: complete && newest.length <= most };
}

async function listExamples(at: Where, ask: Ask, examples: readonly Wanted[]): Promise<Listing> {
  const found = await atMost(atOnce, examples, (one) => listVersions(at, ask, one));
  return { versions: found.flatMap(({ versions }) => versions), complete: true };
}

function headNewest(at: Where, ask: Ask, versions: readonly Listed[], most: number): Promise<readonly Headed[]> {
  const newest = versions.toSorted((a, b) => b.modified - a.modified).slice(0, most);
  return atMost(atOnce, newest, async (version) => ({
    version,
    head: await noteRefusals((reading) => reading([], headVersion(at, ask, version))),
  }));
}

/** Up to a quarter make room for versions that show whether FAILED was the last word. */
function withWitnesses(ranked: readonly Headed[], sample: number): readonly Headed[] {
  const first = ranked.slice(0, sample);
  const witnesses = pickCompletedAfter(first, ranked.slice(sample)).slice(0, Math.floor(sample / 4));
  return [...first.slice(0, sample - witnesses.length), ...witnesses];
}

/** The newest versions of a requested FAILED object that COMPLETED since. */
async function findLaterCompletions(at: Where, ask: Ask, asked: readonly Headed[]): Promise<readonly Headed[]> {
  if (!asked.some((one) => statusIn(one) === 'FAILED')) return [];
  const listing = await noteRefusals((reading) => reading([], listVersions(at, ask)));
  if (listing.value === 'unknown') return [];
  const versions = listing.value.versions.filter(({ deleteMarker }) => !deleteMarker);
  return pickCompletedAfter(asked, await headNewest(at, ask, versions, atOnce));
}

/** Newer than a FAILED version, one for each first folder, since rules go by prefixes. */
function pickCompletedAfter(failed: readonly Headed[], others: readonly Headed[]): readonly Headed[] {
  const since = failed.flatMap((one) => (statusIn(one) === 'FAILED' ? [one.version.modified] : []));
  const newer = others
    .filter((one) => statusIn(one) === 'COMPLETED' && since.some((time) => one.version.modified > time))
    .toSorted((a, b) => a.version.modified - b.version.modified);
  const byFolder = new Map(newer.map((one) => [one.version.key.split('/', 1)[0], one]));
  return [...byFolder.values()].toSorted((a, b) => b.version.modified - a.version.modified);
}

/** For S3 Batch Replication: live replication takes neither in any more. */
function isWaiting(one: Headed): boolean {
  const { value } = one.head;
  if (value === 'unknown' || value === 'needs-key' || one.version.deleteMarker) return false;
  return [undefined, 'FAILED'].includes(statusIn(one));
}

function statusIn({ head: { value } }: Headed): string | undefined {
  const status = value === 'unknown' || value === 'needs-key' ? undefined : value.ReplicationStatus;
  // S3 says COMPLETED, and the SDK's enumeration COMPLETE (rules.md).
  return status === 'COMPLETE' ? 'COMPLETED' : status;
}

function noSuchBucket(bucket: string, account: string): Failure {
  return new Failure(
    'invalid',
    'no-such-bucket',
    `bucket ${bucket} does not exist in account ${account}`,
    'check the name of the bucket and the account; s3repl apply creates the buckets of repl.yaml',
  );
}

function noSuchObject(bucket: string, { key, versionId }: Wanted): Failure {
  const what = versionId === undefined ? `object ${key}` : `version ${versionId} of object ${key}`;
  return new Failure(
    'invalid',
    'no-such-object',
    `bucket ${bucket} has no ${what}`,
    'write the full key; keys are case-sensitive',
  );
}

interface Headed {
  readonly version: Listed;
  readonly head: Noted<Head | Unknown>;
}

function compareInterest(a: Headed, b: Headed): number {
  const [rankA, rankB] = [a, b].map((one) => {
    const status = statusIn(one);
    return status === 'FAILED' ? 0 : status === 'PENDING' ? 1 : 2;
  });
  if (rankA !== rankB) return (rankA ?? 2) - (rankB ?? 2);
  return rankA === 1 ? a.version.modified - b.version.modified : b.version.modified - a.version.modified;
}

/** Canonical user ID. */
async function readOwner(at: Where, ask: Ask): Promise<string | undefined> {
  return (await at.s3.send(new GetBucketAclCommand(ask))).Owner?.ID;
}

async function readLocked(at: Where, ask: Ask): Promise<boolean> {
  const answer = await at.s3
    .send(new GetObjectLockConfigurationCommand(ask))
    .catch(catchAbsent('ObjectLockConfigurationNotFoundError'));
  return answer?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
}
