/** The sandbox's own commands use objects through the SDK, like any client. */
import type { HeadObjectOutput, ListObjectVersionsOutput } from '@aws-sdk/client-s3';
import { required } from '../../aws/required.ts';
import { type SandboxRequestHandler, sandboxCredentials } from '../sandbox.ts';

const {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} = required('@aws-sdk/client-s3');

/** An object or a delete marker. */
export interface Listed {
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly modified: Date | undefined;
  readonly size: number;
  readonly latest: boolean;
  readonly deleteMarker: boolean;
}

export interface ObjectClient {
  /** Gives the new version's ID, where the bucket has versions. */
  put(bucket: string, key: string, content: Uint8Array): Promise<string | undefined>;
  get(bucket: string, key: string, versionId?: string): Promise<Uint8Array>;
  head(bucket: string, key: string, versionId?: string): Promise<HeadObjectOutput>;
  list(bucket: string, prefix: string): AsyncIterable<Listed>;
  listVersions(bucket: string, prefix: string): AsyncIterable<Listed>;
  close(): void;
}

/** As the account's administrator. Errors are AWS's, as the SDK throws them. */
export function objectClient(requestHandler: SandboxRequestHandler, account: string, region: string): ObjectClient {
  const client = new S3Client({ region, credentials: sandboxCredentials(account), requestHandler });
  const versionInput = (Bucket: string, Key: string, VersionId: string | undefined) => ({
    Bucket,
    Key,
    ...(VersionId === undefined ? {} : { VersionId }),
  });
  return {
    head: (bucket, key, versionId) => client.send(new HeadObjectCommand(versionInput(bucket, key, versionId))),
    put: async (Bucket, Key, Body) => (await client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId,
    async get(bucket, key, versionId) {
      const { Body } = await client.send(new GetObjectCommand(versionInput(bucket, key, versionId)));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    async *list(Bucket, Prefix) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        for (const { Key = '', LastModified, Size = 0 } of Contents)
          yield { key: Key, modified: LastModified, size: Size, latest: true, deleteMarker: false };
      }
    },
    async *listVersions(Bucket, Prefix) {
      let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
      while (next !== undefined) {
        const page: ListObjectVersionsOutput = await client.send(
          new ListObjectVersionsCommand({ Bucket, Prefix, ...next }),
        );
        const versions = page.Versions?.map((version) => ({ ...version, deleteMarker: false })) ?? [];
        const markers = page.DeleteMarkers?.map((marker) => ({ ...marker, Size: 0, deleteMarker: true })) ?? [];
        for (const { Key = '', VersionId, LastModified, Size = 0, IsLatest = false, deleteMarker } of sortVersions([
          ...versions,
          ...markers,
        ]))
          yield { key: Key, versionId: VersionId, modified: LastModified, size: Size, latest: IsLatest, deleteMarker };
        next = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
      }
    },
    close: () => client.destroy(),
  };
}

/** S3 lists versions and delete markers separately; people read them by key, newest first. */
function sortVersions<
  T extends {
    readonly Key?: string | undefined;
    readonly IsLatest?: boolean | undefined;
    readonly LastModified?: Date | undefined;
  },
>(versions: readonly T[]): T[] {
  return versions.toSorted(
    (a, b) =>
      Buffer.compare(Buffer.from(a.Key ?? ''), Buffer.from(b.Key ?? '')) ||
      Number(b.IsLatest ?? false) - Number(a.IsLatest ?? false) ||
      Number(b.LastModified ?? 0) - Number(a.LastModified ?? 0),
  );
}
