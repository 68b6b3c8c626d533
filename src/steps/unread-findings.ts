import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { sidesOf } from '../state/names.ts';
import { accountOf, bucketOf, type State } from '../state/state.ts';

/** What we may not read and do not plan with, each with the missing action: apply goes on, but something may be hidden there. */
export function unreadFindings(observed: State, spec: Spec): readonly Finding[] {
  const sides = sidesOf(spec);
  const warning = (
    { id, account }: (typeof sides)[number],
    code: string,
    what: string,
    so: string,
    action: string,
  ) => ({
    level: 'warning' as const,
    step: 'bucket' as const,
    code,
    side: id,
    message: `s3repl cannot read ${what}: ${so}`,
    fix: `allow ${action} to the identity that s3repl signs in with in account ${account}`,
  });
  const lifecycles = sides
    .filter((side) => bucketOf(observed, side.account, side.bucket)?.lifecycle === 'unknown')
    .map((side) =>
      warning(
        side,
        'lifecycle-unread',
        `the lifecycle configuration of ${side.bucket}`,
        side.id === 'source'
          ? 'if it deletes objects within a day, some may be deleted before S3 replicates them'
          : 'if it deletes replicas sooner than the source deletes its objects, s3repl will not see it',
        's3:GetLifecycleConfiguration',
      ),
    );
  const accounts = [...new Map(sides.map((side) => [side.account, side])).values()].flatMap((side) => {
    const { publicAccessBlock, organization } = accountOf(observed, side.account);
    const ofAccount = `account ${side.account}`;
    const block = warning(
      side,
      'account-block-unread',
      `the Block Public Access settings of ${ofAccount}`,
      'a bucket policy there may be public; if the account has RestrictPublicBuckets on, S3 blocks other accounts from that bucket',
      's3:GetAccountPublicAccessBlock',
    );
    const member = warning(
      side,
      'organization-unread',
      `which organization ${ofAccount} belongs to`,
      's3repl cannot evaluate a policy with a condition on it',
      'organizations:DescribeOrganization',
    );
    return [...(publicAccessBlock === 'unknown' ? [block] : []), ...(organization === 'unknown' ? [member] : [])];
  });
  return [...lifecycles, ...accounts];
}
