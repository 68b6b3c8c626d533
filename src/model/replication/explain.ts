/** Decisions of the policy evaluation as causes: what refused, where it stands, and what to do. */
import { deletedPrincipals } from '../../aws/policy.ts';
import type { Decision, Denied, Refuser } from '../decision.ts';
import type { Cause, Evidence, Refused } from '../verdict.ts';
import type { Answer } from './ask.ts';
import { evidenceAt, nameOf } from './evidence.ts';
import { memberOf } from './find.ts';
import { grantRemarks } from './grants.ts';
import type { Prepared } from './prepare.ts';

type Check = Cause['check'];

/** Why a call is refused, by each that refuses it: what AWS meets first comes first. `check` where nothing more special fits. */
export function causesOf(prepared: Prepared, answer: Answer, denied: Denied, check: Check): readonly Cause[] {
  return [denied, ...(denied.also ?? [])].map((one) => causeOf(prepared, answer, one, check));
}

/** The first of them. */
export function causeOf(prepared: Prepared, answer: Answer, denied: Refuser, check: Check): Cause {
  return denied.kind === 'explicit'
    ? explicitDeny(prepared, answer, denied, check)
    : noAllow(prepared, answer, denied, check);
}

function explicitDeny(prepared: Prepared, answer: Answer, denied: Refuser, check: Check): Cause {
  const [place] = denied.by;
  const role = prepared.role.arn;
  const where = place ? nameOf(place) : `a policy of the ${denied.side} side`;
  return {
    check: denied.side === 'resource' && answer.action.startsWith('kms:') ? check : 'C30',
    summary: `${sentence(where)} denies ${answer.action} on ${answer.resource} to role ${role}.`,
    fix: `Narrow the Deny of ${where} so that it does not cover ${answer.action} by role ${role}${exemption(prepared, denied.side)}.`,
    evidence: { ...(place && evidenceAt(prepared, place)), refused: refusedCall(answer, denied) },
  };
}

/** How to leave the role out of a Deny; in a policy of its own that would say nothing. */
function exemption({ role }: Prepared, side: Refuser['side']): string {
  return side === 'identity' || side === 'session'
    ? ''
    : `, for example by "ArnNotEquals": {"aws:PrincipalArn": "${role.arn}"} in its Condition`;
}

function refusedCall({ action, resource, bucket }: Answer, { kind, side }: Refuser): Refused {
  return { by: kind === 'explicit' ? 'deny' : 'no-allow', action, resource, bucket, side };
}

function noAllow(prepared: Prepared, answer: Answer, denied: Refuser, check: Check): Cause {
  const { action, resource, resourcePolicy } = answer;
  const role = prepared.role.arn;
  // A statement that lacks the action, and more, is about something else.
  const nearest = denied.by.find(
    ({ mismatch }) => mismatch !== undefined && !/\bAction\b.*; |; .*\bAction\b/.test(mismatch),
  );
  const dead = denied.side === 'resource' ? deletedIn(prepared, resourcePolicy.name) : undefined;
  const why = dead
    ? ` It names ${dead}, a role or user that was deleted.`
    : nearest
      ? ` The nearest is ${nameOf(nearest)}: ${nearest.mismatch}.`
      : '';
  const instead =
    answer.grantsUnread && denied.side === 'resource'
      ? ' A grant would do instead; the grants of the key were not read.'
      : '';
  const isKms = action.startsWith('kms:');
  const what = isKms ? `with key ${resource}` : `on ${resource === answer.bucket ? resource : `${answer.bucket}/*`}`;
  return {
    check: isKms ? kmsCheck(denied.side, nearest?.mismatch, dead !== undefined, check) : check,
    summary: `${refusal(prepared, answer, denied.side)} ${action} on ${resource}.${why}${instead}`,
    fix: `Allow ${action} ${what} to role ${role} in ${target(answer, denied.side)}.`,
    evidence: {
      ...(nearest ? evidenceAt(prepared, nearest) : placeOf(prepared, answer, denied.side)),
      ...(nearest?.mismatch !== undefined && { mismatch: nearest.mismatch }),
      refused: refusedCall(answer, denied),
    },
  };
}

/** Why nobody can say whether a call is allowed. */
export function doubtOf(
  { role }: Prepared,
  answer: Answer,
  { why }: Extract<Decision, { effect: 'unknown' }>,
  check: Check,
): Cause {
  return {
    check,
    summary: `Nobody can say whether ${answer.action} on ${answer.resource} is allowed: ${why.join('; ')}.`,
    fix: `Let the identity that s3repl runs as read what is missing, or make ${answer.action} not depend on it: leave role ${role.arn} out of a Deny by "ArnNotEquals": {"aws:PrincipalArn": "${role.arn}"} in its Condition, and allow it without the condition.`,
    evidence: { arn: answer.resource, path: answer.resourcePolicy.path, unknown: why },
  };
}

/** What is to be said about a call that is allowed; decisions are shared by objects of one class, and so is this. */
export function remarksOf(prepared: Prepared, answer: Answer, decision: Allowed): readonly Cause[] {
  const known = remarks.get(decision);
  if (known) return known;
  const control = [...decision.uncertain, ...answer.remarks].map((what) => ({
    check: 'C30' as const,
    summary: `${sentence(what)}.`,
    fix: 'Look at the control policies of the organization in its management account.',
    evidence: { unknown: [what] },
  }));
  const all = [...control, ...decision.by.flatMap((place) => grantRemarks(prepared, answer, place))];
  remarks.set(decision, all);
  return all;
}

type Allowed = Extract<Decision, { effect: 'allowed' }>;
const remarks = new WeakMap<Allowed, readonly Cause[]>();

function deletedIn({ places, role }: Prepared, policy: string): string | undefined {
  const own = memberOf(role.value, 'roleId');
  return deletedPrincipals(places.get(policy)?.document ?? null).find((id) => id !== own);
}

function refusal({ role }: Prepared, { resourcePolicy }: Answer, side: Refuser['side']): string {
  switch (side) {
    case 'identity':
      return `No permissions policy of role ${role.arn} allows`;
    case 'boundary':
      return `The permissions boundary of role ${role.arn} does not allow`;
    case 'session':
      return 'The session policy does not allow';
    case 'service-control':
      return `The service control policies of account ${role.account} do not allow`;
    case 'resource-control':
      return 'The resource control policies of the account that owns it do not allow';
    case 'resource':
      return `The ${resourcePolicy.name} does not allow role ${role.arn}`;
  }
}

function target({ resourcePolicy }: Answer, side: Refuser['side']): string {
  switch (side) {
    case 'identity':
      return 'a permissions policy of the role';
    case 'boundary':
      return 'its permissions boundary as well';
    case 'session':
      return 'the session policy';
    case 'service-control':
    case 'resource-control':
      return "the organization's control policies";
    case 'resource':
      return `the ${resourcePolicy.name}`;
  }
}

function placeOf({ role }: Prepared, { resourcePolicy }: Answer, side: Refuser['side']): Evidence {
  const { arn, path } = resourcePolicy;
  return side === 'resource' ? { arn, path } : { arn: role.arn, path: role.path };
}

/** The check of rules.md 2.4 that is about the part which does not match. */
function kmsCheck(side: Refuser['side'], mismatch: string | undefined, deleted: boolean, check: Check): Check {
  if (deleted) return 'C26';
  if (mismatch?.match(/kms:viaservice/i)) return 'C24';
  if (mismatch?.match(/kms:encryptioncontext/i)) return 'C22';
  if (mismatch?.match(/aws:source|s3:dataaccesspoint/i)) return 'C25';
  // Elsewhere than in a key policy it names another key.
  return side === 'resource' && mismatch?.match(/\bResource\b/) ? 'C26' : check;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
