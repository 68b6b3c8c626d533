import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { required } from '../aws/required.ts';
import { catchAbsent, statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import type { Unknown } from '../model/decision.ts';
import type { Known, ObjectEncryption, ObjectSnapshot } from '../model/snapshot.ts';
import type { Listed } from './list-versions.ts';
import { type Noted, noteRefusals, type Refusal, readAll } from './reading.ts';

const { GetObjectLegalHoldCommand, GetObjectRetentionCommand, GetObjectTaggingCommand, HeadObjectCommand } =
  required('@aws-sdk/client-s3');

export type Where = Pick<Connection, 's3' | 'account'>;

export type Ask = Readonly<Record<'Bucket' | 'ExpectedBucketOwner', string>>;

/** The account where S3 shows that it is the bucket's; a canonical user ID does not tell any other. */
export function ownerOf({ owner }: Listed, bucketOwner: Noted<string | undefined>, account: string): Noted<string> {
  if (owner !== undefined && bucketOwner.value === owner) return { value: account, refusals: [] };
  const [reason = { reason: 'S3 returns the canonical user ID of its owner, not the account' }] = bucketOwner.refusals;
  return { value: 'unknown', refusals: [{ ...reason, member: ['owner'] }] };
}

/** `needs-key`: S3 answers only 400 without the customer's key (API: HeadObject, SSE-C). */
export type Head = HeadObjectCommandOutput | 'needs-key';

export async function headVersion(at: Where, ask: Ask, { key, versionId, deleteMarker }: Listed): Promise<Head> {
  if (deleteMarker) return { $metadata: {} };
  try {
    return await at.s3.send(new HeadObjectCommand({ ...ask, Key: key, VersionId: versionId }));
  } catch (error) {
    if (statusOf(error) === 400) return 'needs-key';
    throw error;
  }
}

interface Rest {
  readonly tags: Known<Readonly<Record<string, string>>>;
  readonly retention?: NonNullable<ObjectSnapshot['retention']> | null;
  readonly legalHold?: NonNullable<ObjectSnapshot['legalHold']> | null;
}

/** HeadObject leaves out tags and Object Lock settings that we may not read: only their own calls are sure. */
export async function readRest(
  at: Where,
  ask: Ask,
  { key, versionId, deleteMarker }: Listed,
  locked: Noted<boolean | Unknown>,
): Promise<Noted<Rest>> {
  if (deleteMarker) return { value: { tags: {} }, refusals: [] };
  const version = { ...ask, Key: key, VersionId: versionId };
  const tags = async () => {
    const { TagSet = [] } = await at.s3.send(new GetObjectTaggingCommand(version));
    return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
  };
  const retention = async () => {
    const answer = await at.s3
      .send(new GetObjectRetentionCommand(version))
      .catch(catchAbsent('NoSuchObjectLockConfiguration'));
    const { Mode, RetainUntilDate } = answer?.Retention ?? {};
    return Mode && RetainUntilDate ? { mode: Mode, until: RetainUntilDate.toISOString() } : null;
  };
  const legalHold = async () => {
    const answer = await at.s3
      .send(new GetObjectLegalHoldCommand(version))
      .catch(catchAbsent('NoSuchObjectLockConfiguration'));
    return answer?.LegalHold?.Status ?? null;
  };
  if (locked.value === true) return noteRefusals((reading) => readAll({ tags, retention, legalHold }, reading));
  const read = await noteRefusals((reading) => readAll({ tags }, reading));
  if (locked.value === false) return read;
  const [reason = { reason: '' }] = locked.refusals;
  const refusals = ['retention', 'legalHold'].map((member) => ({ ...reason, member: [member] }));
  return {
    value: { ...read.value, retention: 'unknown', legalHold: 'unknown' },
    refusals: [...read.refusals, ...refusals],
  };
}

export function objectOf(
  { key, versionId, size, storageClass, deleteMarker, modified }: Listed,
  head: Noted<Head | Unknown>,
  rest: Noted<Rest>,
  owner: Noted<string>,
): Noted<ObjectSnapshot> {
  const shown = headMembers(head, rest, storageClass);
  const status = shown.value.replicationStatus;
  return {
    value: {
      key,
      versionId,
      size,
      storageClass,
      deleteMarker,
      owner: owner.value,
      ...(modified > 0 && { lastModified: new Date(modified).toISOString() }),
      ...shown.value,
      ...rest.value,
      // A status shows that a rule took the version in when it was written.
      existedBeforeRule: status === null || status === 'unknown' ? 'unknown' : false,
    },
    refusals: [...shown.refusals, ...rest.refusals, ...owner.refusals],
  };
}

type HeadMembers = Pick<ObjectSnapshot, 'encryption' | 'kmsKey' | 'bucketKey' | 'replicationStatus' | 'archiveStatus'>;

function headMembers(
  { value, refusals }: Noted<Head | Unknown>,
  rest: Noted<Rest>,
  storageClass: string,
): Noted<HeadMembers> {
  if (value !== 'unknown' && value !== 'needs-key') return { value: membersOf(value), refusals: [] };
  const tiered = storageClass === 'INTELLIGENT_TIERING';
  const unknown = {
    encryption: 'unknown',
    kmsKey: 'unknown',
    bucketKey: 'unknown',
    replicationStatus: 'unknown',
    ...(tiered && { archiveStatus: 'unknown' as const }),
  } as const;
  // Other calls for the version work, so the credentials are not why HeadObject says only 400.
  const isSseC = value === 'needs-key' && rest.value.tags !== 'unknown';
  const known = isSseC ? ({ ...unknown, encryption: 'SSE-C', kmsKey: null, bucketKey: false } as const) : unknown;
  const reason = refusals[0] ?? {
    reason: isSseC ? 'S3 shows it only with the SSE-C key' : 's3:GetObjectVersion: HTTP 400',
  };
  const missing = Object.entries(known).filter(([, member]) => member === 'unknown');
  return { value: known, refusals: missing.map(([member]): Refusal => ({ ...reason, member: [member] })) };
}

function membersOf(head: HeadObjectCommandOutput): HeadMembers {
  const { ServerSideEncryption: algorithm, SSECustomerAlgorithm, SSEKMSKeyId, ReplicationStatus, ArchiveStatus } = head;
  return {
    encryption: SSECustomerAlgorithm ? 'SSE-C' : encryptionOf(algorithm),
    kmsKey: SSEKMSKeyId ?? null,
    bucketKey: head.BucketKeyEnabled ?? false,
    replicationStatus: ReplicationStatus === 'COMPLETE' ? 'COMPLETED' : (ReplicationStatus ?? null),
    ...(ArchiveStatus && { archiveStatus: ArchiveStatus }),
  };
}

function encryptionOf(algorithm: HeadObjectCommandOutput['ServerSideEncryption']): Known<ObjectEncryption> {
  switch (algorithm) {
    case undefined:
      return 'NONE';
    case 'AES256':
      return 'SSE-S3';
    case 'aws:kms':
      return 'SSE-KMS';
    case 'aws:kms:dsse':
      return 'DSSE-KMS';
    default:
      return 'unknown';
  }
}
