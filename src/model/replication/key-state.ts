import type { BucketSnapshot } from '../snapshot.ts';
import type { Cause, Evidence, FailureCode } from '../verdict.ts';
import type { KeySide } from './find.ts';
import { type Finding, stops, unread, warns } from './finding.ts';
import type { BucketSide } from './prepare.ts';

/** A key that decrypts the source object (rules.md 1.3 K7, K10). */
export function sourceKeyState(key: KeySide, bucket: BucketSide): readonly Finding[] {
  if (key.value === null) {
    const summary = `Key ${key.arn}, which the object is encrypted with, does not exist: nobody can read the object.`;
    const fix = 'Write the object again; what a deleted key encrypted is lost.';
    // AWS has no code for it; what fails is reading the object (rules.md 2.1).
    return [stops('SrcGetObjectNotPermitted', { check: 'C19', summary, fix, evidence: at(key) })];
  }
  return [...checkUsable(key, sourceKeys), ...warnOfManagedSource(key, bucket)];
}

/** PutBucketReplication ignores the key (S3 User Guide, replication-config-for-kms-objects; recorded/replication.md 26). @param asker the role's account. */
export function destinationKeyState(
  key: KeySide,
  bucket: BucketSide & { readonly value: BucketSnapshot },
  asker: string,
): readonly Finding[] {
  const { region } = bucket.value;
  if (key.value === null) {
    const summary = `Key ${key.arn}, which is to encrypt replicas, does not exist.`;
    const fix = `Name the ARN of an existing key in the Region of bucket ${bucket.name}.`;
    return [stops('DstKmsKeyNotFound', { check: 'C18', summary, fix, evidence: at(key) })];
  }
  if (region !== 'unknown' && key.region !== region) {
    const summary = `Key ${key.arn} is in ${key.region}, but bucket ${bucket.name} is in ${region}.`;
    const fix = `Name a key of ${region}; a multi-Region replica key has an ARN of its own.`;
    const evidence = { ...at(key), sources: [{ note: 'rules.md 1.3 K4; the code is inferred' }] };
    return [stops('DstKmsKeyNotFound', { check: 'C18', summary, fix, evidence })];
  }
  return [
    ...(region === 'unknown' ? [unread('C05', `the Region of bucket ${bucket.name}`, [...bucket.path, 'region'])] : []),
    ...checkUsable(key, destinationKeys),
    ...(bucket.account === asker && key.account === asker ? [] : checkManagedAcross(key)),
  ];
}

interface KeyUse {
  readonly badState: FailureCode;
  readonly badKind: FailureCode;
  /** What follows "enable it": another key helps only what is encrypted later. */
  readonly otherwise: string;
}

const sourceKeys: KeyUse = {
  badState: 'SrcKmsKeyInvalidState',
  badKind: 'SrcGetObjectNotPermitted',
  otherwise: ': without it, nobody can read what it encrypted',
};
const destinationKeys: KeyUse = {
  badState: 'DstKmsKeyInvalidState',
  badKind: 'DstPutObjectNotPermitted',
  otherwise: ', or use another key',
};

function checkUsable(key: KeySide, { badState, badKind, otherwise }: KeyUse): readonly Finding[] {
  const metadata = key.value === null || key.value === 'unknown' ? 'unknown' : key.value.metadata;
  if (metadata === 'unknown') return [unread('C19', `the state of key ${key.arn}`, [...key.path, 'metadata'])];
  const { KeyState: state, KeySpec: spec, KeyUsage: usage } = metadata;
  const findings: Finding[] = [];
  if (state === undefined || state === 'unknown') {
    findings.push(unread('C19', `the state of key ${key.arn}`, [...key.path, 'metadata', 'KeyState']));
  } else if (state !== 'Enabled') {
    const fix =
      state === 'PendingDeletion'
        ? 'Cancel its deletion (kms:CancelKeyDeletion), then enable it (kms:EnableKey).'
        : `Enable it (kms:EnableKey)${otherwise}.`;
    const summary = `Key ${key.arn} is ${state}.`;
    const evidence = { arn: key.arn, path: [...key.path, 'metadata', 'KeyState'] };
    findings.push(stops(badState, { check: 'C19', summary, fix, evidence }));
  }
  if (isOther(spec, 'SYMMETRIC_DEFAULT') || isOther(usage, 'ENCRYPT_DECRYPT')) {
    const summary = `Key ${key.arn} is not a symmetric encryption key (${spec ?? '?'}, ${usage ?? '?'}).`;
    const fix = 'Use a key with KeySpec SYMMETRIC_DEFAULT and KeyUsage ENCRYPT_DECRYPT.';
    const evidence = { ...at(key), sources: [{ note: 'rules.md 1.3 K9; the code is inferred' }] };
    findings.push(stops(badKind, { check: 'C20', summary, fix, evidence }));
  }
  if (spec === 'unknown' || usage === 'unknown') {
    findings.push(unread('C20', `the kind of key ${key.arn}`, [...key.path, 'metadata']));
  }
  return findings;
}

function isOther(value: string | undefined, wanted: string): boolean {
  return value !== undefined && value !== 'unknown' && value !== wanted;
}

/** The policy of an AWS managed key cannot name another account (rules.md 1.3 K5, K6; 1.6 X-11). */
function checkManagedAcross(key: KeySide): readonly Finding[] {
  const managed = isManaged(key);
  if (managed === 'unknown')
    return [unread('C20', `who manages key ${key.arn}`, [...key.path, 'metadata', 'KeyManager'])];
  return managed ? [stops('DstPutObjectNotPermitted', causeOfManagedKey(key.arn, at(key)))] : [];
}

export function causeOfManagedKey(key: string, evidence: Evidence): Cause {
  const summary = `Key ${key} is an AWS managed key, which cannot be used across accounts.`;
  return { check: 'C20', summary, fix: 'Use a customer managed key of the destination account.', evidence };
}

function warnOfManagedSource(key: KeySide, bucket: BucketSide): readonly Finding[] {
  if (isManaged(key) !== true) return [];
  const summary = `The object is encrypted with ${key.arn}, the AWS managed key of account ${bucket.account}; an older AWS page says that cross-account replication needs a customer managed key.`;
  const fix = 'Encrypt new objects with a customer managed key.';
  return [
    warns({
      check: 'C20',
      summary,
      fix,
      evidence: { ...at(key), sources: [{ note: 'rules.md 1.3 K7' }, { note: 'rules.md 6.2 B8' }] },
    }),
  ];
}

/** KMS authorizes the key behind an alias, and an alias may point to another key later (rules.md 1.3 K8). */
export function aliasUsed(key: KeySide): readonly Finding[] {
  if (!key.byAlias) return [];
  const summary = `The replication rule names key ${key.arn} by an alias, which may come to mean another key; policies must name the key.`;
  const fix = `Write ${key.arn} into the rule.`;
  return [warns({ check: 'C20', summary, fix, evidence: at(key) })];
}

export function isManaged({ value }: KeySide): boolean | 'unknown' {
  if (value === null || value === 'unknown' || value.metadata === 'unknown') return 'unknown';
  const { KeyManager: manager } = value.metadata;
  return manager === 'unknown' ? 'unknown' : manager === 'AWS';
}

function at({ arn, path }: KeySide) {
  return { arn, path };
}
