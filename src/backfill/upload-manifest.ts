/** Puts the list of objects where S3 Batch Operations can read it. */
import { send } from '../apply/send.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { Failure } from '../events/failure.ts';
import type { ManifestChoice } from '../plan/job-documents.ts';

/**
 * Its name is that of its content: where it is already, a run before has put it there. Under SSE-S3, because lists under SSE-KMS are not supported (S3 User Guide,
 * batch-ops-create-job).
 * @throws Failure `blocked` where S3 keeps it in another way; what S3 refuses.
 */
export async function uploadManifest(
  at: Connection,
  { bucket, key, etag }: Pick<ManifestChoice, 'bucket' | 'key' | 'etag'>,
  text: string,
): Promise<void> {
  const input = {
    Bucket: bucket,
    Key: key,
    ExpectedBucketOwner: at.account,
    IfNoneMatch: '*',
    ServerSideEncryption: 'AES256',
    ContentType: 'text/csv',
    Body: text,
  } as const;
  const answer = await send<'PutObject'>(at, { service: 'S3', operation: 'PutObject', input }).catch(
    (error: unknown) => {
      if (statusOf(error) === 412) return undefined;
      throw error;
    },
  );
  if (answer === undefined || answer.ETag?.replaceAll('"', '') === etag) return;
  throw new Failure(
    'blocked',
    'manifest-changed',
    `S3 stored s3://${bucket}/${key} with different encryption than s3repl asked for (${answer.ServerSideEncryption ?? 'encryption not known'}), and a job could not read it`,
    'name another bucket with --report: s3repl stores the list next to the report',
  );
}
