/** A sample of a bucket's objects: the newest versions, as far as a few pages of the listing show them. */
import type { ListObjectVersionsCommandOutput, ObjectVersion } from '@aws-sdk/client-s3';
import { required } from '../required.ts';
import { statusOf } from './absent.ts';
import { atMost } from './at-most.ts';
import type { Connection } from './connect.ts';

const { HeadObjectCommand, ListObjectVersionsCommand } = required('@aws-sdk/client-s3');

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
/** The listing is by key, not by age (API: ListObjectVersions): of a larger bucket, this much is looked through. */
const longestListing = 10_000;
const headsAtOnce = 20;

/** The newest versions under the prefixes; delete markers, SSE-C and what is deleted meanwhile are left out. */
export async function newestVersions(
  at: Where,
  bucket: string,
  prefixes: readonly string[],
): Promise<readonly SampledVersion[]> {
  const widest = [...new Set(prefixes)].filter(
    (prefix, _, all) => !all.some((other) => other !== prefix && prefix.startsWith(other)),
  );
  const listed = (await Promise.all(widest.map((prefix) => listing(at, bucket, prefix)))).flat();
  const age = ({ LastModified }: ObjectVersion) => LastModified?.getTime() ?? 0;
  const newest = listed.sort((a, b) => age(b) - age(a)).slice(0, sampleSize);
  const found = await atMost(headsAtOnce, newest, async ({ Key = '', VersionId = 'null' }) =>
    head(at, bucket, Key, VersionId),
  );
  return found.flatMap((one) => one ?? []);
}

async function listing(at: Where, Bucket: string, Prefix: string): Promise<readonly ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  let marker: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  while (marker && versions.length < longestListing) {
    const page: ListObjectVersionsCommandOutput = await at.s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix, ExpectedBucketOwner: at.account, ...marker }),
    );
    versions.push(...(page.Versions ?? []));
    const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
    marker = IsTruncated
      ? {
          ...(NextKeyMarker === undefined ? {} : { KeyMarker: NextKeyMarker }),
          ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
        }
      : undefined;
  }
  return versions;
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
