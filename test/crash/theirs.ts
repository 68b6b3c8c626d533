/** What others have next to ours: buckets, keys, a role, a rule, and statements in the documents that we write to. */
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketPolicyCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type PolicyDocument, statementsOf } from '../../src/aws/policy.ts';
import { type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { DESTINATION, SOURCE } from '../builders.ts';

const regions: Readonly<Record<string, BucketLocationConstraint>> = {
  [SOURCE]: 'eu-west-1',
  [DESTINATION]: 'eu-central-1',
};

function clients({ requestHandler }: Sandbox, account: string) {
  const config = { region: regions[account] ?? 'us-east-1', credentials: sandboxCredentials(account), requestHandler };
  return { s3: new S3Client(config), kms: new KMSClient(config), iam: new IAMClient(config) };
}

/** A statement of somebody else about a bucket or a key. */
function theirStatement(resource: string, action: string) {
  const Principal = { AWS: `arn:aws:iam::${DESTINATION}:root` };
  return { Sid: `Theirs${action.replace(/\W/g, '')}`, Effect: 'Allow', Principal, Action: action, Resource: resource };
}

export async function theirBucket(sandbox: Sandbox, account: string, Bucket: string): Promise<void> {
  const { s3 } = clients(sandbox, account);
  const LocationConstraint = regions[account];
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ...(LocationConstraint ? { CreateBucketConfiguration: { LocationConstraint } } : {}),
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [theirStatement(`arn:aws:s3:::${Bucket}/*`, 's3:GetObject')],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

/** In both accounts a bucket and a key of theirs; at the source a role and a rule, too. */
export async function theirSetUp(sandbox: Sandbox): Promise<void> {
  await theirBucket(sandbox, SOURCE, 'acme-invoices');
  await theirBucket(sandbox, SOURCE, 'acme-archive');
  await theirBucket(sandbox, DESTINATION, 'acme-invoices-replica');
  await theirKey(sandbox, SOURCE, 'alias/theirs');
  await theirKey(sandbox, DESTINATION, 'alias/theirs');
  await theirStatements(sandbox, 'alias/theirs', 'alias/theirs');
  const { iam, s3 } = clients(sandbox, SOURCE);
  const statement = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'legacy', AssumeRolePolicyDocument }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:ReplicateObject', Resource: 'arn:aws:s3:::acme-archive/*' }],
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'legacy', PolicyName: 'theirs', PolicyDocument }));
  const rule = {
    ID: 'theirs',
    Priority: 7,
    Status: 'Enabled' as const,
    Filter: { Prefix: 'logs/' },
    DeleteMarkerReplication: { Status: 'Disabled' as const },
    Destination: { Bucket: 'arn:aws:s3:::acme-archive' },
  };
  await s3.send(
    new PutBucketReplicationCommand({
      Bucket: 'acme-invoices',
      ReplicationConfiguration: { Role: Role?.Arn, Rules: [rule] },
    }),
  );
}

async function theirKey(sandbox: Sandbox, account: string, AliasName: string): Promise<void> {
  const { kms } = clients(sandbox, account);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: AliasName }));
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
}

/** Puts statements of theirs where ours are; and a key of theirs next to ours. */
export async function theirStatements(sandbox: Sandbox, sourceKey: string, destinationKey: string): Promise<void> {
  await theirKey(sandbox, DESTINATION, 'alias/other');
  for (const [account, alias] of [
    [SOURCE, sourceKey],
    [DESTINATION, destinationKey],
  ] as const) {
    const { kms } = clients(sandbox, account);
    const KeyId = Object.values(sandbox.state.aliases).find(
      (one) => one.name === alias && one.arn.includes(account),
    )?.keyId;
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    await kms.send(
      new PutKeyPolicyCommand({ KeyId, Policy: withTheirs(Policy, theirStatement('*', 'kms:DescribeKey')) }),
    );
  }
  const { s3 } = clients(sandbox, DESTINATION);
  const Bucket = 'acme-invoices-replica';
  const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const statement = theirStatement(`arn:aws:s3:::${Bucket}`, 's3:ListBucket');
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: withTheirs(Policy, statement) }));
}

function withTheirs(text: string, statement: ReturnType<typeof theirStatement>): string {
  const policy = JSON.parse(text) as PolicyDocument;
  return JSON.stringify({ ...policy, Statement: [...statementsOf(policy), statement] });
}

/** A person makes another key the default at the destination. */
export async function otherDefault(sandbox: Sandbox): Promise<void> {
  const key = Object.values(sandbox.state.aliases).find(({ name }) => name === 'alias/other');
  const arn = Object.values(sandbox.state.keys).find(({ id }) => id === key?.keyId)?.arn;
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: arn };
  await clients(sandbox, DESTINATION).s3.send(
    new PutBucketEncryptionCommand({
      Bucket: 'acme-invoices-replica',
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }] },
    }),
  );
}
