/** The one function that writes to AWS. No other file knows a write command (test/lint/boundaries.js). */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  EnableKeyRotationCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { Connection } from '../observe/connect.ts';
import type { Call } from '../plan/change.ts';

const s3 = {
  CreateBucket: CreateBucketCommand,
  DeleteBucketPolicy: DeleteBucketPolicyCommand,
  DeleteBucketReplication: DeleteBucketReplicationCommand,
  DeleteObject: DeleteObjectCommand,
  PutBucketEncryption: PutBucketEncryptionCommand,
  PutBucketOwnershipControls: PutBucketOwnershipControlsCommand,
  PutBucketPolicy: PutBucketPolicyCommand,
  PutBucketReplication: PutBucketReplicationCommand,
  PutBucketTagging: PutBucketTaggingCommand,
  PutBucketVersioning: PutBucketVersioningCommand,
  PutObject: PutObjectCommand,
  PutPublicAccessBlock: PutPublicAccessBlockCommand,
};

const kms = {
  CreateAlias: CreateAliasCommand,
  CreateKey: CreateKeyCommand,
  DeleteAlias: DeleteAliasCommand,
  EnableKeyRotation: EnableKeyRotationCommand,
  PutKeyPolicy: PutKeyPolicyCommand,
  ScheduleKeyDeletion: ScheduleKeyDeletionCommand,
  TagResource: TagResourceCommand,
};

const iam = {
  CreateRole: CreateRoleCommand,
  DeleteRole: DeleteRoleCommand,
  DeleteRolePolicy: DeleteRolePolicyCommand,
  PutRolePermissionsBoundary: PutRolePermissionsBoundaryCommand,
  PutRolePolicy: PutRolePolicyCommand,
  TagRole: TagRoleCommand,
  UpdateAssumeRolePolicy: UpdateAssumeRolePolicyCommand,
};

type Sender = { send(command: unknown): Promise<unknown> };
type Commands = Readonly<Record<string, new (input: never) => unknown>>;

/**
 * Sends one call.
 *
 * @returns AWS's answer. Errors pass through untouched.
 */
export async function send(at: Connection, call: Pick<Call, 'service' | 'operation' | 'input'>): Promise<unknown> {
  const services: Record<Call['service'], readonly [Sender, Commands]> = {
    S3: [at.s3 as Sender, s3],
    KMS: [at.kms as Sender, kms],
    IAM: [at.iam as Sender, iam],
  };
  const [client, commands] = services[call.service];
  const Command = commands[call.operation];
  if (!Command) throw new Error(`${call.service} ${call.operation} is not a write that s3repl does`);
  return client.send(new Command(call.input as never));
}
