import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { Finding } from '../../src/state/change.ts';
import type { AccountState, State } from '../../src/state/state.ts';
import {
  aBucket,
  aDestination,
  aKey,
  aRole,
  aRule,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  nothing,
  ownKey,
  SOURCE,
} from '../builders.ts';
import { branded } from '../plain.ts';

function state(source: Partial<AccountState> = {}, destination: Partial<AccountState> = {}): State {
  const empty = { roles: {}, buckets: {}, keys: {} };
  return { accounts: { [SOURCE]: { ...empty, ...source }, [DESTINATION]: { ...empty, ...destination } } };
}

function kmsDefault(key: string, algorithm: 'aws:kms' | 'aws:kms:dsse' = 'aws:kms') {
  return {
    Rules: [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: key }, BucketKeyEnabled: true },
    ],
  };
}

const sourceKey = keyArn();
const destinationKey = keyArn(DESTINATION, 'eu-central-1');
const given = aSpec({ source: aSource({ kmsKey: { kind: 'arn', arn: sourceKey } }) });
const withAlias = aSpec({ source: aSource({ kmsKey: { kind: 'alias', alias: 'alias/invoices' } }) });
const theirRule = {
  ID: 'theirs',
  Priority: 5,
  Status: 'Enabled' as const,
  Filter: { Prefix: 'logs/' },
  DeleteMarkerReplication: { Status: 'Disabled' as const },
  Destination: { Bucket: 'arn:aws:s3:::elsewhere' },
};

function replicating(rule: object, role = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`): State {
  return state({
    buckets: { 'acme-invoices': aBucket({ replication: { Role: role, Rules: [rule as typeof theirRule] } }) },
  });
}

function keyWith(metadata: object): State {
  const key = aKey(sourceKey);
  return state({ keys: { [sourceKey]: { ...key, metadata: { ...key.metadata, ...metadata } } } });
}

type Row = readonly [title: string, spec: Spec, observed: State, code: string, message: string, fix: string];

const problems: readonly Row[] = [
  [
    'an alias of ours on a key that is not',
    aSpec(),
    state({ keys: { [sourceKey]: aKey(sourceKey, { aliases: ['alias/s3repl-invoices-dr'] }) } }),
    'alias-taken',
    `alias/s3repl-invoices-dr points to ${sourceKey}`,
    'never moves',
  ],
  ['a given key that does not exist', given, nothing, 'key-missing', `no key ${sourceKey}`, 'kmsKey: create'],
  ['a given alias that does not exist', withAlias, nothing, 'key-missing', 'no key alias/invoices', 'kmsKey: create'],
  ['a disabled key', given, keyWith({ KeyState: 'Disabled' }), 'key-state', 'is Disabled', 'aws kms enable-key'],
  [
    'a key that waits for its deletion',
    given,
    keyWith({ KeyState: 'PendingDeletion' }),
    'key-state',
    'is PendingDeletion',
    'cancel-key-deletion',
  ],
  [
    'an asymmetric key',
    given,
    keyWith({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
    'key-kind',
    'RSA_2048 for SIGN_VERIFY',
    'symmetric',
  ],
  [
    'an HMAC key',
    given,
    keyWith({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
    'key-kind',
    'HMAC_256',
    'symmetric',
  ],
  ['an AWS managed key', given, keyWith({ KeyManager: 'AWS' }), 'key-aws-managed', 'AWS managed key', 'kmsKey: create'],
  [
    'our own key, disabled by somebody',
    aSpec(),
    state({
      keys: {
        [sourceKey]: ownKey(sourceKey, 'source', aSpec(), {
          metadata: { ...aKey(sourceKey).metadata, KeyState: 'Disabled' },
        }),
      },
    }),
    'key-state',
    'is Disabled',
    'aws kms enable-key',
  ],
  [
    'an additional key that does not exist',
    aSpec({ source: aSource({ additionalKmsKeys: [sourceKey] }) }),
    nothing,
    'key-missing',
    `no key ${sourceKey}`,
    'additionalKmsKeys',
  ],
  [
    'a bucket in another Region',
    aSpec(),
    state({ buckets: { 'acme-invoices': { inaccessible: 'wrong-region', region: branded('us-west-2') } } }),
    'bucket-region',
    'is in us-west-2, not in eu-west-1',
    'region: us-west-2',
  ],
  [
    'a bucket that is not shown to us',
    aSpec(),
    state({}, { buckets: { 'acme-invoices-replica': { inaccessible: 'forbidden' } } }),
    'bucket-forbidden',
    `denies account ${DESTINATION} access to it`,
    's3:ListBucket',
  ],
  [
    'a destination that another account owns',
    aSpec(),
    state(
      {},
      {
        buckets: {
          'acme-invoices-replica': { inaccessible: 'wrong-region', region: branded('us-west-2'), owned: false },
        },
      },
    ),
    'bucket-of-another',
    `does not belong to account ${DESTINATION}`,
    'do not replicate to it',
  ],
  [
    'default encryption with another key',
    aSpec(),
    state({ buckets: { 'acme-invoices': aBucket({ encryption: kmsDefault(sourceKey) }) } }),
    'bucket-key-mismatch',
    sourceKey,
    `kmsKey: ${sourceKey}`,
  ],
  [
    'default encryption DSSE-KMS with another key',
    aSpec(),
    state({ buckets: { 'acme-invoices': aBucket({ encryption: kmsDefault(sourceKey, 'aws:kms:dsse') }) } }),
    'bucket-key-mismatch',
    sourceKey,
    `kmsKey: ${sourceKey}`,
  ],
  [
    'default encryption with the AWS managed key',
    aSpec(),
    state({
      buckets: {
        'acme-invoices': aBucket({
          encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
        }),
      },
    }),
    'bucket-key-mismatch',
    'AWS managed key aws/s3',
    'sets SSE-S3, and s3repl apply then changes it',
  ],
  [
    'a destination that is Requester Pays',
    aSpec(),
    state(
      {},
      { buckets: { 'acme-invoices-replica': aBucket({ region: 'eu-central-1', requestPayment: 'Requester' }) } },
    ),
    'requester-pays',
    'Requester Pays',
    'BucketOwner',
  ],
  [
    'Object Lock at the source only',
    aSpec(),
    state(
      { buckets: { 'acme-invoices': aBucket({ objectLock: 'Enabled' }) } },
      { buckets: { 'acme-invoices-replica': aBucket({ region: 'eu-central-1' }) } },
    ),
    'object-lock',
    'has Object Lock',
    'put-object-lock-configuration',
  ],
  [
    'a borrowed role that S3 may not assume',
    aSpec(),
    state({
      roles: {
        [`arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`]: aRole({
          trustPolicy: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
        }),
      },
    }),
    'role-trust',
    'does not let S3 assume it',
    's3.amazonaws.com',
  ],
  [
    'a role under another path',
    aSpec({ role: { name: 's3repl-invoices-dr', path: '/replication/' } }),
    state({ roles: { [`arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`]: aRole() } }),
    'role-path',
    'not under the path /replication/',
    'cannot move',
  ],
  [
    'a borrowed role with another boundary',
    aSpec({ role: { name: 's3repl-invoices-dr', permissionsBoundary: 'arn:aws:iam::111111111111:policy/b' } }),
    state({ roles: { [`arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`]: aRole() } }),
    'role-boundary',
    'has no permissions boundary',
    'permissionsBoundary',
  ],
  [
    'a boundary that does not exist',
    aSpec({ role: { name: 's3repl-invoices-dr', permissionsBoundary: 'arn:aws:iam::111111111111:policy/b' } }),
    state({ policies: { 'arn:aws:iam::111111111111:policy/b': null } }),
    'boundary-missing',
    'does not exist',
    'permissions --boundary',
  ],
  [
    "others' rules under another role",
    aSpec(),
    replicating(theirRule, `arn:aws:iam::${SOURCE}:role/service-role/theirs`),
    'foreign-rules-role',
    'one role for all its rules',
    'name: theirs',
  ],
  [
    "others' rules of the old form",
    aSpec(),
    replicating({ ID: 'old', Status: 'Enabled', Prefix: '', Destination: { Bucket: 'arn:aws:s3:::elsewhere' } }),
    'foreign-rules-v1',
    'V1',
    'does not accept both',
  ],
  [
    'a priority that others have',
    aSpec({ destinations: [aDestination({ rules: [aRule({ priority: 5 })] })] }),
    replicating(theirRule),
    'priority-taken',
    'priority 5',
    'another priority',
  ],
  [
    'a deleted role in a bucket policy',
    aSpec(),
    state(
      {},
      {
        buckets: {
          'acme-invoices-replica': aBucket({
            region: 'eu-central-1',
            policy: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' }, Action: 's3:GetObject', Resource: '*' },
              ],
            },
          }),
        },
      },
    ),
    'deleted-principal',
    'names AROAEXAMPLEEXAMPLE123',
    'remove statement number 1 from',
  ],
  [
    'a deleted role in a key policy',
    aSpec({ destinations: [aDestination({ kmsKey: { kind: 'arn', arn: destinationKey } })] }),
    state(
      {},
      {
        keys: {
          [destinationKey]: aKey(destinationKey, {
            policy: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' }, Action: 'kms:*', Resource: '*' },
              ],
            },
          }),
        },
      },
    ),
    'deleted-principal',
    'names AROAEXAMPLEEXAMPLE123',
    'remove statement number 1 from',
  ],
];

const warnings: readonly Row[] = [
  [
    'SSE-S3 that becomes SSE-KMS',
    aSpec(),
    state({ buckets: { 'acme-invoices': aBucket() } }),
    'bucket-becomes-kms',
    'changes to SSE-KMS',
    'kms:GenerateDataKey',
  ],
  [
    'versioning that has just been enabled',
    aSpec(),
    state({ buckets: { 'acme-invoices': aBucket({ versioning: null }) } }),
    'versioning-just-enabled',
    'versioning of acme-invoices',
    '15 minutes',
  ],
  [
    'a destination that blocks SSE-C under a source that does not',
    aSpec(),
    state({ buckets: { 'acme-invoices': aBucket() } }),
    'sse-c-blocked',
    'blocks SSE-C',
    'fail to replicate',
  ],
];

function adviceOf(found: Finding | undefined): string {
  return [found?.fix, found?.paste, found?.run?.command, ...(found?.run?.flags ?? [])].join(' ');
}

describe('what a person must put right first', () => {
  it.each(problems)('%s is a problem', (_, spec, observed, code, message, fix) => {
    const found = planApply(observed, spec).problems.find((one) => one.code === code);
    expect(found?.message).toContain(message);
    expect(adviceOf(found)).toContain(fix);
  });

  it('is nothing where nothing is there yet', () => {
    expect(planApply(nothing, aSpec()).problems).toEqual([]);
  });

  it('is nothing where all is set up', () => {
    const { desired } = planApply(nothing, aSpec());
    expect(planApply(desired, aSpec())).toMatchObject({ problems: [], warnings: [], changes: [] });
  });

  it('is a policy that would be longer than AWS takes', () => {
    const rules = Array.from({ length: 400 }, (_, n) =>
      aRule({ id: `rule-${n}`, prefix: `a-rather-long-prefix-number-${n}/` }),
    );
    const { problems: found } = planApply(nothing, aSpec({ destinations: [aDestination({ rules })] }));
    expect(found.map((one) => one.code)).toContain('policy-too-long');
  });
});

describe('what a person should know', () => {
  it.each(warnings)('%s is a warning, and no problem', (_, spec, observed, code, message, fix) => {
    const plan = planApply(observed, spec);
    const found = plan.warnings.find((one) => one.code === code);
    expect(found?.message).toContain(message);
    expect(adviceOf(found)).toContain(fix);
    expect(plan.problems).toEqual([]);
  });
});
