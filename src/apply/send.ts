/** The one function that writes to AWS. No other file knows a write command (test/lint/boundaries.js). */

import { required } from '../aws/required.ts';
import { unknownElements } from '../aws/unknown-elements.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { expect } from '../connect/expected.ts';
import { Failure } from '../events/failure.ts';
import type { Call } from '../state/change.ts';

const {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} = required('@aws-sdk/client-iam');
const {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  EnableKeyRotationCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} = required('@aws-sdk/client-kms');
const {
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
} = required('@aws-sdk/client-s3');

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

type Sender = { send(command: unknown, options: { abortSignal: AbortSignal | undefined }): Promise<unknown> };
type Commands = Readonly<Record<string, new (input: never) => unknown>>;

/**
 * Sends one call.
 *
 * @param on `before` is awaited before each attempt, also those that the SDK makes by itself: what it throws ends the call.
 *   `abortSignal` ends it, in place of the deadline of the run.
 * @returns AWS's answer. Errors pass through untouched.
 * @throws Failure `key-unknown` where no answer says whether a key was made (docs/decisions/0007-one-key.md).
 */
export async function send(
  at: Connection,
  call: Pick<Call, 'service' | 'operation' | 'input'>,
  on: { readonly before?: (() => Promise<void>) | undefined; readonly abortSignal?: AbortSignal | undefined } = {},
): Promise<unknown> {
  const services: Record<Call['service'], readonly [Sender, Commands]> = {
    S3: [at.s3 as Sender, s3],
    KMS: [at.kms as Sender, kms],
    IAM: [at.iam as Sender, iam],
  };
  const [client, commands] = services[call.service];
  const Command = commands[call.operation];
  if (!Command) throw new Error(`${call.service} ${call.operation} is not a write that s3repl does`);
  const [lost] = unknownElements(call.input);
  if (lost) throw new Error(`${call.operation} would be sent without ${lost.element}`);
  const command = new Command(call.input as never);
  const { before, abortSignal } = on;
  if (before) eachTime(before, command as InstanceType<typeof CreateKeyCommand>);
  if (call.operation === 'CreateKey') sendOnce(command as InstanceType<typeof CreateKeyCommand>, at);
  const answer = await client.send(command, { abortSignal });
  const { AliasName, TargetKeyId, RoleName, PolicyName } = call.input;
  if (call.operation === 'CreateAlias') expect(client, String(AliasName), String(TargetKeyId));
  if (call.operation === 'PutRolePolicy') expect(client, String(RoleName), String(PolicyName));
  return answer;
}

/** Inside the SDK's retries, and after signing: as close to the request as can be. */
function eachTime(before: () => Promise<void>, command: InstanceType<typeof CreateKeyCommand>): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      await before();
      return next(args);
    },
    { step: 'deserialize', priority: 'high', name: 's3replGuard' },
  );
}

/**
 * The SDK sends again what got no answer, and KMS would make a second key: CreateKey knows no token that tells it (API:
 * CreateKey). What KMS has refused, throttling above all, made none and is left to the SDK.
 */
function sendOnce(command: InstanceType<typeof CreateKeyCommand>, { account, region, identity }: Connection): void {
  command.middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error: unknown) => {
        const { message } = error as Error;
        const status = statusOf(error) ?? 0;
        if (status >= 400 && status < 500) throw error;
        // Without a cause: the SDK would look into it and find a reason to try again.
        throw new Failure(
          'failed',
          'key-unknown',
          `KMS CreateKey in account ${account}, ${region}, as ${identity}: no answer says whether the key was made: ${message}`,
          'run the same command again: it looks for the key by its tag, and makes one only where there is none',
        );
      }),
    { step: 'deserialize', priority: 'high', name: 's3replSendOnce' },
  );
}
