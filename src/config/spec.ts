/**
 * What the user asked for, after `repl.yaml`, flags and environment have been parsed once (design.md 3).
 * Everything in it is checked and complete: defaults are filled in, names are derived, partitions are known.
 */

/** `source`, or `destinations[0]`, `destinations[1]` … in the order of the file. */
export type SideId = 'source' | `destinations[${number}]`;

/** How one side signs in; all empty means the SDK's default credential chain. */
export interface Access {
  readonly profile?: string;
  readonly assumeRole?: string;
  readonly externalId?: string;
  readonly mfaSerial?: string;
}

/** Which KMS key a bucket uses. `alias` includes the leading `alias/`. */
export type KeyChoice =
  | { readonly kind: 'create' }
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'arn'; readonly arn: string };

/** A destination may also share the source's key (same Region only). */
export type DestinationKeyChoice = KeyChoice | { readonly kind: 'source' };

interface Side {
  readonly id: SideId;
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov` …: from the Region. */
  readonly partition: string;
  readonly access: Access;
  readonly bucket: string;
  readonly bucketKey: boolean;
}

export interface SourceSide extends Side {
  readonly id: 'source';
  readonly kmsKey: KeyChoice;
  /** Key ARNs of the source's account and Region that existing writers use besides `kmsKey`. */
  readonly additionalKmsKeys: readonly string[];
}

export interface DestinationSide extends Side {
  readonly id: `destinations[${number}]`;
  readonly kmsKey: DestinationKeyChoice;
  readonly rules: readonly RuleSpec[];
}

export type AnySide = SourceSide | DestinationSide;

/** S3 storage classes that a replica may be given (API: Destination.StorageClass). */
export const storageClasses = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
] as const;

export type StorageClass = (typeof storageClasses)[number];

/** Ways in which an object may be encrypted, as S3 names them (S3 User Guide, UsingEncryption). */
export const encryptions = ['SSE-KMS', 'DSSE-KMS', 'SSE-S3', 'SSE-C'] as const;

/** Objects of a rule that are known not to replicate, and are not meant to: S3 has no filter that excludes. */
export interface Exception {
  /** Pattern of keys, in which `*` and `?` stand for other characters. */
  readonly key?: string;
  /** All of them. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly encryption?: (typeof encryptions)[number];
  readonly why: string;
}

export interface RuleSpec {
  /** The id in the file; on AWS the rule is `s3repl.<name>.<id>`. */
  readonly id: string;
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Absent: what our rule has on AWS already, else a free one. */
  readonly priority?: number;
  readonly enabled: boolean;
  readonly deleteMarkers: boolean;
  readonly replicationTimeControl: boolean;
  readonly metrics: boolean;
  readonly ownerOverride: boolean;
  readonly replicaModifications: boolean;
  /** Absent: the replica has the storage class of the source object. */
  readonly storageClass?: StorageClass;
  /** What of it is left out on purpose; S3 knows nothing of this. */
  readonly except: readonly Exception[];
}

export interface RoleSpec {
  readonly name: string;
  /** Absent: `/` for a role that is created; whatever it is for a role that exists. */
  readonly path?: string;
  readonly permissionsBoundary?: string;
}

/** For keys that s3repl creates. */
export interface NewKeys {
  readonly administrators: readonly string[];
  readonly users: readonly string[];
  readonly description?: string;
}

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
