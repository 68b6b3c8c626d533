import { createHash, randomUUID } from 'node:crypto';
import type { Key } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { authorizeOwn } from './authorize-key.ts';
import { defaultKeyPolicy } from './default-key-policy.ts';
import {
  invalidState,
  type KmsOperation,
  type KmsRequest,
  keyOf,
  kmsPage,
  kmsValidation,
  localArn,
  refuseStates,
  textInput,
} from './kms-request.ts';
import { newKeyPolicy } from './policies.ts';

const dayMs = 86_400_000;
const symmetric = 'SYMMETRIC_DEFAULT';
const specs = [
  symmetric,
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'HMAC_224',
  'HMAC_256',
  'HMAC_384',
  'HMAC_512',
];
const usages = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'];

export const keyOperations: Readonly<Record<string, KmsOperation>> = {
  CreateKey: createKey,
  DescribeKey: (request) => ({ KeyMetadata: metadata(request, keyOf(request, { alias: true, foreign: true })) }),
  ListKeys: listKeys,
  EnableKey: (request) => {
    const key = keyOf(request);
    refuseStates(key, 'PendingDeletion');
    key.state = 'Enabled';
  },
  DisableKey: (request) => {
    const key = keyOf(request);
    refuseStates(key, 'PendingDeletion');
    key.state = 'Disabled';
  },
  ScheduleKeyDeletion: scheduleKeyDeletion,
  CancelKeyDeletion: (request) => {
    const key = keyOf(request);
    if (key.state !== 'PendingDeletion') throw invalidState(`${key.arn} is not pending deletion.`);
    key.state = 'Disabled';
    delete key.deletionDate;
    return { KeyId: key.arn };
  },
  EnableKeyRotation: enableKeyRotation,
  DisableKeyRotation: (request) => {
    const key = keyOf(request);
    refuseStates(key, 'Disabled', 'PendingDeletion');
    delete key.rotation;
  },
  GetKeyRotationStatus: keyRotationStatus,
};

function createKey(request: KmsRequest): unknown {
  authorizeOwn(request, 'kms:CreateKey', '*', newKeyKeys(request));
  const spec = textInput(request, 'KeySpec') ?? textInput(request, 'CustomerMasterKeySpec') ?? symmetric;
  const usage = usageOf(request, spec);
  const multiRegion = request.input.MultiRegion === true;
  const origin = textInput(request, 'Origin') ?? 'AWS_KMS';
  if (origin !== 'AWS_KMS')
    throw new AwsError('NotImplemented', 501, `The sandbox does not have keys of origin ${origin}.`);
  const tags = newTags(request);
  if (tags.length > 0) authorizeOwn(request, 'kms:TagResource', '*');
  const text = textInput(request, 'Policy');
  const { partition, region } = request.call;
  const { account } = request.caller;
  const policy = text === undefined ? defaultKeyPolicy(partition, account) : newKeyPolicy(request, text);
  const id = multiRegion ? `mrk-${randomUUID().replaceAll('-', '')}` : randomUUID();
  const key: Key = {
    arn: localArn(request, `key/${id}`),
    id,
    account,
    region,
    created: request.now,
    description: textInput(request, 'Description') ?? '',
    spec,
    usage,
    multiRegion,
    manager: 'CUSTOMER',
    state: 'Enabled',
    policy,
    tags,
  };
  request.state.keys[key.arn] = key;
  return { KeyMetadata: metadata(request, key) };
}

function newKeyKeys(request: KmsRequest) {
  const spec = textInput(request, 'KeySpec') ?? symmetric;
  return {
    'kms:KeyOrigin': textInput(request, 'Origin') ?? 'AWS_KMS',
    'kms:KeySpec': spec,
    'kms:KeyUsage': textInput(request, 'KeyUsage') ?? 'ENCRYPT_DECRYPT',
    'kms:MultiRegion': String(request.input.MultiRegion === true),
  };
}

function usageOf(request: KmsRequest, spec: string): string {
  const usage = textInput(request, 'KeyUsage') ?? (spec === symmetric ? 'ENCRYPT_DECRYPT' : undefined);
  if (usage === undefined) {
    throw kmsValidation('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
  }
  refuseOther(spec, 'keySpec', specs);
  refuseOther(usage, 'keyUsage', usages);
  if (spec === symmetric && usage !== 'ENCRYPT_DECRYPT') {
    throw kmsValidation(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
  }
  return usage;
}

function refuseOther(value: string, member: string, words: readonly string[]): void {
  if (words.includes(value)) return;
  throw kmsValidation(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${words.join(', ')}]`,
  );
}

/** @throws AwsError KMS's own, for tags that it does not accept. */
export function newTags(request: KmsRequest): Key['tags'] {
  const input: readonly unknown[] = Array.isArray(request.input.Tags) ? request.input.Tags : [];
  const tags = input.map((item) => {
    const tag = Object(item);
    return { Key: String(tag.TagKey ?? ''), Value: String(tag.TagValue ?? '') };
  });
  if (tags.some((tag) => tag.Key.toLowerCase().startsWith('aws:'))) {
    throw new AwsError('TagException', 400, 'Tags beginning with aws: are reserved');
  }
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length)
    throw new AwsError('TagException', 400, 'Duplicate tag keys');
  if (tags.length > 50) throw new AwsError('TagException', 400, 'Too many tags');
  return tags;
}

function metadata(request: KmsRequest, key: Key): unknown {
  const primary = { Arn: key.arn, Region: key.region };
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.created / 1000,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.state,
    ...(key.state === 'PendingDeletion' ? { DeletionDate: (key.deletionDate ?? request.now) / 1000 } : {}),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    ...(key.usage === 'ENCRYPT_DECRYPT' && key.spec === symmetric ? { EncryptionAlgorithms: [symmetric] } : {}),
    ...(key.spec === symmetric ? { CurrentKeyMaterialId: materialId(key) } : {}),
    MultiRegion: key.multiRegion,
    ...(key.multiRegion
      ? { MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY', PrimaryKey: primary, ReplicaKeys: [] } }
      : {}),
  };
}

function materialId(key: Key): string {
  return createHash('sha256').update(key.arn).digest('hex');
}

function listKeys(request: KmsRequest): unknown {
  authorizeOwn(request, 'kms:ListKeys', '*');
  const keys = Object.values(request.state.keys)
    .filter((key) => key.account === request.caller.account && key.region === request.call.region)
    .map((key) => ({ KeyId: key.id, KeyArn: key.arn }));
  const { page, paging } = kmsPage(request, keys, 100);
  return { Keys: page, ...paging };
}

function scheduleKeyDeletion(request: KmsRequest): unknown {
  const key = keyOf(request);
  const days = request.input.PendingWindowInDays ?? 30;
  if (typeof days !== 'number' || days < 7 || days > 30) {
    throw kmsValidation(
      `1 validation error detected: Value '${String(days)}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value between 7 and 30`,
    );
  }
  refuseStates(key, 'PendingDeletion');
  key.state = 'PendingDeletion';
  key.deletionDate = request.now + days * dayMs;
  return {
    KeyId: key.arn,
    DeletionDate: key.deletionDate / 1000,
    KeyState: key.state,
    PendingWindowInDays: days,
  };
}

function enableKeyRotation(request: KmsRequest): void {
  const key = keyOf(request);
  refuseStates(key, 'Disabled', 'PendingDeletion');
  if (key.spec !== symmetric) throw new AwsError('UnsupportedOperationException', 400, '');
  const days = request.input.RotationPeriodInDays ?? key.rotation?.days ?? 365;
  if (typeof days !== 'number' || days < 90 || days > 2560) {
    throw kmsValidation(
      `1 validation error detected: Value '${String(days)}' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value between 90 and 2560`,
    );
  }
  key.rotation = { days, since: request.now };
}

function keyRotationStatus(request: KmsRequest): unknown {
  const key = keyOf(request, { foreign: true });
  if (key.manager === 'AWS') {
    return { KeyId: key.arn, KeyRotationEnabled: true, RotationPeriodInDays: 365 };
  }
  if (key.rotation === undefined || key.state === 'PendingDeletion')
    return { KeyId: key.arn, KeyRotationEnabled: false };
  const { days, since } = key.rotation;
  return {
    KeyId: key.arn,
    KeyRotationEnabled: true,
    RotationPeriodInDays: days,
    NextRotationDate: (since + days * dayMs) / 1000,
  };
}
