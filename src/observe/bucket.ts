/** Reads a bucket: all its documents at once, in AWS's own shapes. */
import {
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type ReplicationConfiguration,
  type ReplicationRule,
  type ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { toJson } from '../plan/json.ts';
import type { PolicyDocument } from '../plan/policy.ts';
import type { BucketState, InaccessibleBucket, PublicAccessBlock, Tags } from '../plan/state.ts';
import { absent, statusOf } from './absent.ts';
import type { Connection } from './connect.ts';

type Where = Pick<Connection, 's3' | 'account' | 'region'>;

/**
 * Reads a bucket of the connection's account and Region.
 *
 * @returns null where there is none; where it is in another Region, or S3 does not show it to us, just that.
 */
export async function readBucket(at: Where, name: string): Promise<BucketState | InaccessibleBucket | null> {
  const ask = { Bucket: name, ExpectedBucketOwner: at.account };
  const parts = Promise.all([
    at.s3.send(new GetBucketVersioningCommand(ask)),
    readEncryption(at, name),
    readBucketPolicy(at, name),
    readReplication(at, name),
    at.s3.send(new GetPublicAccessBlockCommand(ask)).catch(absent('NoSuchPublicAccessBlockConfiguration')),
    at.s3.send(new GetBucketOwnershipControlsCommand(ask)).catch(absent('OwnershipControlsNotFoundError')),
    at.s3.send(new GetObjectLockConfigurationCommand(ask)).catch(absent('ObjectLockConfigurationNotFoundError')),
    at.s3.send(new GetBucketRequestPaymentCommand(ask)),
    readBucketTags(at, name),
  ]);
  // The reads go out together; what they say of a bucket that is not ours to read does not matter.
  parts.catch(() => undefined);
  const found = await headBucket(at, ask);
  if (found === null || 'inaccessible' in found) return found;
  const [versioning, encryption, policy, replication, block, ownership, lock, payment, tags] = await parts;
  return {
    region: found.region,
    versioning: versioning.Status ?? null,
    encryption,
    policy,
    replication,
    publicAccessBlock: (toJson(block?.PublicAccessBlockConfiguration ?? null) as PublicAccessBlock | null) ?? null,
    ownership: ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? null,
    objectLock: lock?.ObjectLockConfiguration?.ObjectLockEnabled ?? null,
    requestPayment: payment.Payer ?? 'BucketOwner',
    tags,
  };
}

/** HeadBucket answers without a body: its status and the header with the Region are all there is (API: HeadBucket). */
async function headBucket(
  at: Where,
  ask: { readonly Bucket: string; readonly ExpectedBucketOwner: string },
): Promise<{ readonly region: string } | InaccessibleBucket | null> {
  try {
    const { BucketRegion = at.region } = await at.s3.send(new HeadBucketCommand(ask));
    return BucketRegion === at.region ? { region: at.region } : { inaccessible: 'wrong-region', region: BucketRegion };
  } catch (error) {
    const region = regionHeader(error);
    switch (statusOf(error)) {
      case 404:
        return null;
      case 301:
      case 400:
        if (region === undefined || region === at.region) throw error;
        return { inaccessible: 'wrong-region', region };
      case 403:
        return { inaccessible: 'forbidden', ...(region === undefined ? {} : { region }) };
      default:
        throw error;
    }
  }
}

function regionHeader(error: unknown): string | undefined {
  const { $response } = error as { $response?: { headers?: Record<string, string> } };
  return $response?.headers?.['x-amz-bucket-region'];
}

/** The bucket policy, or null. */
export async function readBucketPolicy(at: Where, name: string): Promise<PolicyDocument | null> {
  const answer = await at.s3
    .send(new GetBucketPolicyCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(absent('NoSuchBucketPolicy'));
  return answer?.Policy === undefined ? null : (JSON.parse(answer.Policy) as PolicyDocument);
}

/** The default encryption, or null. */
export async function readEncryption(at: Where, name: string): Promise<ServerSideEncryptionConfiguration | null> {
  const answer = await at.s3
    .send(new GetBucketEncryptionCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(absent('ServerSideEncryptionConfigurationNotFoundError'));
  return toJson(answer?.ServerSideEncryptionConfiguration ?? null);
}

/** The replication configuration, or null. */
export async function readReplication(at: Where, name: string): Promise<ReplicationConfiguration | null> {
  const answer = await at.s3
    .send(new GetBucketReplicationCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(absent('ReplicationConfigurationNotFoundError'));
  const configuration = answer?.ReplicationConfiguration;
  return configuration ? toJson({ ...configuration, Rules: (configuration.Rules ?? []).map(withFilter) }) : null;
}

/** `<Filter/>` reads as nothing, but a rule with neither Filter nor Prefix cannot be written back (recorded: 14, 56). */
function withFilter(rule: ReplicationRule): ReplicationRule {
  return rule.Filter === undefined && rule.Prefix === undefined ? { ...rule, Filter: {} } : rule;
}

/** The bucket's tags; none where it has none. */
export async function readBucketTags(at: Where, name: string): Promise<Tags> {
  const answer = await at.s3
    .send(new GetBucketTaggingCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(absent('NoSuchTagSet'));
  return Object.fromEntries((answer?.TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
