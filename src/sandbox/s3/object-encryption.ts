import { keyArnOf } from '../kms/kms-request.ts';
import type { Bucket } from '../store/state.ts';
import type { Operation } from '../wire/operation.ts';
import { customerKey, customerKeyMd5 } from './customer-key.ts';
import { type KmsEncryption, runInS3Words } from './kms.ts';
import { accessDenied, invalidArgument } from './request.ts';
import type { ObjectEncryption } from './stored-object.ts';

const sseHeader = 'x-amz-server-side-encryption';
const algorithms: ReadonlyMap<string, ObjectEncryption['type']> = new Map([
  ['AES256', 'SSE-S3'],
  ['aws:kms', 'SSE-KMS'],
  ['aws:kms:dsse', 'DSSE-KMS'],
]);

/**
 * As the writer says, or the bucket's default. `aws:kms` alone is the AWS managed key; a key ID or alias without an account is of the writer's,
 * also in a bucket's default (S3 User Guide, "Protecting data with SSE-KMS"). Does not ask KMS yet.
 */
export function newEncryption(operation: Operation, bucket: Bucket): ObjectEncryption {
  const { headers } = operation.call;
  const asked = headers[sseHeader];
  const keyMd5 = newCustomerKey(operation, bucket);
  if (keyMd5 !== undefined) return { type: 'SSE-C', keyMd5 };
  const keyId = headers[`${sseHeader}-aws-kms-key-id`];
  const [rule] = bucket.encryption.Rules;
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  const type = algorithms.get(asked ?? byDefault?.SSEAlgorithm ?? 'AES256');
  if (type === undefined) throw invalidArgument('The encryption method specified is not supported', sseHeader, asked);
  const byKms = asked !== undefined && (type === 'SSE-KMS' || type === 'DSSE-KMS');
  if (keyId !== undefined && !byKms) {
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      sseHeader,
    );
  }
  if (type !== 'SSE-KMS' && type !== 'DSSE-KMS') return { type: 'SSE-S3' };
  const named = asked === undefined ? byDefault?.KMSMasterKeyID : keyId;
  const bucketKey = headers[`${sseHeader}-bucket-key-enabled`];
  return {
    type,
    keyArn: runInS3Words(() => keyArnOf(operation, named ?? 'alias/aws/s3')),
    bucketKey: type === 'SSE-KMS' && (bucketKey === undefined ? rule?.BucketKeyEnabled === true : bucketKey === 'true'),
    context: contextHeader(headers[`${sseHeader}-context`]),
  };
}

function newCustomerKey({ call: { headers } }: Operation, bucket: Bucket): string | undefined {
  const asked = headers[sseHeader];
  if (asked !== undefined && Object.keys(headers).some((name) => name.startsWith(customerKey))) {
    const message =
      'Server Side Encryption with Customer provided key is incompatible with the encryption method specified';
    throw invalidArgument(message, sseHeader, asked);
  }
  const keyMd5 = customerKeyMd5(headers, customerKey, false);
  if (keyMd5 !== undefined && blocksCustomerKeys(bucket)) throw accessDenied();
  return keyMd5;
}

/** S3 User Guide, "Blocking or unblocking SSE-C". */
function blocksCustomerKeys(bucket: Bucket): boolean {
  return bucket.encryption.Rules.some((rule) => rule.BlockedEncryptionTypes?.EncryptionType.includes('SSE-C') === true);
}

function contextHeader(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  try {
    const context: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    const entries = Object.entries(Object(context));
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
      return Object.fromEntries(entries);
    }
  } catch {}
  throw invalidArgument(
    `The header '${sseHeader}-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map`,
    `${sseHeader}-context`,
    text,
  );
}

export function usesKms(encryption: ObjectEncryption): encryption is KmsEncryption {
  return encryption.type === 'SSE-KMS' || encryption.type === 'DSSE-KMS';
}

export function encryptionHeaders(encryption: ObjectEncryption): Record<string, string> {
  switch (encryption.type) {
    case 'NONE':
      return {};
    case 'SSE-S3':
      return { [sseHeader]: 'AES256' };
    case 'SSE-C':
      return { [`${customerKey}algorithm`]: 'AES256', [`${customerKey}key-md5`]: encryption.keyMd5 };
    case 'SSE-KMS':
    case 'DSSE-KMS':
      return {
        [sseHeader]: encryption.type === 'SSE-KMS' ? 'aws:kms' : 'aws:kms:dsse',
        [`${sseHeader}-aws-kms-key-id`]: encryption.keyArn,
        ...(encryption.bucketKey ? { [`${sseHeader}-bucket-key-enabled`]: 'true' } : {}),
      };
  }
}
