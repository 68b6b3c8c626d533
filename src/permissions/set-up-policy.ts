import { isSameJson } from '../aws/json.ts';
import { type PolicyDocument, policy, type Statement } from '../aws/policy.ts';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import { sidesOf } from '../state/names.ts';
import { type LiveBucket, type Need, type Purpose, usualPurposes } from '../state/need.ts';
import { unwrapSingle } from '../steps/scope.ts';
import { bucketNeeds, objectNeeds } from './bucket-needs.ts';
import { hearingNeeds } from './hearing-needs.ts';
import { keyNeeds, type LiveKeys } from './key-needs.ts';
import { jobNeeds, roleNeeds } from './role-needs.ts';
import { stepNeeds } from './step-needs.ts';

export interface Bounds {
  /** ARN that the role's boundary must have; absent: the one of repl.yaml, if any. */
  readonly boundary?: string;
  readonly keys?: LiveKeys;
  readonly buckets?: ReadonlyMap<SideId, LiveBucket>;
}

/** The least IAM policies for who signs in, by account ID (docs/permissions.md); nothing of an account that these commands need nothing of. */
export function setUpPolicies(
  spec: Spec,
  commands: readonly Purpose[] = usualPurposes,
  bounds: Bounds = {},
): Readonly<Record<string, PolicyDocument>> {
  const accounts = [...new Set(sidesOf(spec).map(({ account }) => account))];
  return Object.fromEntries(
    accounts.flatMap((account) => {
      const needs = sidesOf(spec)
        .filter((side) => side.account === account)
        .flatMap((side) => needsOf(side, spec, bounds))
        .filter((need) => need.for.some((command) => commands.includes(command)));
      return needs.length > 0 ? [[account, policy(...statementsFor(needs))]] : [];
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
    ...(side.id === 'source' ? [...alertNeeds(spec), ...jobNeeds(spec)] : []),
    ...hearingNeeds(side, spec),
    { sid: 'Find', actions: ['s3:ListAllMyBuckets', 'iam:ListAccountAliases'], on: '*', for: ['init'] },
  ];
}

/** Of topics, alarms and events, in the account of the source. */
function alertNeeds(spec: Spec): readonly Need[] {
  return stepNeeds({ sid: 'Alerts', on: [] }, ({ alerts }) => alerts?.(spec))
    .filter((need) => need.for.length > 0)
    .map((need) => ({ ...need, for: [...need.for, 'alerts'] }));
}

/** Sids are unique in a policy, so later ones are numbered. */
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
