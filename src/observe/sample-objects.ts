/** Reads some versions of a bucket: those that tell most about its replication. */
import type { Unknown } from '../model/decision.ts';
import { pathOf } from '../model/replication/path.ts';
import type { Known, ObjectSnapshot, Unreadable } from '../model/snapshot.ts';
import { Failure } from '../plan/failure.ts';
import { required } from '../required.ts';
import { absent } from './absent.ts';
import { atMost } from './at-most.ts';
import { type Listed, listVersions, type Wanted } from './list-versions.ts';
import { type Ask, type Head, headVersion, objectOf, ownerOf, readRest, type Where } from './object.ts';
import { type Noted, noting, unreadableAt } from './reading.ts';

const { GetBucketAclCommand, GetObjectLockConfigurationCommand } = required('@aws-sdk/client-s3');

export interface SampleOptions {
  /** How many versions at most. */
  readonly sample: number;
  /** Only this one. */
  readonly object?: Wanted;
}

export interface Sample {
  readonly objects: Known<readonly ObjectSnapshot[]>;
  readonly unreadable: readonly Unreadable[];
  /** Whether the whole bucket was looked through for the newest. */
  readonly complete: boolean;
}

/** How many versions are asked for their status, for each that is kept. */
const headsForEach = 4;
const atOnce = 20;

/**
 * The newest versions, those first that FAILED, then those that wait longest. Delete markers only where one is asked for: S3 shows
 * no status of theirs.
 *
 * @throws Failure `invalid` where there is no object that was asked for.
 */
export async function sampleObjects(at: Where, bucket: string, { sample, object }: SampleOptions): Promise<Sample> {
  const ask = { Bucket: bucket, ExpectedBucketOwner: at.account };
  const [listing, owner, locked] = await Promise.all([
    noting((reading) => reading([], listVersions(at, ask, object))),
    noting((reading) => reading([], readOwner(at, ask))),
    noting((reading) => reading([], readLocked(at, ask))),
  ]);
  if (listing.value === 'unknown') {
    return { objects: 'unknown', unreadable: unreadableAt('objects', listing.refusals), complete: false };
  }
  const { versions, complete } = listing.value;
  if (object && versions.length === 0) throw noSuchObject(bucket, object);
  const candidates = versions.filter(({ deleteMarker }) => object !== undefined || !deleteMarker);
  const newest = candidates.toSorted((a, b) => b.modified - a.modified).slice(0, sample * headsForEach);
  const heads = await atMost(atOnce, newest, async (version) => ({
    version,
    head: await noting((reading) => reading([], headVersion(at, ask, version))),
  }));
  const chosen = heads.toSorted(byInterest).slice(0, sample);
  const read = await atMost(atOnce, chosen, async ({ version, head }) => {
    const rest = await readRest(at, ask, version, locked);
    return objectOf(version, head, rest, ownerOf(version, owner, at.account));
  });
  return {
    objects: read.map(({ value }) => value),
    unreadable: read.flatMap(({ refusals }, index) => unreadableAt(pathOf('objects', index), refusals)),
    complete,
  };
}

function noSuchObject(bucket: string, { key, versionId }: Wanted): Failure {
  const what = versionId === undefined ? `object ${key}` : `version ${versionId} of object ${key}`;
  return new Failure(
    'invalid',
    'no-such-object',
    `bucket ${bucket} has no ${what}`,
    'keys are case-sensitive and whole',
  );
}

interface Headed {
  readonly version: Listed;
  readonly head: Noted<Head | Unknown>;
}

function byInterest(a: Headed, b: Headed): number {
  const [rankA, rankB] = [a, b].map(({ head: { value } }) => {
    const status = value === 'unknown' || value === 'needs-key' ? undefined : value.ReplicationStatus;
    return status === 'FAILED' ? 0 : status === 'PENDING' ? 1 : 2;
  });
  if (rankA !== rankB) return (rankA ?? 2) - (rankB ?? 2);
  return rankA === 1 ? a.version.modified - b.version.modified : b.version.modified - a.version.modified;
}

/** Canonical user ID of the account that owns the bucket. */
async function readOwner(at: Where, ask: Ask): Promise<string | undefined> {
  return (await at.s3.send(new GetBucketAclCommand(ask))).Owner?.ID;
}

async function readLocked(at: Where, ask: Ask): Promise<boolean> {
  const answer = await at.s3
    .send(new GetObjectLockConfigurationCommand(ask))
    .catch(absent('ObjectLockConfigurationNotFoundError'));
  return answer?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
}
