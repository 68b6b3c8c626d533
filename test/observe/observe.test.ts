import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  ListBucketsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/transport';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import type { Spec } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import { readBucket } from '../../src/observe/bucket.ts';
import { readKey, readOwnKeys } from '../../src/observe/key.ts';
import { type AlsoRead, observe } from '../../src/observe/observe.ts';
import { readRole } from '../../src/observe/role.ts';
import { backfillRole, sidPrefix } from '../../src/state/names.ts';
import type { State } from '../../src/state/state.ts';
import { anApplied, aPractice } from '../apply/in-sandbox.ts';
import { aDestination, aSource, aSpec, DESTINATION, keyArn, rootPolicy, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';
import { accountOf } from '../plain-state.ts';
import { clientsOf } from '../sandbox/clients.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

function bucketsOf(state: State, account: string) {
  return accountOf(state, account).buckets;
}

async function create(
  practice: Awaited<ReturnType<typeof aPractice>>,
  account: string,
  region: string,
  Bucket: string,
) {
  const { s3 } = clientsOf(practice.sandbox, account, region);
  await s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
  );
  return s3;
}

const anyPolicy = { Policy: JSON.stringify(rootPolicy(SOURCE)) };

describe('a bucket', () => {
  it('that is not there is null', async () => {
    const state = await (await aPractice()).state(aSpec());
    expect(bucketsOf(state, SOURCE)).toEqual({ 'acme-invoices': null });
    expect(bucketsOf(state, DESTINATION)).toEqual({ 'acme-invoices-replica': null });
  });

  it('in another Region is told with that Region', async () => {
    const practice = await aPractice();
    await create(practice, SOURCE, 'eu-west-3', 'acme-invoices');
    expect(bucketsOf(await practice.state(aSpec()), SOURCE)['acme-invoices']).toEqual({
      inaccessible: 'wrong-region',
      region: 'eu-west-3',
      owned: true,
    });
  });

  it('of someone else is forbidden, also in the right Region', async () => {
    const practice = await aPractice();
    await create(practice, '999999999999', 'eu-west-1', 'acme-invoices');
    expect(bucketsOf(await practice.state(aSpec()), SOURCE)['acme-invoices']).toMatchObject({
      inaccessible: 'forbidden',
      owned: false,
    });
  });

  it('that may not be listed is owned by nobody knows whom', async () => {
    const s3 = mockClient(S3Client);
    const denied = Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    s3.onAnyCommand().rejects(denied);
    const read = readBucket(
      { s3: new S3Client({}), account: SOURCE, region: branded<Region>('eu-west-1') },
      'acme-invoices',
    );
    expect(await read).toEqual({ inaccessible: 'forbidden' });
    s3.restore();
  });

  it('that is listed among the buckets of the account is owned by it', async () => {
    const s3 = mockClient(S3Client);
    const denied = Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    const Buckets = [{ Name: 'acme-invoices-2' }, { Name: 'acme-invoices' }];
    s3.onAnyCommand().rejects(denied).on(ListBucketsCommand, { Prefix: 'acme-invoices' }).resolves({ Buckets });
    const read = readBucket(
      { s3: new S3Client({}), account: SOURCE, region: branded<Region>('eu-west-1') },
      'acme-invoices',
    );
    expect(await read).toEqual({ inaccessible: 'forbidden', owned: true });
    s3.restore();
  });

  it('of our own other account is forbidden too: it is not where repl.yaml says', async () => {
    const practice = await aPractice();
    await create(practice, DESTINATION, 'eu-west-1', 'acme-invoices');
    expect(bucketsOf(await practice.state(aSpec()), SOURCE)['acme-invoices']).toMatchObject({
      inaccessible: 'forbidden',
    });
  });

  it('without any configuration has null for each, and what AWS gives every bucket', async () => {
    const practice = await aPractice();
    await create(practice, SOURCE, 'eu-west-1', 'acme-invoices');
    expect(bucketsOf(await practice.state(aSpec()), SOURCE)['acme-invoices']).toMatchObject({
      region: 'eu-west-1',
      versioning: null,
      policy: null,
      replication: null,
      objectLock: null,
      requestPayment: 'BucketOwner',
      tags: {},
      encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
    });
  });

  it('is never read without saying whose it must be', async () => {
    const s3 = mockClient(S3Client);
    s3.onAnyCommand().resolves({}).on(GetBucketPolicyCommand).resolves(anyPolicy);
    const at = { s3: new S3Client({ region: 'eu-west-1' }), account: SOURCE, region: branded<Region>('eu-west-1') };
    await readBucket(at, 'b');
    expect(s3.calls()).toHaveLength(11);
    for (const { args } of s3.calls()) expect(args[0].input).toEqual({ Bucket: 'b', ExpectedBucketOwner: SOURCE });
    s3.restore();
  });

  it.each([301, 400])('that answers %d without another Region is an error, not a guess', async (httpStatusCode) => {
    const s3 = mockClient(S3Client);
    s3.onAnyCommand().rejects(Object.assign(new Error('moved'), { $metadata: { httpStatusCode } }));
    const at = { s3: new S3Client({ region: 'eu-west-1' }), account: SOURCE, region: branded<Region>('eu-west-1') };
    await expect(readBucket(at, 'b')).rejects.toThrow('moved');
    s3.restore();
  });
});

describe('the replication configuration', () => {
  it('keeps the empty filter of others’ rules, which S3 needs to take the rule again', async () => {
    const practice = await aPractice();
    const spec = aSpec();
    await practice.apply(spec);
    const { s3 } = clientsOf(practice.sandbox, SOURCE);
    const { 'acme-invoices': bucket } = bucketsOf(await practice.state(spec), SOURCE);
    if (!bucket || 'inaccessible' in bucket || !bucket.replication) throw new Error('no replication configuration');
    const theirs = {
      ID: 'theirs',
      Priority: 99,
      Status: 'Disabled' as const,
      Filter: {},
      DeleteMarkerReplication: { Status: 'Disabled' as const },
      Destination: { Bucket: 'arn:aws:s3:::acme-invoices-replica' },
    };
    const Rules = [...(bucket.replication.Rules ?? []), theirs];
    await s3.send(
      new PutBucketReplicationCommand({
        Bucket: 'acme-invoices',
        ReplicationConfiguration: { Role: bucket.replication.Role, Rules },
      }),
    );
    const seen = bucketsOf(await practice.state(spec), SOURCE)['acme-invoices'];
    expect(seen && 'replication' in seen && seen.replication?.Rules?.find(({ ID }) => ID === 'theirs')).toMatchObject({
      Filter: {},
    });
  });

  it('has the empty filter also where the SDK reads it as nothing', async () => {
    const s3 = mockClient(S3Client);
    const rule = { ID: 'v2', Priority: 1, Status: 'Enabled' as const, Destination: { Bucket: 'x' } };
    s3.onAnyCommand()
      .resolves({ ReplicationConfiguration: { Role: 'r', Rules: [rule] } })
      .on(GetBucketPolicyCommand)
      .resolves(anyPolicy);
    const at = { s3: new S3Client({ region: 'eu-west-1' }), account: SOURCE, region: branded<Region>('eu-west-1') };
    expect(await readBucket(at, 'b')).toMatchObject({ replication: { Rules: [{ ...rule, Filter: {} }] } });
    s3.restore();
  });

  it('of the old form keeps its Prefix and gets no Filter', async () => {
    const s3 = mockClient(S3Client);
    const Rules = [{ ID: 'v1', Prefix: 'logs/', Status: 'Enabled' as const, Destination: { Bucket: 'x' } }];
    s3.onAnyCommand()
      .resolves({ ReplicationConfiguration: { Role: 'r', Rules } })
      .on(GetBucketPolicyCommand)
      .resolves(anyPolicy);
    const at = { s3: new S3Client({ region: 'eu-west-1' }), account: SOURCE, region: branded<Region>('eu-west-1') };
    const bucket = await readBucket(at, 'b');
    expect(bucket).toMatchObject({ replication: { Role: 'r', Rules } });
    expect(JSON.stringify(bucket)).not.toContain('Filter');
    s3.restore();
  });
});

describe('a key of ours', () => {
  async function aSetUp() {
    const practice = await aPractice();
    const spec = aSpec();
    await practice.apply(spec);
    const { kms } = clientsOf(practice.sandbox, SOURCE);
    const [key] = Object.values(accountOf(await practice.state(spec), SOURCE).keys);
    if (!key) throw new Error('apply makes a key');
    practice.requests.length = 0;
    return { practice, spec, kms, arn: key.metadata.Arn };
  }

  it('is found by its alias, without looking at all keys', async () => {
    const { practice, spec, arn } = await aSetUp();
    const keys = accountOf(await practice.state(spec), SOURCE).keys;
    expect(Object.keys(keys)).toEqual([arn]);
    expect(keys[arn]).toMatchObject({
      aliases: ['alias/s3repl-invoices-dr'],
      rotation: true,
      tags: { s3repl: 'invoices-dr' },
    });
    expect(practice.requests.some(({ operation }) => operation === 'ListKeys')).toBe(false);
  });

  it('is found by its tag where the alias is missing, and keys of others are not', async () => {
    const { practice, spec, kms, arn } = await aSetUp();
    await kms.send(new DeleteAliasCommand({ AliasName: 'alias/s3repl-invoices-dr' }));
    const Tags = [{ TagKey: 's3repl', TagValue: 'another-set-up' }];
    await kms.send(new CreateKeyCommand({ Tags }));
    await kms.send(new CreateKeyCommand({}));
    const { keys } = accountOf(await practice.state(spec), SOURCE);
    expect(Object.keys(keys)).toEqual([arn]);
    expect(keys[arn]?.aliases).toEqual([]);
  });

  it('that waits for its deletion does not count where the alias is missing', async () => {
    const { practice, spec, kms, arn } = await aSetUp();
    await kms.send(new DeleteAliasCommand({ AliasName: 'alias/s3repl-invoices-dr' }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: arn, PendingWindowInDays: 7 }));
    expect(accountOf(await practice.state(spec), SOURCE).keys).toEqual({});
  });

  it('is found among keys whose own policy hides their tags', async () => {
    const { practice, spec, kms, arn } = await aSetUp();
    await kms.send(new DeleteAliasCommand({ AliasName: 'alias/s3repl-invoices-dr' }));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const hidden = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${SOURCE}:root` },
          NotAction: 'kms:ListResourceTags',
          Resource: '*',
        },
      ],
    };
    await kms.send(
      new PutKeyPolicyCommand({
        KeyId: KeyMetadata?.KeyId,
        Policy: JSON.stringify(hidden),
        BypassPolicyLockoutSafetyCheck: true,
      }),
    );
    expect(Object.keys(accountOf(await practice.state(spec), SOURCE).keys)).toEqual([arn]);
  });

  it('is not made up where IAM keeps us from reading tags: that is an error', async () => {
    const kms = mockClient(KMSClient);
    kms.on(ListKeysCommand).resolves({ Keys: [{ KeyArn: keyArn() }] });
    const refusal = (message: string) => Object.assign(new Error(message), { name: 'AccessDeniedException' });
    const at = { kms: new KMSClient({ region: 'eu-west-1' }) };
    kms
      .on(ListResourceTagsCommand)
      .rejects(refusal('because no identity-based policy allows the kms:ListResourceTags action'));
    await expect(readOwnKeys(at, 'invoices-dr')).rejects.toThrow('identity-based');
    kms
      .on(ListResourceTagsCommand)
      .rejects(refusal('because no resource-based policy allows the kms:ListResourceTags action'));
    expect(await readOwnKeys(at, 'invoices-dr')).toEqual([]);
    kms.restore();
  });

  it('is found on any page of the list of keys, a thousand at a time', async () => {
    const kms = mockClient(KMSClient);
    const own = keyArn(SOURCE, 'eu-west-1', 'own');
    kms
      .on(ListKeysCommand)
      .rejects(new Error('an unknown page'))
      .on(ListKeysCommand, { Limit: 1000, Marker: undefined })
      .resolves({ Keys: [{ KeyArn: keyArn() }], Truncated: true, NextMarker: 'two' })
      .on(ListKeysCommand, { Limit: 1000, Marker: 'two' })
      .resolves({ Keys: [], Truncated: true, NextMarker: 'three' })
      .on(ListKeysCommand, { Limit: 1000, Marker: 'three' })
      .resolves({ Keys: [{ KeyArn: own }], Truncated: false });
    kms.on(ListResourceTagsCommand).resolves({ Tags: [] });
    kms.on(ListResourceTagsCommand, { KeyId: own }).resolves({ Tags: [{ TagKey: 's3repl', TagValue: 'invoices-dr' }] });
    kms.on(DescribeKeyCommand, { KeyId: own }).resolves({
      KeyMetadata: {
        KeyId: 'own',
        Arn: own,
        KeyState: 'Enabled',
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyManager: 'CUSTOMER',
      },
    });
    kms.on(GetKeyPolicyCommand).resolves({ Policy: JSON.stringify(rootPolicy(SOURCE)) });
    kms.on(ListAliasesCommand).resolves({ Aliases: [] });
    kms.on(GetKeyRotationStatusCommand).resolves({ KeyRotationEnabled: true });
    const keys = await readOwnKeys({ kms: new KMSClient({ region: 'eu-west-1' }) }, 'invoices-dr');
    expect(keys.map(({ metadata }) => metadata.Arn)).toEqual([own]);
    expect(kms.commandCalls(ListKeysCommand)).toHaveLength(3);
    kms.restore();
  });

  it('is asked for its tags twenty at a time, so that KMS is not overrun', async () => {
    const kms = mockClient(KMSClient);
    let [inFlight, most] = [0, 0];
    kms.on(ListKeysCommand).resolves({
      Keys: Array.from({ length: 100 }, (_, index) => ({ KeyArn: keyArn(SOURCE, 'eu-west-1', `${index}`) })),
    });
    kms.on(ListResourceTagsCommand).callsFake(async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return { Tags: [] };
    });
    await readOwnKeys({ kms: new KMSClient({ region: 'eu-west-1' }) }, 'invoices-dr');
    expect(kms.commandCalls(ListResourceTagsCommand)).toHaveLength(100);
    expect(most).toBe(20);
    kms.restore();
  });
});

describe('a key that repl.yaml gives', () => {
  it('is read by its alias or ARN, and is not there where there is none', async () => {
    const practice = await aPractice();
    const { kms } = clientsOf(practice.sandbox, SOURCE);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'theirs' }));
    const arn = KeyMetadata?.Arn ?? '';
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/theirs', TargetKeyId: arn }));
    for (const kmsKey of [
      { kind: 'alias', alias: 'alias/theirs' },
      { kind: 'arn', arn },
    ] as const) {
      const state = await practice.state(aSpec({ source: aSource({ kmsKey }) }));
      expect(accountOf(state, SOURCE).keys[arn]).toMatchObject({
        metadata: { Arn: arn, KeyState: 'Enabled', Description: 'theirs' },
        aliases: ['alias/theirs'],
        rotation: false,
        tags: {},
      });
    }
    const missing = aSpec({ source: aSource({ kmsKey: { kind: 'arn', arn: keyArn() } }) });
    expect(accountOf(await practice.state(missing), SOURCE).keys).toEqual({});
  });

  it('of the source’s account at a destination is read from the source', async () => {
    const practice = await aPractice();
    const { kms } = clientsOf(practice.sandbox, SOURCE);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const arn = KeyMetadata?.Arn ?? '';
    const spec = aSpec({ destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'arn', arn } })] });
    expect(Object.keys(accountOf(await practice.state(spec), SOURCE).keys)).toContain(arn);
    const asked = practice.requests.filter(({ operation }) => operation === 'GetKeyPolicy');
    expect(asked.map(({ account }) => account)).toEqual([SOURCE]);
  });

  it.each([
    ['RSA_2048', 'CUSTOMER'],
    ['SYMMETRIC_DEFAULT', 'AWS'],
  ] as const)('%s of %s has no rotation to ask for', async (KeySpec, KeyManager) => {
    const kms = mockClient(KMSClient);
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', Arn: keyArn(), KeySpec, KeyManager } });
    kms.on(GetKeyPolicyCommand).resolves({ Policy: JSON.stringify(rootPolicy(SOURCE)) });
    kms.on(ListAliasesCommand).resolves({});
    kms.on(ListResourceTagsCommand).resolves({});
    expect(await readKey({ kms: new KMSClient({ region: 'eu-west-1' }) }, 'k')).toMatchObject({ rotation: false });
    expect(kms.commandCalls(GetKeyRotationStatusCommand)).toHaveLength(0);
    kms.restore();
  });
});

describe('the replication role', () => {
  const name = 's3repl-invoices-dr';
  const allowAll = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });

  /** A role with an attached policy, and another policy. */
  async function withManagedPolicies({ sandbox }: Awaited<ReturnType<typeof aPractice>>) {
    const { iam } = clientsOf(sandbox, SOURCE);
    await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
    const made = async (PolicyName: string) => {
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: allowAll }));
      return Policy?.Arn ?? '';
    };
    const attached = await made('attached');
    await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: attached }));
    return { attached, boundary: await made('boundary') };
  }

  it('is found under any path, with its documents decoded', async () => {
    const practice = await aPractice();
    const { iam } = clientsOf(practice.sandbox, SOURCE);
    await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Path: '/team/s3/',
        AssumeRolePolicyDocument: trust,
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    );
    const document = {
      Version: '2012-10-17',
      Statement: [{ Sid: 'A', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/100% öl+&?/*' }],
    };
    await iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: 'theirs', PolicyDocument: JSON.stringify(document) }),
    );
    expect(accountOf(await practice.state(aSpec()), SOURCE).roles).toEqual({
      [`arn:aws:iam::${SOURCE}:role/team/s3/${name}`]: {
        trustPolicy: JSON.parse(trust),
        inlinePolicies: { theirs: document },
        attachedPolicies: [],
        permissionsBoundary: null,
        roleId: expect.stringMatching(/^AROA/),
        tags: { a: 'b' },
      },
    });
  });

  it('that is not there is none', async () => {
    expect(accountOf(await (await aPractice()).state(aSpec()), SOURCE).roles).toEqual({});
  });

  it('has all pages of its policies', async () => {
    const iam = mockClient(IAMClient);
    iam.on(GetRoleCommand).resolves({
      Role: {
        RoleName: name,
        RoleId: 'x',
        Path: '/',
        Arn: `arn:aws:iam::${SOURCE}:role/${name}`,
        CreateDate: new Date(0),
        AssumeRolePolicyDocument: encodeURIComponent(trust),
        PermissionsBoundary: { PermissionsBoundaryArn: 'arn:boundary' },
      },
    });
    iam.on(ListRolePoliciesCommand).resolves({ PolicyNames: ['one'], IsTruncated: true, Marker: 'm' });
    iam
      .on(ListRolePoliciesCommand, { RoleName: name, Marker: 'm' })
      .resolves({ PolicyNames: ['two'], IsTruncated: false });
    iam
      .on(ListAttachedRolePoliciesCommand)
      .resolves({ AttachedPolicies: [{ PolicyArn: 'b' }], IsTruncated: true, Marker: 'm' });
    iam
      .on(ListAttachedRolePoliciesCommand, { RoleName: name, Marker: 'm' })
      .resolves({ AttachedPolicies: [{ PolicyArn: 'a' }], IsTruncated: false });
    iam.on(GetRolePolicyCommand).resolves({ PolicyDocument: encodeURIComponent(trust) });
    iam.on(GetPolicyCommand).resolves({ Policy: { DefaultVersionId: 'v3' } });
    iam
      .on(GetPolicyVersionCommand, { VersionId: 'v3' })
      .resolves({ PolicyVersion: { Document: encodeURIComponent(trust) } });
    const found = await readRole({ iam: new IAMClient({ region: 'eu-west-1' }) }, name);
    expect(Object.keys(found?.role.inlinePolicies ?? {})).toEqual(['one', 'two']);
    expect(found?.role.attachedPolicies).toEqual(['a', 'b']);
    expect(found?.role.permissionsBoundary).toBe('arn:boundary');
    const document = JSON.parse(trust);
    expect(found?.policies).toEqual({ a: document, b: document, 'arn:boundary': document });
    iam.restore();
  });

  it('has managed policies with their documents, and the boundary that it will have', async () => {
    const practice = await aPractice();
    const { attached, boundary } = await withManagedPolicies(practice);
    const state = await practice.state(aSpec({ role: { name, permissionsBoundary: boundary } }));
    expect(accountOf(state, SOURCE).policies).toEqual({
      [attached]: JSON.parse(allowAll),
      [boundary]: JSON.parse(allowAll),
    });
  });

  it.each(['GetPolicy', 'GetPolicyVersion'])(
    'has unknown for a managed policy that %s does not show, and any other error stays one',
    async (refused) => {
      const practice = await aPractice();
      const { attached } = await withManagedPolicies(practice);
      const fault = (code: string, status: number) => {
        practice.fault = ({ operation }) => (operation === refused ? { code, status } : undefined);
      };
      fault('AccessDenied', 403);
      expect(accountOf(await practice.state(aSpec()), SOURCE).policies).toEqual({ [attached]: 'unknown' });
      fault('NoSuchEntity', 404);
      expect(accountOf(await practice.state(aSpec()), SOURCE).policies).toEqual({ [attached]: 'unknown' });
      fault('InvalidClientTokenId', 403);
      await expect(practice.state(aSpec())).rejects.toThrow('InvalidClientTokenId');
    },
  );

  it('whose policies cannot be read is an error, never a role without policies', async () => {
    const practice = await aPractice();
    const { iam } = clientsOf(practice.sandbox, SOURCE);
    await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
    practice.fault = ({ operation }) =>
      operation === 'ListAttachedRolePolicies' ? { code: 'AccessDenied', status: 403 } : undefined;
    await expect(practice.state(aSpec())).rejects.toThrow('AccessDenied');
  });
});

describe('what repl.yaml no longer names', () => {
  const later = aSpec({ destinations: [aDestination({ bucket: 'acme-archive' })], role: { name: 'other' } });

  it('is looked at where our rules name it: the former bucket and the former role', async () => {
    const practice = await anApplied(aSpec());
    const state = await practice.state(later);
    const former = bucketsOf(state, DESTINATION)['acme-invoices-replica'];
    expect(former && 'policy' in former && JSON.stringify(former.policy)).toContain(sidPrefix(aSpec()));
    expect(Object.keys(accountOf(state, SOURCE).roles)).toEqual([`arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`]);
  });

  it('is not looked at where others’ rules name it', async () => {
    const practice = await aPractice();
    const s3 = await create(practice, SOURCE, 'eu-west-1', 'acme-invoices');
    const other = await create(practice, DESTINATION, 'eu-central-1', 'their-replica');
    for (const [client, Bucket] of [
      [s3, 'acme-invoices'],
      [other, 'their-replica'],
    ] as const) {
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    }
    const { iam } = clientsOf(practice.sandbox, SOURCE);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'theirs', AssumeRolePolicyDocument: trust }));
    const rule = {
      ID: 's3repl.invoices-dr-2.all',
      Priority: 1,
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      DeleteMarkerReplication: { Status: 'Disabled' as const },
      Destination: { Bucket: 'arn:aws:s3:::their-replica', Account: DESTINATION },
    };
    await s3.send(
      new PutBucketReplicationCommand({
        Bucket: 'acme-invoices',
        ReplicationConfiguration: { Role: Role?.Arn, Rules: [rule] },
      }),
    );
    expect(Object.keys(bucketsOf(await practice.state(aSpec()), DESTINATION))).toEqual(['acme-invoices-replica']);
  });
});

describe('the documents of others', () => {
  it('are read as they are: a bucket policy of an account without any mark of ours', async () => {
    const practice = await aPractice();
    const s3 = await create(practice, SOURCE, 'eu-west-1', 'acme-invoices');
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'T',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: 'arn:aws:s3:::acme-invoices/*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    };
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'acme-invoices', Policy: JSON.stringify(policy) }));
    const bucket = bucketsOf(await practice.state(aSpec()), SOURCE)['acme-invoices'];
    expect(bucket && 'policy' in bucket && bucket.policy).toEqual(policy);
  });
});

describe('time is round trips', () => {
  /** Answers only when nothing further is asked: what is asked at once is one wave. */
  async function wavesOf(
    spec: Spec,
    prepare: (practice: Awaited<ReturnType<typeof aPractice>>) => Promise<unknown>,
    also?: AlsoRead,
  ) {
    const practice = await aPractice();
    await prepare(practice);
    let waiting: (() => void)[] = [];
    const waves: number[] = [];
    let quiet: NodeJS.Timeout | undefined;
    const open = () => {
      const wave = waiting;
      waiting = [];
      waves.push(wave.length);
      for (const go of wave) go();
    };
    const surroundings: Surroundings = {
      ...practice.surroundings,
      requestHandler: {
        ...practice.sandbox.requestHandler,
        handle: async (request: HttpRequest) => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            clearTimeout(quiet);
            quiet = setTimeout(open, 150);
          });
          return practice.sandbox.requestHandler.handle(request);
        },
      },
    };
    const connections = await connect(spec, surroundings);
    const signIn = waves.length;
    const state = await observe(connections, spec, also);
    connections.close();
    return { state, signIn, waves: waves.slice(signIn) };
  }

  it('all reads of a fresh look go out together: the first wave has every bucket read, key and role', async () => {
    const { signIn, waves } = await wavesOf(aSpec(), async () => undefined);
    expect(signIn).toBe(1);
    // Eleven reads of each bucket, an alias on each side, three of the role; then the lists of keys where no alias was found.
    expect(waves).toEqual([27, 2]);
  });

  it('a look at what is set up is three round trips deep: signing in, all documents, what they name', async () => {
    const { signIn, waves } = await wavesOf(aSpec(), (practice) => practice.apply(aSpec()));
    expect(signIn + waves.length).toBe(3);
    // Behind the keys: four documents each; behind the role: its one inline policy.
    expect(waves).toEqual([27, 9]);
  });

  it('a look that also takes in the role of S3 Batch Operations is no deeper', async () => {
    const prepare = async (practice: Awaited<ReturnType<typeof aPractice>>) => {
      await practice.apply(aSpec());
      const { iam } = clientsOf(practice.sandbox, SOURCE);
      const RoleName = 's3repl-invoices-dr-backfill';
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
      const statement = { Effect: 'Allow', Action: 's3:InitiateReplication', Resource: 'arn:aws:s3:::acme-invoices/*' };
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: RoleName, PolicyDocument }));
      await practice.surroundings.sleep(60_000);
    };
    const { state, waves } = await wavesOf(aSpec(), prepare, { backfillRole: true });
    expect(waves).toEqual([30, 10]);
    expect(backfillRole(state, aSpec()).role).toMatchObject({ inlinePolicies: { 's3repl-invoices-dr-backfill': {} } });
    expect(backfillRole((await wavesOf(aSpec(), prepare)).state, aSpec()).role).toBeNull();
  });
});
