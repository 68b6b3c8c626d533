/** In the order of lists; built from the state at the first write or list, then updated by `object-store.ts`. */

import { unwrapRecorded } from '../store/recorder.ts';
import type { Bucket } from '../store/state.ts';
import { compareUtf8, SortedList } from './sorted-list.ts';
import type { Upload } from './stored-object.ts';

/** In the order of ListMultipartUploads: by key, then by time. */
export type ListedUpload = Pick<Upload, 'key' | 'initiated' | 'id'>;

interface BucketIndex {
  /** Keys with any version, delete markers included. */
  readonly keys: SortedList<string>;
  /** Keys whose current version is an object. */
  readonly current: SortedList<string>;
  readonly uploads: SortedList<ListedUpload>;
}

/** By a bucket's table of objects, which stays the same as long as the bucket exists. */
const indexes = new WeakMap<object, BucketIndex>();

export function indexOf(bucket: Bucket): BucketIndex {
  const known = indexes.get(bucket.objects);
  if (known !== undefined) return known;
  const read = { objects: unwrapRecorded(bucket.objects), uploads: unwrapRecorded(bucket.uploads) };
  const keys = Object.keys(read.objects);
  const index: BucketIndex = {
    keys: sortKeys(keys),
    current: sortKeys(keys.filter((key) => isCurrent(read, key))),
    uploads: new SortedList(uploadOrder, Object.values(read.uploads).map(placeOfUpload)),
  };
  indexes.set(bucket.objects, index);
  return index;
}

/** Call this when the versions of a key have changed. */
export function updateKey(bucket: Bucket, key: string): void {
  const index = indexOf(bucket);
  if (Object.hasOwn(bucket.objects, key)) index.keys.add(key);
  else index.keys.remove(key);
  if (isCurrent(bucket, key)) index.current.add(key);
  else index.current.remove(key);
}

/** Call this when an upload begins or ends. */
export function updateUpload(bucket: Bucket, upload: Upload): void {
  const { uploads } = indexOf(bucket);
  if (Object.hasOwn(bucket.uploads, upload.id)) uploads.add(placeOfUpload(upload));
  else uploads.remove(placeOfUpload(upload));
}

function isCurrent(bucket: Pick<Bucket, 'objects'>, key: string): boolean {
  return bucket.objects[key]?.at(-1)?.deleteMarker === false;
}

/** Without surrogates, the engine's own order is S3's, and sorts many times faster. */
function sortKeys(keys: string[]): SortedList<string> {
  return new SortedList(compareUtf8, keys.sort());
}

function placeOfUpload({ key, initiated, id }: Upload): ListedUpload {
  return { key, initiated, id };
}

function uploadOrder(a: ListedUpload, b: ListedUpload): number {
  return compareUtf8(a.key, b.key) || a.initiated - b.initiated || compareUtf8(a.id, b.id);
}
