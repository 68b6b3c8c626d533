/** What becomes of the versions that a job lists. */

import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, OTHER, SOURCE } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import {
  aReplicationRule,
  configurationReads,
  DST,
  deny,
  granted,
  makeKey,
  type Pair,
  policyOf,
  ROLE,
  SRC,
  sourceReads,
  toBucket,
  usesKeys,
  withKey,
  writes,
} from '../replicating.ts';
import {
  backfillingPair,
  describeJob,
  eligible,
  initiates,
  lists,
  makeJobRole,
  outcomeOf,
  putOld,
  runJob,
  setJobRole,
  startJob,
  updateStatus,
} from './backfilling.ts';

let sandbox: Sandbox;
let pair: Pair;

beforeEach(async () => {
  sandbox = await openSandbox();
  pair = await backfillingPair(sandbox);
});

const succeeded = (total: number) => ({ status: 'Complete', total, succeeded: total, failed: 0, codes: [] });
const failed = (...codes: string[]) => ({ status: 'Complete', succeeded: 0, failed: codes.length, codes });
const denied = { ...deny(`arn:aws:s3:::${DST}/*`, 's3:ReplicateObject'), Principal: '*' };

describe('the role of a job', () => {
  test.each([
    ['s3:InitiateReplication', { status: 'Complete', codes: ['InitiateReplicationNotPermitted'] }],
    ['s3:GetReplicationConfiguration', { status: 'Failed', total: undefined }],
    ['s3:PutInventoryConfiguration', { status: 'Failed', total: undefined }],
  ])('needs %s', async (action, expected) => {
    const [version = ''] = await putOld(pair, ['key']);
    const without = [initiates, lists].map((statement) => ({
      ...statement,
      Action: [statement.Action].flat().filter((one) => one !== action),
    }));
    await setJobRole(sandbox, ...without.filter(({ Action }) => Action.length > 0));
    const outcome = await runJob(sandbox);
    expect(outcome).toMatchObject(expected);
    if (outcome.status === 'Failed') expect(outcome.reason).toContain(action);
    expect(await pair.status(version)).toBeUndefined();
    await setJobRole(sandbox, initiates, lists);
    expect(await runJob(sandbox)).toMatchObject(succeeded(1));
  });

  test('may start what its policies name only', async () => {
    await putOld(pair, ['in/key', 'out/key']);
    await setJobRole(sandbox, { ...initiates, Resource: `arn:aws:s3:::${SRC}/in/*` }, lists);
    expect(await runJob(sandbox)).toMatchObject({
      succeeded: 1,
      failed: 1,
      codes: ['InitiateReplicationNotPermitted'],
    });
  });

  test('is bound by a Deny of the bucket policy', async () => {
    await putOld(pair, ['key']);
    const Policy = policyOf({ ...deny(`arn:aws:s3:::${SRC}/*`, 's3:InitiateReplication'), Principal: '*' });
    await pair.s3.send(new PutBucketPolicyCommand({ Bucket: SRC, Policy }));
    expect(await runJob(sandbox)).toMatchObject(failed('InitiateReplicationNotPermitted'));
  });

  const trust = (statement: object) =>
    clientsOf(sandbox).iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'backfill',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }],
        }),
      }),
    );
  const service = { Principal: { Service: 'batchoperations.s3.amazonaws.com' } };

  test.each<[what: string, statement: object, status: string]>([
    ['S3 alone', { Principal: { Service: 's3.amazonaws.com' } }, 'Failed'],
    ['both services', { Principal: { Service: ['s3.amazonaws.com', 'batchoperations.s3.amazonaws.com'] } }, 'Complete'],
    [
      'the service for an account that it does not name',
      { ...service, Condition: { StringEquals: { 'aws:SourceAccount': SOURCE } } },
      'Failed',
    ],
  ])('trusts %s', async (_, statement, status) => {
    await putOld(pair, ['key']);
    await trust(statement);
    const outcome = await runJob(sandbox);
    expect(outcome.status).toBe(status);
    if (status === 'Failed') expect(outcome.reason).toContain('cannot assume the role');
  });

  test('is asked again while the job runs', async () => {
    await putOld(pair, ['key']);
    const id = await startJob(sandbox, { ConfirmationRequired: true });
    await sandbox.clock.sleep(60_000);
    await trust({ Principal: { Service: 's3.amazonaws.com' } });
    await updateStatus(sandbox, id, 'Ready');
    await sandbox.clock.sleep(60_000);
    expect(outcomeOf(await describeJob(sandbox, id), sandbox)).toMatchObject(failed('AssumeRoleNotPermitted'));
  });

  test('is not known right after it was made', async () => {
    await putOld(pair, ['key']);
    await makeJobRole(sandbox, 'new', 0);
    const RoleArn = `arn:aws:iam::${SOURCE}:role/new`;
    expect(await runJob(sandbox, { RoleArn })).toMatchObject({ status: 'Failed' });
    expect(await runJob(sandbox, { RoleArn })).toMatchObject(succeeded(1));
  });
});

describe('a bucket that a job cannot list', () => {
  test.each<[what: string, changes: object, code: string]>([
    ['does not exist', { SourceBucket: 'arn:aws:s3:::nowhere' }, 'SrcBucketNotFound'],
    ['belongs to somebody else than expected', { ExpectedBucketOwner: OTHER }, 'ManifestGenerationFailed'],
    ['is in another Region', { SourceBucket: 'arn:aws:s3:::far' }, 'SrcBucketInvalidRegion'],
  ])('%s', async (_, changes, code) => {
    const far = { Bucket: 'far', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } } as const;
    await clientsOf(sandbox, SOURCE, 'eu-central-1').s3.send(new CreateBucketCommand(far));
    const S3JobManifestGenerator = { SourceBucket: `arn:aws:s3:::${SRC}`, EnableManifestOutput: false, ...changes };
    const id = await startJob(sandbox, { ManifestGenerator: { S3JobManifestGenerator } });
    await sandbox.clock.sleep(60_000);
    const { Status, FailureReasons } = await describeJob(sandbox, id);
    expect([Status, FailureReasons?.[0]?.FailureCode]).toEqual(['Failed', code]);
  });

  test('has no replication configuration', async () => {
    await pair.s3.send(new DeleteBucketReplicationCommand({ Bucket: SRC }));
    expect((await runJob(sandbox)).reason).toContain('no replication configuration');
  });
});

describe('a task', () => {
  test('that fails says why, and FAILED is tried again by the next job', async () => {
    const [version = ''] = await putOld(pair, ['key']);
    await pair.setPolicy(granted(), denied);
    expect(await runJob(sandbox)).toMatchObject(failed('DstPutObjectNotPermitted'));
    expect(await pair.status(version)).toBe('FAILED');
    expect(pair.reasons).toEqual(['DstPutObjectNotPermitted']);
    await pair.setPolicy(granted());
    expect(await runJob(sandbox, { Filter: { ...eligible, ObjectReplicationStatuses: ['FAILED'] } })).toMatchObject(
      succeeded(1),
    );
    expect(await pair.status(version)).toBe('COMPLETED');
    expect(await pair.replica(version)).toBeDefined();
  });

  test('repairs what live replication has failed on', async () => {
    await pair.setPolicy(granted(), denied);
    const version = await pair.put();
    await pair.setPolicy(granted());
    await sandbox.clock.sleep(3_600_000);
    expect(await pair.status(version)).toBe('FAILED');
    expect(await runJob(sandbox)).toMatchObject(succeeded(1));
    expect(await pair.status(version)).toBe('COMPLETED');
  });

  test('replicates noncurrent versions, which stay below the current one', async () => {
    const [first, second] = await putOld(pair, [
      { Key: 'key', Body: 'old' },
      { Key: 'key', Body: 'new' },
    ]);
    const live = await pair.put();
    expect(await runJob(sandbox)).toMatchObject(succeeded(2));
    const { Versions = [] } = await pair.destination.send(new ListObjectVersionsCommand({ Bucket: DST }));
    expect(Versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [live, true],
      [second, false],
      [first, false],
    ]);
  });

  test('replicates what was there before versioning, as the null version', async () => {
    await makeBucket(sandbox, 'old-src');
    const { s3 } = clientsOf(sandbox);
    await s3.send(new PutObjectCommand({ Bucket: 'old-src', Key: 'key', Body: 'x' }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: 'old-src', VersioningConfiguration }));
    const ReplicationConfiguration = { Role: ROLE, Rules: [aReplicationRule()] };
    await s3.send(new PutBucketReplicationCommand({ Bucket: 'old-src', ReplicationConfiguration }));
    const ofOld = { Resource: ['arn:aws:s3:::old-src/*', 'arn:aws:s3:::old-src'] };
    await pair.setRole({ ...sourceReads, ...ofOld }, { ...configurationReads, ...ofOld }, writes());
    await setJobRole(sandbox, { ...initiates, ...ofOld }, { ...lists, ...ofOld });
    const S3JobManifestGenerator = {
      SourceBucket: 'arn:aws:s3:::old-src',
      EnableManifestOutput: false,
      Filter: eligible,
    };
    expect(await runJob(sandbox, { ManifestGenerator: { S3JobManifestGenerator } })).toMatchObject(succeeded(1));
    expect((await pair.replica('null'))?.ReplicationStatus).toBe('REPLICA');
  });

  test('replicates delete markers where the rule does', async () => {
    const [version = ''] = await putOld(pair, ['key']);
    await pair.s3.send(new DeleteBucketReplicationCommand({ Bucket: SRC }));
    const { VersionId: marker } = await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'key' }));
    await pair.setRules(aReplicationRule({ DeleteMarkerReplication: { Status: 'Enabled' } }));
    expect(await runJob(sandbox)).toMatchObject(succeeded(2));
    const { DeleteMarkers = [] } = await pair.destination.send(new ListObjectVersionsCommand({ Bucket: DST }));
    expect(DeleteMarkers).toMatchObject([{ VersionId: marker, IsLatest: true }]);
    expect(await pair.replica(version)).toBeDefined();
  });

  test('takes the key of the rule, and fails for the keys as live replication does', async () => {
    const [own, theirs] = [await makeKey(sandbox), await makeKey(sandbox, OTHER)];
    const object = { Key: 'key', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: own } as const;
    const [version = ''] = await putOld(pair, [object], [withKey(theirs)]);
    await pair.setRole(sourceReads, configurationReads, writes());
    expect(await runJob(sandbox)).toMatchObject(failed('SrcGetObjectNotPermitted'));
    await pair.setRole(sourceReads, configurationReads, writes(), usesKeys);
    expect(await runJob(sandbox)).toMatchObject(succeeded(1));
    expect((await pair.replica(version))?.SSEKMSKeyId).toBe(theirs);
  });

  test('is not eligible where it is archived or no rule takes it, if it is listed all the same', async () => {
    const objects = [{ Key: 'glacier', StorageClass: 'GLACIER' }, { Key: 'out' }] as const;
    await putOld(pair, objects, [aReplicationRule({ Filter: { Prefix: 'g' } })]);
    const outcome = await runJob(sandbox, { Filter: { ObjectReplicationStatuses: ['NONE'] } });
    expect(outcome).toMatchObject(failed('SrcObjectNotEligible', 'SrcObjectNotEligible'));
  });

  test('whose version is gone fails', async () => {
    const [first, second = '', other] = await putOld(pair, ['key', 'key', 'other']);
    const id = await startJob(sandbox, { ConfirmationRequired: true });
    await sandbox.clock.sleep(60_000);
    await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'key', VersionId: first }));
    await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'other', VersionId: other }));
    await updateStatus(sandbox, id, 'Ready');
    await sandbox.clock.sleep(60_000);
    expect(outcomeOf(await describeJob(sandbox, id), sandbox)).toMatchObject({
      ...{ succeeded: 1, failed: 2, codes: ['SrcVersionNotFound', 'SrcObjectNotFound'] },
    });
    expect(await pair.status(second)).toBe('COMPLETED');
  });

  test('on what has replicated meanwhile is no longer pending, unless COMPLETED was asked for', async () => {
    const version = await pair.put();
    expect(await runJob(sandbox, { Filter: {} })).toMatchObject(failed('SrcReplicationNotPending'));
    expect(await pair.status(version)).toBe('COMPLETED');
    const Filter = { ...eligible, ObjectReplicationStatuses: ['COMPLETED' as const] };
    expect(await runJob(sandbox, { Filter })).toMatchObject(succeeded(1));
  });

  test('that asks for COMPLETED brings tags up to date where there is a replica', async () => {
    const version = await pair.put('key', { Tagging: 'a=b' });
    const where = { Bucket: DST, Key: 'key', VersionId: version };
    await pair.destination.send(new PutObjectTaggingCommand({ ...where, Tagging: { TagSet: [] } }));
    await runJob(sandbox, { Filter: { ObjectReplicationStatuses: ['COMPLETED'] } });
    const { TagSet } = await pair.destination.send(new GetObjectTaggingCommand(where));
    expect(TagSet).toEqual([{ Key: 'a', Value: 'b' }]);
  });

  test('on what is PENDING does not wait for live replication', async () => {
    sandbox = await openSandbox({ lag: { objectReplicated: 3_600_000 } });
    pair = await backfillingPair(sandbox);
    const version = await pair.put();
    expect(await pair.status(version)).toBe('PENDING');
    const id = await startJob(sandbox, { Filter: {} });
    await sandbox.clock.sleep(20_000);
    expect(outcomeOf(await describeJob(sandbox, id), sandbox)).toMatchObject(succeeded(1));
    expect(await pair.status(version)).toBe('COMPLETED');
  });

  test('fails where nobody can say what AWS would do', async () => {
    await putOld(pair, ['key', 'secret']);
    const unclear = { ...deny(`arn:aws:s3:::${DST}/secret`, 's3:ReplicateObject'), NotPrincipal: { AWS: ROLE } };
    await pair.setPolicy(granted(), unclear);
    expect(await runJob(sandbox)).toMatchObject({ succeeded: 1, failed: 1, codes: ['Undecided'] });
  });

  test('that loses tags fails, though the replica is there', async () => {
    const [version = ''] = await putOld(pair, [{ Key: 'key', Tagging: 'a=b' }]);
    await pair.setPolicy(granted(), { ...denied, Action: 's3:ReplicateTags' });
    expect(await runJob(sandbox)).toMatchObject(failed('DstPutTaggingNotPermitted'));
    expect(await pair.status(version)).toBe('FAILED');
    expect(await pair.replica(version)).toBeDefined();
  });

  test('is counted in the metrics of its rule', async () => {
    await putOld(pair, ['a', 'b']);
    await pair.setPolicy(granted(), { ...denied, Resource: `arn:aws:s3:::${DST}/a` });
    await runJob(sandbox);
    expect(sandbox.state.replication.metrics).toMatchObject({ 'src rule': { replicated: 1, failed: 1 } });
  });

  test('does not bring back a version that was deleted by its id at the destination', async () => {
    const version = await pair.put();
    await pair.destination.send(new DeleteObjectCommand({ Bucket: DST, Key: 'key', VersionId: version }));
    const Filter = { ...eligible, ObjectReplicationStatuses: ['COMPLETED' as const] };
    expect(await runJob(sandbox, { Filter })).toMatchObject(failed('DstObjectHardDeleted'));
    expect(await pair.replica(version)).toBeUndefined();
    expect(await pair.status(version)).toBe('FAILED');
  });
});

describe('several destinations', () => {
  const second = (more = {}) =>
    aReplicationRule({ ID: 'second', Priority: 2, Destination: toBucket('dst-2'), ...more });

  beforeEach(async () => {
    await makeBucket(sandbox, 'dst-2', { versioning: 'Enabled' });
    await pair.setRole(sourceReads, configurationReads, writes(), writes('dst-2'));
  });

  test('one that was added later gets what is COMPLETED already', async () => {
    const version = await pair.put();
    await pair.setRules(aReplicationRule(), second());
    expect(await runJob(sandbox)).toMatchObject({ status: 'Failed', total: undefined });
    const Filter = { ...eligible, ObjectReplicationStatuses: ['COMPLETED' as const] };
    expect(await runJob(sandbox, { Filter })).toMatchObject(succeeded(1));
    expect(sandbox.state.buckets['dst-2']?.objects.key?.[0]?.versionId).toBe(version);
  });

  test('all are served though one fails, and the task fails', async () => {
    const [version = ''] = await putOld(pair, ['key'], [aReplicationRule(), second()]);
    await pair.setPolicy(granted(), denied);
    expect(await runJob(sandbox)).toMatchObject(failed('DstPutObjectNotPermitted'));
    expect(sandbox.state.buckets['dst-2']?.objects.key?.[0]?.versionId).toBe(version);
    expect(await pair.status(version)).toBe('FAILED');
  });
});

test('a replica is replicated on where REPLICA is asked for', async () => {
  sandbox = await openSandbox();
  pair = await backfillingPair(sandbox, { destination: { account: SOURCE } });
  await makeBucket(sandbox, 'last', { versioning: 'Enabled' });
  const version = await pair.put();
  const onward = { Resource: [`arn:aws:s3:::${DST}/*`, `arn:aws:s3:::${DST}`] };
  await pair.setRole({ ...sourceReads, ...onward }, { ...configurationReads, ...onward }, writes('last'));
  const ReplicationConfiguration = { Role: ROLE, Rules: [aReplicationRule({ Destination: toBucket('last') })] };
  await pair.s3.send(new PutBucketReplicationCommand({ Bucket: DST, ReplicationConfiguration }));
  await setJobRole(sandbox, { ...initiates, ...onward }, { ...lists, ...onward });
  const jobOn = (status: 'NONE' | 'REPLICA') => {
    const Filter = { EligibleForReplication: true, ObjectReplicationStatuses: [status] };
    const S3JobManifestGenerator = { SourceBucket: `arn:aws:s3:::${DST}`, EnableManifestOutput: false, Filter };
    return runJob(sandbox, { ManifestGenerator: { S3JobManifestGenerator } });
  };
  expect(await jobOn('NONE')).toMatchObject({ status: 'Failed', total: undefined });
  expect(await jobOn('REPLICA')).toMatchObject(succeeded(1));
  expect((await pair.replica(version, 'key', {}, 'last'))?.ReplicationStatus).toBe('REPLICA');
  expect((await pair.replica(version))?.ReplicationStatus).toBe('REPLICA');
});
