import type {
  DefaultRetention,
  NotificationConfiguration,
  ObjectLockConfiguration,
  ReplicationConfiguration,
  ReplicationRule,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import type { PublicAccessBlock, Tags } from '../aws/documents.ts';
import { toJson } from '../aws/json.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import { required } from '../aws/required.ts';
import { type UnknownMembers, unknownElements } from '../aws/unknown-elements.ts';
import { catchAbsent } from '../connect/absent.ts';
import { NotAws } from '../connect/answers.ts';
import type { Connection } from '../connect/connection.ts';
import type { BucketSnapshot, Found } from '../model/snapshot.ts';
import type { ReportBucket } from '../plan/report-place.ts';
import type { BucketState, InaccessibleBucket } from '../state/state.ts';
import { ownsBucket } from './bucket-owner.ts';
import { headBucket } from './head-bucket.ts';
import { policyIn } from './policy-text.ts';
import { isStrange, type Noted, noteRefusals, orError, orUnknown, readAll, reasonOfRefusal } from './reading.ts';

const {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
} = required('@aws-sdk/client-s3');

type Where = Pick<Connection, 's3' | 'account' | 'region'>;

/**
 * @returns null where there is none; only that fact where it is in another Region, or S3 shows us nothing of it.
 * @throws what S3 refuses, also HeadBucket where the rest may be read.
 */
export async function readBucket(at: Where, name: string): Promise<BucketState | InaccessibleBucket | null> {
  const lifecycle = () => orUnknown(['lifecycle'], readLifecycle(at, name));
  const reads = documentsOf(at, name);
  const requestPayment = () => reads.requestPayment().catch(catchStrange);
  const tags = () => readBucketTags(at, name);
  const documents = readAll({ ...reads, requestPayment, lifecycle, tags }, orError);
  // All reads go out together; errors do not matter where the bucket is not ours to read.
  documents.catch(() => undefined);
  const found = await headBucket(at, name);
  if (found === null) return confirmNone(documents);
  if (!('inaccessible' in found)) return { region: found.region, ...(await documents) };
  const { refusal, ...inaccessible } = found;
  const isOurs = await documents.then(
    () => true,
    () => false,
  );
  if (refusal !== undefined && isOurs) throw refusal;
  const owned = await ownsBucket(at, name);
  return { ...inaccessible, ...(owned === undefined ? {} : { owned }) };
}

/** For a snapshot: refused reads are unknown. @returns `forbidden` where nothing of it can be read, as for a bucket of another account. */
export async function readBucketAsAllowed(
  at: Where,
  name: string,
): Promise<Noted<Found<BucketSnapshot>> | InaccessibleBucket> {
  const rest = {
    lifecycle: () => readLifecycle(at, name),
    notification: () => askNotification(at, name),
  };
  const { beside: _, ...documentsAlike } = documentsOf(at, name);
  const reads = { ...documentsAlike, ...rest };
  const documents = noteRefusals((reading) => readAll(reads, reading));
  // The first read that meets rejected credentials reports them.
  documents.catch(() => undefined);
  const head = await noteRefusals((reading) => reading(['region'], headBucket(at, name)));
  const found = head.value;
  if (found === null) return { value: await confirmNone(documents), refusals: [] };
  const { value, refusals } = await documents;
  if (found === 'unknown') return { value: { region: found, ...value }, refusals: [...head.refusals, ...refusals] };
  if (!('inaccessible' in found)) return { value: { region: found.region, ...value }, refusals };
  if (found.inaccessible === 'wrong-region' || refusals.length === Object.keys(reads).length) return found;
  if (found.region !== undefined) return { value: { region: found.region, ...value }, refusals };
  const reason = reasonOfRefusal({ action: 's3:ListBucket', account: at.account, code: 'HTTP 403' });
  return { value: { region: 'unknown', ...value }, refusals: [{ member: ['region'], ...reason }, ...refusals] };
}

/** A HEAD answer of 404 does not show who sent it; the other reads do. */
async function confirmNone(documents: Promise<unknown>): Promise<null> {
  await documents.catch((error: unknown) => {
    if (error instanceof NotAws) throw error;
  });
  return null;
}

function documentsOf(at: Where, name: string) {
  const ask = { Bucket: name, ExpectedBucketOwner: at.account };
  const versioning = askOnce(() => at.s3.send(new GetBucketVersioningCommand(ask)));
  const ownership = askOnce(() =>
    at.s3.send(new GetBucketOwnershipControlsCommand(ask)).catch(catchAbsent('OwnershipControlsNotFoundError')),
  );
  const objectLock = askOnce(() => readObjectLock(at, name));
  return {
    versioning: async () => (await versioning()).Status ?? null,
    encryption: () => readEncryption(at, name),
    policy: () => readBucketPolicy(at, name),
    replication: () => readReplication(at, name),
    publicAccessBlock: async () => {
      const answer = await at.s3
        .send(new GetPublicAccessBlockCommand(ask))
        .catch(catchAbsent('NoSuchPublicAccessBlockConfiguration'));
      return (toJson(answer?.PublicAccessBlockConfiguration ?? null) as PublicAccessBlock | null) ?? null;
    },
    ownership: async () => (await ownership())?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? null,
    objectLock: async () => (await objectLock())?.ObjectLockEnabled ?? null,
    objectLockRetention: async () => retentionIn(await objectLock()),
    requestPayment: async () => (await at.s3.send(new GetBucketRequestPaymentCommand(ask))).Payer ?? 'BucketOwner',
    beside: async (): Promise<BucketState['beside']> => {
      const of = {
        ...unknownIn('versioning', await versioning()),
        ...unknownIn('ownership', (await ownership())?.OwnershipControls),
      };
      return Object.keys(of).length > 0 ? of : undefined;
    },
  };
}

async function readObjectLock(at: Where, Bucket: string): Promise<ObjectLockConfiguration | undefined> {
  const answer = await at.s3
    .send(new GetObjectLockConfigurationCommand({ Bucket, ExpectedBucketOwner: at.account }))
    .catch(catchAbsent('ObjectLockConfigurationNotFoundError'));
  return answer?.ObjectLockConfiguration;
}

function retentionIn(lock: ObjectLockConfiguration | undefined): DefaultRetention | null {
  return toJson<DefaultRetention | null>(lock?.Rule?.DefaultRetention ?? null);
}

/** What decides whether S3 could write the report of a job there. @returns null where there is no such bucket; `forbidden` where it may be another account's. */
export async function readReportBucket(at: Where, name: string): Promise<ReportBucket | InaccessibleBucket | null> {
  const documents = readAll(
    {
      policy: () => readBucketPolicy(at, name),
      objectLockRetention: async () => retentionIn(await readObjectLock(at, name)),
    },
    orUnknown,
  );
  documents.catch(() => undefined);
  const found = await headBucket(at, name);
  if (found === null) return confirmNone(documents);
  return 'inaccessible' in found ? found : { region: found.region, ...(await documents) };
}

function catchStrange(error: unknown): 'unknown' {
  if (isStrange(error)) return 'unknown';
  throw error;
}

function askOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

function unknownIn<Name extends string>(name: Name, document: unknown): { readonly [N in Name]?: UnknownMembers } {
  const elements = unknownElements(document).map(({ element }) => [element, '']);
  return elements.length > 0
    ? ({ [name]: Object.fromEntries(elements) } as { readonly [N in Name]: UnknownMembers })
    : {};
}

async function readBucketPolicy(at: Where, name: string): Promise<PolicyDocument | null> {
  const answer = await at.s3
    .send(new GetBucketPolicyCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(catchAbsent('NoSuchBucketPolicy'));
  return answer === null ? null : policyIn(answer.Policy, `the bucket policy of ${name}`);
}

/** With elements that the SDK does not know. @returns null where nothing is configured, or there is no such bucket. */
export async function readNotification(at: Where, name: string): Promise<NotificationConfiguration | null> {
  return askNotification(at, name).catch(catchAbsent('NoSuchBucket'));
}

async function askNotification(at: Where, name: string): Promise<NotificationConfiguration | null> {
  const { $metadata: _, ...answer } = await at.s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: name, ExpectedBucketOwner: at.account }),
  );
  return Object.keys(answer).length > 0 ? toJson(answer) : null;
}

async function readLifecycle(at: Where, name: string) {
  const answer = await at.s3
    .send(new GetBucketLifecycleConfigurationCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(catchAbsent('NoSuchLifecycleConfiguration'));
  return answer && toJson({ Rules: answer.Rules ?? [] });
}

export async function readEncryption(at: Where, name: string): Promise<ServerSideEncryptionConfiguration | null> {
  const answer = await at.s3
    .send(new GetBucketEncryptionCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(catchAbsent('ServerSideEncryptionConfigurationNotFoundError'));
  return toJson(answer?.ServerSideEncryptionConfiguration ?? null);
}

export async function readReplication(at: Where, name: string): Promise<ReplicationConfiguration | null> {
  const answer = await at.s3
    .send(new GetBucketReplicationCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(catchAbsent('ReplicationConfigurationNotFoundError'));
  const configuration = answer?.ReplicationConfiguration;
  return configuration ? toJson({ ...configuration, Rules: (configuration.Rules ?? []).map(withFilter) }) : null;
}

/** `<Filter/>` reads as nothing, but a rule with neither Filter nor Prefix cannot be written back (recorded: 14, 56). */
function withFilter(rule: ReplicationRule): ReplicationRule {
  return rule.Filter === undefined && rule.Prefix === undefined ? { ...rule, Filter: {} } : rule;
}

export async function readBucketTags(at: Where, name: string): Promise<Tags> {
  const answer = await at.s3
    .send(new GetBucketTaggingCommand({ Bucket: name, ExpectedBucketOwner: at.account }))
    .catch(catchAbsent('NoSuchTagSet'));
  return Object.fromEntries([
    ...(answer?.TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value]),
    ...unknownElements(answer).map(({ element }) => [element, '']),
  ]);
}

/** For documents that others write too, one at a time. */
export const bucketDocuments = {
  'bucket-encryption': readEncryption,
  'bucket-policy': readBucketPolicy,
  'bucket-tags': readBucketTags,
  replication: readReplication,
};
