/** A setup with six destinations, and fourteen things that somebody breaks in it. */
import {
  CreateKeyCommand,
  DisableKeyCommand,
  GetKeyPolicyCommand,
  type KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  ListObjectVersionsCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type People, REPLICA, SOURCE } from './by-hand.ts';
import { changePolicy } from './change-policy.ts';
import { hide, keysOf, put } from './old-objects.ts';

export interface Keys {
  readonly old: string;
  readonly disabled: string;
  readonly strangers: string;
}

const destination = (bucket: string, priority: number, prefix: string, key = 'create') => `  - account: 222222222222
    region: eu-central-1
    bucket: ${bucket}
    kmsKey: ${key}
    rules:
      - { id: ${prefix}, prefix: ${prefix}/, priority: ${priority} }
`;
export const configWith = ({ old, disabled, strangers }: Keys) => `version: 1
name: invoices-dr
source:
  account: 111111111111
  region: eu-west-1
  bucket: ${SOURCE}
  additionalKmsKeys: [${old}]
destinations:
${destination(REPLICA, 1, 'main')}\
${destination('acme-gone', 2, 'gone')}\
${destination('acme-suspended', 3, 'suspended')}\
${destination('acme-disabled', 4, 'disabled', disabled)}\
${destination('acme-strangers', 5, 'strangers', strangers)}\
${destination('acme-keyless', 6, 'keyless')}`;

export const destinations = [
  REPLICA,
  ...['gone', 'suspended', 'disabled', 'strangers', 'keyless'].map((name) => `acme-${name}`),
];

/** Two objects for each thing that breaks. */
const prefixes = ['gone/', 'suspended/', 'disabled/', 'strangers/', 'keyless/'];
const inMain = ['fine', 'denied', 'read', 'acl', 'deleted', 'job'].map((name) => `main/${name}-`);
export const two = (...starts: readonly string[]) => starts.flatMap((start) => keysOf(start, 2));

export async function makeKey(client: KMSClient): Promise<string> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? '';
}

export async function putOldObjects(people: People, { old }: Keys): Promise<void> {
  await put(people, two(...prefixes, ...inMain));
  await put(
    people,
    two('main/tags-', 'main/labels-').map((Key) => ({ Key, Tagging: 'of=2019' })),
  );
  const under = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: old } as const;
  await put(
    people,
    two('main/old-').map((Key) => ({ Key, ...under })),
  );
  await hide(people, two('main/deleted-'));
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await people.source.send(new CreateBucketCommand({ Bucket: 'acme-reports', CreateBucketConfiguration }));
}

/** A statement for each action, which keeps everybody from it. */
function deny(client: S3Client, Bucket: string, rights: Readonly<Record<string, string>>): Promise<void> {
  const denials = Object.entries(rights).map(([action, start]) => ({
    ...{ Sid: `No${action}`, Effect: 'Deny', Principal: '*', Action: `s3:${action}` },
    Resource: `arn:aws:s3:::${Bucket}/${start}*`,
  }));
  return changePolicy(client, Bucket, (statements) => [...statements, ...denials]);
}

/** Replicas are deleted by their version ID; that the tags of their sources change then makes these FAILED. */
async function deleteReplicas({ source, destination, sandbox }: People, start: string): Promise<void> {
  const { Versions = [] } = await destination.send(new ListObjectVersionsCommand({ Bucket: REPLICA, Prefix: start }));
  for (const { Key, VersionId } of Versions) {
    await destination.send(new DeleteObjectCommand({ Bucket: REPLICA, Key, VersionId }));
    const Tagging = { TagSet: [{ Key: 'checked', Value: 'yes' }] };
    await source.send(new PutObjectTaggingCommand({ Bucket: SOURCE, Key, Tagging }));
  }
  await sandbox.clock.sleep(60_000);
}

/** In a rule that s3repl has made. */
async function nameAnotherKey({ source }: People, prefix: string): Promise<void> {
  const { ReplicationConfiguration: found } = await source.send(new GetBucketReplicationCommand({ Bucket: SOURCE }));
  const ReplicaKmsKeyID = 'arn:aws:kms:eu-central-1:222222222222:key/00000000-0000-0000-0000-000000000000';
  const Rules = found?.Rules?.map((rule) => {
    const to = { ...rule.Destination, Bucket: rule.Destination?.Bucket };
    return rule.Filter?.Prefix === prefix
      ? { ...rule, Destination: { ...to, EncryptionConfiguration: { ReplicaKmsKeyID } } }
      : rule;
  });
  const ReplicationConfiguration = { Role: found?.Role, Rules };
  await source.send(new PutBucketReplicationCommand({ Bucket: SOURCE, ReplicationConfiguration }));
}

export async function breakAll(people: People, keys: Keys): Promise<void> {
  const { source, destination, sourceKeys, destinationKeys, sandbox } = people;
  await put(people, two('main/hard-'));
  await sandbox.clock.sleep(60_000);
  await deleteReplicas(people, 'main/hard-');
  await nameAnotherKey(people, 'keyless/');
  await destination.send(new DeleteBucketCommand({ Bucket: 'acme-gone' }));
  const VersioningConfiguration = { Status: 'Suspended' } as const;
  await destination.send(new PutBucketVersioningCommand({ Bucket: 'acme-suspended', VersioningConfiguration }));
  await destinationKeys.send(new DisableKeyCommand({ KeyId: keys.disabled }));
  await sourceKeys.send(new DisableKeyCommand({ KeyId: keys.old }));
  const policy = { KeyId: keys.strangers, PolicyName: 'default' };
  const { Policy = '' } = await destinationKeys.send(new GetKeyPolicyCommand(policy));
  const document = JSON.parse(Policy);
  const Statement = document.Statement.filter(({ Sid }: { readonly Sid: string }) => !Sid.startsWith('S3repl'));
  await destinationKeys.send(
    new PutKeyPolicyCommand({ ...policy, Policy: JSON.stringify({ ...document, Statement }) }),
  );
  await deny(destination, REPLICA, {
    ReplicateObject: 'main/denied-',
    ReplicateDelete: 'main/deleted-',
    ReplicateTags: 'main/labels-',
  });
  await deny(source, SOURCE, {
    GetObjectVersionForReplication: 'main/read-',
    GetObjectVersionAcl: 'main/acl-',
    GetObjectVersionTagging: 'main/tags-',
    InitiateReplication: 'main/job-',
  });
}
