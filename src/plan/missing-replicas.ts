import type { DestinationSide, RuleSpec } from '../config/spec.ts';

interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly storageClass: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Versions in the order of their keys. */
interface Page {
  readonly versions: readonly Version[];
  readonly complete: boolean;
}

export interface MissingReplicas {
  /** A bucket's name. */
  readonly destination: string;
  /** Versions of the source bucket that could be compared. */
  readonly looked: number;
  readonly missing: number | 'unknown';
  /** Where versions may not be listed: `BUCKET in account ID`. */
  readonly unread?: readonly string[];
}

/** Archived objects cannot be replicated as they are (S3 User Guide, s3-batch-replication-batch). */
const archived: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/**
 * How many of the first versions a destination lacks, of those that its enabled rules take by their prefix. Rules with tags are left out, as a list shows no tags.
 * Both pages end somewhere: only what stands before either end is compared. A replica has the version ID of its source (S3 User Guide, replication);
 * whether also for the null version is documented nowhere, so any version of its key counts there.
 * @param writtenBefore leaves out what is younger, in milliseconds since 1970.
 */
export function missingReplicas(
  { bucket, rules }: DestinationSide,
  source: Page | 'unknown',
  replicas: Page | 'unknown',
  writtenBefore = Number.POSITIVE_INFINITY,
): MissingReplicas {
  if (source === 'unknown' || replicas === 'unknown') return { destination: bucket, looked: 0, missing: 'unknown' };
  const taking = rules.filter(({ enabled, tags }) => enabled && Object.keys(tags).length === 0);
  const end = [source, replicas].flatMap(({ complete, versions }) => (complete ? [] : [versions.at(-1)?.key ?? '']));
  const isCompared = (one: Version) =>
    !one.deleteMarker &&
    one.modified < writtenBefore &&
    !archived.has(one.storageClass) &&
    end.every((last) => compareKeys(one.key, last) < 0) &&
    taking.some(({ prefix }: Pick<RuleSpec, 'prefix'>) => one.key.startsWith(prefix));
  const there = new Set(replicas.versions.flatMap((one) => [nameOf(one), one.key]));
  const compared = source.versions.filter(isCompared);
  return {
    destination: bucket,
    looked: compared.length,
    missing: compared.filter((one) => !there.has(one.versionId === 'null' ? one.key : nameOf(one))).length,
  };
}

function nameOf({ key, versionId }: Version): string {
  return JSON.stringify([key, versionId]);
}

/** S3 lists keys in the order of their UTF-8 bytes (API Reference, ListObjectVersions). */
function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
