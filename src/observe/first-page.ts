/** The first versions of the source bucket and of each destination, side by side: enough to see that old objects are missing, whatever the size of the buckets. */
import type { AnySide, DestinationSide, Spec } from '../config/spec.ts';
import { isDenied } from '../connect/absent.ts';
import type { Connections } from '../connect/connection.ts';
import { type MissingReplicas, missingReplicas } from '../plan/missing-replicas.ts';
import { type Listing, listVersions } from './list-versions.ts';

/** Unknown where a bucket may not be listed. */
export interface FirstPages {
  readonly source: Listing | 'unknown';
  /** In the order of the configuration. */
  readonly destinations: readonly (Listing | 'unknown')[];
}

/** One request for each bucket. */
export async function readFirstPages(connections: Connections, spec: Spec): Promise<FirstPages> {
  const [source = 'unknown', ...destinations] = await Promise.all(
    [spec.source, ...spec.destinations].map(async ({ id, bucket }): Promise<Listing | 'unknown'> => {
      const at = connections.get(id);
      const ask = { Bucket: bucket, ExpectedBucketOwner: at.account };
      return listVersions(at, ask, undefined, 1).catch((error: unknown) => {
        if (isDenied(error)) return 'unknown';
        // A bucket that is not there has nothing.
        if (error instanceof Error && error.name === 'NoSuchBucket') return { versions: [], complete: true };
        throw error;
      });
    }),
  );
  return { source, destinations };
}

/** @param writtenBefore of the versions that count for a destination, in milliseconds since 1970; absent: all. @returns a line for each destination. */
export function compareFirstPages(
  spec: Spec,
  { source, destinations }: FirstPages,
  writtenBefore?: (side: DestinationSide) => number,
): readonly MissingReplicas[] {
  const unread = (side: AnySide, listing: Listing | 'unknown') =>
    listing === 'unknown' ? [`${side.bucket} in account ${side.account}`] : [];
  return spec.destinations.map((side, index) => {
    const replicas = destinations[index] ?? 'unknown';
    const found = missingReplicas(side, source, replicas, writtenBefore?.(side));
    return found.missing === 'unknown'
      ? { ...found, unread: [...unread(spec.source, source), ...unread(side, replicas)] }
      : found;
  });
}

/** @returns what each destination lacks; unknown where a bucket may not be listed. */
export async function lookForMissing(connections: Connections, spec: Spec): Promise<readonly MissingReplicas[]> {
  return compareFirstPages(spec, await readFirstPages(connections, spec));
}
