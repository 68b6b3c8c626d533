import { createHash, randomBytes } from 'node:crypto';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, OTHER, refusal, SOURCE } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

const Bucket = 'bucket';
const Key = 'some/key';
const MISSING = '134f2428-cec1-4b25-a1ae-9048164dba47';

let sandbox: Sandbox;
let aws: Clients;
let arn: string;
let id: string;

async function makeKey(region = 'eu-west-1') {
  const { KeyMetadata } = await clientsOf(sandbox, SOURCE, region).kms.send(new CreateKeyCommand({}));
  return { arn: KeyMetadata?.Arn ?? '', id: KeyMetadata?.KeyId ?? '' };
}

const put = (more: Partial<PutObjectCommandInput> = {}, { s3 } = aws) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'content', ...more }));
const get = (more: object = {}, { s3 } = aws) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const head = (more: object = {}) => aws.s3.send(new HeadObjectCommand({ Bucket, Key, ...more }));
const byKey = (SSEKMSKeyId?: string, more: Partial<PutObjectCommandInput> = {}) =>
  put({ ServerSideEncryption: 'aws:kms', ...(SSEKMSKeyId === undefined ? {} : { SSEKMSKeyId }), ...more });

function setDefault(SSEAlgorithm: ServerSideEncryption, KMSMasterKeyID?: string, BucketKeyEnabled = false) {
  const ApplyServerSideEncryptionByDefault = {
    SSEAlgorithm,
    ...(KMSMasterKeyID === undefined ? {} : { KMSMasterKeyID }),
  };
  const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled }] };
  return aws.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
}

/** A key policy that lets the account administer the key, and use it only under a condition. */
function useOnly(condition: object) {
  const principal = { AWS: `arn:aws:iam::${SOURCE}:root` };
  const Statement = [
    { Effect: 'Allow', Principal: principal, Action: ['kms:PutKeyPolicy', 'kms:DescribeKey'], Resource: '*' },
    {
      Effect: 'Allow',
      Principal: principal,
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
      Condition: { StringEquals: condition },
    },
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  return aws.kms.send(new PutKeyPolicyCommand({ KeyId: arn, Policy }));
}

function customerKey(key = randomBytes(32)) {
  return {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
  };
}

beforeEach(async () => {
  sandbox = await openSandbox();
  aws = clientsOf(sandbox);
  await makeBucket(sandbox, Bucket, { customerKeys: true });
  ({ arn, id } = await makeKey());
});

describe('the bucket decides for those who say nothing', () => {
  test('a new bucket encrypts with SSE-S3', async () => {
    expect((await put()).ServerSideEncryption).toBe('AES256');
  });

  test('a key by default, and its Bucket Key', async () => {
    await setDefault('aws:kms', id, true);
    const shown = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: arn, BucketKeyEnabled: true };
    expect(await put()).toMatchObject(shown);
    expect(await head()).toMatchObject(shown);
    expect(await get()).toMatchObject(shown);
  });

  test('aws:kms without a key is the AWS managed key', async () => {
    await setDefault('aws:kms');
    const { SSEKMSKeyId } = await put();
    const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/s3' }));
    expect(SSEKMSKeyId).toBe(KeyMetadata?.Arn);
    expect(await refusal(get())).toBe('accepted');
  });

  test('what was there before keeps its encryption', async () => {
    await put();
    await setDefault('aws:kms', arn);
    expect((await head()).ServerSideEncryption).toBe('AES256');
  });
});

describe('the writer decides', () => {
  test('against the default, with an alias too', async () => {
    await aws.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    for (const name of [arn, id, 'alias/mine', `arn:aws:kms:eu-west-1:${SOURCE}:alias/mine`]) {
      expect((await byKey(name)).SSEKMSKeyId).toBe(arn);
    }
    await setDefault('aws:kms', arn);
    expect((await put({ ServerSideEncryption: 'AES256' })).SSEKMSKeyId).toBeUndefined();
  });

  test('DSSE-KMS has no Bucket Key', async () => {
    const answer = await put({ ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: arn, BucketKeyEnabled: true });
    expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: arn });
    expect(answer.BucketKeyEnabled).toBeUndefined();
  });

  test('the Bucket Key of one object, on and off', async () => {
    expect((await byKey(arn, { BucketKeyEnabled: true })).BucketKeyEnabled).toBe(true);
    await setDefault('aws:kms', arn, true);
    expect((await byKey(arn)).BucketKeyEnabled).toBe(true);
    expect((await byKey(arn, { BucketKeyEnabled: false })).BucketKeyEnabled).toBeUndefined();
  });

  test('the ETag is the MD5 only where S3 itself has the key', async () => {
    const md5 = `"${createHash('md5').update('content').digest('hex')}"`;
    expect((await put()).ETag).toBe(md5);
    expect((await byKey(arn)).ETag).not.toBe(md5);
    expect((await put(customerKey())).ETag).not.toBe(md5);
  });
});

describe('keys that cannot be used, as recorded', () => {
  const inRegion = `arn:aws:kms:eu-west-1:${SOURCE}:key/${MISSING}`;
  test.each([
    ['fake-key-id', "Invalid keyId 'fake-key-id'"],
    [MISSING, `Key '${inRegion}' does not exist`],
    [inRegion, `Key '${inRegion}' does not exist`],
  ])('%s', async (name, words) => {
    const uses = [
      () => byKey(name),
      () => {
        const input = { Bucket, Key, SSEKMSKeyId: name, ServerSideEncryption: 'aws:kms' } as const;
        return aws.s3.send(new CreateMultipartUploadCommand(input));
      },
    ];
    for (const use of uses) {
      expect(await refusal(use())).toBe('400 KMS.NotFoundException');
      expect(await message(use())).toBe(words);
    }
  });

  test('a key of another Region', async () => {
    const other = await makeKey('eu-central-1');
    expect(await message(byKey(other.arn))).toBe('Invalid arn eu-central-1');
    expect(await message(byKey(other.id))).toMatch(/^Key 'arn:aws:kms:eu-west-1:.*' does not exist$/);
  });

  test('a disabled key neither encrypts nor decrypts; enabled again it does', async () => {
    await byKey(arn);
    await aws.kms.send(new DisableKeyCommand({ KeyId: arn }));
    for (const use of [() => get(), () => byKey(arn)]) {
      expect(await refusal(use())).toBe('400 KMS.DisabledException');
      expect(await message(use())).toBe(`${arn} is disabled.`);
    }
    expect(await refusal(head())).toBe('accepted');
    await aws.kms.send(new EnableKeyCommand({ KeyId: arn }));
    expect(await refusal(get())).toBe('accepted');
  });

  test('a key that is to be deleted, and one that is gone', async () => {
    await byKey(arn);
    await aws.kms.send(new ScheduleKeyDeletionCommand({ KeyId: arn, PendingWindowInDays: 7 }));
    expect(await refusal(get())).toBe('400 KMS.KMSInvalidStateException');
    expect(await message(get())).toBe(`${arn} is pending deletion.`);
    await sandbox.clock.sleep(8 * 86_400_000);
    expect(await refusal(get())).toBe('400 KMS.NotFoundException');
  });

  test('a key without aws:kms is refused', async () => {
    expect(await refusal(put({ SSEKMSKeyId: arn }))).toBe('400 InvalidArgument');
    expect(await refusal(put({ SSEKMSKeyId: arn, ServerSideEncryption: 'AES256' }))).toBe('400 InvalidArgument');
  });
});

describe('S3 asks KMS as the caller', () => {
  const objectArn = `arn:aws:s3:::${Bucket}/${Key}`;
  const context = 'kms:EncryptionContext:aws:s3:arn';

  test('without a Bucket Key the encryption context is the object', async () => {
    await useOnly({ [context]: objectArn });
    expect(await refusal(byKey(arn))).toBe('accepted');
    expect(await refusal(byKey(arn, { Key: 'another' }))).toBe('403 AccessDenied');
    expect(await refusal(byKey(arn, { BucketKeyEnabled: true }))).toBe('403 AccessDenied');
  });

  test('with a Bucket Key it is the bucket', async () => {
    await useOnly({ [context]: `arn:aws:s3:::${Bucket}` });
    expect(await refusal(byKey(arn, { BucketKeyEnabled: true }))).toBe('accepted');
    expect(await refusal(byKey(arn))).toBe('403 AccessDenied');
  });

  test("the writer's own context is part of it, and S3 brings it again for readers", async () => {
    await useOnly({ 'kms:EncryptionContext:team': 'blue' });
    const SSEKMSEncryptionContext = Buffer.from('{"team":"blue"}').toString('base64');
    expect(await refusal(byKey(arn))).toBe('403 AccessDenied');
    expect(await refusal(byKey(arn, { SSEKMSEncryptionContext }))).toBe('accepted');
    expect(await refusal(get())).toBe('accepted');
  });

  test.each([
    ['eu-west-1', 'accepted'],
    ['eu-central-1', '403 AccessDenied'],
  ])('kms:ViaService for %s: %s', async (region, answer) => {
    await useOnly({ 'kms:ViaService': `s3.${region}.amazonaws.com` });
    expect(await refusal(byKey(arn))).toBe(answer);
  });

  test('the refusal names the action and the key', async () => {
    await useOnly({ 'kms:ViaService': 'nothing' });
    expect(await message(byKey(arn))).toBe(
      `User: arn:aws:iam::${SOURCE}:user/sandbox-admin is not authorized to perform: kms:GenerateDataKey on resource: ${arn} because no resource-based policy allows the kms:GenerateDataKey action`,
    );
  });

  test('reading the checksum with HeadObject decrypts, reading the rest does not', async () => {
    await byKey(arn);
    await useOnly({ 'kms:ViaService': 'nothing' });
    expect(await refusal(head())).toBe('accepted');
    expect(await refusal(head({ ChecksumMode: 'ENABLED' }))).toMatch(/^403 /);
    expect(await refusal(get())).toBe('403 AccessDenied');
  });

  test('a bucket policy alone does not decrypt for another account', async () => {
    await byKey(arn);
    const Statement = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${Bucket}/*`,
    };
    await aws.s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    );
    const reading = () => get({}, clientsOf(sandbox, OTHER));
    expect(await refusal(reading())).toBe('403 AccessDenied');
    expect(await message(reading())).toContain('kms:Decrypt');
    await put();
    expect(await refusal(reading())).toBe('accepted');
  });

  test('a copy decrypts with one key and encrypts with the other', async () => {
    const second = await makeKey();
    await byKey(arn);
    const copy = () =>
      aws.s3.send(
        new CopyObjectCommand({
          Bucket,
          Key: 'copy',
          CopySource: `${Bucket}/${Key}`,
          ServerSideEncryption: 'aws:kms',
          SSEKMSKeyId: second.arn,
        }),
      );
    expect((await copy()).SSEKMSKeyId).toBe(second.arn);
    await aws.kms.send(new DisableKeyCommand({ KeyId: arn }));
    expect(await message(copy())).toBe(`${arn} is disabled.`);
    await aws.kms.send(new EnableKeyCommand({ KeyId: arn }));
    await aws.kms.send(new DisableKeyCommand({ KeyId: second.arn }));
    expect(await message(copy())).toBe(`${second.arn} is disabled.`);
  });
});

describe('SSE-C, as recorded', () => {
  const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = customerKey();
  const right = { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 };
  const short = customerKey(randomBytes(16));

  test('content comes back for its key only', async () => {
    expect(await put(right)).toMatchObject({ SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5 });
    expect(await (await get(right)).Body?.transformToString()).toBe('content');
    expect(await refusal(get())).toBe('400 InvalidRequest');
    expect(await message(get())).toBe(
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
    expect(await refusal(get(customerKey()))).toBe('403 AccessDenied');
    expect(await refusal(head())).toMatch(/^400 /);
    expect(await refusal(head(customerKey()))).toMatch(/^403 /);
    expect((await head(right)).ContentLength).toBe(7);
  });

  test('an object without it does not take the key', async () => {
    await put();
    expect(await refusal(get(right))).toBe('400 InvalidRequest');
  });

  test.each([
    [
      { ...right, ServerSideEncryption: 'AES256' },
      'InvalidArgument',
      'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
    ],
    [
      { ...right, SSECustomerAlgorithm: 'KMS' },
      'InvalidEncryptionAlgorithmError',
      'The Encryption request you specified is not valid. Supported value: AES256.',
    ],
    [{ ...short }, 'InvalidArgument', 'The secret key was invalid for the specified algorithm.'],
  ] as const)('a bad request is refused (%#)', async (input, code, words) => {
    expect(await refusal(put(input))).toBe(`400 ${code}`);
    expect(await message(put(input))).toBe(words);
  });

  test('a new bucket blocks it', async () => {
    await makeBucket(sandbox, 'blocking');
    expect(await refusal(put({ ...right, Bucket: 'blocking' }))).toBe('403 AccessDenied');
  });

  test('a copy out of it and into it', async () => {
    await put(right);
    const copy = (more: object) =>
      aws.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}`, ...more }));
    const source = {
      CopySourceSSECustomerAlgorithm: SSECustomerAlgorithm,
      CopySourceSSECustomerKey: SSECustomerKey,
      CopySourceSSECustomerKeyMD5: SSECustomerKeyMD5,
    };
    expect(await refusal(copy({}))).toBe('400 InvalidRequest');
    expect((await copy(source)).ServerSideEncryption).toBe('AES256');
    expect((await copy({ ...source, ...right })).SSECustomerKeyMD5).toBe(SSECustomerKeyMD5);
  });
});
