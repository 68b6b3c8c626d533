import { isSamePolicy, statementsOf } from '../aws/policy.ts';
import { publicStatements, unclearStatements } from '../aws/public-policy.ts';
import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { sidesOf } from '../state/names.ts';
import { accountOf, allBuckets, type BucketState, bucketOf, type State } from '../state/state.ts';

/**
 * S3 refuses public policies, whoever wrote the statement, under BlockPublicPolicy (S3 User Guide, access-control-block-public-access): found before the
 * first write. A problem where a statement is surely public, else a warning. @param willBlock whether s3repl turns BlockPublicPolicy on first.
 */
export function findBlockedPolicies(
  from: State,
  to: State,
  spec: Spec,
  willBlock: (bucket: BucketState) => boolean = () => false,
): readonly Finding[] {
  return allBuckets(to).flatMap(([account, name, after]): readonly Finding[] => {
    const before = bucketOf(from, account, name);
    const side = sidesOf(spec).find((one) => one.account === account && one.region === after.region);
    if (!before || !side || isSamePolicy(before.policy, after.policy)) return [];
    const ofAccount = accountOf(to, account).publicAccessBlock;
    const byAccount = typeof ofAccount === 'object' && ofAccount?.BlockPublicPolicy === true;
    if (!byAccount && after.publicAccessBlock?.BlockPublicPolicy !== true && !willBlock(before)) return [];
    const statements = statementsOf(after.policy);
    const finding = (index: number, level: Finding['level']): Finding => ({
      level,
      step: 'bucket-policy',
      code: 'public-policy-blocked',
      side: side.id,
      message:
        `S3 ${level === 'problem' ? 'refuses' : 'may refuse'} to change the policy of bucket ${name}: BlockPublicPolicy is on for the ` +
        `${byAccount ? 'account' : 'bucket'}, and the statement ${statements[index]?.Sid ?? `number ${index + 1}`}, which s3repl did not write, allows public access`,
      fix: 'remove that statement, or give it a condition with a fixed value, such as StringEquals on aws:PrincipalOrgID or aws:SourceVpce',
    });
    return [
      ...publicStatements(after.policy).map((index) => finding(index, 'problem')),
      ...unclearStatements(after.policy).map((index) => finding(index, 'warning')),
    ];
  });
}
