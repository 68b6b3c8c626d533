/** What is in a bucket in the order of its lists. Made from the state at the first write or list, and kept up by `object-store.ts`. */

import { unwrapRecorded } from '../store/recorder.ts';
import type { Bucket } from '../store/state.ts';
import { compareUtf8, SortedList } from './sorted-list.ts';
import type { Upload } from './stored-object.ts';

/** An upload's place in ListMultipartUploads: by key, then by time. */
export type ListedUpload = Pick<Upload, 'key' | 'initiated' | 'id'>;

interface BucketIndex {
  /** The keys that have a version, delete markers included. */
  readonly keys: SortedList<string>;
  /** The keys whose current version is an object. */
  readonly current: SortedList<string>;
  readonly uploads: SortedList<ListedUpload>;
}

/** By the table of a bucket's objects, which is the same as long as the bucket is. */
const indexes = new WeakMap<object, BucketIndex>();

/** The index of a bucket. */
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

/** To be called when the versions of a key have changed. */
export function updateKey(bucket: Bucket, key: string): void {
  const index = indexOf(bucket);
  if (Object.hasOwn(bucket.objects, key)) index.keys.add(key);
  else index.keys.remove(key);
  if (isCurrent(bucket, key)) index.current.add(key);
  else index.current.remove(key);
}

/** To be called when an upload has begun or ended. */
export function updateUpload(bucket: Bucket, upload: Upload): void {
  const { uploads } = indexOf(bucket);
  if (Object.hasOwn(bucket.uploads, upload.id)) uploads.add(placeOfUpload(upload));
  else uploads.remove(placeOfUpload(upload));
}

function isCurrent(bucket: Pick<Bucket, 'objects'>, key: string): boolean {
  return bucket.objects[key]?.at(-1)?.deleteMarker === false;
}

/** The engine's own order is that of S3 where there are no surrogates, and many times as fast to sort by. */
function sortKeys(keys: string[]): SortedList<string> {
  return new SortedList(compareUtf8, keys.sort());
}

function placeOfUpload({ key, initiated, id }: Upload): ListedUpload {
  return { key, initiated, id };
}

function uploadOrder(a: ListedUpload, b: ListedUpload): number {
  return compareUtf8(a.key, b.key) || a.initiated - b.initiated || compareUtf8(a.id, b.id);
}
