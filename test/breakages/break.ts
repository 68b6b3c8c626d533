/** What people break in a set-up, through the API of a served sandbox. */
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DescribeKeyCommand,
  DisableKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketReplicationCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketRequestPaymentCommand,
  PutBucketVersioningCommand,
  type ReplicationRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { REPLICA, SOURCE } from '../stories/by-hand.ts';
import type { Serving } from '../stories/served.ts';

export const ROLE = 's3repl-invoices-dr';
const SOURCE_KEY = 'alias/s3repl-invoices-dr';
const REPLICA_KEY = 'alias/s3repl-invoices-dr-replica';

interface Statement {
  readonly Sid?: string;
  readonly [member: string]: unknown;
}

type Edit = (statements: readonly Statement[]) => readonly Statement[];

export interface Hands {
  readonly source: S3Client;
  readonly destination: S3Client;
  readonly iam: IAMClient;
  readonly sourceKeys: KMSClient;
  readonly destinationKeys: KMSClient;
}

export function handsOn(server: Serving): Hands {
  const as = (account: string, region: string) => ({
    endpoint: server.url,
    region,
    credentials: { accessKeyId: `SANDBOX${account}`, secretAccessKey: 'any' },
  });
  return {
    source: server.s3('111111111111', 'eu-west-1'),
    destination: server.s3('222222222222', 'eu-central-1'),
    iam: new IAMClient(as('111111111111', 'us-east-1')),
    sourceKeys: new KMSClient(as('111111111111', 'eu-west-1')),
    destinationKeys: new KMSClient(as('222222222222', 'eu-central-1')),
  };
}

export interface Breakage {
  readonly what: string;
  breaks(hands: Hands): Promise<unknown>;
  /** Changes of a plan that are left where doctor knew the bucket only: what it says nothing of, since objects replicate without. */
  readonly leaves?: number;
  /** Why no command is printed, where only a person can fix it; and what that person does. */
  readonly byHand?: Partial<Record<Way, { readonly why: RegExp; fixes?(hands: Hands): Promise<unknown> }>>;
}

/** With the configuration, or with the name of the bucket alone. */
export type Way = 'repl.yaml' | '--bucket';

async function editBucketPolicy({ destination }: Hands, edit: Edit): Promise<void> {
  const { Policy = '' } = await destination.send(new GetBucketPolicyCommand({ Bucket: REPLICA }));
  const document = JSON.parse(Policy);
  const changed = JSON.stringify({ ...document, Statement: edit(document.Statement) });
  await destination.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy: changed }));
}

async function editRolePolicy({ iam }: Hands, edit: Edit): Promise<void> {
  const named = { RoleName: ROLE, PolicyName: ROLE };
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(named));
  const document = JSON.parse(decodeURIComponent(PolicyDocument));
  const changed = JSON.stringify({ ...document, Statement: edit(document.Statement) });
  await iam.send(new PutRolePolicyCommand({ ...named, PolicyDocument: changed }));
}

export async function keyArn(keys: KMSClient, alias: string): Promise<string> {
  const { KeyMetadata } = await keys.send(new DescribeKeyCommand({ KeyId: alias }));
  return KeyMetadata?.Arn ?? '';
}

async function editKeyPolicy(keys: KMSClient, alias: string, edit: Edit): Promise<void> {
  const named = { KeyId: await keyArn(keys, alias), PolicyName: 'default' };
  const { Policy = '' } = await keys.send(new GetKeyPolicyCommand(named));
  const document = JSON.parse(Policy);
  const changed = JSON.stringify({ ...document, Statement: edit(document.Statement) }, null, 2);
  await keys.send(new PutKeyPolicyCommand({ ...named, Policy: changed, BypassPolicyLockoutSafetyCheck: true }));
}

async function editRules({ source }: Hands, edit: (rule: ReplicationRule) => object): Promise<void> {
  const { ReplicationConfiguration: found } = await source.send(new GetBucketReplicationCommand({ Bucket: SOURCE }));
  const Rules = found?.Rules?.map((rule) => ({ ...rule, ...edit(rule) }) as ReplicationRule);
  const ReplicationConfiguration = { Role: found?.Role, Rules };
  await source.send(new PutBucketReplicationCommand({ Bucket: SOURCE, ReplicationConfiguration }));
}

const isOf =
  (purpose: string) =>
  ({ Sid = '' }: Statement) =>
    Sid.endsWith(purpose);
const without =
  (purpose: string): Edit =>
  (all) =>
    all.filter((one) => !isOf(purpose)(one));
const change =
  (purpose: string, members: object): Edit =>
  (all) =>
    all.map((one) => (isOf(purpose)(one) ? { ...one, ...members } : one));

const theirs: Statement = {
  Sid: 'Auditors',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::222222222222:root' },
  Action: 's3:GetBucketPolicy',
  Resource: `arn:aws:s3:::${REPLICA}`,
};
const denial: Statement = {
  Sid: 'NobodyWrites',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:ReplicateObject',
  Resource: `arn:aws:s3:::${REPLICA}/*`,
};
/** Without a configuration. */
const onlyYouKnow = { '--bucket': { why: /^Only you know / } } as const;

export const breakages: readonly Breakage[] = [
  {
    what: 'the destination bucket policy is deleted',
    breaks: ({ destination }) => destination.send(new DeleteBucketPolicyCommand({ Bucket: REPLICA })),
    leaves: 1,
  },
  {
    what: 'our statement is gone from the destination bucket policy, and one of others is there',
    breaks: (hands) => editBucketPolicy(hands, (all) => [...without('ReplicaWrites')(all), theirs]),
  },
  {
    what: 'the destination bucket policy names another role',
    breaks: (hands) =>
      editBucketPolicy(
        hands,
        change('ReplicaWrites', { Principal: { AWS: 'arn:aws:iam::111111111111:root' }, Action: 's3:PutObject' }),
      ),
  },
  {
    what: 'delete markers are no longer allowed at the destination',
    breaks: (hands) =>
      editBucketPolicy(
        hands,
        change('ReplicaWrites', {
          Action: ['s3:ReplicateObject', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'],
        }),
      ),
  },
  {
    what: 'the destination bucket policy lacks the slash and the star',
    breaks: (hands) => editBucketPolicy(hands, change('ReplicaWrites', { Resource: `arn:aws:s3:::${REPLICA}/2019/*` })),
  },
  {
    what: 'the destination bucket policy denies replicas',
    breaks: (hands) => editBucketPolicy(hands, (all) => [...all, denial]),
    byHand: Object.fromEntries(
      (['repl.yaml', '--bucket'] as const).map((way) => [
        way,
        {
          why: /^Only the owner of the Deny can narrow it\.$/,
          fixes: (hands: Hands) => editBucketPolicy(hands, without('NobodyWrites')),
        },
      ]),
    ),
  },
  {
    what: 'versioning of the destination is suspended',
    breaks: ({ destination }) =>
      destination.send(
        new PutBucketVersioningCommand({ Bucket: REPLICA, VersioningConfiguration: { Status: 'Suspended' } }),
      ),
  },
  {
    what: 'requesters pay at the destination',
    breaks: ({ destination }) =>
      destination.send(
        new PutBucketRequestPaymentCommand({ Bucket: REPLICA, RequestPaymentConfiguration: { Payer: 'Requester' } }),
      ),
  },
  {
    what: 'the destination bucket is deleted',
    breaks: ({ destination }) => destination.send(new DeleteBucketCommand({ Bucket: REPLICA })),
    byHand: onlyYouKnow,
  },
  {
    what: 'the key of the source is disabled',
    breaks: async ({ sourceKeys }) =>
      sourceKeys.send(new DisableKeyCommand({ KeyId: await keyArn(sourceKeys, SOURCE_KEY) })),
  },
  {
    what: 'the key of the replicas is disabled',
    breaks: async ({ destinationKeys }) =>
      destinationKeys.send(new DisableKeyCommand({ KeyId: await keyArn(destinationKeys, REPLICA_KEY) })),
  },
  {
    what: 'the key of the replicas is to be deleted',
    breaks: async ({ destinationKeys }) =>
      destinationKeys.send(new ScheduleKeyDeletionCommand({ KeyId: await keyArn(destinationKeys, REPLICA_KEY) })),
  },
  {
    what: 'our statement is gone from the policy of the key of the replicas',
    breaks: ({ destinationKeys }) => editKeyPolicy(destinationKeys, REPLICA_KEY, without('ReplicaKey')),
  },
  {
    what: 'the policy of the key of the replicas names S3 of another Region',
    breaks: ({ destinationKeys }) =>
      editKeyPolicy(
        destinationKeys,
        REPLICA_KEY,
        change('ReplicaKey', { Condition: { StringLike: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } } }),
      ),
  },
  {
    what: 'the role is deleted',
    breaks: async ({ iam }) => {
      await iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: ROLE }));
      await iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
    },
  },
  {
    what: 'the policy of the role is deleted',
    breaks: ({ iam }) => iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: ROLE })),
  },
  {
    what: 'the policy of the role has nothing on keys',
    breaks: (hands) => editRolePolicy(hands, (all) => all.filter(({ Sid = '' }) => !Sid.includes('Key'))),
  },
  {
    what: 'the policy of the role allows s3:GetObjectVersion only',
    breaks: (hands) => editRolePolicy(hands, change('SourceObjects', { Action: 's3:GetObjectVersion' })),
  },
  {
    what: 'the policy of the role has the encryption context of objects only, and Bucket Keys are on',
    breaks: (hands) =>
      editRolePolicy(
        hands,
        change('SourceKey', {
          Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${SOURCE}/*` } },
        }),
      ),
  },
  {
    what: 'the role trusts another service',
    breaks: ({ iam }) => {
      const Statement = {
        Sid: 'S3Assumes',
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      };
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      return iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument }));
    },
  },
  {
    what: 'the rule is disabled',
    breaks: (hands) => editRules(hands, () => ({ Status: 'Disabled' })),
  },
  {
    what: 'the replication configuration is deleted',
    breaks: ({ source }) => source.send(new DeleteBucketReplicationCommand({ Bucket: SOURCE })),
    byHand: onlyYouKnow,
  },
  {
    what: 'the rule no longer selects KMS-encrypted objects',
    breaks: (hands) =>
      editRules(hands, ({ Destination: to }) => ({
        SourceSelectionCriteria: undefined,
        Destination: { ...to, EncryptionConfiguration: undefined },
      })),
    byHand: onlyYouKnow,
  },
  {
    what: 'the rule names a key that does not exist',
    breaks: (hands) =>
      editRules(hands, ({ Destination: to }) => ({
        Destination: {
          ...to,
          EncryptionConfiguration: {
            ReplicaKmsKeyID: 'arn:aws:kms:eu-central-1:222222222222:key/00000000-0000-0000-0000-000000000000',
          },
        },
      })),
    byHand: onlyYouKnow,
  },
];
