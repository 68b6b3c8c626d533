import type { DeleteMarkerEntry, ObjectVersion } from '@aws-sdk/client-s3';
import { required } from '../aws/required.ts';
import type { Connection } from '../connect/connection.ts';

const { ListObjectVersionsCommand } = required('@aws-sdk/client-s3');

/** The newest version, unless one is named. */
export interface Wanted {
  readonly key: string;
  readonly versionId?: string;
}

export interface Listed {
  readonly key: string;
  readonly versionId: string;
  readonly newest: boolean;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly size: number;
  readonly storageClass: string;
  /** Canonical user ID. */
  readonly owner: string | undefined;
  readonly deleteMarker: boolean;
}

export interface Listing {
  readonly versions: readonly Listed[];
  readonly complete: boolean;
}

/** Pages of a thousand versions: S3 lists by name, not by age. */
const mostPages = 10;

export async function listVersions(
  at: Pick<Connection, 's3'>,
  ask: { readonly Bucket: string; readonly ExpectedBucketOwner: string; readonly Prefix?: string },
  wanted?: Wanted,
  pages = mostPages,
): Promise<Listing> {
  const isWanted = ({ key, versionId, newest }: Listed) =>
    wanted === undefined ||
    (key === wanted.key && (wanted.versionId === undefined ? newest : versionId === wanted.versionId));
  const versions: Listed[] = [];
  const prefix = wanted ? { Prefix: wanted.key } : {};
  let from: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } = {};
  for (let page = 1; ; page += 1) {
    const answer = await at.s3.send(new ListObjectVersionsCommand({ ...ask, ...prefix, ...from }));
    const { Versions = [], DeleteMarkers = [], NextKeyMarker, NextVersionIdMarker } = answer;
    const seen = [...Versions.map((one) => toListed(one, false)), ...DeleteMarkers.map((one) => toListed(one, true))];
    versions.push(...seen.filter(isWanted));
    // S3 lists by name: what only begins like the wanted key comes after it.
    const isPast = wanted !== undefined && NextKeyMarker !== wanted.key;
    const complete = !answer.IsTruncated || NextKeyMarker === undefined || isPast;
    if (complete || page === pages || (wanted && versions.length > 0)) return { versions, complete };
    from = { KeyMarker: NextKeyMarker, ...(NextVersionIdMarker && { VersionIdMarker: NextVersionIdMarker }) };
  }
}

function toListed(one: ObjectVersion | DeleteMarkerEntry, deleteMarker: boolean): Listed {
  const { Key = '', VersionId = 'null', IsLatest = false, LastModified, Owner } = one;
  const { Size = 0, StorageClass = 'STANDARD' } = one as ObjectVersion;
  return {
    key: Key,
    versionId: VersionId,
    newest: IsLatest,
    modified: LastModified?.getTime() ?? 0,
    size: Size,
    storageClass: StorageClass,
    owner: Owner?.ID,
    deleteMarker,
  };
}
