import { createHash } from 'node:crypto';
import { AwsError } from '../wire/errors.ts';
import { accessDenied, invalidArgument, invalidRequest } from './request.ts';
import type { ObjectEncryption } from './stored-object.ts';

type Headers = Readonly<Record<string, string>>;

/** The prefix of SSE-C headers; the second is for a copy's source. */
export const customerKey = 'x-amz-server-side-encryption-customer-';
export const sourceCustomerKey = 'x-amz-copy-source-server-side-encryption-customer-';

/** In base64, or nothing without a key. The checks' order and words are recorded. `reads`: a missing MD5 counts as a wrong key. */
export function customerKeyMd5(headers: Headers, prefix: string, reads: boolean): string | undefined {
  const algorithm = headers[`${prefix}algorithm`];
  const key = headers[`${prefix}key`];
  const md5 = headers[`${prefix}key-md5`];
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  if (algorithm !== undefined && algorithm !== 'AES256') {
    const message = 'The Encryption request you specified is not valid. Supported value: AES256.';
    throw new AwsError('InvalidEncryptionAlgorithmError', 400, message, {
      ArgumentName: 'x-amz-server-side-encryption',
      ArgumentValue: algorithm,
    });
  }
  const provide = 'Requests specifying Server Side Encryption with Customer provided keys must provide';
  if (algorithm === undefined) throw customerKeyError(`${provide} a valid encryption algorithm.`);
  if (key === undefined) throw customerKeyError(`${provide} an appropriate secret key.`);
  if (md5 === undefined && reads) throw wrongKey();
  const bytes = Buffer.from(key, 'base64');
  if (md5 === undefined || bytes.length !== 32)
    throw customerKeyError('The secret key was invalid for the specified algorithm.');
  if (createHash('md5').update(bytes).digest('base64') !== md5) {
    throw customerKeyError('The calculated MD5 hash of the key did not match the hash that was provided.');
  }
  return md5;
}

/** Refuses a missing or wrong key of an SSE-C object, and a key for any other object. */
export function requireCustomerKey(encryption: ObjectEncryption, headers: Headers, prefix: string): void {
  const md5 = customerKeyMd5(headers, prefix, true);
  if (encryption.type !== 'SSE-C') {
    if (md5 !== undefined) throw invalidRequest('The encryption parameters are not applicable to this object.');
    return;
  }
  if (md5 === undefined) {
    throw invalidRequest(
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  }
  if (md5 !== encryption.keyMd5) throw wrongKey();
}

function customerKeyError(message: string): AwsError {
  return invalidArgument(message, 'x-amz-server-side-encryption');
}

function wrongKey(): AwsError {
  return accessDenied(
    'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
  );
}
