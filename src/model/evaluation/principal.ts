/** Who a statement of a resource policy is about (IAM User Guide, reference_policies_elements_principal). */
import { isObject, textsOf } from './element.ts';
import type { Asker } from './request.ts';
import { not, some, type Truth } from './truth.ts';

/**
 * How a statement names the caller, from the most to the least direct. Everyone and a session are the caller itself; a role is
 * still limited by its boundary and session policy; an account only leaves it to its own policies.
 */
const reaches = ['caller', 'role', 'account'] as const;
export type Reach = (typeof reaches)[number];

export interface PrincipalMatch {
  readonly matches: Truth;
  readonly reach: Reach;
}

const kinds = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/** How a `Principal` names the caller; undefined where it is none that AWS would have stored. */
export function matchPrincipal(principal: unknown, asker: Asker): PrincipalMatch | undefined {
  const named = namesIn(principal)?.map(([kind, name]) => matchName(kind, name, asker));
  if (named === undefined) return undefined;
  for (const matches of [true, 'unknown'] as const) {
    const reach = reaches.find((one) => named.some((name) => name.matches === matches && name.reach === one));
    if (reach) return { matches, reach };
  }
  return { matches: false, reach: 'account' };
}

/**
 * Whether a `NotPrincipal` is about the caller: surely where it names neither the session nor the role nor the account, surely
 * not where it names all three (of a user: both). AWS asks for all and does not say what fewer of them mean (IAM User Guide,
 * reference_policies_elements_notprincipal). A Deny, says the same page, is about everyone with a permissions boundary, whoever it
 * names.
 */
export function matchNotPrincipal(
  principal: unknown,
  asker: Asker,
  effect: 'Allow' | 'Deny',
): PrincipalMatch | undefined {
  const names = namesIn(principal);
  if (names === undefined) return undefined;
  if (asker.kind === 'service')
    return { matches: not(some(names.map(([kind, name]) => matchName(kind, name, asker).matches))), reach: 'caller' };
  const is = (test: (name: string) => boolean) => names.some(([kind, name]) => kind === 'AWS' && test(name));
  if (is((name) => name === '*')) return { matches: false, reach: 'caller' };
  const named = [
    ...(asker.sessionNames.length > 0 ? [is((name) => asker.sessionNames.includes(name))] : []),
    is((name) => name === asker.roleArn || name === asker.roleId),
    is((name) => isAccount(name, asker)),
  ];
  const [first] = named;
  const certain = named.every((one) => one === first) && names.every(([kind]) => kind !== 'CanonicalUser');
  return { matches: some([certain ? !first : 'unknown', effect === 'Deny' && asker.hasBoundary]), reach: 'caller' };
}

function namesIn(principal: unknown): readonly (readonly [kind: string, name: string])[] | undefined {
  if (principal === '*') return [['AWS', '*']];
  if (!isObject(principal)) return undefined;
  const names = Object.entries(principal).map(([kind, value]) => {
    const texts = kinds.includes(kind) ? textsOf(value) : undefined;
    return texts?.map((name) => [kind, name] as const);
  });
  const known = names.filter((one) => one !== undefined);
  return known.length === names.length && known.length > 0 ? known.flat() : undefined;
}

function matchName(kind: string, name: string, asker: Asker): PrincipalMatch {
  const found = (matches: Truth, reach: Reach): PrincipalMatch => ({ matches, reach });
  if (kind === 'AWS' && name === '*') return found(true, 'caller');
  if (asker.kind === 'service') return found(kind === 'Service' && name === asker.name, 'caller');
  // S3 turns the canonical user of an account into its ARN; one that stayed is most often of CloudFront, but need not be.
  if (kind === 'CanonicalUser') return found('unknown', 'account');
  if (kind !== 'AWS') return found(false, 'account');
  if (asker.sessionNames.includes(name)) return found(true, 'caller');
  if (name === asker.roleArn || name === asker.roleId) return found(true, 'role');
  return found(isAccount(name, asker), 'account');
}

function isAccount(name: string, asker: Extract<Asker, { kind: 'role' }>): boolean {
  return name === asker.account || name === `arn:${asker.partition}:iam::${asker.account}:root`;
}
