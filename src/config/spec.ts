/** The parsed `repl.yaml`, flags and environment (design.md 3): checked and complete, with defaults, names and partitions. */

import type { AccountId, Arn, BucketName, Region } from '../aws/brand.ts';
import type { Complete } from './field.ts';
import type { CompleteConfig } from './fields.ts';
import type { ruleFields } from './rule-fields.ts';

/** Destinations in the order of the file. */
export type SideId = 'source' | `destinations[${number}]`;

/** Empty: the SDK's default credential chain. */
export type Access = NonNullable<CompleteConfig['source']['access']>;

/** `alias` includes the leading `alias/`. */
export type KeyChoice =
  | { readonly kind: 'create' }
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'arn'; readonly arn: Arn };

/** Sharing the source's key works in the same Region only. */
export type DestinationKeyChoice = KeyChoice | { readonly kind: 'source' };

interface Side {
  readonly id: SideId;
  readonly account: AccountId;
  readonly region: Region;
  readonly partition: string;
  readonly access: Access;
  readonly bucket: BucketName;
  readonly bucketKey: boolean;
}

export interface SourceSide extends Side {
  readonly id: 'source';
  readonly kmsKey: KeyChoice;
  /** ARNs in the source's account and Region that existing writers use besides `kmsKey`. */
  readonly additionalKmsKeys: readonly Arn[];
}

export interface DestinationSide extends Side {
  readonly id: `destinations[${number}]`;
  readonly kmsKey: DestinationKeyChoice;
  readonly rules: readonly RuleSpec[];
}

export type AnySide = SourceSide | DestinationSide;

export type Exception = RuleSpec['except'][number];

export type RuleSpec = Complete<typeof ruleFields>;

export type RoleSpec = CompleteConfig['role'];

export type BackfillSpec = CompleteConfig['backfill'];

type CompleteAlerts = NonNullable<CompleteConfig['alerts']>;

/** No topics: s3repl makes them. */
export interface AlertSpec extends Omit<CompleteAlerts, 'topics' | 'kmsKey' | 'events'> {
  readonly topics: readonly Arn[];
  readonly kmsKey?: Arn;
  /** Of a topic or queue. */
  readonly events?: Arn;
}

export type NewKeys = CompleteConfig['newKeys'];

export interface Spec {
  readonly name: string;
  readonly source: SourceSide;
  readonly destinations: readonly DestinationSide[];
  readonly role: RoleSpec;
  readonly backfill: BackfillSpec;
  /** Absent: no alarms. */
  readonly alerts?: AlertSpec;
  readonly newKeys: NewKeys;
  /** Whether buckets refuse requests without TLS; absent: those that s3repl created do, and those that did before. */
  readonly tlsOnly?: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** `--accept-narrowing`, not of the file: access in an older, wider form may be narrowed. */
  readonly acceptNarrowing?: boolean;
  /** `--resend-confirmation`, not of the file: addresses that are not confirmed are asked once more. */
  readonly resendConfirmation?: boolean;
}
