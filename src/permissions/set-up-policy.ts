/** What the identities that s3repl signs in with must be allowed, as IAM policies: docs/permissions.md for one spec. */

import { isSameJson } from '../aws/json.ts';
import { type PolicyDocument, policy, type Statement } from '../aws/policy.ts';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import { sidesOf } from '../state/names.ts';
import { type LiveBucket, type Need, type Purpose, usualPurposes } from '../state/need.ts';
import { unwrapSingle } from '../steps/scope.ts';
import { bucketNeeds, objectNeeds } from './bucket-needs.ts';
import { keyNeeds, type LiveKeys } from './key-needs.ts';
import { roleNeeds } from './role-needs.ts';

/** What narrows the policies further than repl.yaml alone. */
export interface Bounds {
  /** ARN of the permissions boundary that the replication role must have; absent: that of repl.yaml, if it has one. */
  readonly boundary?: string;
  /** The keys that the sides have on AWS. */
  readonly keys?: LiveKeys;
  /** The buckets that the sides have on AWS. */
  readonly buckets?: ReadonlyMap<SideId, LiveBucket>;
}

/** One policy for each account of a spec, by account ID: no more than the commands need. */
export function setUpPolicies(
  spec: Spec,
  commands: readonly Purpose[] = usualPurposes,
  bounds: Bounds = {},
): Readonly<Record<string, PolicyDocument>> {
  const accounts = [...new Set(sidesOf(spec).map(({ account }) => account))];
  return Object.fromEntries(
    accounts.map((account) => {
      const needs = sidesOf(spec)
        .filter((side) => side.account === account)
        .flatMap((side) => needsOf(side, spec, bounds))
        .filter((need) => need.for.some((command) => commands.includes(command)));
      return [account, policy(...statementsFor(needs))];
    }),
  );
}

function needsOf(
  side: AnySide,
  spec: Spec,
  { boundary = spec.role.permissionsBoundary, keys, buckets }: Bounds,
): readonly Need[] {
  return [
    ...bucketNeeds(side, spec, buckets?.get(side.id)),
    ...objectNeeds(side, spec),
    ...(side.id === 'source' ? roleNeeds(spec, boundary) : []),
    ...keyNeeds(side, spec, keys),
    { sid: 'Find', actions: ['s3:ListAllMyBuckets', 'iam:ListAccountAliases'], on: '*', for: ['init'] },
  ];
}

/** A statement for all needs of the same resources and conditions; Sids are unique in a policy, so later ones are numbered. */
function statementsFor(needs: readonly Need[]): readonly Statement[] {
  const groups: { readonly first: Need; readonly actions: Set<string> }[] = [];
  for (const need of needs) {
    const { on, condition } = need;
    const same = groups.find(({ first }) => isSameJson([first.on, first.condition], [on, condition]));
    if (same) for (const action of need.actions) same.actions.add(action);
    else groups.push({ first: need, actions: new Set(need.actions) });
  }
  const seen = new Map<string, number>();
  return groups.map(({ first: { sid, on, condition }, actions }) => {
    const count = (seen.get(sid) ?? 0) + 1;
    seen.set(sid, count);
    return {
      Sid: count === 1 ? sid : `${sid}${count}`,
      Effect: 'Allow',
      Action: unwrapSingle([...actions]),
      Resource: on,
      ...(condition ? { Condition: condition } : {}),
    };
  });
}
