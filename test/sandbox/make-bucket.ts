import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  type ObjectOwnership,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { clientsOf, SOURCE } from './clients.ts';

export interface BucketOptions {
  readonly account?: string;
  /** What to call the Region by. */
  readonly location?: BucketLocationConstraint;
  readonly versioning?: 'Enabled' | 'Suspended';
  readonly locked?: boolean;
  readonly ownership?: ObjectOwnership;
  /** Takes SSE-C, which new buckets block. */
  readonly customerKeys?: boolean;
}

/** Makes a bucket in eu-west-1. */
export async function makeBucket(sandbox: Sandbox, Bucket: string, options: BucketOptions = {}): Promise<void> {
  const { s3 } = clientsOf(sandbox, options.account ?? SOURCE);
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: options.location ?? 'eu-west-1' },
      ...(options.locked === true ? { ObjectLockEnabledForBucket: true } : {}),
      ...(options.ownership === undefined ? {} : { ObjectOwnership: options.ownership }),
    }),
  );
  if (options.versioning !== undefined) await setVersioning(sandbox, Bucket, options.versioning, options.account);
  if (options.customerKeys === true) {
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
              BlockedEncryptionTypes: { EncryptionType: ['NONE'] },
            },
          ],
        },
      }),
    );
  }
}

/** Switches versioning. */
export async function setVersioning(
  sandbox: Sandbox,
  Bucket: string,
  Status: 'Enabled' | 'Suspended',
  account = SOURCE,
): Promise<void> {
  const { s3 } = clientsOf(sandbox, account);
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
}
