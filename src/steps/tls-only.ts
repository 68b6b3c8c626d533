import { bucketArn } from '../aws/arn.ts';
import { isSameStatement, type Statement, statementsOf } from '../aws/policy.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { isOurs, sidesOf, sidPrefix } from '../state/names.ts';
import { type BucketState, bucketOf, type State } from '../state/state.ts';

/**
 * As AWS's rule s3-bucket-ssl-requests-only wants it (Security Hub S3.5; AWS Config Developer Guide).
 * None where somebody else's statement says the same: two would be one too many, and theirs stays when ours goes.
 */
export function tlsStatements(bucket: BucketState, side: AnySide, spec: Spec): readonly Statement[] {
  const ours = withoutTls(side, spec);
  const present = statementsOf(bucket.policy);
  if (!isAsked(bucket, ours, spec)) return [];
  const byOthers = present.some((one) => isSameStatement({ ...one, Sid: `${ours.Sid}` }, ours));
  return byOthers && !hasSid(present, ours) ? [] : [ours];
}

/** Whether `apply` or `destroy` may have to write or remove the statement. */
export function mayWriteTls(bucket: BucketState, side: AnySide, spec: Spec): boolean {
  const ours = withoutTls(side, spec);
  return isAsked(bucket, ours, spec) || hasSid(statementsOf(bucket.policy), ours);
}

/** A bucket that exists may have clients that use plain HTTP, and s3repl cannot see them. */
export function tlsOnlyFindings(observed: State, spec: Spec): readonly Finding[] {
  return sidesOf(spec).flatMap((side): readonly Finding[] => {
    const bucket = bucketOf(observed, side.account, side.bucket);
    const [ours] = bucket ? tlsStatements(bucket, side, spec) : [];
    if (!bucket || !ours || hasSid(statementsOf(bucket.policy), ours)) return [];
    return [
      {
        level: 'warning',
        step: 'bucket-policy',
        code: 'tls-only',
        side: side.id,
        message: `S3 will refuse requests to ${side.bucket} without TLS`,
        fix: 'if a client still uses plain HTTP with this bucket, change it first, or write "tlsOnly: false"',
      },
    ];
  });
}

/** Once there, it stays until repl.yaml says false: a lost tag, or a line that is gone, opens no bucket. */
function isAsked(bucket: BucketState, ours: Statement, spec: Spec): boolean {
  return spec.tlsOnly ?? (isOurs(bucket, spec) || hasSid(statementsOf(bucket.policy), ours));
}

function withoutTls(side: AnySide, spec: Spec): Statement {
  return {
    Sid: `${sidPrefix(spec)}TlsOnly`,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucketArn(side), `${bucketArn(side)}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

function hasSid(statements: readonly Statement[], { Sid }: Statement): boolean {
  return statements.some((one) => one.Sid === Sid);
}
