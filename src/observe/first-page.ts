/** The first versions of the source bucket and of each destination, side by side: enough to see that old objects are missing, whatever the size of the buckets. */
import type { AnySide, Spec } from '../config/spec.ts';
import { isDenied } from '../connect/absent.ts';
import type { Connections } from '../connect/connection.ts';
import { type MissingReplicas, missingReplicas } from '../plan/missing-replicas.ts';
import { type Listing, listVersions } from './list-versions.ts';

/** One request for each bucket. @returns what each destination lacks; unknown where a bucket may not be listed. */
export async function lookForMissing(connections: Connections, spec: Spec): Promise<readonly MissingReplicas[]> {
  const listings = await Promise.all(
    [spec.source, ...spec.destinations].map(async ({ id, bucket }): Promise<Listing | 'unknown'> => {
      const at = connections.get(id);
      const ask = { Bucket: bucket, ExpectedBucketOwner: at.account };
      return listVersions(at, ask, undefined, 1).catch((error: unknown) => {
        if (isDenied(error)) return 'unknown';
        // A destination that is gone has nothing.
        if (error instanceof Error && error.name === 'NoSuchBucket') return { versions: [], complete: true };
        throw error;
      });
    }),
  );
  const [source = 'unknown', ...destinations] = listings;
  const unread = (side: AnySide, listing: Listing | 'unknown') =>
    listing === 'unknown' ? [`${side.bucket} in account ${side.account}`] : [];
  return spec.destinations.map((side, index) => {
    const replicas = destinations[index] ?? 'unknown';
    const found = missingReplicas(side, source, replicas);
    return found.missing === 'unknown'
      ? { ...found, unread: [...unread(spec.source, source), ...unread(side, replicas)] }
      : found;
  });
}
