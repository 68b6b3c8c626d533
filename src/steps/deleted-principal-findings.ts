import { accountIn, regionOf } from '../aws/arn.ts';
import { lookUp } from '../aws/documents.ts';
import {
  findDeletedPrincipals,
  isSamePolicy,
  listOf,
  type PolicyDocument,
  policy,
  type Statement,
  statementsOf,
} from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { sidesOf } from '../state/names.ts';
import { accountOf, allBuckets, bucketOf, type State } from '../state/state.ts';

/**
 * S3 refuses bucket policies that name a deleted role or user (API: PutBucketPolicy, `MalformedPolicy`, "Invalid principal in policy"; rules.md 1.5 (9),
 * 3.1; seen with an `AROA…` in ministryofjustice/analytical-platform, pull request 4932). Our own statements name the role as it is now.
 */
export function findDeletedInBucketPolicies(from: State, to: State, spec: Spec): readonly Finding[] {
  return allBuckets(to).flatMap(([account, name, after]) => {
    const before = bucketOf(from, account, name);
    const side = sidesOf(spec).find((one) => one.account === account && one.region === after.region);
    return before && side
      ? findingsIn(
          before.policy,
          after.policy,
          'bucket-policy',
          side.id,
          `S3 refuses to write the policy of bucket ${name}`,
        )
      : [];
  });
}

/** The same for key policies (API: PutKeyPolicy: principals "must exist and be visible to KMS", else `MalformedPolicyDocumentException`). */
export function findDeletedInKeyPolicies(from: State, to: State, spec: Spec): readonly Finding[] {
  return Object.values(to.accounts).flatMap(({ keys }) =>
    Object.entries(keys).flatMap(([arn, after]) => {
      const before = lookUp(accountOf(from, accountIn(arn)).keys, arn);
      const side = sidesOf(spec).find((one) => one.account === accountIn(arn) && one.region === regionOf(arn));
      return before && after && side
        ? findingsIn(
            before.policy,
            after.policy,
            'key-policy',
            side.id,
            `KMS refuses to write the policy of key ${arn}`,
          )
        : [];
    }),
  );
}

function findingsIn(
  before: PolicyDocument | null,
  after: PolicyDocument | null,
  step: Finding['step'],
  side: Finding['side'],
  refusal: string,
): readonly Finding[] {
  if (isSamePolicy(before, after)) return [];
  const present = statementsOf(before);
  return statementsOf(after).flatMap((statement, place) =>
    findDeletedPrincipals(policy(statement)).map((dead): Finding => {
      const index = present.includes(statement) ? present.indexOf(statement) : place;
      const { Sid } = statement;
      const named = typeof Sid === 'string' && Sid !== '' ? `"${Sid}"` : `number ${index + 1}`;
      return {
        level: 'problem',
        step,
        code: 'deleted-principal',
        side,
        message: `${refusal}: its statement ${named}, which s3repl did not write, names ${dead}, a role or user that was deleted`,
        fix: fixOf(statement, named, dead),
      };
    }),
  );
}

/** A Deny of NotPrincipal holds for everybody else: without the statement, they would be let in. */
function fixOf({ Principal, NotPrincipal }: Statement, named: string, dead: string): string {
  if (NotPrincipal !== undefined) {
    return `in NotPrincipal of statement ${named}, write the ARN of the role or user that replaces it, or remove ${dead} if there is none`;
  }
  const names = typeof Principal === 'object' ? Object.values(Principal).flatMap(listOf) : [];
  return names.every((one) => one === dead)
    ? `remove statement ${named} from the policy: it names nobody else`
    : `remove ${dead} from statement ${named}, and leave its other principals`;
}
