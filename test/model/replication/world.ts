/** A healthy setup of two accounts (rules.md 0.4) to take apart, one thing at a time. */

import type { ReplicationRule } from '@aws-sdk/client-s3';
import type { Region } from '../../../src/aws/brand.ts';
import { listOf, type PolicyDocument, type Statement, statementsOf } from '../../../src/aws/policy.ts';
import type {
  AccountSnapshot,
  BucketSnapshot,
  Found,
  KeySnapshot,
  Known,
  ObjectSnapshot,
  RoleSnapshot,
  Snapshot,
} from '../../../src/model/snapshot.ts';
import { branded } from '../../plain.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface World {
  partition: string;
  roleArn: string;
  destinationAccount: string;
  trust: Known<PolicyDocument>;
  rolePolicy: PolicyDocument;
  role: (role: RoleSnapshot) => Found<RoleSnapshot>;
  src: Writable<BucketSnapshot>;
  dst: Writable<BucketSnapshot>;
  /** What is known of a bucket or key as a whole. */
  source: (bucket: BucketSnapshot) => Found<BucketSnapshot>;
  destination: (bucket: BucketSnapshot) => Found<BucketSnapshot>;
  srcKey: Writable<KeySnapshot>;
  dstKey: Writable<KeySnapshot>;
  keys: Record<string, Found<KeySnapshot>>;
  sourceKeys: Record<string, Found<KeySnapshot>>;
  serviceControl: Known<readonly PolicyDocument[]>;
  resourceControl: Known<readonly PolicyDocument[]>;
  ownersServiceControl: Known<readonly PolicyDocument[]>;
  ownersResourceControl: Known<readonly PolicyDocument[]>;
  /** What else is known of an account. */
  accounts: Record<string, Partial<AccountSnapshot>>;
  rules: ReplicationRule[];
  noConfiguration: boolean;
  object: Writable<ObjectSnapshot>;
}

export const source = '111111111111';
export const other = '222222222222';
export const roleArn = `arn:aws:iam::${source}:role/s3repl-x`;
export const srcKeyArn = `arn:aws:kms:us-east-1:${source}:key/11111111-1111-4111-8111-111111111111`;
export const dstKeyArn = `arn:aws:kms:us-west-2:${other}:key/22222222-2222-4222-8222-222222222222`;

const both = (bucket: string) => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
export const kmsCondition = (region: string, contexts: string | string[]) => ({
  StringLike: { 'kms:ViaService': `s3.${region}.amazonaws.com`, 'kms:EncryptionContext:aws:s3:arn': contexts },
});
const writes = ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'];
const uses = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'];

export const policy = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
export const rootStatement = (account: string): Statement => ({
  Sid: 'Root',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'kms:*',
  Resource: '*',
});

const statement = (Sid: string, Action: string[], Resource: string, more: Partial<Statement> = {}): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

const bucket = (region: string, key: string): Writable<BucketSnapshot> => ({
  region: branded<Region>(region),
  versioning: 'Enabled',
  encryption: {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
        BucketKeyEnabled: true,
      },
    ],
  },
  policy: null,
  replication: null,
  ownership: 'BucketOwnerEnforced',
  publicAccessBlock: null,
  objectLock: null,
  requestPayment: 'BucketOwner',
  lifecycle: null,
  notification: null,
});

const key = (arn: string, alias: string, document: PolicyDocument): Writable<KeySnapshot> => ({
  metadata: {
    Arn: arn,
    KeyState: 'Enabled',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyManager: 'CUSTOMER',
  },
  policy: document,
  aliases: [alias],
  rotation: true,
});

export function healthy(): World {
  return {
    partition: 'aws',
    roleArn,
    destinationAccount: other,
    trust: policy({ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    rolePolicy: policy(
      statement('SrcBucket', ['s3:GetReplicationConfiguration', 's3:ListBucket'], 'arn:aws:s3:::src'),
      statement(
        'SrcObjects',
        [
          's3:GetObjectVersionForReplication',
          's3:GetObjectVersionAcl',
          's3:GetObjectVersionTagging',
          's3:GetObjectVersionAnnotationForReplication',
        ],
        'arn:aws:s3:::src/*',
      ),
      statement('DstObjects', writes, 'arn:aws:s3:::dst/*'),
      statement('SrcKey', ['kms:Decrypt'], srcKeyArn, { Condition: kmsCondition('us-east-1', both('src')) }),
      statement('DstKey', uses, dstKeyArn, { Condition: kmsCondition('us-west-2', both('dst')) }),
    ),
    role: (role) => role,
    src: bucket('us-east-1', srcKeyArn),
    dst: {
      ...bucket('us-west-2', dstKeyArn),
      policy: policy(statement('Writes', writes, 'arn:aws:s3:::dst/*', { Principal: { AWS: roleArn } })),
    },
    source: (value) => value,
    destination: (value) => value,
    srcKey: key(srcKeyArn, 'alias/src', policy(rootStatement(source))),
    dstKey: key(
      dstKeyArn,
      'alias/dst',
      policy(
        rootStatement(other),
        statement('Use', uses, '*', { Principal: { AWS: roleArn }, Condition: kmsCondition('us-west-2', both('dst')) }),
      ),
    ),
    keys: {},
    sourceKeys: {},
    serviceControl: [],
    resourceControl: [],
    ownersServiceControl: [],
    accounts: {},
    ownersResourceControl: [],
    rules: [rule()],
    noConfiguration: false,
    object: {
      key: 'a/b.txt',
      versionId: 'v1',
      size: 1,
      encryption: 'SSE-KMS',
      kmsKey: srcKeyArn,
      bucketKey: true,
      storageClass: 'STANDARD',
      tags: {},
      deleteMarker: false,
      owner: source,
      replicationStatus: null,
      existedBeforeRule: false,
      retention: null,
      legalHold: null,
    },
  };
}

export function rule(more: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    ID: 'all',
    Priority: 1,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Enabled' },
    SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
    Destination: {
      Bucket: 'arn:aws:s3:::dst',
      Account: other,
      AccessControlTranslation: { Owner: 'Destination' },
      EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn },
    },
    ...more,
  };
}

export function snapshotOf(world: World): Snapshot {
  const { src, dst } = world;
  const replication = world.noConfiguration ? null : { Role: world.roleArn, Rules: world.rules };
  const role: RoleSnapshot = {
    trustPolicy: world.trust,
    inlinePolicies: { inline: world.rolePolicy },
    attachedPolicies: {},
    permissionsBoundary: null,
  };
  const destination = { dst: world.destination(dst) };
  const oneAccount = world.destinationAccount === source;
  const destinationKeys = { [dstKeyArn]: world.dstKey, ...world.keys };
  return {
    version: 1,
    takenAt: '2026-11-21T00:00:00Z',
    partition: world.partition,
    source: branded({ account: source, bucket: 'src' }),
    accounts: {
      [source]: {
        roles: { [roleArn]: world.role(role) },
        buckets: {
          src: world.source({ ...src, replication: src.replication === 'unknown' ? 'unknown' : replication }),
          ...(oneAccount && destination),
        },
        keys: { [srcKeyArn]: world.srcKey, ...world.sourceKeys, ...(oneAccount && destinationKeys) },
        serviceControlPolicies: world.serviceControl,
        resourceControlPolicies: world.resourceControl,
        ...world.accounts[source],
      },
      ...(!oneAccount && {
        [other]: {
          roles: {},
          buckets: destination,
          keys: destinationKeys,
          serviceControlPolicies: world.ownersServiceControl,
          resourceControlPolicies: world.ownersResourceControl,
          ...world.accounts[other],
        },
      }),
    },
    objects: [world.object],
  };
}

/** The policy without some actions. */
export function without(document: Found<PolicyDocument>, ...actions: string[]): PolicyDocument {
  const statements = document === 'unknown' ? [] : statementsOf(document);
  return policy(
    ...statements
      .map((one) => ({ ...one, Action: listOf(one.Action).filter((action) => !actions.includes(action)) }))
      .filter((one) => one.Action.length > 0),
  );
}

/** The policy with one statement more. */
export function plus(document: Found<PolicyDocument>, more: Statement): PolicyDocument {
  return policy(...(document === 'unknown' ? [] : statementsOf(document)), more);
}

export function deny(Action: string, more: Partial<Statement> = {}): Statement {
  return { Sid: 'No', Effect: 'Deny', Action, Resource: '*', ...more };
}

/** The policy with conditions of every statement that has some replaced. */
export function conditioned(document: Found<PolicyDocument>, Condition: Statement['Condition']): PolicyDocument {
  const statements = document === 'unknown' ? [] : statementsOf(document);
  return policy(...statements.map((one) => (one.Condition && Condition ? { ...one, Condition } : one)));
}

/** Both buckets and keys in the source account. */
export function inOneAccount(world: World): void {
  const arn = `arn:aws:kms:us-west-2:${source}:key/22222222-2222-4222-8222-222222222222`;
  world.destinationAccount = source;
  world.dst.policy = null;
  world.dstKey.policy = policy(rootStatement(source));
  world.keys = { [arn]: world.dstKey };
  world.rolePolicy = JSON.parse(JSON.stringify(world.rolePolicy).replaceAll(dstKeyArn, arn)) as PolicyDocument;
  world.rules = [
    rule({ Destination: { Bucket: 'arn:aws:s3:::dst', EncryptionConfiguration: { ReplicaKmsKeyID: arn } } }),
  ];
}
