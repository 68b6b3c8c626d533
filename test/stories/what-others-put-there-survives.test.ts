import { join } from 'node:path';
import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketTaggingCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aFolder, invoices } from './cli.ts';

const tls = {
  Sid: 'DenyWithoutTls',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::acme-invoices-replica', 'arn:aws:s3:::acme-invoices-replica/*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const theirRule = {
  ID: 'logs-to-archive',
  Priority: 7,
  Status: 'Enabled' as const,
  Filter: { Prefix: 'logs/' },
  DeleteMarkerReplication: { Status: 'Disabled' as const },
  Destination: { Bucket: 'arn:aws:s3:::acme-archive' },
};
const emptyFilter = {
  ...theirRule,
  ID: 'everything-else',
  Priority: 3,
  Filter: {},
  Destination: { Bucket: 'arn:aws:s3:::acme-archive' },
};

describe('a bucket that replicates for others already', () => {
  it('keeps their rules, role, policy statements and tags', async () => {
    const folder = aFolder();
    const directory = join(folder.path, '.s3repl');
    const theirs = async <T>(
      work: (s3: (account: string, region: string) => S3Client, iam: IAMClient) => Promise<T>,
    ): Promise<T> => {
      const sandbox = await openSandbox({ directory });
      const client = { requestHandler: sandbox.requestHandler };
      try {
        return await work(
          (account, region) => new S3Client({ ...client, region, credentials: sandboxCredentials(account) }),
          new IAMClient({ ...client, region: 'us-east-1', credentials: sandboxCredentials('111111111111') }),
        );
      } finally {
        await sandbox.close();
      }
    };
    const versioned = async (s3: S3Client, Bucket: string, LocationConstraint: 'eu-west-1' | 'eu-central-1') => {
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    };

    await theirs(async (s3, iam) => {
      const source = s3('111111111111', 'eu-west-1');
      const destination = s3('222222222222', 'eu-central-1');
      await versioned(source, 'acme-invoices', 'eu-west-1');
      await versioned(source, 'acme-archive', 'eu-west-1');
      await versioned(destination, 'acme-invoices-replica', 'eu-central-1');
      await destination.send(
        new PutBucketPolicyCommand({
          Bucket: 'acme-invoices-replica',
          Policy: JSON.stringify({ Version: '2012-10-17', Id: 'theirs', Statement: [tls] }),
        }),
      );
      await source.send(
        new PutBucketTaggingCommand({
          Bucket: 'acme-invoices',
          Tagging: { TagSet: [{ Key: 'owner', Value: 'finance' }] },
        }),
      );
      const trust = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      };
      await iam.send(
        new CreateRoleCommand({
          RoleName: 'their-replication',
          Path: '/service-role/',
          AssumeRolePolicyDocument: JSON.stringify(trust),
        }),
      );
      const own = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:ReplicateObject', Resource: 'arn:aws:s3:::acme-archive/*' }],
      };
      await iam.send(
        new PutRolePolicyCommand({
          RoleName: 'their-replication',
          PolicyName: 'theirs',
          PolicyDocument: JSON.stringify(own),
        }),
      );
      await source.send(
        new PutBucketReplicationCommand({
          Bucket: 'acme-invoices',
          ReplicationConfiguration: {
            Role: 'arn:aws:iam::111111111111:role/service-role/their-replication',
            Rules: [theirRule, emptyFilter],
          },
        }),
      );
    });

    folder.write('repl.yaml', invoices);
    const refused = await folder.s3repl(['apply', '--sandbox', '--yes', '--json']);
    expect(refused.code).toBe(5);
    expect(refused.lines.at(-1)).toMatchObject({
      outcome: 'blocked',
      error: { code: 'foreign-rules-role', fix: expect.stringContaining('name: their-replication') },
    });

    folder.write('repl.yaml', `${invoices}role: { name: their-replication }\n`);
    const applied = await folder.s3repl(['apply', '--sandbox', '--yes', '--json']);
    expect(applied.lines.at(-1)).toMatchObject({ outcome: 'applied' });
    expect((await folder.s3repl(['apply', '--sandbox', '--yes', '--json'])).lines.at(-1)).toMatchObject({
      outcome: 'unchanged',
    });

    await theirs(async (s3, iam) => {
      const source = s3('111111111111', 'eu-west-1');
      const { ReplicationConfiguration } = await source.send(
        new GetBucketReplicationCommand({ Bucket: 'acme-invoices' }),
      );
      expect(ReplicationConfiguration?.Role).toBe('arn:aws:iam::111111111111:role/service-role/their-replication');
      const [first, second, ours] = ReplicationConfiguration?.Rules ?? [];
      expect(first).toEqual(theirRule);
      expect({ ...second, Filter: second?.Filter ?? {} }).toEqual(emptyFilter);
      expect(ours).toMatchObject({ ID: 's3repl.invoices-dr.all', Priority: 8 });

      const { Policy = '' } = await s3('222222222222', 'eu-central-1').send(
        new GetBucketPolicyCommand({ Bucket: 'acme-invoices-replica' }),
      );
      const policy = JSON.parse(Policy);
      expect(policy.Id).toBe('theirs');
      expect(policy.Statement[0]).toEqual(tls);
      expect(policy.Statement).toHaveLength(2);

      const { TagSet } = await source.send(new GetBucketTaggingCommand({ Bucket: 'acme-invoices' }));
      expect(TagSet).toEqual([{ Key: 'owner', Value: 'finance' }]);
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'their-replication' }));
      expect(Role?.Tags ?? []).toEqual([]);
      const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: 'their-replication' }));
      expect(PolicyNames?.sort()).toEqual(['s3repl-invoices-dr', 'theirs']);
    });
  });
});
