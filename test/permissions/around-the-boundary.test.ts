/**
 * What somebody with the policies of `--boundary --from-live` tries by way of the documents that they may write: bucket policies and
 * replication rules.
 */
import {
  CreatePolicyCommand,
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
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { SOURCE } from '../builders.ts';
import { type Clients, clientsOf, refusal } from '../sandbox/clients.ts';
import { aCloud, applied } from './clouds.ts';
import { printed, printing } from './printed.ts';
import { configFile, current, roleName, sandboxFrom } from './set-up-roles.ts';

vi.mock('../../src/sandbox/sandbox.ts', async (original) => {
  const real = await original<typeof import('../../src/sandbox/sandbox.ts')>();
  type Options = Parameters<typeof real.openSandbox>[0];
  return {
    ...real,
    openSandbox: async (options: Options = {}) =>
      'directory' in options && current.sandbox ? current.sandbox : real.openSandbox(options),
  };
});
afterAll(() => {
  delete current.sandbox;
});

const attacker = '333333333333';
const Bucket = 'acme-invoices';
const RoleName = 's3repl-invoices-dr';
const role = `arn:aws:iam::${SOURCE}:role/${RoleName}`;
const boundary = `arn:aws:iam::${SOURCE}:policy/s3repl-boundary-invoices-dr`;
const config = configFile('around', { role: { permissionsBoundary: boundary } });
const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const everything = document({ Effect: 'Allow', Action: '*', Resource: '*' });

/** A bucket of an attacker, who lets the replication role write there. */
async function attackersBucket(sandbox: Sandbox): Promise<void> {
  const { s3 } = clientsOf(sandbox, attacker, 'eu-west-1');
  const name = 'attackers';
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
  await s3.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
  const Resource = [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`];
  const Policy = document({ Effect: 'Allow', Principal: { AWS: role }, Action: 's3:*', Resource });
  await s3.send(new PutBucketPolicyCommand({ Bucket: name, Policy }));
}

describe('somebody with the policies of --boundary --from-live', () => {
  let sandbox: Sandbox;
  let mallory: Clients;
  const sessionOf = async ({ sts }: Clients, RoleArn: string) => {
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'mallory' }));
    return clientsOf(sandbox, Credentials ?? {}, 'eu-west-1');
  };
  beforeAll(async () => {
    const { stdout } = await printing(config, { boundaryPolicy: true, json: false });
    const withBoundary = ({ requestHandler, ...sandbox }: Sandbox) =>
      clientsOf({ requestHandler, ...sandbox }).iam.send(
        new CreatePolicyCommand({ PolicyName: 's3repl-boundary-invoices-dr', PolicyDocument: stdout }),
      );
    const state = await aCloud(undefined, withBoundary, applied(config), attackersBucket)();
    const flags = { boundary: true, fromLive: true };
    const policies = await printed(config, undefined, flags, state);
    sandbox = await sandboxFrom(state, policies);
    await clientsOf(sandbox).s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
    mallory = await sessionOf(clientsOf(sandbox, SOURCE), `arn:aws:iam::${SOURCE}:role/${roleName}`);
  });

  it('replicates nothing to a bucket of their own, which only the boundary prevents', async () => {
    await mallory.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any', PolicyDocument: everything }));
    await mallory.s3.send(
      new PutBucketReplicationCommand({
        Bucket,
        ReplicationConfiguration: {
          Role: role,
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
    const letsIn = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${SOURCE}:role/${roleName}` } };
    const AssumeRolePolicyDocument = document({ ...letsIn, Action: 'sts:AssumeRole' });
    await mallory.iam.send(
      new CreateRoleCommand({ RoleName, PermissionsBoundary: boundary, AssumeRolePolicyDocument }),
    );
    await mallory.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any', PolicyDocument: everything }));
    await sandbox.clock.sleep(60_000);
    const session = await sessionOf(mallory, role);
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
  const sandbox = await sandboxFrom(state, await printed(one, undefined, { boundary: true, fromLive: true }, state));
  await clientsOf(sandbox).s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
  const holder = `arn:aws:iam::${SOURCE}:role/${roleName}`;
  const { Credentials } = await clientsOf(sandbox, SOURCE).sts.send(
    new AssumeRoleCommand({ RoleArn: holder, RoleSessionName: 'mallory' }),
  );
  const { s3 } = clientsOf(sandbox, Credentials ?? {}, 'eu-west-1');
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
