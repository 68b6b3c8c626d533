/**
 * What the user asked for, after `repl.yaml`, flags and environment have been parsed once (design.md 3).
 * Everything in it is checked and complete: defaults are filled in, names are derived, partitions are known.
 */

import type { AccountId, Arn, BucketName, Region } from '../aws/brand.ts';
import type { Complete } from './field.ts';
import type { CompleteConfig } from './fields.ts';
import type { ruleFields } from './rule-fields.ts';

/** `source`, or `destinations[0]`, `destinations[1]` … in the order of the file. */
export type SideId = 'source' | `destinations[${number}]`;

/** How one side signs in; all empty means the SDK's default credential chain. */
export type Access = NonNullable<CompleteConfig['source']['access']>;

/** Which KMS key a bucket uses. `alias` includes the leading `alias/`. */
export type KeyChoice =
  | { readonly kind: 'create' }
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'arn'; readonly arn: Arn };

/** A destination may also share the source's key (same Region only). */
export type DestinationKeyChoice = KeyChoice | { readonly kind: 'source' };

interface Side {
  readonly id: SideId;
  readonly account: AccountId;
  readonly region: Region;
  /** `aws`, `aws-cn`, `aws-us-gov` …: from the Region. */
  readonly partition: string;
  readonly access: Access;
  readonly bucket: BucketName;
  readonly bucketKey: boolean;
}

export interface SourceSide extends Side {
  readonly id: 'source';
  readonly kmsKey: KeyChoice;
  /** Key ARNs of the source's account and Region that existing writers use besides `kmsKey`. */
  readonly additionalKmsKeys: readonly Arn[];
}

export interface DestinationSide extends Side {
  readonly id: `destinations[${number}]`;
  readonly kmsKey: DestinationKeyChoice;
  readonly rules: readonly RuleSpec[];
}

export type AnySide = SourceSide | DestinationSide;

/** Objects of a rule that are known not to replicate, and are not meant to: S3 has no filter that excludes. */
export type Exception = RuleSpec['except'][number];

export type RuleSpec = Complete<typeof ruleFields>;

export type RoleSpec = CompleteConfig['role'];

/** For keys that s3repl creates. */
export type NewKeys = CompleteConfig['newKeys'];

export interface Spec {
  readonly name: string;
  readonly source: SourceSide;
  readonly destinations: readonly DestinationSide[];
  readonly role: RoleSpec;
  readonly newKeys: NewKeys;
  /** Whether the buckets refuse requests without TLS; absent: those that s3repl has created do, and those that did. */
  readonly tlsOnly?: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether access that s3repl has given in an older, wider form may be narrowed: `--accept-narrowing`, not of the file. */
  readonly acceptNarrowing?: boolean;
}
