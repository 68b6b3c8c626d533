import {
  CreatePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetObjectTaggingCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf } from '../clients.ts';
import { setVersioning } from '../make-bucket.ts';
import {
  allow,
  configurationReads,
  DST,
  deny,
  granted,
  type Pair,
  type PairOptions,
  ROLE,
  replicatingPair,
  SRC,
  type Statement,
  sourceReads,
  usesKeys,
  writes,
} from '../replicating.ts';

const inSource = `arn:aws:s3:::${SRC}/*`;
const inDestination = `arn:aws:s3:::${DST}/*`;
const all = [sourceReads, configurationReads, writes(), usesKeys];
const tagged = { Tagging: 'team=tax' };

let sandbox: Sandbox;
let pair: Pair;

beforeEach(async () => {
  sandbox = await openSandbox();
});

async function setUp(options: PairOptions = {}) {
  pair = await replicatingPair(sandbox, options);
}

async function tagsAt(VersionId: string) {
  const { TagSet } = await pair.destination.send(new GetObjectTaggingCommand({ Bucket: DST, Key: 'key', VersionId }));
  return TagSet;
}

async function setTags(VersionId: string, Value: string) {
  const Tagging = { TagSet: [{ Key: 'team', Value }] };
  await pair.s3.send(new PutObjectTaggingCommand({ Bucket: SRC, Key: 'key', VersionId, Tagging }));
  await sandbox.clock.sleep(5000);
}

async function setTrust(...statements: object[]) {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const { iam } = clientsOf(sandbox);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'replication', PolicyDocument }));
}

describe('facts 40, 41: what is denied stops the copy, and an event says why', () => {
  const inRole = (statement: Statement) => () => pair.setRole(...all, statement);
  const inBucket = (statement: Statement) => () =>
    pair.setPolicy(granted(), { ...statement, Principal: { AWS: ROLE } });
  test.each<[string, string, () => Promise<void>]>([
    [
      's3:GetObjectVersionForReplication',
      'SrcGetObjectNotPermitted',
      inRole(deny(inSource, 's3:GetObjectVersionForReplication')),
    ],
    ['s3:GetObjectVersionAcl', 'SrcGetAclNotPermitted', inRole(deny(inSource, 's3:GetObjectVersionAcl'))],
    ['s3:ReplicateObject by the role', 'DstPutObjectNotPermitted', inRole(deny(inDestination, 's3:ReplicateObject'))],
    [
      's3:ReplicateObject by the bucket',
      'DstPutObjectNotPermitted',
      inBucket(deny(inDestination, 's3:ReplicateObject')),
    ],
    ['everything at the destination', 'DstPutObjectNotPermitted', inBucket(deny(inDestination, 's3:*'))],
    [
      'versioning at the destination',
      'DstBucketUnversioned',
      () => setVersioning(sandbox, DST, 'Suspended', pair.account),
    ],
    [
      'a trust in S3',
      'AssumeRoleNotPermitted',
      () => setTrust({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    ],
  ])('%s: %s', async (_, reason, breakIt) => {
    await setUp();
    await breakIt();
    const version = await pair.put();
    expect(await pair.status(version)).toBe('FAILED');
    expect(await pair.replica(version)).toBeUndefined();
    expect(pair.reasons).toEqual([reason]);
  });

  test.each([
    ['reading tags, in the role', [...all, deny(inSource, 's3:GetObjectVersionTagging')], [granted()]],
    ['writing tags, in the role', [...all, deny(inDestination, 's3:ReplicateTags')], [granted()]],
    [
      'writing tags, in the bucket policy',
      all,
      [granted(), { ...deny(inDestination, 's3:ReplicateTags'), Principal: '*' }],
    ],
  ] as const)(
    'of tags only, the copy arrives without them, FAILED and without a word: %s',
    async (_, inline, policy) => {
      await setUp({ inline, policy });
      const version = await pair.put('key', tagged);
      expect(await pair.status(version)).toBe('FAILED');
      expect(await pair.replica(version)).toMatchObject({ ReplicationStatus: 'REPLICA' });
      expect(await tagsAt(version)).toEqual([]);
      expect(pair.events).toEqual([]);
      expect(Object.values(sandbox.state.replication.metrics)).toMatchObject([{ replicated: 1, failed: 0 }]);
    },
  );

  test('fact 44: an untagged object does not mind, and tagged later, its tags never arrive', async () => {
    await setUp({ inline: [...all, deny(inDestination, 's3:ReplicateTags')] });
    const version = await pair.put();
    expect(await pair.status(version)).toBe('COMPLETED');
    await setTags(version, 'late');
    expect(await pair.status(version)).toBe('FAILED');
    expect(await tagsAt(version)).toEqual([]);
  });
});

describe('fact 42: reading without KMS', () => {
  const reads = (...actions: string[]) => [
    allow(inSource, ...actions, 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'),
    configurationReads,
    writes(),
  ];
  const both = ['s3:GetObjectVersion', 's3:GetObjectVersionForReplication'];
  test.each<[string, string, readonly Statement[]]>([
    ['COMPLETED', 's3:GetObjectVersion alone', reads('s3:GetObjectVersion')],
    ['COMPLETED', 'one of both denied', [...reads(...both), deny(inSource, 's3:GetObjectVersionForReplication')]],
    ['COMPLETED', 'the other of both denied', [...reads(...both), deny(inSource, 's3:GetObjectVersion')]],
    ['FAILED', 'both denied', [...reads(...both), deny(inSource, ...both)]],
    ['FAILED', 'the only one denied', [...reads('s3:GetObjectVersion'), deny(inSource, 's3:GetObjectVersion')]],
  ])('%s: %s', async (status, _, inline) => {
    await setUp({ inline });
    expect(await pair.status(await pair.put())).toBe(status);
  });
});

describe('fact 43: writing tags', () => {
  test('takes s3:ReplicateObject and nothing else, also of the bucket policy', async () => {
    const write = allow(inDestination, 's3:ReplicateObject');
    await setUp({ inline: [sourceReads, configurationReads, write], policy: [{ ...write, Principal: { AWS: ROLE } }] });
    const version = await pair.put('key', tagged);
    expect(await pair.status(version)).toBe('COMPLETED');
    expect(await tagsAt(version)).toEqual([{ Key: 'team', Value: 'tax' }]);
    await setTags(version, 'later');
    expect(await tagsAt(version)).toEqual([{ Key: 'team', Value: 'later' }]);
  });
});

describe('a permissions boundary of the role', () => {
  test.each<[string, string, readonly Statement[]]>([
    ['COMPLETED', 'as wide as its policy', all],
    ['FAILED', 'without writing', [sourceReads, configurationReads, usesKeys]],
    ['FAILED', 'without reading', [configurationReads, writes(), usesKeys]],
  ])('%s: %s', async (status, _, boundary) => {
    await setUp({ inline: all });
    const { iam } = clientsOf(sandbox);
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: boundary });
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument }));
    const PermissionsBoundary = Policy?.Arn;
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'replication', PermissionsBoundary }));
    expect(await pair.status(await pair.put())).toBe(status);
  });
});

describe('what is mended', () => {
  test('fact 46: heals nothing that FAILED, while the next version is replicated', async () => {
    await setUp({ policy: [] });
    const failed = await pair.put();
    await pair.setPolicy(granted());
    await sandbox.clock.sleep(3_600_000);
    expect(await pair.status(failed)).toBe('FAILED');
    expect(await pair.status(await pair.put())).toBe('COMPLETED');
  });

  test('fact 45: is tried by new tags, which arrive', async () => {
    await setUp();
    const version = await pair.put('key', tagged);
    await pair.setRole(...all, deny(inDestination, 's3:ReplicateTags'));
    await setTags(version, 'second');
    expect(await pair.status(version)).toBe('FAILED');
    expect(await tagsAt(version)).toEqual([{ Key: 'team', Value: 'tax' }]);
    await pair.setRole(...all);
    await sandbox.clock.sleep(600_000);
    expect(await pair.status(version)).toBe('FAILED');
    await setTags(version, 'third');
    expect(await pair.status(version)).toBe('COMPLETED');
    expect(await tagsAt(version)).toEqual([{ Key: 'team', Value: 'third' }]);
  });

  test('has no replica to change where none was made', async () => {
    await setUp({ policy: [] });
    const version = await pair.put();
    await pair.setPolicy(granted());
    await setTags(version, 'later');
    expect(await pair.status(version)).toBe('FAILED');
    expect(pair.reasons).toEqual(['DstPutObjectNotPermitted', 'DstVersionNotFound']);
  });

  test('fact 69: in time counts for what is PENDING', async () => {
    await setUp({ policy: [] });
    const { s3 } = pair;
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'key', Body: 'x' }));
    expect(await pair.status(VersionId)).toBe('PENDING');
    await pair.setPolicy(granted());
    await sandbox.clock.sleep(2000);
    expect(await pair.status(VersionId)).toBe('COMPLETED');
  });
});

test('what nobody can say stays PENDING and is looked at every minute, and holds nothing else up', async () => {
  await setUp();
  const others = {
    ...deny(inDestination, 's3:*'),
    NotPrincipal: { AWS: ROLE },
    Resource: `arn:aws:s3:::${DST}/secret`,
  };
  await pair.setPolicy(granted(), others);
  const version = await pair.put('secret');
  await sandbox.clock.sleep(600_000);
  expect(await pair.status(version, 'secret')).toBe('PENDING');
  expect(await pair.status(await pair.put())).toBe('COMPLETED');
  await pair.setPolicy(granted());
  await sandbox.clock.sleep(60_000);
  expect(await pair.status(version, 'secret')).toBe('COMPLETED');
  expect([pair.events, sandbox.state.replication.configurations]).toEqual([[], {}]);
});

describe('fact 48: across accounts', () => {
  test('one statement of a bucket policy is enough, and nothing on the bucket itself', async () => {
    await setUp();
    expect(await pair.status(await pair.put())).toBe('COMPLETED');
  });
});

describe('facts 38, 52: conditions of the trust are evaluated', () => {
  const s3 = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
  test('a foreign aws:SourceAccount keeps S3 out until it is gone', async () => {
    await setUp();
    await setTrust({ ...s3, Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } });
    const failed = await pair.put();
    await setTrust(s3);
    expect(await pair.status(await pair.put())).toBe('COMPLETED');
    expect(await pair.status(failed)).toBe('FAILED');
    expect(pair.reasons).toEqual(['AssumeRoleNotPermitted']);
  });
});

test('fact 67: the event names the rule, the destination and the source', async () => {
  await setUp({ policy: [] });
  const versionId = await pair.put();
  expect(pair.events).toMatchObject([
    {
      eventVersion: '2.6',
      eventName: 'Replication:OperationFailedReplication',
      userIdentity: { principalId: 's3.amazonaws.com' },
      requestParameters: { sourceIPAddress: 's3.amazonaws.com' },
      s3: { bucket: { name: SRC }, object: { key: 'key', versionId } },
      replicationEventData: {
        replicationRuleId: 'rule',
        destinationBucket: `arn:aws:s3:::${DST}`,
        s3Operation: 'OBJECT_PUT',
        failureReason: 'DstPutObjectNotPermitted',
      },
      sentTo: [],
    },
  ]);
  expect(sandbox.state.replication.metrics[`${SRC} rule`]).toMatchObject({ replicated: 0, failed: 1 });
});
