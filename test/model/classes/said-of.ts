/** Whether what is said of a class of objects is said of an object. */
import { anyTag, type Described } from '../../../src/model/classes/class-text.ts';
import { matches, wildcardPattern } from '../../../src/model/evaluation/pattern.ts';
import type { ObjectSnapshot } from '../../../src/model/snapshot.ts';

export type Seen = Pick<ObjectSnapshot, 'key' | 'tags' | 'encryption' | 'bucketKey' | 'deleteMarker'>;

/** It is like the class in all in which the class is unlike the plain one. */
export function isSaidOf({ class: one, plain, what }: Described, object: Seen): boolean {
  if ((what === 'delete-marker') !== object.deleteMarker) return false;
  if (one.key !== plain.key && !matches(wildcardPattern(one.key), object.key)) return false;
  if (what === 'delete-marker') return true;
  const has = object.tags === 'unknown' ? {} : object.tags;
  const isAny = JSON.stringify(one.tags) === JSON.stringify(anyTag);
  const tags = isAny
    ? Object.keys(has).length > 0
    : Object.entries(one.tags).every(
        ([key, value]) => has[key] !== undefined && matches(wildcardPattern(value), has[key]),
      );
  if (!tags) return false;
  if (one.encryption !== plain.encryption) return one.encryption === object.encryption;
  // Without a Bucket Key, and as DSSE-KMS, KMS is given the same context.
  return one.bucketKey === plain.bucketKey || one.bucketKey === object.bucketKey || object.encryption === 'DSSE-KMS';
}
