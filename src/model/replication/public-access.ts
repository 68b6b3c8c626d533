import { statementsOf } from '../../aws/policy.ts';
import { publicStatements, unclearStatements } from '../../aws/public-policy.ts';
import type { AccountSnapshot, BucketSnapshot, Found, Known } from '../snapshot.ts';
import type { Cause, FailureCode } from '../verdict.ts';
import type { OwnedBucket } from './ask.ts';
import { accountIn, memberOf } from './find.ts';
import { type Finding, stops, unread, warns } from './finding.ts';
import type { Path } from './path.ts';
import type { Prepared } from './prepare.ts';

type Bucket = OwnedBucket & { readonly value: BucketSnapshot };

interface Restriction {
  readonly on: Known<boolean> | 'not-looked-at';
  /** Completes "RestrictPublicBuckets of". */
  readonly of: string;
  readonly path: Path;
  readonly fix: string;
}

/**
 * `RestrictPublicBuckets`, of the bucket or account, counts only with a public statement: "public and cross-account access within any public bucket policy,
 * including non-public delegation to specific accounts, is blocked", but for AWS services and the owner's account
 * (S3 API Reference, PublicAccessBlockConfiguration).
 */
export function findShutOff(prepared: Prepared, bucket: Bucket, reason: FailureCode): readonly Finding[] {
  return prepared.answerOnce(`shut off ${reason} ${bucket.path}`, () => findings(prepared, bucket, reason));
}

function findings(prepared: Prepared, bucket: Bucket, reason: FailureCode): readonly Finding[] {
  const { policy } = bucket.value;
  if (bucket.account === prepared.role.account || policy === null || policy === 'unknown') return [];
  const [surely] = publicStatements(policy);
  const [perhaps] = unclearStatements(policy);
  const index = surely ?? perhaps;
  if (index === undefined) return [];
  const sid = statementsOf(policy)[index]?.Sid;
  const statement = `statement ${sid ?? index + 1} of the bucket policy of ${bucket.name}`;
  const takes = `S3 ${surely === undefined ? 'may take' : 'takes'} ${statement} for public`;
  const restrictions = [bucketRestriction(bucket), accountRestriction(prepared, bucket)];
  const on = restrictions.find((one) => one.on === true);
  const where = [...bucket.path, 'policy', 'Statement', ...(Array.isArray(policy.Statement) ? [index] : [])];
  if (on) {
    const cause: Cause = {
      check: 'C12',
      summary: `${takes}, and RestrictPublicBuckets of ${on.of} is on: with a public policy S3 shuts off every other account, and with it role ${prepared.role.arn}.`,
      fix: `Remove ${statement}, or name its principals (or confine it by aws:SourceVpce, aws:PrincipalOrgID or the like); or ${on.fix}.`,
      evidence: { arn: bucket.arn, path: where, ...(sid !== undefined && { sid }), sources: [source] },
    };
    return [surely === undefined ? { effect: 'unknown', cause } : stops(reason, cause)];
  }
  return restrictions.flatMap(({ on: setting, of, path }): readonly Finding[] => {
    if (setting === 'unknown') return [unread('C12', `whether RestrictPublicBuckets of ${of} is on (${takes})`, path)];
    if (setting !== 'not-looked-at') return [];
    const summary = `${takes}. If RestrictPublicBuckets of ${of} is on, which was not read, replicas do not arrive.`;
    const fix = `Look up this setting of account ${bucket.account} (GetPublicAccessBlock of S3 Control), or remove ${statement}.`;
    return [warns({ check: 'C12', summary, fix, evidence: { arn: bucket.arn, path, sources: [source] } })];
  });
}

const source = 'S3 API Reference, PublicAccessBlockConfiguration, RestrictPublicBuckets';

function bucketRestriction({ name, path, value }: Bucket): Restriction {
  return {
    on: isOn(value.publicAccessBlock),
    of: `bucket ${name}`,
    path: [...path, 'publicAccessBlock'],
    fix: `switch RestrictPublicBuckets of bucket ${name} off (s3:PutBucketPublicAccessBlock)`,
  };
}

function accountRestriction({ snapshot }: Prepared, { account }: Bucket): Restriction {
  return {
    on: isOn(memberOf(accountIn(snapshot, account), 'publicAccessBlock')),
    of: `account ${account}`,
    path: ['accounts', account, 'publicAccessBlock'],
    fix: `switch RestrictPublicBuckets of account ${account} off (s3:PutAccountPublicAccessBlock)`,
  };
}

function isOn(block: AccountSnapshot['publicAccessBlock'] | Found<never>): Restriction['on'] {
  if (block === undefined) return 'not-looked-at';
  if (block === 'unknown') return block;
  return block?.RestrictPublicBuckets ?? false;
}
