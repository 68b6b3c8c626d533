/** Another operator, who works in the same two accounts with the SDK. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetKeyPolicyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  DeleteBucketPolicyCommand,
  DeleteBucketReplicationCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  type ReplicationRule,
  S3Client,
} from '@aws-sdk/client-s3';
import { type PolicyDocument, type Statement, statementsOf } from '../../src/aws/policy.ts';
import { type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { DESTINATION, SOURCE } from '../builders.ts';

const Bucket = 'acme-invoices';
const Replica = 'acme-invoices-replica';
const RoleName = 's3repl-invoices-dr';
const root = { AWS: `arn:aws:iam::${DESTINATION}:root` };

const asText = (Statement: readonly Statement[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const trust = asText([{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }]);

type Edit = (statements: readonly Statement[]) => readonly Statement[];

/** What somebody can do to the documents that s3repl shares with others. `theirs` is in each of them from the beginning. */
export function anOperator({ requestHandler, state }: Sandbox) {
  const at = (account: string, region: string) => ({
    region,
    credentials: sandboxCredentials(account),
    requestHandler,
  });
  const source = new S3Client(at(SOURCE, 'eu-west-1'));
  const s3 = new S3Client(at(DESTINATION, 'eu-central-1'));
  const kms = new KMSClient(at(DESTINATION, 'eu-central-1'));
  const iam = new IAMClient(at(SOURCE, 'eu-west-1'));

  const bucketPolicy = async () => {
    const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket: Replica }));
    return statementsOf(JSON.parse(Policy) as PolicyDocument);
  };
  const putBucketPolicy = (statements: readonly Statement[]) =>
    s3.send(new PutBucketPolicyCommand({ Bucket: Replica, Policy: asText(statements) }));
  const KeyId = () => Object.values(state.aliases).find(({ name }) => name.endsWith('-replica'))?.keyId ?? '';
  const keyPolicy = async () => {
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: KeyId() }));
    return statementsOf(JSON.parse(Policy) as PolicyDocument);
  };
  const putKeyPolicy = (statements: readonly Statement[]) =>
    kms.send(new PutKeyPolicyCommand({ KeyId: KeyId(), Policy: asText(statements) }));
  const replication = async () =>
    (await source.send(new GetBucketReplicationCommand({ Bucket }))).ReplicationConfiguration;
  const putRules = async (edit: (rules: readonly ReplicationRule[]) => readonly ReplicationRule[]) => {
    const { Role, Rules = [] } = (await replication()) ?? {};
    await source.send(
      new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: { Role, Rules: [...edit(Rules)] } }),
    );
  };

  const bucketStatement = (Sid: string): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: root,
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Replica}/*`,
  });
  const keyStatement = (Sid: string): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: root,
    Action: 'kms:DescribeKey',
    Resource: '*',
  });
  const rule = (ID: string, Prefix: string): ReplicationRule => ({
    ID,
    Priority: ID.length * 100,
    Status: 'Disabled',
    Filter: { Prefix },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: `arn:aws:s3:::${Replica}`, Account: DESTINATION },
  });
  const without = (sid: string) => (all: readonly Statement[]) => all.filter(({ Sid }) => Sid !== sid);

  return {
    bucketPolicy: {
      put: putBucketPolicy,
      read: bucketPolicy,
      edit: async (edit: Edit) => putBucketPolicy(edit(await bucketPolicy())),
      statement: bucketStatement,
    },
    keyPolicy: {
      put: putKeyPolicy,
      read: keyPolicy,
      edit: async (edit: Edit) => putKeyPolicy(edit(await keyPolicy())),
      statement: keyStatement,
    },
    /** Puts `theirs` into every shared document. */
    settleIn: async () => {
      await putBucketPolicy([...(await bucketPolicy()), bucketStatement('theirs')]);
      await putKeyPolicy([...(await keyPolicy()), keyStatement('theirs')]);
      await putRules((rules) => [...rules, rule('theirs', 'logs/')]);
    },
    /** By what happens. */
    acts: {
      'a statement comes into the bucket policy': async () =>
        putBucketPolicy([...(await bucketPolicy()), bucketStatement('new')]),
      'a statement leaves the bucket policy': async () => putBucketPolicy(without('theirs')(await bucketPolicy())),
      'a statement of the bucket policy changes': async () =>
        putBucketPolicy([...without('theirs')(await bucketPolicy()), { ...bucketStatement('theirs'), Effect: 'Deny' }]),
      'the bucket policy is deleted': async () => s3.send(new DeleteBucketPolicyCommand({ Bucket: Replica })),
      'a statement comes into the key policy': async () => putKeyPolicy([...(await keyPolicy()), keyStatement('new')]),
      'a statement leaves the key policy': async () => putKeyPolicy(without('theirs')(await keyPolicy())),
      'a statement of the key policy changes': async () =>
        putKeyPolicy([...without('theirs')(await keyPolicy()), { ...keyStatement('theirs'), Action: 'kms:Decrypt' }]),
      'a rule comes': async () => putRules((rules) => [...rules, rule('new', 'audit/')]),
      'a rule goes': async () => putRules((rules) => rules.filter(({ ID }) => ID !== 'theirs')),
      'a rule changes': async () =>
        putRules((rules) => rules.map((one) => (one.ID === 'theirs' ? rule('theirs', 'journal/') : one))),
      'the replication configuration is deleted': async () =>
        source.send(new DeleteBucketReplicationCommand({ Bucket })),
    },
    /** What no document of others is in. */
    further: {
      'the policy of the role changes': async () =>
        iam.send(
          new PutRolePolicyCommand({
            RoleName,
            PolicyName: RoleName,
            PolicyDocument: asText([{ Effect: 'Deny', Action: '*', Resource: '*' }]),
          }),
        ),
      'the trust policy of the role changes': async () =>
        iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust.replace('"Allow"', '"Deny"') })),
      'the role is made again by hand': async () => {
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: RoleName }));
        await iam.send(new DeleteRoleCommand({ RoleName }));
        await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
      },
      'the default encryption changes': async () =>
        s3.send(
          new PutBucketEncryptionCommand({
            Bucket: Replica,
            ServerSideEncryptionConfiguration: {
              Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
            },
          }),
        ),
      'versioning is suspended': async () =>
        s3.send(new PutBucketVersioningCommand({ Bucket: Replica, VersioningConfiguration: { Status: 'Suspended' } })),
      'the tags of the bucket change': async () =>
        s3.send(
          new PutBucketTaggingCommand({
            Bucket: Replica,
            Tagging: {
              TagSet: [
                { Key: 's3repl', Value: 'invoices-dr' },
                { Key: 'cost', Value: '7' },
              ],
            },
          }),
        ),
    },
    /** Everything of others in the shared documents. */
    ofOthers: async () => {
      const others = (statements: readonly Statement[]) =>
        statements.filter(({ Sid = '' }) => !/^(S3repl[0-9a-f]{12}|Enable IAM)/.test(Sid));
      const rules = (await replication().catch(() => undefined))?.Rules ?? [];
      return {
        bucketPolicy: others(await bucketPolicy().catch(() => [])),
        keyPolicy: others(await keyPolicy()),
        rules: rules.filter(({ ID }) => !ID?.startsWith('s3repl.')),
      };
    },
  };
}

export type Operator = ReturnType<typeof anOperator>;
