import type { BucketName } from '../aws/brand.ts';
import { required } from '../aws/required.ts';
import { isCodeless, isDenied, statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { Failure } from '../events/failure.ts';

const { GetObjectCommand, HeadObjectCommand } = required('@aws-sdk/client-s3');

export interface StoredManifest {
  /** Absent where it is too large to be read here. */
  readonly text?: string;
  readonly firstLine: string;
  /** Without quotation marks. */
  readonly etag: string;
  readonly versionId: { readonly versionId?: string };
}

/** In bytes; a larger one is S3's to read. */
const mostBytes = 8 * 2 ** 20;

/** @throws Failure `invalid` where it is not there, or encrypted in a way that S3 Batch Operations cannot read. */
export async function readStoredManifest(
  at: Pick<Connection, 's3' | 'account' | 'region'>,
  { bucket, key }: { readonly bucket: BucketName; readonly key: string },
): Promise<StoredManifest> {
  const ask = { Bucket: bucket, Key: key, ExpectedBucketOwner: at.account };
  const name = `s3://${bucket}/${key}`;
  const head = await at.s3.send(new HeadObjectCommand(ask)).catch((error: unknown) => {
    throw explainUnread(error, name, at);
  });
  const { ETag = '', VersionId, ContentLength = 0, ServerSideEncryption } = head;
  // S3 User Guide, batch-ops-create-job: manifests under SSE-KMS are not supported.
  if (ServerSideEncryption?.startsWith('aws:kms')) {
    throw new Failure(
      'invalid',
      'manifest',
      `${name} is encrypted with a KMS key, so S3 Batch Operations cannot read it`,
      'use a local file as the list: s3repl uploads it with SSE-S3; or copy the object with --server-side-encryption AES256',
    );
  }
  if (ContentLength === 0) throw new Failure('invalid', 'manifest', `${name} is empty`, 'name at least one object');
  const etag = ETag.replaceAll('"', '');
  const versionId = VersionId === undefined || VersionId === 'null' ? {} : { versionId: VersionId };
  const isWhole = ContentLength <= mostBytes;
  const range = isWhole ? {} : { Range: `bytes=0-${firstBytes - 1}` };
  const { Body } = await at.s3.send(new GetObjectCommand({ ...ask, IfMatch: ETag, ...range }));
  const text = (await Body?.transformToString()) ?? '';
  const [firstLine = ''] = text.split('\n', 1);
  return { ...(isWhole && { text }), firstLine, etag, versionId };
}

/** An answer to HEAD has no reason in it. */
function explainUnread(error: unknown, name: string, { account, region }: Pick<Connection, 'account' | 'region'>) {
  const status = statusOf(error);
  if (status === 404)
    return new Failure('invalid', 'manifest', `there is no object ${name} in account ${account}`, 'check the name');
  if (isDenied(error)) {
    const message = `account ${account} has no permission to read ${name}, or the bucket belongs to another account`;
    return new Failure('failed', 'manifest', message, `${asFile}; or allow s3:GetObject and s3:ListBucket there`);
  }
  // 301, or 400 where the Region is none that the bucket's knows.
  if ((status === 301 || status === 400) && isCodeless(error)) {
    return new Failure('invalid', 'manifest', `${name} is in another Region than ${region}`, asFile);
  }
  return error;
}

const asFile = 'use a local file as the list, which s3repl uploads';

/** A key has 1,024 bytes at most, three times as many URL-encoded. */
const firstBytes = 8192;
