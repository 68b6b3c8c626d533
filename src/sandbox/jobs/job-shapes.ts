/** Requests of S3 Control about jobs (API model `s3control 2018-08-20`). */
import { tagShape } from '../s3/shapes.ts';
import type { XmlElement } from '../wire/xml.ts';
import {
  type Codec,
  type Decoded,
  flag,
  integer,
  oneOf,
  optional,
  required,
  struct,
  text,
  XmlShapeError,
} from '../wire/xml-codec.ts';

/** @param also other names for a member, which the API reference uses and the SDKs do not. */
function listOf<T>(codec: Codec<T>, member = 'member', ...also: readonly string[]): Codec<readonly T[]> {
  const names = [member, ...also];
  return {
    decode: ({ children }) =>
      children.map((child) => {
        if (!names.includes(child.name)) throw new XmlShapeError(child.name);
        return codec.decode(child);
      }),
    encode: (name, values) => `<${name}>${values.map((value) => codec.encode(member, value)).join('')}</${name}>`,
  };
}

function refine<T>(read: (written: string) => T | undefined, write: (value: T) => string = String): Codec<T> {
  return {
    decode: (element) => {
      const value = read(text.decode(element));
      if (value === undefined) throw new XmlShapeError(element.name);
      return value;
    },
    encode: (name, value) => text.encode(name, write(value)),
  };
}

/** 64 bits, as far as a number is exact. */
const long = refine((written) => {
  const value = Number(written);
  return /^\d+$/.test(written) && Number.isSafeInteger(value) ? value : undefined;
});

/** In milliseconds. */
const timestamp = refine(
  (written) => {
    const time = Date.parse(written);
    return Number.isNaN(time) ? undefined : time;
  },
  (time) => new Date(time).toISOString(),
);

/** The name of the only member, whatever is in it. */
const operationName: Codec<string> = {
  decode: ({ name, children }: XmlElement) => {
    const [only, ...more] = children;
    if (only === undefined || more.length > 0) throw new XmlShapeError(name);
    return only.name;
  },
  encode: (name, operation) => `<${name}><${operation}></${operation}></${name}>`,
};

const keyFilter = { KmsKeyArn: optional(text) };

const encryptionFilter = struct({
  'SSE-S3': optional(struct({})),
  'SSE-KMS': optional(struct({ ...keyFilter, BucketKeyEnabled: optional(flag) })),
  'DSSE-KMS': optional(struct(keyFilter)),
  'SSE-C': optional(struct({})),
  'NOT-SSE': optional(struct({})),
});
export type EncryptionFilter = Decoded<typeof encryptionFilter>;

const filterShape = struct({
  EligibleForReplication: optional(flag),
  CreatedAfter: optional(timestamp),
  CreatedBefore: optional(timestamp),
  ObjectReplicationStatuses: optional(listOf(oneOf('COMPLETED', 'FAILED', 'REPLICA', 'NONE'))),
  KeyNameConstraint: optional(
    struct({
      MatchAnyPrefix: optional(listOf(text)),
      MatchAnySuffix: optional(listOf(text)),
      MatchAnySubstring: optional(listOf(text)),
    }),
  ),
  ObjectSizeGreaterThanBytes: optional(long),
  ObjectSizeLessThanBytes: optional(long),
  MatchAnyStorageClass: optional(
    listOf(
      oneOf('STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'GLACIER', 'INTELLIGENT_TIERING', 'DEEP_ARCHIVE', 'GLACIER_IR'),
    ),
  ),
  MatchAnyObjectEncryption: optional(listOf(encryptionFilter, 'ObjectEncryption')),
});
export type ManifestFilter = Decoded<typeof filterShape>;

const manifestOutputShape = struct({
  ExpectedManifestBucketOwner: optional(text),
  Bucket: required(text),
  ManifestPrefix: optional(text),
  ManifestEncryption: optional(
    struct({ 'SSE-S3': optional(struct({})), 'SSE-KMS': optional(struct({ KeyId: required(text) })) }),
  ),
  ManifestFormat: required(oneOf('S3InventoryReport_CSV_20211130')),
});

export const generatorShape = struct({
  S3JobManifestGenerator: required(
    struct({
      ExpectedBucketOwner: optional(text),
      SourceBucket: required(text),
      ManifestOutputLocation: optional(manifestOutputShape),
      Filter: optional(filterShape),
      EnableManifestOutput: required(flag),
    }),
  ),
});
export type ManifestGenerator = Decoded<typeof generatorShape>['S3JobManifestGenerator'];

export const manifestShape = struct({
  Spec: required(
    struct({
      Format: required(oneOf('S3BatchOperations_CSV_20180820', 'S3InventoryReport_CSV_20161130')),
      Fields: optional(listOf(oneOf('Ignore', 'Bucket', 'Key', 'VersionId'))),
    }),
  ),
  Location: required(struct({ ObjectArn: required(text), ObjectVersionId: optional(text), ETag: required(text) })),
});

export type OwnManifest = Decoded<typeof manifestShape>;

export const reportShape = struct({
  Bucket: optional(text),
  Format: optional(oneOf('Report_CSV_20180820')),
  Enabled: required(flag),
  Prefix: optional(text),
  ReportScope: optional(oneOf('AllTasks', 'FailedTasksOnly')),
  ExpectedBucketOwner: optional(text),
});

const tags = listOf(tagShape, 'member', 'S3Tag');

export const createJobShape = struct({
  ConfirmationRequired: optional(flag),
  Operation: required(operationName),
  Report: required(reportShape),
  ClientRequestToken: required(text),
  Manifest: optional(manifestShape),
  Description: optional(text),
  Priority: required(integer),
  RoleArn: required(text),
  Tags: optional(tags),
  ManifestGenerator: optional(generatorShape),
});
export type CreateJobRequest = Decoded<typeof createJobShape>;

/** What a job keeps of its request: one of the two lists. */
export type JobRequest = Pick<
  CreateJobRequest,
  'ConfirmationRequired' | 'Operation' | 'Report' | 'Description' | 'RoleArn'
> &
  ManifestRequest;

export type ManifestRequest =
  | { readonly ManifestGenerator: ManifestGenerator; readonly Manifest?: never }
  | { readonly Manifest: OwnManifest; readonly ManifestGenerator?: never };

/** What `DescribeJob` shows as it was asked for. */
export const shownRequestShape = struct({
  ConfirmationRequired: optional(flag),
  Operation: required(operationName),
  Report: required(reportShape),
  RoleArn: required(text),
});

export const taggingShape = struct({ Tags: required(tags) });
