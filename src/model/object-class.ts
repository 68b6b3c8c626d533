/** A class of objects: what the documents of a set-up can tell apart. */
import type { Known, Named, ObjectEncryption } from './snapshot.ts';

export interface ObjectClass {
  /** Pattern of keys: `hr/*`; the rule's prefix and `*` where no document names the keys. */
  readonly key: string;
  /** Of each object of the class, with patterns of values: `secret*`; `*` where a value is meant that no document names. */
  readonly tags: Named<string>;
  readonly encryption: Known<ObjectEncryption>;
  readonly bucketKey: Known<boolean>;
}

/** Objects that are known not to replicate, and are not meant to. */
export interface Exclusion {
  /** Pattern of keys, in which `*` and `?` stand for other characters. */
  readonly key?: string;
  /** All of them. */
  readonly tags?: Named<string>;
  readonly encryption?: Exclude<ObjectEncryption, 'NONE'>;
  readonly why: string;
}
