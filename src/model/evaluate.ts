import { namesKey } from '../aws/arn.ts';
import type { ControlDoubt, Decision, NamedPolicy, PoliciesInPlay, Question, Refuser } from './decision.ts';
import { type Phrase, phrase } from './evaluation/phrase.ts';
import {
  assumeRoleRequest,
  casesOf,
  type Request,
  requestOf,
  type ServiceQuestion,
  serviceRequest,
} from './evaluation/request.ts';
import {
  allows,
  denies,
  doubts,
  findNearest,
  listMatching,
  type Side,
  sideOf,
  withoutDelegation,
} from './evaluation/side.ts';
import { matchPolicy } from './evaluation/statement.ts';
import { some, type Truth } from './evaluation/truth.ts';

interface Need {
  readonly side: Side;
  readonly holds: Truth;
  readonly helpers: readonly Side[];
}

/**
 * What a role's session or a user may do, and which statements say so, as IAM and KMS evaluate it (IAM User Guide,
 * reference_policies_evaluation-logic; KMS Developer Guide, key-policies). An unknown key or policy that matters gives `unknown`; only unread
 * organization policies leave it `allowed`, with a note in `uncertain`. A key with an empty list is surely absent; names in `unknownKeys` may
 * end in `*`. With `either`, the answer of all cases, or `unknown` where they differ.
 */
export function evaluate(question: Question, policies: PoliciesInPlay): Decision {
  const decision = evaluateOnce(question, policies);
  const doubt = doubtsIn(decision);
  if (!question.either?.length || doubt === undefined) return decision;
  const cases = casesOf(question).map((one) => evaluateOnce(one, policies));
  const [first = decision] = cases;
  if (cases.some((one) => one.effect !== first.effect || doubtsIn(one) !== undefined)) return decision;
  const refusals = cases.filter((one) => one.effect === 'denied');
  const silent = refusals.find(({ kind }) => kind === 'implicit');
  const isMixed = refusals.some(({ kind }) => kind === 'explicit');
  return silent && isMixed ? { ...silent, mayDeny: doubt } : first;
}

function doubtsIn(decision: Decision): readonly Phrase[] | undefined {
  if (decision.effect === 'unknown') return decision.why;
  return decision.effect === 'denied' ? decision.mayDeny : undefined;
}

function evaluateOnce(question: Question, policies: PoliciesInPlay): Decision {
  const request = requestOf(question, policies.boundary === 'unknown' ? 'unknown' : policies.boundary !== null);
  const sides = sidesOf(question, policies, request);
  const { identity, boundary, session, serviceControl, resource, grants } = sides;
  const cross = question.caller.account !== question.resourceAccount;
  // Nobody may use a key or role without the consent of its own policy, whatever the account's policies say.
  const mustConsent = kindOf(question) !== 'resource';

  const grantor = cross || mustConsent ? resource : withoutDelegation(resource);

  // A role that a resource of its own account names needs no identity policy; its boundary and session policy still limit it.
  const itself = !cross && allows(resource, ['caller']);
  const named = some([!cross && allows(resource, ['caller', 'role']), allows(grants, ['caller', 'role'])]);
  const needs: readonly Need[] = [
    need(
      serviceControl,
      policies.serviceControl === 'unknown' || policies.serviceControl.length === 0 || allows(serviceControl),
    ),
    need(resource, cross || !mustConsent || some([allows(resource), allows(grants)])),
    {
      side: identity,
      holds: some([named, allows(identity)]),
      helpers: cross || mustConsent ? [identity] : [identity, grantor],
    },
    need(boundary, policies.boundary === null || some([itself, allows(boundary)])),
    need(session, !policies.session || some([itself, allows(session)])),
    need(resource, !cross || some([allows(resource), allows(grants)])),
  ];
  return decide(
    Object.values(sides),
    needs,
    [identity, grantor, grants],
    uncertainties(question, policies, serviceControl),
  );
}

/** @param service `s3.amazonaws.com`, in every partition. @param context as in a question: `aws:SourceAccount`, `aws:SourceArn`. */
export function evaluateTrust(trust: NamedPolicy, service: string, context: Question['context'] = {}): Decision {
  const request = assumeRoleRequest(service, context);
  const side: Side = { name: 'resource', statements: matchPolicy(trust, request, 'trust'), unreadable: [] };
  return decide([side], [need(side, allows(side))], [side], []);
}

/** What a service does in its own name, on a resource or with a key: only the policy of that decides (IAM User Guide, reference_policies_elements_principal, "AWS service principals"). */
export function evaluateService(policy: NamedPolicy, question: ServiceQuestion): Decision {
  const kind = namesKey(question.resource) ? 'key' : 'resource';
  const side: Side = {
    name: 'resource',
    statements: matchPolicy(policy, serviceRequest(question), kind),
    unreadable: [],
  };
  return decide([side], [need(side, allows(side))], [side], []);
}

function need(side: Side, holds: Truth): Need {
  return { side, holds, helpers: [side] };
}

function sidesOf(question: Question, policies: PoliciesInPlay, request: Request) {
  const { caller, resource } = question;
  const toList = <T>(policy: T | null | undefined): readonly T[] => (policy ? [policy] : []);
  // Unread organization policies are named under `uncertain` and decide nothing.
  const organization = (list: PoliciesInPlay['serviceControl']) => (list === 'unknown' ? [] : list);
  const ofRole = (what: string) => phrase`${what} of ${caller.roleArn}`;
  const never = phrase``;
  return {
    serviceControl: sideOf('service-control', organization(policies.serviceControl), request, 'identity', never),
    resourceControl: sideOf('resource-control', organization(policies.resourceControl), request, 'resource', never),
    identity: sideOf('identity', policies.identity, request, 'identity', ofRole('an identity policy')),
    boundary: sideOf('boundary', toList(policies.boundary), request, 'identity', ofRole('the permissions boundary')),
    session: sideOf('session', toList(policies.session), request, 'identity', never),
    resource: sideOf(
      'resource',
      toList(policies.resource),
      request,
      kindOf(question),
      phrase`the policy of ${resource}`,
    ),
    // A grant to a principal is enough alone (KMS Developer Guide, policy-evaluation: "if a grant or IAM policy in your account allows you to use the
    // KMS key"); we take a grant to an account to leave it to that account's policies.
    grants: sideOf('resource', toList(policies.grants), request, 'key', never),
  };
}

function decide(
  sides: readonly Side[],
  needs: readonly Need[],
  grantors: readonly Side[],
  uncertain: readonly ControlDoubt[],
): Decision {
  const explicit = sides.flatMap((side) =>
    listMatching(side, 'Deny').map(({ place }): Refuser => ({ kind: 'explicit', side: side.name, by: [place] })),
  );
  const mayDeny = sides.filter((side) => denies(side) === 'unknown');
  const missing = needs.filter(({ holds }) => holds === false);
  const lacks = [...new Map(missing.map((one) => [one.side.name, one])).values()].map(
    ({ side, helpers }): Refuser => ({ kind: 'implicit', side: side.name, by: findNearest(helpers) }),
  );
  const [refuser, ...also] = [...explicit, ...lacks];
  if (refuser) {
    const doubt = explicit.length === 0 && mayDeny.length > 0 && { mayDeny: mayDeny.flatMap(doubts) };
    return { effect: 'denied', ...refuser, ...(also.length > 0 && { also }), ...doubt };
  }
  const open = [...mayDeny, ...needs.filter(({ holds }) => holds === 'unknown').flatMap(({ helpers }) => helpers)];
  if (open.length > 0) return { effect: 'unknown', why: distinct(open.flatMap(doubts)) };
  const by = grantors.flatMap((side) => listMatching(side, 'Allow').map(({ place }) => place));
  return { effect: 'allowed', by, uncertain };
}

function distinct(phrases: readonly Phrase[]): readonly Phrase[] {
  return [...new Map(phrases.map((one) => [JSON.stringify(one), one])).values()];
}

function uncertainties(question: Question, policies: PoliciesInPlay, serviceControl: Side): readonly ControlDoubt[] {
  const unread = (list: unknown, of: 'service' | 'resource', account: string) =>
    list === 'unknown' ? [{ kind: 'unread', of, account } as const] : [];
  const allowing = new Set(listMatching(serviceControl, 'Allow').map(({ place }) => place.policy));
  const silent = serviceControl.statements
    .filter(({ effect, place }) => effect === 'Allow' && !allowing.has(place.policy))
    .map(({ place }) => place.policy);
  return [
    ...unread(policies.serviceControl, 'service', question.caller.account),
    ...unread(policies.resourceControl, 'resource', question.resourceAccount),
    ...[...new Set(silent)].map((policy) => ({ kind: 'silent', policy }) as const),
  ];
}

function kindOf({ action, resource }: Question): 'key' | 'trust' | 'resource' {
  if (/^sts:AssumeRole/i.test(action)) return 'trust';
  return namesKey(resource) ? 'key' : 'resource';
}
