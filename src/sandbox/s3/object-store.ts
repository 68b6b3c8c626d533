import { newObjectVersionId } from '../iam/new-ids.ts';
import { emptyRecord } from '../store/record.ts';
import type { Bucket } from '../store/state.ts';
import { indexOf, updateKey, updateUpload } from './bucket-index.ts';
import type { ObjectVersion, StoredObject, Upload, UploadPart } from './stored-object.ts';

/** Only this file changes the objects of a bucket, one small record at a time, for the journal. */

/** It may be a delete marker. */
export function latestVersion(bucket: Pick<Bucket, 'objects'>, key: string): ObjectVersion | undefined {
  return bucket.objects[key]?.at(-1);
}

export function findVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  return bucket.objects[key]?.findLast((version) => version.versionId === versionId);
}

/** Oldest first. */
export function versionsOf(bucket: Pick<Bucket, 'objects'>, key: string): readonly ObjectVersion[] {
  return bucket.objects[key] ?? [];
}

/** Delete markers included. */
export function holdsVersions(bucket: Bucket): boolean {
  return indexOf(bucket).keys.size > 0;
}

/** Only a bucket with versioning enabled gives new IDs. */
export function newVersionId(bucket: Bucket): string {
  return bucket.versioning === 'Enabled' ? newObjectVersionId() : 'null';
}

/** By time, so a new version comes last. Replaces a version of the same ID: `null`, in a bucket without versioning. */
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

export function removeVersion(bucket: Bucket, key: string, versionId: string): void {
  const versions = bucket.objects[key];
  const index = versions?.findLastIndex((version) => version.versionId === versionId) ?? -1;
  if (versions === undefined || index === -1) return;
  versions.splice(index, 1);
  if (versions.length === 0) delete bucket.objects[key];
  updateKey(bucket, key);
}

export function isReplicaIn(bucket: Bucket, { key, versionId }: ObjectVersion): boolean {
  return findVersion(bucket, key, versionId)?.replication === 'REPLICA';
}

/** For good, as a version ID is given once. */
export function noteDeletedReplica(bucket: Bucket, { key, versionId }: ObjectVersion): void {
  bucket.deletedReplicas ??= emptyRecord();
  bucket.deletedReplicas[`${versionId} ${key}`] = true;
}

export function wasReplicaDeleted(bucket: Bucket, { key, versionId }: ObjectVersion): boolean {
  return bucket.deletedReplicas?.[`${versionId} ${key}`] === true;
}

/** A version's content never changes. */
export type VersionChanges = Partial<
  Pick<StoredObject, 'replication' | 'tags' | 'acl' | 'owner' | 'retention' | 'legalHold'>
>;

/** Gives the version as it is now. */
export function updateVersion<V extends ObjectVersion>(bucket: Bucket, version: V, changes: VersionChanges): V {
  const versions = bucket.objects[version.key] ?? [];
  const index = versions.findLastIndex((other) => other.versionId === version.versionId);
  const updated = { ...version, ...changes };
  if (index !== -1) versions[index] = updated;
  return updated;
}

/** What differs from the source; the rest is the same. */
export type ReplicaChanges = Partial<
  Pick<StoredObject, 'owner' | 'acl' | 'encryption' | 'storageClass' | 'tags' | 'retention' | 'legalHold'>
>;

/** Version ID, time, ETag, checksum and metadata stay (recorded fact 50); an older version goes below (fact 63). Markers take only the owner. */
export function putReplica<V extends ObjectVersion>(bucket: Bucket, source: V, changes: ReplicaChanges): V {
  const applicable = source.deleteMarker ? { owner: changes.owner ?? source.owner } : changes;
  const replica: V = { ...source, ...applicable, replication: 'REPLICA' };
  addVersion(bucket, replica);
  return replica;
}

export function addUpload(bucket: Bucket, upload: Upload): void {
  bucket.uploads[upload.id] = upload;
  updateUpload(bucket, upload);
}

/** Replaces a part of the same number. */
export function addPart(upload: Upload, part: UploadPart): void {
  upload.parts[String(part.number)] = part;
}

export function removeUpload(bucket: Bucket, upload: Upload): void {
  delete bucket.uploads[upload.id];
  updateUpload(bucket, upload);
}

/** Marks the key's uploads under way: a version of it was deleted. */
export function noteDeletion(bucket: Bucket, key: string): void {
  for (const upload of Object.values(bucket.uploads)) if (upload.key === key) upload.keyDeleted = true;
}
