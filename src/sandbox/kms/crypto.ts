import { randomBytes } from 'node:crypto';
import type { Key } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { keyOfCiphertext, openCiphertext, sealPlaintext } from './ciphertext.ts';
import { type KmsOperation, type KmsRequest, keyArnOf, kmsValidation, requireInput, textInput } from './kms-request.ts';
import { countKmsRequest } from './requests.ts';
import { useKey } from './use-key.ts';

const algorithm = 'SYMMETRIC_DEFAULT';

/** Symmetric keys only. */
export const cryptoOperations: Readonly<Record<string, KmsOperation>> = {
  Encrypt: (request) => {
    const plaintext = bytesInput(request, 'Plaintext', 4096);
    const key = keyFor(request, 'kms:Encrypt', keyArnOf(request, requireInput(request, 'KeyId')), 'EncryptionContext');
    const blob = sealPlaintext(key, contextInput(request, 'EncryptionContext'), plaintext);
    return { CiphertextBlob: blob.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: algorithm };
  },
  Decrypt: (request) => {
    const { key, plaintext } = decryptInput(request, 'kms:Decrypt', 'KeyId', 'EncryptionContext');
    return { KeyId: key.arn, Plaintext: plaintext.toString('base64'), EncryptionAlgorithm: algorithm };
  },
  ReEncrypt: (request) => {
    const source = decryptInput(request, 'kms:ReEncryptFrom', 'SourceKeyId', 'SourceEncryptionContext');
    const arn = keyArnOf(request, requireInput(request, 'DestinationKeyId'));
    const key = keyFor(request, 'kms:ReEncryptTo', arn, 'DestinationEncryptionContext');
    const blob = sealPlaintext(key, contextInput(request, 'DestinationEncryptionContext'), source.plaintext);
    return {
      CiphertextBlob: blob.toString('base64'),
      SourceKeyId: source.key.arn,
      KeyId: key.arn,
      SourceEncryptionAlgorithm: algorithm,
      DestinationEncryptionAlgorithm: algorithm,
    };
  },
  GenerateDataKey: (request) => {
    const { plaintext, ...answer } = dataKey(request);
    return { ...answer, Plaintext: plaintext.toString('base64') };
  },
  GenerateDataKeyWithoutPlaintext: (request) => {
    const { plaintext: _, ...answer } = dataKey(request);
    return answer;
  },
};

function dataKey(request: KmsRequest) {
  const length = dataKeyLength(request);
  const arn = keyArnOf(request, requireInput(request, 'KeyId'));
  const key = keyFor(request, `kms:${request.call.operation}`, arn, 'EncryptionContext');
  const plaintext = randomBytes(length);
  const blob = sealPlaintext(key, contextInput(request, 'EncryptionContext'), plaintext);
  return { CiphertextBlob: blob.toString('base64'), KeyId: key.arn, plaintext };
}

function dataKeyLength(request: KmsRequest): number {
  const { NumberOfBytes: bytes } = request.input;
  const spec = textInput(request, 'KeySpec');
  if ((spec === undefined) === (bytes === undefined)) {
    throw kmsValidation('Please specify either number of bytes or key spec.');
  }
  const length = spec === undefined ? bytes : { AES_128: 16, AES_256: 32 }[spec];
  if (typeof length !== 'number' || length < 1 || length > 1024) {
    throw kmsValidation('1 validation error detected: the length of the data key failed to satisfy constraint');
  }
  return length;
}

/** A key that the input names must have made the ciphertext. */
function decryptInput(request: KmsRequest, action: string, keyId: string, contextName: string) {
  const blob = bytesInput(request, 'CiphertextBlob', 6144);
  const arn = keyOfCiphertext(blob);
  const named = textInput(request, keyId);
  if (named !== undefined && keyArnOf(request, named) !== arn) {
    const message = 'The key ID in the request does not identify a CMK that can perform this operation.';
    throw new AwsError('IncorrectKeyException', 400, message);
  }
  const key = keyFor(request, action, arn, contextName);
  return { key, plaintext: openCiphertext(key, contextInput(request, contextName), blob) };
}

function keyFor(request: KmsRequest, action: string, keyArn: string, contextName: string): Key {
  const encryptionContext = contextInput(request, contextName);
  const key = useKey(request, { action, keyArn, region: request.call.region, encryptionContext });
  if (request.input.DryRun === true) {
    const message = 'The request would have succeeded, but the DryRun option is set.';
    throw new AwsError('DryRunOperationException', 400, message);
  }
  countKmsRequest(request.state, { account: request.caller.account, region: request.call.region });
  return key;
}

/** KMS refuses empty bytes, and more than `most` (KMS API Reference, Encrypt and Decrypt). */
function bytesInput(request: KmsRequest, name: string, most: number): Buffer {
  const bytes = Buffer.from(requireInput(request, name), 'base64');
  if (bytes.length >= 1 && bytes.length <= most) return bytes;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  const limit = bytes.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${most}`;
  throw kmsValidation(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length ${limit}`,
  );
}

function contextInput(request: KmsRequest, name: string): Record<string, string> {
  const input = request.input[name];
  const entries: [string, unknown][] = typeof input === 'object' && input !== null ? Object.entries(input) : [];
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (typeof value !== 'string') throw new AwsError('SerializationException', 400, '');
      return [key, value];
    }),
  );
}
