import type { HeadObjectOutput } from '@aws-sdk/client-s3';
import { idIn } from '../../aws/arn.ts';
import type { Listed } from '../../sandbox/practice/object-client.ts';

export function objectMembers(head: HeadObjectOutput): object {
  return {
    versionId: head.VersionId ?? null,
    size: head.ContentLength ?? 0,
    encryption: head.SSECustomerAlgorithm === undefined ? (head.ServerSideEncryption ?? null) : 'SSE-C',
    kmsKey: head.SSEKMSKeyId ?? null,
    bucketKey: head.BucketKeyEnabled ?? false,
    replication: head.ReplicationStatus ?? null,
  };
}

export function objectText(name: string, head: HeadObjectOutput): string {
  return [
    name,
    `  version      ${head.VersionId ?? 'null (the bucket is not versioned)'}`,
    `  encryption   ${head.ServerSideEncryption ?? 'none that S3 tells'}${head.BucketKeyEnabled ? ', Bucket Key' : ''}`,
    ...(head.SSEKMSKeyId === undefined ? [] : [`  key          ${head.SSEKMSKeyId}`]),
    `  replication  ${head.ReplicationStatus ?? 'not governed by any rule'}`,
  ].join('\n');
}

export function listingText({ key, versionId, modified, size, deleteMarker }: Listed, head?: HeadObjectOutput): string {
  const written = modified?.toISOString().slice(0, 19).replace('T', ' ') ?? '';
  const version = versionId === undefined ? [] : [`  version ${versionId}`];
  if (deleteMarker) return [key, `  ${written} · delete marker`, ...version].join('\n');
  const about = [written, `${size} bytes`, ...(head === undefined ? [] : [head.ReplicationStatus ?? 'not replicated'])];
  const encryption = head === undefined ? 'nothing more told (SSE-C, or no right to read it)' : keyText(head);
  return [key, `  ${about.join(' · ')}`, `  ${encryption}`, ...version].join('\n');
}

function keyText({ ServerSideEncryption, SSEKMSKeyId }: HeadObjectOutput): string {
  return SSEKMSKeyId === undefined ? (ServerSideEncryption ?? 'no encryption told') : `key ${idIn(SSEKMSKeyId)}`;
}
