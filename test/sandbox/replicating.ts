/** Two buckets between which the sandbox replicates, with everything that takes, and one thing of it to be different. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ReplicationRule,
} from '@aws-sdk/client-s3';
import type { FailureEvent } from '../../src/sandbox/replication/replication-state.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { clientsOf, OTHER, SOURCE } from './clients.ts';
import { type BucketOptions, makeBucket } from './make-bucket.ts';

export const SRC = 'src';
export const DST = 'dst';
export const ROLE = `arn:aws:iam::${SOURCE}:role/replication`;

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

export const allow = (Resource: string, ...Action: string[]): Statement => ({ Effect: 'Allow', Action, Resource });
export const deny = (Resource: string, ...Action: string[]): Statement => ({ Effect: 'Deny', Action, Resource });
export const policyOf = (...Statement: readonly Statement[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** What the role needs at least for objects without KMS: that of recorded facts 48 and 54. */
export const sourceReads = allow(
  `arn:aws:s3:::${SRC}/*`,
  's3:GetObjectVersionForReplication',
  's3:GetObjectVersionAcl',
  's3:GetObjectVersionTagging',
  's3:GetObjectRetention',
  's3:GetObjectLegalHold',
);
export const configurationReads = allow(`arn:aws:s3:::${SRC}`, 's3:GetReplicationConfiguration', 's3:ListBucket');
export const writes = (bucket = DST) =>
  allow(
    `arn:aws:s3:::${bucket}/*`,
    's3:ReplicateObject',
    's3:ReplicateDelete',
    's3:ReplicateTags',
    's3:ObjectOwnerOverrideToBucketOwner',
  );
export const usesKeys = allow('*', 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey');
export const granted = (bucket = DST): Statement => ({ ...writes(bucket), Principal: { AWS: ROLE } });

export interface PairOptions {
  readonly source?: BucketOptions;
  readonly destination?: BucketOptions;
  readonly rules?: readonly ReplicationRule[];
  readonly inline?: readonly Statement[];
  readonly policy?: readonly Statement[];
}

/** A rule of version 2 from the source to the destination. */
export function aReplicationRule(more: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    ID: 'rule',
    Priority: 1,
    Filter: { Prefix: '' },
    Status: 'Enabled',
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: toBucket(DST),
    ...more,
  };
}

/** A destination with metrics, so that failures are told of. */
export function toBucket(name: string, more: Partial<ReplicationRule['Destination']> = {}) {
  return { Bucket: `arn:aws:s3:::${name}`, Metrics: { Status: 'Enabled' as const }, ...more };
}

export async function replicatingPair(sandbox: Sandbox, options: PairOptions = {}): Promise<Pair> {
  const account = options.destination?.account ?? OTHER;
  await makeBucket(sandbox, SRC, { versioning: 'Enabled', ...options.source });
  await makeBucket(sandbox, DST, { account, versioning: 'Enabled', ...options.destination });
  const pair = new Pair(sandbox, account);
  await makeRole(sandbox);
  await pair.setRole(...(options.inline ?? [sourceReads, configurationReads, writes(), usesKeys]));
  const policy = options.policy ?? [granted()];
  if (policy.length > 0) await pair.setPolicy(...policy);
  await pair.setRules(...(options.rules ?? [aReplicationRule()]));
  return pair;
}

export async function makeRole(sandbox: Sandbox, trusted: unknown = { Service: 's3.amazonaws.com' }): Promise<void> {
  const trust = { Effect: 'Allow', Principal: trusted, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { iam } = clientsOf(sandbox);
  await iam.send(new CreateRoleCommand({ RoleName: 'replication', AssumeRolePolicyDocument }));
  await sandbox.clock.sleep(10_000);
}

/** A key that its account may use, and the replication role for all that replication takes. */
export async function makeKey(sandbox: Sandbox, account = SOURCE, region = 'eu-west-1'): Promise<string> {
  const { kms } = clientsOf(sandbox, account, region);
  const arn = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
  const root = { Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' } as const;
  const role = { ...usesKeys, Principal: { AWS: ROLE } };
  const Policy = policyOf(root, ...(account === SOURCE ? [] : [role]));
  await kms.send(new PutKeyPolicyCommand({ KeyId: arn, PolicyName: 'default', Policy }));
  return arn;
}

/** The rule selects objects with SSE-KMS, whose replicas take this key. */
export function withKey(ReplicaKmsKeyID: string, more: Partial<ReplicationRule> = {}): ReplicationRule {
  return aReplicationRule({
    SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
    Destination: toBucket(DST, { EncryptionConfiguration: { ReplicaKmsKeyID } }),
    ...more,
  });
}

export class Pair {
  readonly sandbox: Sandbox;
  readonly account: string;

  constructor(sandbox: Sandbox, account: string) {
    this.sandbox = sandbox;
    this.account = account;
  }

  get s3() {
    return clientsOf(this.sandbox).s3;
  }

  get destination() {
    return clientsOf(this.sandbox, this.account).s3;
  }

  async setRole(...statements: readonly Statement[]): Promise<void> {
    const { iam } = clientsOf(this.sandbox);
    const PolicyDocument = policyOf(...statements);
    await iam.send(new PutRolePolicyCommand({ RoleName: 'replication', PolicyName: 'own', PolicyDocument }));
  }

  async setPolicy(...statements: readonly Statement[]): Promise<void> {
    await this.destination.send(new PutBucketPolicyCommand({ Bucket: DST, Policy: policyOf(...statements) }));
  }

  async setRules(...Rules: readonly ReplicationRule[]): Promise<void> {
    const ReplicationConfiguration = { Role: ROLE, Rules: [...Rules] };
    await this.s3.send(new PutBucketReplicationCommand({ Bucket: SRC, ReplicationConfiguration }));
  }

  /** Puts an object, lets replication have its time, and gives its version id. */
  async put(Key = 'key', more: Partial<PutObjectCommandInput> = {}): Promise<string> {
    const { VersionId = '' } = await this.s3.send(new PutObjectCommand({ Bucket: SRC, Key, Body: 'content', ...more }));
    await this.sandbox.clock.sleep(5000);
    return VersionId;
  }

  /** What the source says of a version. */
  async status(VersionId: string, Key = 'key', more = {}): Promise<string | undefined> {
    return (await this.s3.send(new HeadObjectCommand({ Bucket: SRC, Key, VersionId, ...more }))).ReplicationStatus;
  }

  /** A version at the destination, or undefined. */
  async replica(VersionId: string, Key = 'key', more = {}, Bucket = DST) {
    try {
      return await this.destination.send(new HeadObjectCommand({ Bucket, Key, VersionId, ...more }));
    } catch (error) {
      if ((error as Error).name === 'NotFound') return undefined;
      throw error;
    }
  }

  /** What S3 told of failures, oldest first. */
  get events(): readonly FailureEvent[] {
    return Object.values(this.sandbox.state.replication.events);
  }

  get reasons(): readonly string[] {
    return this.events.map((event) => event.replicationEventData.failureReason);
  }
}
