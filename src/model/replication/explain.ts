import { findDeletedPrincipals } from '../../aws/policy.ts';
import type { ControlDoubt, Decision, Denied, Near, Refuser } from '../decision.ts';
import { joinPhrases, textOf, withTexts } from '../evaluation/phrase.ts';
import type { Cause, Evidence, Refused } from '../verdict.ts';
import type { Answer } from './ask.ts';
import { evidenceAt, nameOf } from './evidence.ts';
import { memberOf } from './find.ts';
import { grantRemarks } from './grants.ts';
import type { Prepared } from './prepare.ts';

type Check = Cause['check'];

/** One cause for each policy that refuses, in the order in which AWS meets them. @param check where no narrower check fits. */
export function causesOf(prepared: Prepared, answer: Answer, denied: Denied, check: Check): readonly Cause[] {
  return [denied, ...(denied.also ?? [])].map((one) => causeOf(prepared, answer, one, check));
}

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
    evidence: { ...(place && evidenceAt(prepared, place)), refused: toRefused(answer, denied) },
    same: ofAnyCall(answer, 'deny', denied.side, place),
  };
}

/** Identity of a cause for any action and object. An action inside a longer name (kms:Encrypt in kms:EncryptionContext) stays a cause of its own. */
function ofAnyCall({ action, resource, object, bucket }: Answer, ...said: readonly unknown[]): readonly unknown[] {
  return withTexts([bucket, resource, ...said], (text) =>
    text === object && object !== bucket ? 'object' : text.replaceAll(action, 'action'),
  );
}

/** How to leave the role out of a Deny; in its own policy that would mean nothing. */
function exemption({ role }: Prepared, side: Refuser['side']): string {
  return side === 'identity' || side === 'session'
    ? ''
    : `, for example by "ArnNotEquals": {"aws:PrincipalArn": "${role.arn}"} in its Condition`;
}

function toRefused({ action, resource, bucket }: Answer, { kind, side }: Refuser): Refused {
  return { by: kind === 'explicit' ? 'deny' : 'no-allow', action, resource, bucket, side };
}

function noAllow(prepared: Prepared, answer: Answer, denied: Refuser, check: Check): Cause {
  const { action, resource, resourcePolicy } = answer;
  const role = prepared.role.arn;
  const nearest = denied.by.find(isAbout);
  const misses = nearest?.misses ?? [];
  const mismatch = mismatchOf(misses);
  const dead = denied.side === 'resource' ? findDeletedIn(prepared, resourcePolicy.name) : undefined;
  const why = dead
    ? ` It names ${dead}, a role or user that was deleted.`
    : nearest
      ? ` The nearest is ${nameOf(nearest)}: ${mismatch}.`
      : '';
  const instead =
    answer.grantsUnread && denied.side === 'resource'
      ? ' A grant would do instead; the grants of the key were not read.'
      : '';
  const isKms = action.startsWith('kms:');
  const what = isKms ? `with key ${resource}` : `on ${resource === answer.bucket ? resource : `${answer.bucket}/*`}`;
  return {
    check: isKms ? kmsCheck(denied.side, misses, dead !== undefined, check) : check,
    summary: `${refusal(prepared, answer, denied.side)} ${action} on ${resource}.${why}${instead}`,
    fix: `Allow ${action} ${what} to role ${role} in ${target(answer, denied.side)}.`,
    evidence: {
      ...(nearest ? evidenceAt(prepared, nearest) : placeOf(prepared, answer, denied.side)),
      ...(nearest && { mismatch }),
      refused: toRefused(answer, denied),
    },
    same: ofAnyCall(answer, 'no-allow', denied.side, dead, nearest, instead),
  };
}

function isAbout({ misses }: Near): boolean {
  return (
    misses !== undefined && !(misses.length > 1 && misses.some(({ name, negated }) => name === 'Action' && !negated))
  );
}

export function mismatchOf(misses: NonNullable<Near['misses']>): string {
  return textOf(joinPhrases(misses.map(({ why }) => why)));
}

export function doubtOf(
  { role }: Prepared,
  answer: Answer,
  { why }: Extract<Decision, { effect: 'unknown' }>,
  check: Check,
): Cause {
  return {
    check,
    summary: `Nobody can say whether ${answer.action} on ${answer.resource} is allowed: ${textOf(joinPhrases(why))}.`,
    fix: `Let the identity that s3repl runs as read what is missing, or make ${answer.action} not depend on it: leave role ${role.arn} out of a Deny by "ArnNotEquals": {"aws:PrincipalArn": "${role.arn}"} in its Condition, and allow it without the condition.`,
    evidence: { arn: answer.resource, path: answer.resourcePolicy.path, unknown: why.map(textOf) },
    same: [answer.action, ...ofAnyCall(answer, 'doubt', why)],
  };
}

/** Objects of one class share decisions, and so these remarks. */
export function remarksOf(prepared: Prepared, answer: Answer, decision: Allowed): readonly Cause[] {
  const known = remarks.get(decision);
  if (known) return known;
  const control = [...decision.uncertain, ...answer.remarks].map(controlCause);
  const all = [...control, ...decision.by.flatMap((place) => grantRemarks(prepared, answer, place))];
  remarks.set(decision, all);
  return all;
}

function controlCause(doubt: ControlDoubt): Cause {
  const what = controlText(doubt);
  return {
    check: 'C30',
    summary: `${sentence(what)}.`,
    fix: 'Look at the control policies of the organization in its management account.',
    evidence: { unknown: [what] },
    ...(doubt.kind === 'unread' && { code: 'organization-unread' }),
  };
}

export function controlText(doubt: ControlDoubt): string {
  switch (doubt.kind) {
    case 'unread':
      return `${doubt.of} control policies of account ${doubt.account} could not be read`;
    case 'silent':
      return `${doubt.policy} does not allow it: if no other policy of its level does, it is denied`;
    case 'denied-by-owner':
      return `a service control policy of account ${doubt.account}, which owns the resource, denies ${doubt.action}`;
  }
}

type Allowed = Extract<Decision, { effect: 'allowed' }>;
const remarks = new WeakMap<Allowed, readonly Cause[]>();

function findDeletedIn({ places, role }: Prepared, policy: string): string | undefined {
  const own = memberOf(role.value, 'roleId');
  return findDeletedPrincipals(places.get(policy)?.document ?? null).find((id) => id !== own);
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

/** The check of rules.md 2.4 on the part that does not match. */
function kmsCheck(side: Refuser['side'], misses: NonNullable<Near['misses']>, deleted: boolean, check: Check): Check {
  if (deleted) return 'C26';
  const keys = misses.map(({ key = '' }) => key.toLowerCase());
  const [special] = keyChecks.find(([, starts]) => keys.some((key) => starts.some((one) => key.startsWith(one)))) ?? [];
  if (special) return special;
  // In any other policy it names another key.
  const isOfOther = side === 'resource' && misses.some(({ name, negated }) => name === 'Resource' && !negated);
  return isOfOther ? 'C26' : check;
}

/** By the beginnings of condition keys; the first match counts. */
const keyChecks: readonly (readonly [Check, readonly string[]])[] = [
  ['C24', ['kms:viaservice']],
  ['C22', ['kms:encryptioncontext']],
  ['C25', ['aws:source', 's3:dataaccesspoint']],
];

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
