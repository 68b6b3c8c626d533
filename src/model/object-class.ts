import type { Known, Named, ObjectEncryption } from './snapshot.ts';

export interface ObjectClass {
  /** Pattern, `hr/*`; the rule's prefix and `*` where no document names the keys. */
  readonly key: string;
  /** Values are patterns: `secret*`; `*` where a value is meant that no document names. */
  readonly tags: Named<string>;
  readonly encryption: Known<ObjectEncryption>;
  readonly bucketKey: Known<boolean>;
}

export interface Exclusion {
  readonly key?: string;
  readonly tags?: Named<string>;
  readonly encryption?: Exclude<ObjectEncryption, 'NONE'>;
  readonly why: string;
}
