import { completeArn, nameIn } from '../../aws/arn.ts';
import { policyVersion, statementsOf } from '../../aws/policy.ts';
import type { NamedPolicy, Place } from '../decision.ts';
import { matchConditions } from './condition.ts';
import { type Element, isObject, malformedElement, textsOf } from './element.ts';
import { matches, patternOf, type Syntax, wildcardPattern } from './pattern.ts';
import { type Phrase, phrase } from './phrase.ts';
import { matchNotPrincipal, matchPrincipal, principalNames, type Reach } from './principal.ts';
import type { Request } from './request.ts';
import { every, not, some, type Truth } from './truth.ts';

/** Decides which elements the statements have. */
export type PolicyKind = 'identity' | 'resource' | 'key' | 'trust';

export interface StatementMatch {
  readonly place: Place;
  readonly effect: 'Allow' | 'Deny';
  readonly matches: Truth;
  /** `caller` where statements name nobody. */
  readonly reach: Reach;
  readonly elements: readonly Element[];
}

const members = new Set('Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition'.split(' '));

export function matchPolicy(policy: NamedPolicy, request: Request, kind: PolicyKind): readonly StatementMatch[] {
  const variables = policy.document?.Version === policyVersion ? request.valuesOf : null;
  return statementsOf(policy.document).map((statement: unknown, index) => {
    const sid = isObject(statement) && typeof statement.Sid === 'string' ? { sid: statement.Sid } : {};
    const match = matchStatement(statement, request, kind, variables);
    return Object.assign(match, { place: { policy: policy.name, statement: index, ...sid } });
  });
}

function matchStatement(
  statement: unknown,
  request: Request,
  kind: PolicyKind,
  variables: Syntax['variables'],
): Omit<StatementMatch, 'place'> {
  if (!isObject(statement)) {
    const element = { name: 'Statement', matches: 'unknown', why: phrase`the statement is not an object` } as const;
    return { effect: 'Deny', matches: 'unknown', reach: 'caller', elements: [element] };
  }
  const effect = statement.Effect === 'Allow' ? 'Allow' : 'Deny';
  const strange = [
    ...(statement.Effect === effect
      ? []
      : [malformedElement('Effect', effect, phrase`Effect is neither Allow nor Deny`)]),
    ...Object.keys(statement)
      .filter((member) => !members.has(member))
      .map((member) => malformedElement('Statement', effect, phrase`${member} is no element of a statement`)),
  ];
  const principal = principalElement(statement, request, kind, effect);
  const action = actionElement(statement, request, effect);
  const matchAll = () => [
    ...strange,
    ...principal.elements,
    action,
    ...resourceElements(statement, request, kind, variables, effect),
    ...matchConditions(statement.Condition, request, variables, effect),
  ];
  const { reach } = principal;
  if (action.matches === false) {
    // Most statements are about something else: compare the other elements only for an explanation.
    return {
      effect,
      matches: false,
      reach,
      get elements() {
        return matchAll();
      },
    };
  }
  const found = matchAll();
  return { effect, matches: every(found.map((element) => element.matches)), reach, elements: found };
}

type Members = Readonly<Record<string, unknown>>;
type Effect = StatementMatch['effect'];

function principalElement(statement: Members, request: Request, kind: PolicyKind, effect: Effect) {
  const { Principal: yes, NotPrincipal: no } = statement;
  const malformedPrincipal = (why: Phrase) => ({
    reach: 'caller' as const,
    elements: [malformedElement('Principal', effect, why)],
  });
  if (kind === 'identity') {
    return yes === undefined && no === undefined
      ? { reach: 'caller' as const, elements: [] }
      : malformedPrincipal(phrase`Principal does not belong in this kind of policy`);
  }
  if ((yes === undefined) === (no === undefined))
    return malformedPrincipal(phrase`there is not exactly one of Principal and NotPrincipal`);
  const names = principalNames(yes ?? no);
  if (names === undefined) return malformedPrincipal(phrase`Principal cannot be read`);
  const { matches, reach } =
    yes === undefined ? matchNotPrincipal(names, request.asker, effect) : matchPrincipal(names, request.asker);
  const [label, verb] = yes === undefined ? ['NotPrincipal', 'excludes'] : ['Principal', 'is not'];
  const asker = request.asker.kind === 'role' ? request.asker.roleArn : request.asker.name;
  const last = request.asker.kind === 'role' ? `/${nameIn(asker)}` : undefined;
  const texts = names.map(([, name]) => name);
  const why = phrase`${label} ${texts} ${matches === 'unknown' ? 'may or may not cover' : verb} ${asker}`;
  const almost = yes !== undefined && last !== undefined && texts.some((one) => one.endsWith(last));
  return { reach, elements: [{ name: 'Principal', matches, almost, why } as const] };
}

function actionElement(statement: Members, request: Request, effect: Effect): Element {
  const { Action: yes, NotAction: no } = statement;
  const wants = textsOf(yes ?? no);
  if ((yes === undefined) === (no === undefined) || wants === undefined) {
    return malformedElement('Action', effect, phrase`Action cannot be read`);
  }
  const action = request.action.toLowerCase();
  const found = wants.some((want) => matches(wildcardPattern(want.toLowerCase()), action));
  return yes === undefined
    ? { name: 'Action', negated: true, matches: !found, why: phrase`NotAction ${wants} excludes ${request.action}` }
    : { name: 'Action', matches: found, why: phrase`Action ${wants} does not include ${request.action}` };
}

function resourceElements(
  statement: Members,
  request: Request,
  kind: PolicyKind,
  variables: Syntax['variables'],
  effect: Effect,
): readonly Element[] {
  const { Resource: yes, NotResource: no } = statement;
  const { resource } = request;
  if (kind === 'trust' || resource === undefined) {
    return yes === undefined && no === undefined
      ? []
      : [malformedElement('Resource', effect, phrase`a trust policy has no Resource`)];
  }
  if (kind === 'key' && yes === undefined && no === undefined) {
    // KMS stores such a statement, and it has no effect (KMS Developer Guide, key-policy-overview).
    return [{ name: 'Resource', matches: false, why: phrase`Resource is missing, and has to be * in a key policy` }];
  }
  const wants = textsOf(yes ?? no);
  if ((yes === undefined) === (no === undefined) || wants === undefined) {
    return [malformedElement('Resource', effect, phrase`Resource cannot be read`)];
  }
  const negated = yes === undefined;
  const found = some(wants.map((want) => matchResource(want, resource, variables, negated)));
  return negated
    ? [{ name: 'Resource', negated, matches: not(found), why: phrase`NotResource ${wants} excludes ${resource}` }]
    : [{ name: 'Resource', matches: found, why: phrase`Resource ${wants} does not match ${resource}` }];
}

function matchResource(want: string, resource: string, variables: Syntax['variables'], negated: boolean): Truth {
  const pattern = patternOf(completeArn(want), { wildcards: true, variables });
  if (pattern === 'unknown') return 'unknown';
  if (pattern === 'unresolved') return negated ? 'unknown' : false;
  return matches(pattern, resource);
}
