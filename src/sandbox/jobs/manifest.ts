/** Which versions a generated manifest lists (S3 API Reference, S3JobManifestGenerator and JobManifestGeneratorFilter). */
import { indexOf } from '../s3/bucket-index.ts';
import { versionsOf } from '../s3/object-store.ts';
import type { ObjectEncryption, ObjectVersion } from '../s3/stored-object.ts';
import type { Bucket } from '../store/state.ts';
import type { JobTask } from './job.ts';
import type { EncryptionFilter, ManifestFilter } from './job-shapes.ts';

/** All versions, noncurrent ones too (S3 User Guide, s3-batch-replication-batch). @param isEligible by the rules of the bucket. */
export function listTasks(
  bucket: Bucket,
  filter: ManifestFilter,
  isEligible: (version: ObjectVersion) => boolean,
): readonly JobTask[] {
  const isListed = (version: ObjectVersion) =>
    matches(filter, version) && (filter.EligibleForReplication !== true || isEligible(version));
  return [...indexOf(bucket).keys].flatMap((key) =>
    versionsOf(bucket, key)
      .filter(isListed)
      .map((version): JobTask => [key, version.versionId]),
  );
}

function matches(filter: ManifestFilter, version: ObjectVersion): boolean {
  const { CreatedAfter: after, CreatedBefore: before } = filter;
  const { lastModified: time } = version;
  return (
    matchesStatus(filter, version) &&
    (after === undefined || time > after) &&
    (before === undefined || time < before) &&
    matchesName(filter, version.key) &&
    matchesContent(filter, version)
  );
}

/** What is PENDING has no name here: it is listed where no status is asked for. A replica is listed only where REPLICA is. */
function matchesStatus({ ObjectReplicationStatuses: statuses = [] }: ManifestFilter, version: ObjectVersion): boolean {
  const status = version.replication ?? 'NONE';
  return statuses.length === 0 ? status !== 'REPLICA' : statuses.some((one) => one === status);
}

function matchesName({ KeyNameConstraint: constraint = {} }: ManifestFilter, key: string): boolean {
  const { MatchAnyPrefix: prefixes, MatchAnySuffix: suffixes, MatchAnySubstring: parts } = constraint;
  return (
    (prefixes === undefined || prefixes.some((prefix) => key.startsWith(prefix))) &&
    (suffixes === undefined || suffixes.some((suffix) => key.endsWith(suffix))) &&
    (parts === undefined || parts.some((part) => key.includes(part)))
  );
}

/**
 * A delete marker has none, so a filter for it leaves markers out. Whether they are listed at all is contested: the guide warns that Batch
 * Replication might replicate them (s3-batch-replication-batch, on lifecycle); AWS's own S3-inventory-to-batch-job says that they are no objects.
 */
function matchesContent(filter: ManifestFilter, version: ObjectVersion): boolean {
  const { ObjectSizeGreaterThanBytes: above, ObjectSizeLessThanBytes: below } = filter;
  const { MatchAnyStorageClass: classes, MatchAnyObjectEncryption: encryptions } = filter;
  if (version.deleteMarker) return [above, below, classes, encryptions].every((asked) => asked === undefined);
  return (
    (above === undefined || version.size > above) &&
    (below === undefined || version.size < below) &&
    (classes === undefined || classes.some((one) => one === version.storageClass)) &&
    (encryptions === undefined || encryptions.some((one) => matchesEncryption(one, version.encryption)))
  );
}

function matchesEncryption(filter: EncryptionFilter, encryption: ObjectEncryption): boolean {
  switch (encryption.type) {
    case 'NONE':
      return filter['NOT-SSE'] !== undefined;
    case 'SSE-S3':
      return filter['SSE-S3'] !== undefined;
    case 'SSE-C':
      return filter['SSE-C'] !== undefined;
    case 'DSSE-KMS':
      return filter['DSSE-KMS'] !== undefined && isKey(filter['DSSE-KMS'].KmsKeyArn, encryption.keyArn);
    case 'SSE-KMS': {
      const asked = filter['SSE-KMS'];
      if (asked === undefined || !isKey(asked.KmsKeyArn, encryption.keyArn)) return false;
      return asked.BucketKeyEnabled === undefined || asked.BucketKeyEnabled === encryption.bucketKey;
    }
  }
}

function isKey(asked: string | undefined, key: string): boolean {
  return asked === undefined || asked === key;
}
