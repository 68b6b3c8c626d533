/** Who a statement of a resource policy is about (IAM User Guide, reference_policies_elements_principal). */
import { partitionIn, rootAccountIn } from '../../aws/arn.ts';
import { isObject, textsOf } from './element.ts';
import type { Asker } from './request.ts';
import { agree, not, some, type Truth } from './truth.ts';

/** From the most direct: everyone and a session are the caller; a role still has its boundary and session policy; an account defers to its policies. */
const reaches = ['caller', 'role', 'account'] as const;
export type Reach = (typeof reaches)[number];

export interface PrincipalMatch {
  readonly matches: Truth;
  readonly reach: Reach;
}

export type PrincipalName = readonly [kind: string, name: string];

const kinds = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/** At least one name; undefined for a principal that AWS would not have stored. */
export function principalNames(principal: unknown): readonly PrincipalName[] | undefined {
  if (principal === '*') return [['AWS', '*']];
  if (!isObject(principal)) return undefined;
  const names = Object.entries(principal).map(([kind, value]) => {
    const texts = kinds.includes(kind) ? textsOf(value) : undefined;
    return texts?.map((name) => [kind, name] as const);
  });
  const known = names.filter((one) => one !== undefined);
  return known.length === names.length && known.length > 0 ? known.flat() : undefined;
}

export function matchPrincipal(names: readonly PrincipalName[], asker: Asker): PrincipalMatch {
  const named = names.map((name) => reachOf(name, asker));
  const reach = reaches.find((one) => named.includes(one));
  if (reach) return { matches: true, reach };
  return { matches: asker.kind === 'role' && names.some(isCanonical) && 'unknown', reach: 'account' };
}

/**
 * Matches surely if it names neither session, role nor account; surely not if it names all three (of a user: both). AWS asks for all and does not say what
 * fewer mean (IAM User Guide, reference_policies_elements_notprincipal). A Deny is about everyone with a permissions boundary (same page).
 */
export function matchNotPrincipal(
  names: readonly PrincipalName[],
  asker: Asker,
  effect: 'Allow' | 'Deny',
): PrincipalMatch {
  const named = names.map((name) => reachOf(name, asker));
  if (asker.kind === 'service' || names.some(isEveryone)) {
    return { matches: !named.includes('caller'), reach: 'caller' };
  }
  const isNamed = agree([
    ...reaches.filter((one) => one !== 'caller' || asker.sessionNames.length > 0).map((one) => named.includes(one)),
    ...names.filter(isCanonical).map(() => 'unknown' as const),
  ]);
  return { matches: some([not(isNamed), effect === 'Deny' && asker.hasBoundary]), reach: 'caller' };
}

function reachOf([kind, name]: PrincipalName, asker: Asker): Reach | undefined {
  if (isEveryone([kind, name])) return 'caller';
  if (asker.kind === 'service') return kind === 'Service' && name === asker.name ? 'caller' : undefined;
  if (kind !== 'AWS') return undefined;
  if (asker.sessionNames.includes(name)) return 'caller';
  if (name === asker.roleArn || name === asker.roleId) return 'role';
  const isRoot = rootAccountIn(name) === asker.account && partitionIn(name) === asker.partition;
  return name === asker.account || isRoot ? 'account' : undefined;
}

function isEveryone([kind, name]: PrincipalName): boolean {
  return kind === 'AWS' && name === '*';
}

/** S3 turns an account's canonical user into its ARN; one that stayed is most often of CloudFront, but need not be. */
function isCanonical([kind]: PrincipalName): boolean {
  return kind === 'CanonicalUser';
}
