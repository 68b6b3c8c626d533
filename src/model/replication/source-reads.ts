import type { ObjectSnapshot } from '../snapshot.ts';
import { type Answer, askS3 } from './ask.ts';
import { causeOf } from './explain.ts';
import { settingOf } from './find.ts';
import { type Finding, needs, stops, unread, unreadOf, warns } from './finding.ts';
import type { Prepared } from './prepare.ts';

export function sourceReads(prepared: Prepared, object: ObjectSnapshot): readonly Finding[] {
  return [
    ...readObject(prepared, object),
    ...readAcl(prepared, object),
    ...readLock(prepared, object),
    ...readTags(prepared, object),
  ];
}

export function isKmsEncrypted({ encryption }: ObjectSnapshot): boolean {
  return encryption === 'SSE-KMS' || encryption === 'DSSE-KMS';
}

/** Without KMS either action is enough; a Deny of one does not count (recorded/replication.md 42; S3 User Guide, replication-config-for-kms-objects). */
function readObject(prepared: Prepared, object: ObjectSnapshot): readonly Finding[] {
  const answer = ask(prepared, object, 's3:GetObjectVersionForReplication');
  const findings = needs(prepared, answer, 'SrcGetObjectNotPermitted', 'C11');
  if (answer.decision.effect === 'allowed' || isKmsEncrypted(object)) return findings;
  const other = ask(prepared, object, 's3:GetObjectVersion');
  return other.decision.effect === 'denied' ? findings : needs(prepared, other, null, 'C11');
}

/** s3:GetObjectVersionAcl, and an ACL that lets the bucket's owner read (rules.md 1.2 M24, 2.1). */
function readAcl(prepared: Prepared, object: ObjectSnapshot): readonly Finding[] {
  const reason = 'SrcGetAclNotPermitted';
  const { account, name, path, value } = prepared.source;
  const permitted = needs(prepared, ask(prepared, object, 's3:GetObjectVersionAcl'), reason, 'C11');
  const ownership = settingOf(value, 'ownership');
  if (ownership === 'BucketOwnerEnforced' || object.owner === account) return permitted;
  const where = [...path, 'ownership'];
  if (object.owner === 'unknown') return [...permitted, unreadOf('C10', 'the owner of object', object.key, where)];
  if (ownership === 'unknown') return [...permitted, unread('C10', `Object Ownership of bucket ${name}`, where)];
  const summary = `Account ${object.owner} owns object ${object.key}, and bucket ${name} of account ${account} has ACLs on: S3 reads the object and its ACL only if its owner grants both.`;
  const fix = `Set Object Ownership of ${name} to Bucket owner enforced, or let the owner write with the ACL bucket-owner-full-control.`;
  return [
    ...permitted,
    stops(reason, {
      check: 'C10',
      summary,
      fix,
      evidence: { arn: prepared.source.arn, path: where },
      same: ['owner', object.owner],
    }),
  ];
}

/** S3 reads retention and legal hold where Object Lock is on; without the right an object that has one stops (recorded 41). */
function readLock(prepared: Prepared, object: ObjectSnapshot): readonly Finding[] {
  if (settingOf(prepared.source.value, 'objectLock') === null) return [];
  return [
    ...readSetting(prepared, object, 's3:GetObjectRetention', object.retention, 'SrcGetRetentionNotPermitted'),
    ...readSetting(prepared, object, 's3:GetObjectLegalHold', object.legalHold, 'SrcGetLegalHoldNotPermitted'),
  ];
}

function readSetting(
  prepared: Prepared,
  object: ObjectSnapshot,
  action: string,
  setting: ObjectSnapshot['retention'] | ObjectSnapshot['legalHold'],
  reason: 'SrcGetRetentionNotPermitted' | 'SrcGetLegalHoldNotPermitted',
): readonly Finding[] {
  const findings = needs(prepared, ask(prepared, object, action), reason, 'C15');
  return findings.flatMap((finding) => {
    if (finding.effect === 'warns' || (setting !== null && setting !== undefined && setting !== 'unknown'))
      return [finding];
    if (setting === 'unknown') return [unreadOf('C15', 'the Object Lock settings of', object.key, ['objects'])];
    return finding.effect === 'stops' ? [warns(finding.cause)] : [];
  });
}

/** Without the right a tagged object arrives untagged, and its source says FAILED (recorded/replication.md 40, 41); for an untagged one nobody has seen. */
function readTags(prepared: Prepared, object: ObjectSnapshot): readonly Finding[] {
  return tagFindings(prepared, object, ask(prepared, object, 's3:GetObjectVersionTagging'));
}

export function tagFindings(prepared: Prepared, object: ObjectSnapshot, answer: Answer): readonly Finding[] {
  const { decision } = answer;
  if (decision.effect === 'allowed') return [];
  const isTagged = object.tags === 'unknown' ? 'unknown' : Object.keys(object.tags).length > 0;
  if (decision.effect === 'unknown') return isTagged === false ? [] : needs(prepared, answer, null, 'C17');
  const cause = causeOf(prepared, answer, decision, 'C17');
  if (isTagged === 'unknown') return [unreadOf('C17', 'the tags of', object.key, ['objects'])];
  return isTagged ? [{ effect: 'loses-tags', cause: { ...cause, check: 'C17' } }] : [warns(cause)];
}

function ask(prepared: Prepared, object: ObjectSnapshot, action: string): Answer {
  return askS3(prepared, action, prepared.source, object);
}
