import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, OTHER, refusal, SOURCE } from '../clients.ts';
import { sendRaw } from '../raw-request.ts';

const Plaintext = Buffer.from('secret');
const EncryptionContext = { purpose: 'test', 'aws:s3:arn': 'arn:aws:s3:::bucket' };

let sandbox: Sandbox;
let kms: Clients['kms'];
let KeyId: string;

async function makeKey(): Promise<string> {
  return (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
}

async function encrypted(context: Record<string, string> = {}): Promise<Uint8Array> {
  const answer = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: context }));
  return answer.CiphertextBlob ?? new Uint8Array();
}

beforeEach(async () => {
  sandbox = await openSandbox();
  ({ kms } = clientsOf(sandbox));
  KeyId = await makeKey();
});

test('what was encrypted is decrypted, and the ciphertext says with which key', async () => {
  const { Plaintext: text, KeyId: by } = await kms.send(new DecryptCommand({ CiphertextBlob: await encrypted() }));
  expect(Buffer.from(text ?? []).toString()).toBe('secret');
  expect(by).toBe(KeyId);
});

test('a key is found by its alias too', async () => {
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: KeyId }));
  const answer = await kms.send(new EncryptCommand({ KeyId: 'alias/mine', Plaintext }));
  expect(answer.KeyId).toBe(KeyId);
  const blob = answer.CiphertextBlob;
  expect(await refusal(kms.send(new DecryptCommand({ KeyId: 'alias/mine', CiphertextBlob: blob })))).toBe('accepted');
});

describe('the encryption context, as recorded', () => {
  test('the same, in any order, opens', async () => {
    const reversed = Object.fromEntries(Object.entries(EncryptionContext).toReversed());
    const CiphertextBlob = await encrypted(EncryptionContext);
    expect(await refusal(kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: reversed })))).toBe(
      'accepted',
    );
  });

  test.each([[undefined], [{}], [{ ...EncryptionContext, purpose: 'other' }]])('%j does not', async (context) => {
    const input = { CiphertextBlob: await encrypted(EncryptionContext), EncryptionContext: context };
    expect(await refusal(kms.send(new DecryptCommand(input)))).toBe('400 InvalidCiphertextException');
  });

  test('a key policy can ask for it', async () => {
    const Principal = { AWS: `arn:aws:iam::${SOURCE}:root` };
    const Condition = { StringEquals: { 'kms:EncryptionContext:purpose': 'test' } };
    const Statement = [
      { Effect: 'Allow', Principal, Action: 'kms:PutKeyPolicy', Resource: '*' },
      { Effect: 'Allow', Principal, Action: 'kms:Encrypt', Resource: '*', Condition },
    ];
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
    expect(await refusal(encrypted(EncryptionContext))).toBe('accepted');
    expect(await refusal(encrypted())).toBe('400 AccessDeniedException');
  });
});

describe('refusals, as recorded', () => {
  test('a ciphertext that is none', async () => {
    for (const CiphertextBlob of [
      Buffer.from('untranslatable'),
      Buffer.of(1),
      Buffer.from(await encrypted()).reverse(),
    ]) {
      const answer = await refusal(kms.send(new DecryptCommand({ CiphertextBlob })));
      expect(answer).toBe('400 InvalidCiphertextException');
    }
  });

  test('another key than the one that encrypted', async () => {
    const input = { CiphertextBlob: await encrypted(), KeyId: await makeKey() };
    expect(await refusal(kms.send(new DecryptCommand(input)))).toBe('400 IncorrectKeyException');
  });

  test('a plaintext of more than 4096 bytes', async () => {
    const input = { KeyId, Plaintext: new Uint8Array(4097) };
    expect(await refusal(kms.send(new EncryptCommand(input)))).toBe('400 ValidationException');
  });

  test('a key for signing', async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }));
    const input = { KeyId: KeyMetadata?.KeyId, Plaintext };
    expect(await refusal(kms.send(new EncryptCommand(input)))).toBe('400 InvalidKeyUsageException');
  });

  test('a data key of no length, or of two', async () => {
    for (const more of [{}, { KeySpec: 'AES_256', NumberOfBytes: 32 }, { NumberOfBytes: 1025 }] as const) {
      expect(await refusal(kms.send(new GenerateDataKeyCommand({ KeyId, ...more })))).toBe('400 ValidationException');
    }
  });

  test('a foreign key, there or not, is denied alike', async () => {
    const { kms: others } = clientsOf(sandbox, OTHER);
    const missing = KeyId.replace(/[0-9a-f]{12}$/, '000000000000');
    for (const foreign of [KeyId, missing]) {
      const answer = await refusal(others.send(new EncryptCommand({ KeyId: foreign, Plaintext })));
      expect(answer).toBe('400 AccessDeniedException');
    }
  });

  test.each([
    ['disabled', 'DisabledException', () => new DisableKeyCommand({ KeyId })],
    ['pending deletion', 'KMSInvalidStateException', () => new ScheduleKeyDeletionCommand({ KeyId })],
  ] as const)('a key that is %s', async (_, code, command) => {
    const CiphertextBlob = await encrypted();
    await kms.send(command() as DisableKeyCommand);
    const uses = [
      () => encrypted(),
      () => kms.send(new DecryptCommand({ CiphertextBlob })),
      () => kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
      async () => kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: await makeKey() })),
    ];
    for (const use of uses) expect(await refusal(use())).toBe(`400 ${code}`);
  });
});

test('a data key comes in the clear and encrypted, or encrypted only', async () => {
  const both = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }));
  expect(both.Plaintext).toHaveLength(32);
  const { Plaintext: again } = await kms.send(
    new DecryptCommand({ CiphertextBlob: both.CiphertextBlob, EncryptionContext }),
  );
  expect(again).toEqual(both.Plaintext);
  const only = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 16 }));
  expect(only).not.toHaveProperty('Plaintext');
  expect((await kms.send(new DecryptCommand({ CiphertextBlob: only.CiphertextBlob }))).Plaintext).toHaveLength(16);
});

test('re-encrypting changes key and context', async () => {
  const DestinationKeyId = await makeKey();
  const answer = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob: await encrypted(EncryptionContext),
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId,
    }),
  );
  expect([answer.SourceKeyId, answer.KeyId]).toEqual([KeyId, DestinationKeyId]);
  const { Plaintext: text } = await kms.send(new DecryptCommand({ CiphertextBlob: answer.CiphertextBlob }));
  expect(Buffer.from(text ?? []).toString()).toBe('secret');
});

test('nothing is not encrypted, nor decrypted, and a context is of texts (KMS API Reference, Encrypt and Decrypt)', async () => {
  const empty = new Uint8Array();
  expect(await refusal(kms.send(new EncryptCommand({ KeyId, Plaintext: empty })))).toBe('400 ValidationException');
  expect(await refusal(kms.send(new DecryptCommand({ CiphertextBlob: empty })))).toBe('400 ValidationException');
  expect(await refusal(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4096) })))).toBe('accepted');
  expect(await refusal(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4097) })))).toBe(
    '400 ValidationException',
  );
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const body = `{"KeyId":"${KeyId}","Plaintext":"AAAA","EncryptionContext":{"a":${deep}}}`;
  const headers = { 'x-amz-target': 'TrentService.Encrypt' };
  const answer = await sendRaw(sandbox, { method: 'POST', path: '/', service: 'kms', headers, body });
  expect([answer.status, JSON.parse(answer.body).__type]).toEqual([400, 'SerializationException']);
});
