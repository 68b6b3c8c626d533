import { required } from '../aws/required.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { atMost } from './at-most.ts';
import { listVersions } from './list-versions.ts';

const { HeadObjectCommand } = required('@aws-sdk/client-s3');

type Where = Pick<Connection, 's3' | 'account'>;

export interface SampledVersion {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly replicationStatus: string | null;
  /** ARN. */
  readonly kmsKey: string | null;
}

const sampleSize = 100;
const headsAtOnce = 20;

/** As far as a few pages show them; without delete markers, SSE-C and what is deleted meanwhile. */
export async function newestVersions(
  at: Where,
  bucket: string,
  prefixes: readonly string[],
): Promise<readonly SampledVersion[]> {
  const widest = [...new Set(prefixes)].filter(
    (prefix, _, all) => !all.some((other) => other !== prefix && prefix.startsWith(other)),
  );
  const ask = { Bucket: bucket, ExpectedBucketOwner: at.account };
  const listed = await Promise.all(widest.map((Prefix) => listVersions(at, { ...ask, Prefix })));
  const newest = listed
    .flatMap(({ versions }) => versions.filter(({ deleteMarker }) => !deleteMarker))
    .sort((a, b) => b.modified - a.modified)
    .slice(0, sampleSize);
  const found = await atMost(headsAtOnce, newest, ({ key, versionId }) => head(at, bucket, key, versionId));
  return found.flatMap((one) => one ?? []);
}

async function head(at: Where, Bucket: string, Key: string, VersionId: string): Promise<SampledVersion | null> {
  try {
    const ask = { Bucket, Key, VersionId, ExpectedBucketOwner: at.account };
    const { ReplicationStatus, SSEKMSKeyId } = await at.s3.send(new HeadObjectCommand(ask));
    return {
      bucket: Bucket,
      key: Key,
      versionId: VersionId,
      replicationStatus: ReplicationStatus ?? null,
      kmsKey: SSEKMSKeyId ?? null,
    };
  } catch (error) {
    // 400: SSE-C, which only its own key opens; 404 and 405: deleted since it was listed.
    if ([400, 404, 405].includes(statusOf(error) ?? 0)) return null;
    throw error;
  }
}
