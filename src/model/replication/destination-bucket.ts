import type { BucketSnapshot, ObjectSnapshot } from '../snapshot.ts';
import type { OwnedBucket } from './ask.ts';
import { accountIn, settingOf } from './find.ts';
import { type Finding, stops, unread, unreadOf, warns } from './finding.ts';
import { type BucketSide, destinationSide, type Prepared } from './prepare.ts';
import type { Rule } from './rule.ts';

export interface Destination {
  readonly bucket: (OwnedBucket & { readonly value: BucketSnapshot }) | null;
  /** `guessed`: taken to be the source's account, as neither the snapshot nor the rule says who owns the bucket. */
  readonly read: boolean | 'guessed';
  readonly findings: readonly Finding[];
}

/** A bucket that could not be read still has the account that the rule names: what the source's side refuses does not change. */
export function destinationOf(prepared: Prepared, rule: Rule): Destination {
  const side = destinationSide(prepared, rule.destination);
  const { account, value } = side;
  if (value === null) {
    const summary = `Destination bucket ${side.name} does not exist.`;
    const fix = 'Create it with versioning, or name another destination in the replication rule.';
    const evidence = { arn: side.arn, path: side.path };
    const findings = [stops('DstBucketNotFound', { check: 'C05', summary, fix, evidence })];
    return { bucket: null, read: true, findings };
  }
  if (value !== 'unknown' && account !== 'unknown') {
    return { bucket: { ...side, account, value }, read: true, findings: [] };
  }
  const owner = account === 'unknown' ? rule.account : account;
  const bucket = { ...side, account: owner ?? prepared.source.account, value: unreadBucket };
  const lost = foreignBucketFinding(prepared, rule, side);
  if (lost !== undefined) return { bucket: rule.ownerOverride ? null : bucket, read: false, findings: [lost] };
  const findings = [unread('C05', `destination bucket ${side.name}`, side.path)];
  return { bucket, read: owner === null ? 'guessed' : false, findings };
}

/** With an override `Account` must be the owner (rules.md 2.3 R08). Without, S3 takes any (recorded/replication.md 28); what it does then is not known. */
function foreignBucketFinding(
  { snapshot, source }: Prepared,
  rule: Rule,
  { name, arn }: BucketSide,
): Finding | undefined {
  const owner = rule.account === null ? 'unknown' : accountIn(snapshot, rule.account);
  if (owner === 'unknown' || !owner.notOwned?.includes(name)) return undefined;
  const summary = `Destination bucket ${name} does not belong to account ${rule.account}, which rule ${rule.id} names as its owner: it may have been deleted, and created again by somebody else. Objects may reach whoever owns it now.`;
  const fix = `Do not replicate to it: disable or remove rule ${rule.id}, or name a bucket of account ${rule.account} in it.`;
  const evidence = { arn, path: [...rule.path, 'Destination'] };
  const cause = { check: 'C05' as const, summary, fix, evidence };
  if (rule.ownerOverride) return stops('DstPutObjectNotPermitted', cause);
  const unknown = [`whether S3 replicates from ${source.name} to a bucket of another account than the rule names`];
  return { effect: 'unknown', cause: { ...cause, evidence: { ...evidence, unknown } } };
}

/** One of which nothing is known but that it is there. */
export const unreadBucket: BucketSnapshot = {
  region: 'unknown',
  versioning: 'unknown',
  encryption: 'unknown',
  policy: 'unknown',
  replication: 'unknown',
  ownership: 'unknown',
  publicAccessBlock: 'unknown',
  objectLock: 'unknown',
  requestPayment: 'unknown',
  lifecycle: 'unknown',
  notification: 'unknown',
};

export function destinationState(
  prepared: Prepared,
  rule: Rule,
  bucket: OwnedBucket & { readonly value: BucketSnapshot },
): readonly Finding[] {
  return [
    ...versioning(bucket, bucket.value),
    ...requestPayment(prepared, bucket, bucket.value),
    ...accountOfRule(rule, bucket),
  ];
}

/** Versioning suspended after the setup: recorded/replication.md 40. */
function versioning(bucket: BucketSide, { versioning: status }: BucketSnapshot): readonly Finding[] {
  const path = [...bucket.path, 'versioning'];
  if (status === 'Enabled') return [];
  if (status === 'unknown') return [unread('C06', `versioning of bucket ${bucket.name}`, path)];
  const summary = `Versioning of destination bucket ${bucket.name} is ${status === null ? 'not enabled' : 'suspended'}.`;
  const fix = `Enable versioning of ${bucket.name} (s3:PutBucketVersioning).`;
  return [stops('DstBucketUnversioned', { check: 'C06', summary, fix, evidence: { arn: bucket.arn, path } })];
}

/** Documented for destinations in another account, without a code; what S3 answers then is AccessDenied (rules.md 2.3 R03). */
function requestPayment(prepared: Prepared, bucket: OwnedBucket, value: BucketSnapshot): readonly Finding[] {
  const path = [...bucket.path, 'requestPayment'];
  if (bucket.account === prepared.source.account || value.requestPayment === 'BucketOwner') return [];
  if (value.requestPayment === 'unknown')
    return [unread('C07', `who pays for requests to bucket ${bucket.name}`, path)];
  const summary = `Destination bucket ${bucket.name} is a Requester Pays bucket in another account.`;
  const fix = `Let the owner of ${bucket.name} pay for requests (s3:PutBucketRequestPayment).`;
  const evidence = { arn: bucket.arn, path, sources: [{ note: 'rules.md 2.3 R03; the code is inferred' }] };
  return [stops('DstPutObjectNotPermitted', { check: 'C07', summary, fix, evidence })];
}

function accountOfRule(rule: Rule, bucket: OwnedBucket): readonly Finding[] {
  if (rule.account === null || rule.account === bucket.account) return [];
  const summary = `Rule ${rule.id} says that account ${rule.account} owns ${bucket.name}; its owner is ${bucket.account}.`;
  const fix = `Do not replicate to ${bucket.name} before you know why: it may have been deleted, and created again by somebody else. Name a bucket of account ${rule.account} in rule ${rule.id}; only if that account is a mistake, correct "Account" in its Destination.`;
  const evidence = { arn: bucket.arn, path: [...rule.path, 'Destination', 'Account'] };
  const cause = { check: 'C16' as const, summary, fix, evidence };
  return [rule.ownerOverride ? stops('DstPutObjectNotPermitted', cause) : warns(cause)];
}

/** A version with a retention or legal hold, even OFF, needs Object Lock at the destination; others replicate (recorded/replication.md 65). */
export function lockState(
  prepared: Prepared,
  object: ObjectSnapshot,
  bucket: BucketSide & { readonly value: BucketSnapshot },
): readonly Finding[] {
  const target = bucket.value.objectLock;
  if (target === 'Enabled') return [];
  const settings = [object.retention ?? null, object.legalHold ?? null];
  const isSet = settings.some((setting) => setting !== null && setting !== 'unknown');
  const path = [...bucket.path, 'objectLock'];
  if (isSet && target === 'unknown') return [unread('C09', `Object Lock of bucket ${bucket.name}`, path)];
  const source = settingOf(prepared.source.value, 'objectLock');
  if (!isSet && settings.includes('unknown') && source !== null) {
    return [unreadOf('C09', 'the Object Lock settings of', object.key, ['objects'])];
  }
  if (target === 'unknown' || (!isSet && source !== 'Enabled')) return [];
  const none = `destination bucket ${bucket.name} has no Object Lock`;
  const [what, summary] = isSet
    ? object.versionId === null
      ? ['by default', `New objects get a retention by default in source bucket ${prepared.source.name}, and ${none}.`]
      : ['of an object', `Object ${object.key} has Object Lock settings, and ${none}.`]
    : [
        'of the bucket',
        `The source bucket has Object Lock and destination bucket ${bucket.name} has none: objects with a retention or legal hold fail.`,
      ];
  const fix = `Enable Object Lock on ${bucket.name} (s3:PutObjectLockConfiguration).`;
  const cause = { check: 'C09' as const, summary, fix, evidence: { arn: bucket.arn, path }, same: [what, path] };
  return [isSet ? stops('DstBucketObjectLockConfigMissing', cause) : warns(cause)];
}
