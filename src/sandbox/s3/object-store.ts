import { newObjectVersionId } from '../iam/new-ids.ts';
import type { Bucket } from '../store/state.ts';
import { indexOf, updateKey, updateUpload } from './bucket-index.ts';
import type { ObjectVersion, StoredObject, Upload, UploadPart } from './stored-object.ts';

/** All that changes the objects of a bucket is in this file, one small record at a time, so that it can be journaled. */

/** The current version of a key, which may be a delete marker. */
export function latestVersion(bucket: Pick<Bucket, 'objects'>, key: string): ObjectVersion | undefined {
  return bucket.objects[key]?.at(-1);
}

/** A version by its id. */
export function findVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  return bucket.objects[key]?.findLast((version) => version.versionId === versionId);
}

/** The versions of a key, oldest first. */
export function versionsOf(bucket: Pick<Bucket, 'objects'>, key: string): readonly ObjectVersion[] {
  return bucket.objects[key] ?? [];
}

/** Whether a bucket has a version of anything, delete markers included. */
export function holdsVersions(bucket: Bucket): boolean {
  return indexOf(bucket).keys.size > 0;
}

/** The id of a version that is written now: only a bucket with versioning enabled gives new ones. */
export function newVersionId(bucket: Bucket): string {
  return bucket.versioning === 'Enabled' ? newObjectVersionId() : 'null';
}

/**
 * Puts a version in its place by time, which is last for one that is written now. A version of the same id is replaced: in
 * a bucket without versioning, `null`.
 */
export function addVersion(bucket: Bucket, version: ObjectVersion): void {
  if (version.versionId === 'null' || !isNewest(bucket, version)) {
    removeVersion(bucket, version.key, version.versionId);
  }
  bucket.objects[version.key] ??= [];
  const versions = bucket.objects[version.key] ?? [];
  const older = versions.findLastIndex((other) => other.lastModified <= version.lastModified);
  versions.splice(older + 1, 0, version);
  updateKey(bucket, version.key);
}

function isNewest(bucket: Bucket, version: ObjectVersion): boolean {
  return (latestVersion(bucket, version.key)?.lastModified ?? 0) < version.lastModified;
}

/** Removes a version for good. */
export function removeVersion(bucket: Bucket, key: string, versionId: string): void {
  const versions = bucket.objects[key];
  const index = versions?.findLastIndex((version) => version.versionId === versionId) ?? -1;
  if (versions === undefined || index === -1) return;
  versions.splice(index, 1);
  if (versions.length === 0) delete bucket.objects[key];
  updateKey(bucket, key);
}

/** What can change about a version: its content cannot. */
export type VersionChanges = Partial<
  Pick<StoredObject, 'replication' | 'tags' | 'acl' | 'owner' | 'retention' | 'legalHold'>
>;

/** Changes a version that is there, and gives it as it is now. */
export function updateVersion<V extends ObjectVersion>(bucket: Bucket, version: V, changes: VersionChanges): V {
  const versions = bucket.objects[version.key] ?? [];
  const index = versions.findLastIndex((other) => other.versionId === version.versionId);
  const updated = { ...version, ...changes };
  if (index !== -1) versions[index] = updated;
  return updated;
}

/** What of a replica is not as at its source; what is missing here is. */
export type ReplicaChanges = Partial<
  Pick<StoredObject, 'owner' | 'acl' | 'encryption' | 'storageClass' | 'tags' | 'retention' | 'legalHold'>
>;

/**
 * Puts a version of another bucket into this one, as a replica: version id, time, ETag, checksum and metadata stay (recorded
 * fact 50), and an older one comes to lie below what is there (fact 63). The place of a delete marker is a marker's.
 */
export function putReplica<V extends ObjectVersion>(bucket: Bucket, source: V, changes: ReplicaChanges): V {
  const applicable = source.deleteMarker ? { owner: changes.owner ?? source.owner } : changes;
  const replica: V = { ...source, ...applicable, replication: 'REPLICA' };
  addVersion(bucket, replica);
  return replica;
}

/** Begins a multipart upload. */
export function addUpload(bucket: Bucket, upload: Upload): void {
  bucket.uploads[upload.id] = upload;
  updateUpload(bucket, upload);
}

/** Keeps a part; a part of the same number is replaced. */
export function addPart(upload: Upload, part: UploadPart): void {
  upload.parts[String(part.number)] = part;
}

/** Ends a multipart upload; its parts are gone. */
export function removeUpload(bucket: Bucket, upload: Upload): void {
  delete bucket.uploads[upload.id];
  updateUpload(bucket, upload);
}

/** Tells the uploads that are under way for a key that something of it was deleted. */
export function noteDeletion(bucket: Bucket, key: string): void {
  for (const upload of Object.values(bucket.uploads)) if (upload.key === key) upload.keyDeleted = true;
}
