/**
 * What repl.yaml may have named once: our rules say so, and so does the inline policy of our role, which is the last to be
 * narrowed (docs/decisions/0008-what-names-the-rest-goes-last.md).
 */

import { accountIn, bucketArn, bucketOfArn, isKeyArn, isRoleArn, nameIn } from '../aws/arn.ts';
import { type AccountId, type BucketName, brand } from '../aws/brand.ts';
import { listOf, type PolicyDocument, statementsOf } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { findOurRules, inlinePolicyName } from './names.ts';
import { accountOf, bucketOf, type State } from './state.ts';

export interface NamedBucket {
  readonly name: BucketName;
  /** Undefined where only a policy names it: the ARN of a bucket has no account. */
  readonly account: AccountId | undefined;
}

/** The destination buckets that our rules and policies name; those of repl.yaml may be among them. */
export function findNamedBuckets(state: State, spec: Spec): readonly NamedBucket[] {
  const byRules = findOurRules(state, spec).flatMap(({ Destination }): NamedBucket[] => {
    const name = bucketOfArn(Destination?.Bucket ?? '');
    return name === undefined
      ? []
      : [{ name, account: Destination?.Account === undefined ? undefined : brand(Destination.Account) }];
  });
  const byPolicies = resources(state, spec).flatMap((arn): NamedBucket[] => {
    const name = bucketOfArn(arn);
    return name === undefined || name === spec.source.bucket ? [] : [{ name, account: undefined }];
  });
  const known = new Map([...byPolicies, ...byRules].map((bucket) => [bucket.name, bucket]));
  return [...known.values()];
}

/** The ARNs of the keys that our rules and policies name; those of repl.yaml may be among them. */
export function findNamedKeys(state: State, spec: Spec): readonly string[] {
  const byRules = findOurRules(state, spec).flatMap(
    ({ Destination }) => Destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? [],
  );
  const byPolicies = resources(state, spec).filter(isKeyArn);
  return [...new Set([...byRules, ...byPolicies])];
}

/** The ARNs of the roles that our rules and policies name, without the one of repl.yaml. */
export function findNamedRoles(state: State, spec: Spec): readonly string[] {
  const source = bucketOf(state, spec.source.account, spec.source.bucket);
  const byRules = findOurRules(state, spec).length > 0 ? [source?.replication?.Role ?? ''] : [];
  const byPolicies = resources(state, spec).filter((arn) => accountIn(arn) === spec.source.account);
  const roles = [...byRules, ...byPolicies].filter(isRoleArn);
  return [...new Set(roles)].filter((arn) => nameIn(arn) !== spec.role.name);
}

/** The inline policy, naming roles that are about to go. A Deny of what the role never does: it widens nothing. */
export function withFormerRoles(document: PolicyDocument, arns: readonly string[]): PolicyDocument {
  const kept = statementsOf(document).filter(({ Sid }) => Sid !== formerRoles);
  const [first = '', ...more] = arns;
  const Resource = more.length === 0 ? first : arns;
  return {
    ...document,
    Statement: [...kept, { Sid: formerRoles, Effect: 'Deny', Action: 'iam:PassRole', Resource }],
  };
}

const formerRoles = 'FormerRoles';

/** What our inline policies are about; one for another source bucket is of another set-up. */
function resources(state: State, spec: Spec): readonly string[] {
  return Object.values(accountOf(state, spec.source.account).roles).flatMap((role) => {
    const statements = statementsOf(role?.inlinePolicies[inlinePolicyName(spec)] ?? null);
    const arns = statements.flatMap(({ Resource }) => listOf(Resource));
    return arns.includes(bucketArn(spec.source)) ? arns : [];
  });
}
