import { beforeEach, describe, expect, test } from 'vitest';
import { ensureRole } from '../../../src/sandbox/iam/ensure-role.ts';
import { identify } from '../../../src/sandbox/iam/identity.ts';
import { parsePolicy, type StoredPolicy } from '../../../src/sandbox/iam/stored-policy.ts';
import { authorizeKeyUse } from '../../../src/sandbox/kms/authorize-key.ts';
import { managedKeyFor } from '../../../src/sandbox/kms/managed-key.ts';
import { accountIn, emptyState, type Key, type SandboxState } from '../../../src/sandbox/store/state.ts';
import type { Call } from '../../../src/sandbox/wire/route.ts';
import { branded } from '../../plain.ts';
import { OTHER, SOURCE } from '../clients.ts';

const VIA_S3 = 's3.eu-west-1.amazonaws.com';
const OBJECT = 'arn:aws:s3:::bucket/a.txt';

let state: SandboxState;

beforeEach(() => {
  state = emptyState(Date.now());
});

const policy = (...Statement: object[]): StoredPolicy =>
  parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }));
const toAccount = (account: string) =>
  ({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }) as const;
const viaS3 = (context: string) => ({
  Effect: 'Allow',
  Action: 'kms:GenerateDataKey',
  Resource: '*',
  Condition: {
    StringEquals: { 'kms:ViaService': VIA_S3 },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': context },
  },
});

/** A request to S3 of an account's administrator, or of a role's session. */
function asking(accessKeyId: string) {
  const call: Call = {
    service: 's3',
    operation: 'PutObject',
    region: branded('eu-west-1'),
    partition: 'aws',
    signatureVersion: 4,
    accessKeyId,
    sessionToken: 'token',
    headers: {},
    query: {},
    body: '',
    content: Buffer.alloc(0),
  };
  return { state, call, now: state.now, caller: identify(state, 's3', call) };
}

function sessionWith(...statements: object[]): string {
  const arn = `arn:aws:iam::${SOURCE}:role/app`;
  ensureRole(state, arn, [`arn:aws:iam::${SOURCE}:root`]);
  const role = accountIn(state, SOURCE).roles.app;
  if (role === undefined) throw new Error('there is no role');
  role.attached = [];
  role.inline.own = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  state.sessions.ASIA = {
    account: branded(SOURCE),
    role: arn,
    roleId: role.id,
    name: 'me',
    token: 'token',
    expires: Infinity,
  };
  return 'ASIA';
}

function keyOf(account: string, keyPolicy: StoredPolicy): Key {
  const id = '11111111-1111-4111-8111-111111111111';
  return branded<Key>({
    arn: `arn:aws:kms:eu-west-1:${account}:key/${id}`,
    id,
    account,
    region: 'eu-west-1',
    created: 0,
    description: '',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    multiRegion: false,
    manager: 'CUSTOMER',
    state: 'Enabled',
    tags: [],
    policy: keyPolicy,
  });
}

function managedKey(account: string): Key {
  const operation = { ...asking(`SANDBOX${account}`), roleVisible: 0 };
  const alias = { partition: 'aws', service: 'kms', region: 'eu-west-1', account, resource: 'alias/aws/s3' };
  const key = managedKeyFor(operation, branded(alias));
  if (key === undefined) throw new Error('there is no managed key');
  return key;
}

function answer(who: string, key: Key, context = OBJECT, via: string | undefined = VIA_S3): string {
  try {
    authorizeKeyUse(asking(who), key, 'kms:GenerateDataKey', { 'aws:s3:arn': context }, via);
    return 'accepted';
  } catch (error) {
    return (error as Error).message.replace(/^.* on resource: \S+ /, '');
  }
}

const NO_IDENTITY = 'because no identity-based policy allows the kms:GenerateDataKey action';
const NO_RESOURCE = 'because no resource-based policy allows the kms:GenerateDataKey action';

describe('a key that S3 uses for its caller', () => {
  test.each([
    ['allowed for this object', viaS3('arn:aws:s3:::bucket/*'), OBJECT, 'accepted'],
    [
      'allowed for objects, and used for a Bucket Key',
      viaS3('arn:aws:s3:::bucket/*'),
      'arn:aws:s3:::bucket',
      NO_IDENTITY,
    ],
    ['allowed for another bucket', viaS3('arn:aws:s3:::other/*'), OBJECT, NO_IDENTITY],
  ])('%s by the caller: %s', (_, statement, context, expected) => {
    expect(answer(sessionWith(statement), keyOf(SOURCE, policy(toAccount(SOURCE))), context)).toBe(expected);
  });

  test('is not allowed directly by what allows it through S3', () => {
    const who = sessionWith(viaS3('*'));
    const key = keyOf(SOURCE, policy(toAccount(SOURCE)));
    expect(answer(who, key)).toBe('accepted');
    expect(() => authorizeKeyUse(asking(who), key, 'kms:GenerateDataKey', {})).toThrow(NO_IDENTITY);
  });

  test('of another account needs both sides', () => {
    const foreign = keyOf(OTHER, policy(toAccount(OTHER)));
    const shared = keyOf(OTHER, policy(toAccount(OTHER), toAccount(SOURCE)));
    expect(answer(`SANDBOX${SOURCE}`, foreign)).toMatch(/^because the resource does not exist in this Region/);
    expect(answer(`SANDBOX${SOURCE}`, shared)).toBe('accepted');
    expect(answer(sessionWith(), shared)).toBe(NO_IDENTITY);
    expect(answer(sessionWith(viaS3('*')), shared)).toBe('accepted');
  });

  test('aws/s3 is for everyone in the account, through S3 alone, and for nobody else', () => {
    const key = managedKey(SOURCE);
    expect(answer(sessionWith(), key)).toBe('accepted');
    expect(answer(sessionWith(), key, OBJECT, 's3.us-east-1.amazonaws.com')).toBe(NO_RESOURCE);
    expect(() => authorizeKeyUse(asking(`SANDBOX${SOURCE}`), key, 'kms:Encrypt', {})).toThrow(
      'no resource-based policy',
    );
    expect(answer(`SANDBOX${OTHER}`, key)).toMatch(/^because the resource does not exist/);
  });
});
