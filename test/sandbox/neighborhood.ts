/** A source bucket that replicates for others already, in the sandbox, made by their own clients; and objects that people write into it. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type ReplicationRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Statement } from '../../src/aws/policy.ts';
import { filterIn } from '../../src/aws/rule-filter.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, OTHER, SOURCE } from './clients.ts';

export const teamRole = `arn:aws:iam::${SOURCE}:role/team`;

/** Buckets that their rules replicate to: one of the source's account, and the one that is s3repl's destination. */
export const destinations = { archive: 'team-archive', replica: 'acme-invoices-replica' } as const;

export type DestinationName = keyof typeof destinations;

/** A rule of theirs; keys are theirs, one at each destination. */
export interface TheirRule {
  readonly prefix: string;
  readonly tag: boolean;
  readonly priority: number;
  readonly enabled: boolean;
  readonly to: DestinationName;
  readonly kms: boolean;
  readonly markers: boolean;
  readonly storageClass: 'STANDARD' | 'STANDARD_IA' | 'GLACIER' | undefined;
  readonly owner: boolean;
}

export interface Neighborhood {
  readonly rules: readonly TheirRule[];
  /** Whether the source bucket encrypts with their key by default. */
  readonly byKms: boolean;
  /** Whether the replica bucket does. */
  readonly replicaByKms: boolean;
  /** Which keys their role may use. */
  readonly roleUses: 'any key' | 'their keys' | 'no key';
  /** Statements that strangers have in the policy of a bucket. */
  readonly denied: { readonly on: DestinationName | 'source'; readonly statement: Statement } | undefined;
}

export interface Wanted {
  readonly key: string;
  readonly tagged?: boolean;
  readonly asks?: 'SSE-S3' | 'SSE-KMS';
  readonly storageClass?: 'STANDARD_IA';
  readonly deleteMarker?: boolean;
}

/** What arrived of one version at each destination, as text to be compared; undefined where nothing did. */
export type Arrived = Readonly<Record<DestinationName, string | undefined>>;

export interface Keys {
  readonly source: string;
  readonly archive: string;
  readonly replica: string;
}

export class Neighbors {
  readonly keys: Keys;
  readonly #sandbox: Sandbox;
  readonly #team: Clients;
  readonly #other: Clients;
  readonly #writer: S3Client;

  private constructor(sandbox: Sandbox, team: Clients, other: Clients, keys: Keys) {
    this.#sandbox = sandbox;
    this.#team = team;
    this.#other = other;
    this.#writer = clientsOf(sandbox, SOURCE, 'eu-central-1').s3;
    this.keys = keys;
  }

  /** Makes all that they have. */
  static async settle(sandbox: Sandbox, neighborhood: Neighborhood): Promise<Neighbors> {
    const team = clientsOf(sandbox, SOURCE, 'eu-west-1');
    const other = clientsOf(sandbox, OTHER, 'eu-central-1');
    await versioned(team.s3, 'acme-invoices', 'eu-west-1');
    await versioned(team.s3, destinations.archive, 'eu-west-1');
    await versioned(other.s3, destinations.replica, 'eu-central-1');
    const keys = { source: await newKey(team), archive: await newKey(team), replica: await newKey(other) };
    await letUse(other, keys.replica);
    await team.iam.send(
      new CreateRoleCommand({
        RoleName: 'team',
        AssumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { Service: 's3.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    await team.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'team',
        PolicyName: 'team',
        PolicyDocument: policy(...roleStatements(neighborhood, keys)),
      }),
    );
    // A new role is shown late to S3 and KMS.
    await sandbox.clock.sleep(20_000);
    if (neighborhood.byKms) await encryptBy(team.s3, 'acme-invoices', keys.source);
    if (neighborhood.replicaByKms) await encryptBy(other.s3, destinations.replica, keys.replica);
    const { denied } = neighborhood;
    const statements = (on: DestinationName | 'source') => (denied?.on === on ? [denied.statement] : []);
    await setPolicy(team.s3, 'acme-invoices', statements('source'));
    await setPolicy(team.s3, destinations.archive, statements('archive'));
    await setPolicy(other.s3, destinations.replica, [
      {
        Effect: 'Allow',
        Principal: { AWS: teamRole },
        Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'],
        Resource: `arn:aws:s3:::${destinations.replica}/*`,
      },
      ...statements('replica'),
    ]);
    const Rules = neighborhood.rules.map((rule, index) => ruleDocument(rule, index, keys));
    if (Rules.length > 0) {
      await team.s3.send(
        new PutBucketReplicationCommand({
          Bucket: 'acme-invoices',
          ReplicationConfiguration: { Role: teamRole, Rules },
        }),
      );
    }
    await sandbox.clock.sleep(20_000);
    return new Neighbors(sandbox, team, other, keys);
  }

  /** The rules that the source bucket has now. */
  async rules(): Promise<readonly ReplicationRule[]> {
    const { ReplicationConfiguration } = await this.#team.s3.send(
      new GetBucketReplicationCommand({ Bucket: 'acme-invoices' }),
    );
    return ReplicationConfiguration?.Rules ?? [];
  }

  /** Puts and deletes, lets replication have its time, and looks at what has arrived of each. */
  async write(wanted: readonly Wanted[]): Promise<readonly Arrived[]> {
    const { s3 } = this.#team;
    const ids: string[] = [];
    for (const { key: Key, tagged, asks, storageClass, deleteMarker } of wanted) {
      const { VersionId = '' } = deleteMarker
        ? await s3.send(new DeleteObjectCommand({ Bucket: 'acme-invoices', Key }))
        : await s3.send(
            new PutObjectCommand({
              Bucket: 'acme-invoices',
              Key,
              Body: 'content',
              ...(tagged && { Tagging: 'team=x' }),
              ...(storageClass && { StorageClass: storageClass }),
              ...(asks === 'SSE-S3' && { ServerSideEncryption: 'AES256' }),
              ...(asks === 'SSE-KMS' && {
                ServerSideEncryption: 'aws:kms',
                SSEKMSKeyId: this.keys.source,
                BucketKeyEnabled: false,
              }),
            }),
          );
      ids.push(VersionId);
    }
    await this.#sandbox.clock.sleep(20_000);
    const [archive, replica] = await Promise.all([
      arrivedIn(this.#team.s3, destinations.archive),
      arrivedIn(this.#other.s3, destinations.replica, this.#writer),
    ]);
    return ids.map((id) => ({ archive: archive.get(id), replica: replica.get(id) }));
  }
}

/** The ID of the rule that has an object at a destination; S3's own words: the highest priority. */
export function governs(
  rules: readonly ReplicationRule[],
  to: DestinationName,
  { key, tagged = false, deleteMarker = false }: Wanted,
): string | undefined {
  const [rule] = rules
    .filter(({ Status, Destination, ...rule }) => {
      const { prefix, tags } = filterIn({ Status, Destination, ...rule });
      const isThere = Status === 'Enabled' && Destination?.Bucket === `arn:aws:s3:::${destinations[to]}`;
      return isThere && key.startsWith(prefix) && (tags.length === 0 || (tagged && !deleteMarker));
    })
    .sort((one, other) => (other.Priority ?? 0) - (one.Priority ?? 0));
  return rule?.ID;
}

function ruleDocument(
  { prefix, tag, priority, enabled, to, kms, markers, storageClass, owner }: TheirRule,
  index: number,
  keys: Keys,
): ReplicationRule {
  const Tag = { Key: 'team', Value: 'x' };
  const StorageClass = storageClass && { StorageClass: storageClass };
  return {
    ID: `team-${index}`,
    Priority: priority,
    Status: enabled ? 'Enabled' : 'Disabled',
    Filter: tag ? (prefix === '' ? { Tag } : { And: { Prefix: prefix, Tags: [Tag] } }) : { Prefix: prefix },
    DeleteMarkerReplication: { Status: markers && !tag ? 'Enabled' : 'Disabled' },
    ...(kms && { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } }),
    Destination: {
      Bucket: `arn:aws:s3:::${destinations[to]}`,
      ...StorageClass,
      ...(owner && to === 'replica' && { Account: OTHER, AccessControlTranslation: { Owner: 'Destination' } }),
      ...(kms && { EncryptionConfiguration: { ReplicaKmsKeyID: keys[to] } }),
    },
  };
}

function roleStatements({ roleUses }: Neighborhood, keys: Keys): readonly Statement[] {
  const everywhere = Object.values(destinations).map((bucket) => `arn:aws:s3:::${bucket}/*`);
  const use = (Resource: string | readonly string[]): Statement => ({
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
    Resource,
  });
  return [
    {
      Effect: 'Allow',
      Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
      Resource: 'arn:aws:s3:::acme-invoices',
    },
    {
      Effect: 'Allow',
      Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
      Resource: 'arn:aws:s3:::acme-invoices/*',
    },
    {
      Effect: 'Allow',
      Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'],
      Resource: everywhere,
    },
    ...(roleUses === 'any key' ? [use('*')] : roleUses === 'their keys' ? [use(Object.values(keys))] : []),
  ];
}

function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

async function versioned(s3: S3Client, Bucket: string, LocationConstraint: BucketLocationConstraint): Promise<void> {
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint },
      ObjectOwnership: 'ObjectWriter',
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
}

async function newKey({ kms }: Clients): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? '';
}

async function letUse({ kms }: Clients, KeyId: string): Promise<void> {
  const Policy = policy(
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action: 'kms:*', Resource: '*' },
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${SOURCE}:root` },
      Action: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
    },
  );
  await kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy }));
}

async function encryptBy(s3: S3Client, Bucket: string, KMSMasterKeyID: string): Promise<void> {
  const byDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID };
  const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: false }];
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
}

async function setPolicy(s3: S3Client, Bucket: string, statements: readonly Statement[]): Promise<void> {
  if (statements.length > 0) await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy(...statements) }));
}

/** Each version by its ID, which a replica has of its source. */
async function arrivedIn(s3: S3Client, Bucket: string, writer = s3): Promise<ReadonlyMap<string, string>> {
  const arrived = new Map<string, string>();
  let page = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  for (;;) {
    for (const { VersionId = '' } of page.DeleteMarkers ?? []) arrived.set(VersionId, 'delete marker');
    for (const { Key, VersionId = '', Owner } of page.Versions ?? []) {
      const at = new HeadObjectCommand({ Bucket, Key, VersionId });
      // Without the owner override a replica belongs to the source account, and is hidden from that of the bucket.
      const head = await s3.send(at).catch(() => writer.send(at));
      const { ServerSideEncryption, SSEKMSKeyId, StorageClass } = head;
      arrived.set(
        VersionId,
        JSON.stringify([ServerSideEncryption, SSEKMSKeyId, StorageClass ?? 'STANDARD', Owner?.ID]),
      );
    }
    if (!page.IsTruncated) return arrived;
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    page = await s3.send(new ListObjectVersionsCommand({ Bucket, KeyMarker, VersionIdMarker }));
  }
}
