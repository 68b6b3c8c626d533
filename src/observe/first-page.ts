/** The first versions of the source bucket and of each destination, side by side: enough to see that old objects are missing, whatever the size of the buckets. */
import type { Spec } from '../config/spec.ts';
import { isDenied } from '../connect/absent.ts';
import type { Connections } from '../connect/connection.ts';
import { type MissingReplicas, missingReplicas } from '../plan/missing-replicas.ts';
import { type Listing, listVersions } from './list-versions.ts';

/** One request a bucket. @param prefix of the keys to look at. @returns a line for each destination; unknown where a bucket may not be listed. */
export async function lookForMissing(
  connections: Connections,
  spec: Spec,
  prefix: string,
): Promise<readonly MissingReplicas[]> {
  const listings = await Promise.all(
    [spec.source, ...spec.destinations].map(async ({ id, bucket }): Promise<Listing | 'unknown'> => {
      const at = connections.get(id);
      const ask = { Bucket: bucket, ExpectedBucketOwner: at.account, ...(prefix !== '' && { Prefix: prefix }) };
      return listVersions(at, ask, undefined, 1).catch((error: unknown) => {
        if (isDenied(error)) return 'unknown';
        // A destination that is gone has nothing.
        if (error instanceof Error && error.name === 'NoSuchBucket') return { versions: [], complete: true };
        throw error;
      });
    }),
  );
  const [source = 'unknown', ...destinations] = listings;
  return spec.destinations.map((side, index) => missingReplicas(side, source, destinations[index] ?? 'unknown'));
}
