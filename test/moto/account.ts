/** What is in an account, read with the AWS SDK and none of s3repl's code. */
import {
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
} from '@aws-sdk/client-iam';
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import {
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  type ReplicationConfiguration,
  S3Client,
  type ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Moto } from './moto.ts';
import { setupRole } from './s3repl.ts';

export interface Statement {
  readonly Sid?: string;
  readonly [member: string]: unknown;
}

export interface Document {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

type Tags = Readonly<Record<string, string>>;

export interface Key {
  readonly description: string | undefined;
  readonly state: string | undefined;
  readonly spec: string | undefined;
  readonly aliases: readonly (string | undefined)[];
  readonly rotation: boolean | undefined;
  readonly tags: Tags;
  readonly policy: Document;
}

export interface Bucket {
  readonly region: string;
  readonly versioning: string | undefined;
  readonly encryption: ServerSideEncryptionConfiguration | undefined;
  readonly policy: Document | undefined;
  readonly replication: ReplicationConfiguration | undefined;
  readonly publicAccessBlock: object | undefined;
  readonly ownership: string | undefined;
  readonly tags: Tags;
}

export interface Role {
  readonly description: string | undefined;
  readonly trust: Document;
  readonly inline: Readonly<Record<string, Document>>;
  readonly attached: readonly (string | undefined)[];
  readonly tags: Tags;
}

/** Everything in an account that s3repl could touch: keys and roles by ARN, buckets by name. */
export interface Contents {
  readonly keys: Readonly<Record<string, Key>>;
  readonly buckets: Readonly<Record<string, Bucket>>;
  readonly roles: Readonly<Record<string, Role>>;
}

/** Signed in to one account, in any Region. */
export class Account {
  readonly #config: { readonly endpoint: string; readonly credentials: Credentials };

  private constructor(endpoint: string, credentials: Credentials) {
    this.#config = { endpoint, credentials };
  }

  /** Through AssumeRole, as s3repl does: in moto that decides about the account. */
  static async signIn({ url }: Moto, account: string): Promise<Account> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'SUITESECRET' };
    const sts = new STSClient({ endpoint: url, region: 'us-east-1', credentials });
    const asked = new AssumeRoleCommand({ RoleArn: setupRole(account), RoleSessionName: 'test' });
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = (await sts.send(asked)).Credentials ?? {};
    return new Account(url, { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
  }

  get credentials(): Credentials {
    return this.#config.credentials;
  }

  s3(region = 'us-east-1'): S3Client {
    return new S3Client({ ...this.#config, region, forcePathStyle: true });
  }

  kms(region: string): KMSClient {
    return new KMSClient({ ...this.#config, region });
  }

  iam(): IAMClient {
    return new IAMClient({ ...this.#config, region: 'us-east-1' });
  }

  /** All that there is, with the keys of these Regions. */
  async contents(...regions: readonly string[]): Promise<Contents> {
    const [keys, buckets, roles] = await Promise.all([
      Promise.all(regions.map((region) => readKeys(this.kms(region)))),
      readBuckets(this.s3()),
      readRoles(this.iam()),
    ]);
    return { keys: Object.assign({}, ...keys) as Contents['keys'], buckets, roles };
  }
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The one key with this alias. */
export function keyWithAlias({ keys }: Contents, alias: string): string {
  const found = Object.entries(keys).filter(([, key]) => key.aliases.includes(alias));
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`${found.length} keys have the alias ${alias}`);
  return one[0];
}

async function readKeys(kms: KMSClient): Promise<Contents['keys']> {
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  const read = Keys.map(async ({ KeyArn: KeyId = '' }) => {
    const [described, aliases, rotation, tags, policy] = await Promise.all([
      kms.send(new DescribeKeyCommand({ KeyId })),
      kms.send(new ListAliasesCommand({ KeyId })),
      kms.send(new GetKeyRotationStatusCommand({ KeyId })),
      kms.send(new ListResourceTagsCommand({ KeyId })),
      kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' })),
    ]);
    const key: Key = {
      description: described.KeyMetadata?.Description,
      state: described.KeyMetadata?.KeyState,
      spec: described.KeyMetadata?.KeySpec,
      aliases: (aliases.Aliases ?? []).map(({ AliasName }) => AliasName),
      rotation: rotation.KeyRotationEnabled,
      tags: Object.fromEntries((tags.Tags ?? []).map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue])),
      policy: JSON.parse(policy.Policy ?? '') as Document,
    };
    return [KeyId, key] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

async function readBuckets(s3: S3Client): Promise<Contents['buckets']> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const read = Buckets.map(async ({ Name = '' }) => [Name, await readBucket(s3, { Bucket: Name })] as const);
  return Object.fromEntries(await Promise.all(read));
}

async function readBucket(s3: S3Client, one: { readonly Bucket: string }): Promise<Bucket> {
  const [location, versioning, encryption, policy, replication, block, ownership, tags] = await Promise.all([
    s3.send(new GetBucketLocationCommand(one)),
    s3.send(new GetBucketVersioningCommand(one)),
    s3.send(new GetBucketEncryptionCommand(one)).catch(none('ServerSideEncryptionConfigurationNotFoundError')),
    s3.send(new GetBucketPolicyCommand(one)).catch(none('NoSuchBucketPolicy')),
    s3.send(new GetBucketReplicationCommand(one)).catch(none('ReplicationConfigurationNotFoundError')),
    s3.send(new GetPublicAccessBlockCommand(one)).catch(none('NoSuchPublicAccessBlockConfiguration')),
    s3.send(new GetBucketOwnershipControlsCommand(one)).catch(none('OwnershipControlsNotFoundError')),
    s3.send(new GetBucketTaggingCommand(one)).catch(none('NoSuchTagSet')),
  ]);
  return {
    region: location.LocationConstraint ?? 'us-east-1',
    versioning: versioning.Status,
    encryption: encryption?.ServerSideEncryptionConfiguration,
    policy: policy?.Policy === undefined ? undefined : (JSON.parse(policy.Policy) as Document),
    replication: replication?.ReplicationConfiguration,
    publicAccessBlock: block?.PublicAccessBlockConfiguration,
    ownership: ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
    tags: Object.fromEntries((tags?.TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

function none(name: string): (error: Error) => undefined {
  return (error) => {
    if (error.name !== name) throw error;
  };
}

async function readRoles(iam: IAMClient): Promise<Contents['roles']> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const read = Roles.map(async ({ Arn = '', RoleName, Description, AssumeRolePolicyDocument = '' }) => {
    const [{ PolicyNames = [] }, { AttachedPolicies = [] }, { Tags = [] }] = await Promise.all([
      iam.send(new ListRolePoliciesCommand({ RoleName })),
      iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      iam.send(new ListRoleTagsCommand({ RoleName })),
    ]);
    const inline = PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return [PolicyName, decoded(PolicyDocument)] as const;
    });
    const role: Role = {
      description: Description,
      trust: decoded(AssumeRolePolicyDocument),
      inline: Object.fromEntries(await Promise.all(inline)),
      attached: AttachedPolicies.map(({ PolicyArn }) => PolicyArn),
      tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    };
    return [Arn, role] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** IAM gives documents URL-encoded. */
function decoded(document: string): Document {
  return JSON.parse(decodeURIComponent(document)) as Document;
}
