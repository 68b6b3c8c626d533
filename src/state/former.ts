/** What repl.yaml may have named once: our rules say so, and so does our role's inline policy (docs/decisions/0008-what-names-the-rest-goes-last.md). */

import { accountIn, bucketArn, bucketOfArn, isKeyArn, isRoleArn, nameIn } from '../aws/arn.ts';
import { type AccountId, type BucketName, brand } from '../aws/brand.ts';
import { listOf, type PolicyDocument, statementsOf } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { findOurRules, inlinePolicyName, isOurRule } from './names.ts';
import { accountOf, bucketOf, type State } from './state.ts';

export interface NamedBucket {
  readonly name: BucketName;
  /** Undefined where only a policy names it: the ARN of a bucket has no account. */
  readonly account: AccountId | undefined;
}

/** Those of repl.yaml may be among them. */
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

export function findNamedKeys(state: State, spec: Spec): readonly string[] {
  const byRules = findOurRules(state, spec).flatMap(
    ({ Destination }) => Destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? [],
  );
  const byPolicies = resources(state, spec).filter(isKeyArn);
  return [...new Set([...byRules, ...byPolicies])];
}

/** Those that enabled rules of others on the source bucket encrypt replicas with. */
export function findKeysOfOthers(state: State, spec: Spec): readonly string[] {
  const rules = bucketOf(state, spec.source.account, spec.source.bucket)?.replication?.Rules ?? [];
  const named = rules
    .filter((rule) => rule.Status === 'Enabled' && !isOurRule(rule, spec))
    .map(({ Destination }) => Destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? '');
  return [...new Set(named.filter(isKeyArn))];
}

export function findNamedRoles(state: State, spec: Spec): readonly string[] {
  const source = bucketOf(state, spec.source.account, spec.source.bucket);
  const byRules = findOurRules(state, spec).length > 0 ? [source?.replication?.Role ?? ''] : [];
  const byPolicies = resources(state, spec).filter((arn) => accountIn(arn) === spec.source.account);
  const roles = [...byRules, ...byPolicies].filter(isRoleArn);
  return [...new Set(roles)].filter((arn) => nameIn(arn) !== spec.role.name);
}

/** The inline policy, naming roles that are about to go. It denies what the role never does, so it widens nothing. */
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

/** Leaves out inline policies for another source bucket: they belong to another setup. */
function resources(state: State, spec: Spec): readonly string[] {
  return Object.values(accountOf(state, spec.source.account).roles).flatMap((role) => {
    const statements = statementsOf(role?.inlinePolicies[inlinePolicyName(spec)] ?? null);
    const arns = statements.flatMap(({ Resource }) => listOf(Resource));
    return arns.includes(bucketArn(spec.source)) ? arns : [];
  });
}
