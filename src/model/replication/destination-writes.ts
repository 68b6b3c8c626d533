import type { BucketSnapshot, ObjectSnapshot } from '../snapshot.ts';
import { askForDeny, askS3, type OwnedBucket } from './ask.ts';
import { causeOf } from './explain.ts';
import { combineOutcomes, type Finding, needs, stops, unread, unreadOf, warns } from './finding.ts';
import type { Prepared } from './prepare.ts';
import { findShutOff } from './public-access.ts';
import { encryptionKeys, type RequestKeys } from './request-keys.ts';
import type { Rule } from './rule.ts';
import { tagFindings } from './source-reads.ts';

export interface Target {
  readonly rule: Rule;
  readonly bucket: OwnedBucket & { readonly value: BucketSnapshot };
  readonly kmsKey: string | null;
}

export function replicaWrites(prepared: Prepared, object: ObjectSnapshot, target: Target): readonly Finding[] {
  return [
    ...findShutOff(prepared, target.bucket, 'DstPutObjectNotPermitted'),
    ...putObject(prepared, object, target),
    ...ownerOverride(prepared, object, target),
    ...putLock(prepared, object, target, 's3:PutObjectRetention'),
    ...putLock(prepared, object, target, 's3:PutObjectLegalHold'),
    ...putTags(prepared, object, target),
  ];
}

/** A delete marker takes s3:ReplicateDelete (rules.md 1.2 M16). */
export function deleteMarkerWrite(
  prepared: Prepared,
  object: ObjectSnapshot,
  bucket: Target['bucket'],
): readonly Finding[] {
  const reason = 'DstDelObjNotPermitted';
  return [
    ...findShutOff(prepared, bucket, reason),
    ...needs(prepared, askS3(prepared, 's3:ReplicateDelete', bucket, object), reason, 'C14'),
  ];
}

/** The request says how to encrypt unless the object is plaintext; for SSE-S3 the sources disagree (rules.md 1.2 M22). */
function putObject(prepared: Prepared, object: ObjectSnapshot, { bucket, kmsKey }: Target): readonly Finding[] {
  const outcomes = headersOf(object, kmsKey).map((context) => {
    const answer = askS3(prepared, 's3:ReplicateObject', bucket, object, { context });
    const crossAccount = bucket.account !== prepared.source.account;
    const check = crossAccount && bucket.value.policy === null ? 'C12' : 'C13';
    return [
      ...needs(prepared, answer, 'DstPutObjectNotPermitted', check),
      ...findDeniedUploads(prepared, object, bucket, { context }),
    ];
  });
  return combineOutcomes(outcomes, {
    because: 'contested',
    check: 'C30',
    what: `the header x-amz-server-side-encryption of SSE-S3 replicas, on which a policy depends`,
    path: [...bucket.path, 'policy'],
    sources: [{ note: 'rules.md 1.2 M22' }, { note: 'rules.md 1.5 (11)' }],
  });
}

function headersOf({ encryption }: ObjectSnapshot, kmsKey: string | null): readonly RequestKeys['context'][] {
  switch (encryption) {
    case 'SSE-KMS':
      return [encryptionKeys('aws:kms', kmsKey)];
    case 'DSSE-KMS':
      return [encryptionKeys('aws:kms:dsse', kmsKey)];
    case 'SSE-S3':
      return [encryptionKeys('AES256', null), encryptionKeys(null, null)];
    case 'SSE-C':
      return [{ ...encryptionKeys(null, null), 's3:x-amz-server-side-encryption-customer-algorithm': 'AES256' }];
    case 'NONE':
    case 'unknown':
      return [encryptionKeys(null, null)];
  }
}

/** One PutObject does these actions as well (recorded/replication.md 57), but AWS lists no headers for them: asks with and without its headers. */
function headerKeys(object: ObjectSnapshot, { kmsKey }: Target): Pick<RequestKeys, 'either'> {
  const headers = headersOf(object, kmsKey);
  return { either: [[...headers, ...(object.encryption === 'SSE-S3' ? [] : [encryptionKeys(null, null)])]] };
}

/** A Deny of s3:PutObject is no Deny of s3:ReplicateObject; AWS's pages leave open whether it counts (rules.md 1.4, 1.5 (11)). */
function findDeniedUploads(
  prepared: Prepared,
  object: ObjectSnapshot,
  bucket: OwnedBucket,
  keys: Partial<RequestKeys>,
): readonly Finding[] {
  const answer = askForDeny(prepared, 's3:PutObject', bucket, object, keys);
  const { decision } = answer;
  if (decision.effect !== 'denied' || decision.kind !== 'explicit') return [];
  const cause = causeOf(prepared, answer, decision, 'C30');
  const sources = [{ note: 'rules.md 1.4' }, { note: 'rules.md 1.5 (11)' }];
  return [warns({ ...cause, evidence: { ...cause.evidence, sources } })];
}

/** Bucket owner enforced has the effect without the permission (rules.md 1.2 M13a); no source says what asking for it then means (M13b). */
function ownerOverride(prepared: Prepared, object: ObjectSnapshot, target: Target): readonly Finding[] {
  const { rule, bucket } = target;
  if (!rule.ownerOverride) return [];
  const action = 's3:ObjectOwnerOverrideToBucketOwner';
  const answer = askS3(prepared, action, bucket, object, headerKeys(object, target));
  const findings = needs(prepared, answer, 'DstPutObjectNotPermitted', 'C16');
  if (answer.decision.effect === 'allowed') return findings;
  const { ownership } = bucket.value;
  if (ownership === 'unknown') {
    return [unread('C16', `Object Ownership of bucket ${bucket.name}`, [...bucket.path, 'ownership'])];
  }
  if (ownership !== 'BucketOwnerEnforced') return findings;
  const sources = [{ note: 'rules.md 1.2 M13a' }, { note: 'rules.md 1.2 M13b' }];
  return findings.map(({ cause }) => warns({ ...cause, evidence: { ...cause.evidence, sources } }));
}

/** Within one account no permission is needed (recorded/replication.md 64). AWS's code list names one, so a Deny counts, as for s3:ReplicateTags. */
function putLock(
  prepared: Prepared,
  object: ObjectSnapshot,
  target: Target,
  action: 's3:PutObjectRetention' | 's3:PutObjectLegalHold',
): readonly Finding[] {
  const { bucket } = target;
  const setting = (action === 's3:PutObjectRetention' ? object.retention : object.legalHold) ?? null;
  if (setting === null) return [];
  const answer = askForDeny(prepared, action, bucket, object, headerKeys(object, target));
  const { decision } = answer;
  if (decision.effect === 'allowed') return [];
  if (decision.effect === 'unknown') return needs(prepared, answer, null, 'C15');
  const reason = action === 's3:PutObjectRetention' ? 'DstPutRetentionNotPermitted' : 'DstPutLegalHoldNotPermitted';
  const cause = causeOf(prepared, answer, decision, 'C15');
  if (decision.kind === 'explicit') {
    return setting === 'unknown'
      ? [unreadOf('C15', 'the Object Lock settings of', object.key, ['objects'])]
      : [stops(reason, cause)];
  }
  const sources = [{ note: 'recorded/replication.md 64 (one account)' }, { note: 'rules.md 1.6 X-9' }];
  return bucket.account === prepared.source.account
    ? []
    : [warns({ ...cause, evidence: { ...cause.evidence, sources } })];
}

/** s3:ReplicateObject covers tags: only an explicit Deny of s3:ReplicateTags counts (recorded/replication.md 43, 44). */
function putTags(prepared: Prepared, object: ObjectSnapshot, target: Target): readonly Finding[] {
  if (object.tags !== 'unknown' && Object.keys(object.tags).length === 0) return [];
  const answer = askForDeny(prepared, 's3:ReplicateTags', target.bucket, object, headerKeys(object, target));
  const { decision } = answer;
  if (decision.effect === 'denied' && decision.kind === 'implicit') return [];
  return tagFindings(prepared, object, answer);
}
