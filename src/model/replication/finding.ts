import { type Cause, type FailureCode, type Source, sourceText } from '../verdict.ts';
import type { Answer } from './ask.ts';
import { causesOf, doubtOf, remarksOf } from './explain.ts';
import type { Path } from './path.ts';
import type { Prepared } from './prepare.ts';

export type Finding =
  | { readonly effect: 'stops'; readonly reason: FailureCode | null; readonly cause: Cause }
  /** A replica arrives without tags, and yet the source says FAILED (recorded/replication.md 40, 43). */
  | { readonly effect: 'loses-tags'; readonly cause: Cause }
  | { readonly effect: 'unknown'; readonly cause: Cause }
  | { readonly effect: 'warns'; readonly cause: Cause };

export type Check = Cause['check'];

export function stops(reason: FailureCode | null, cause: Cause): Finding {
  return { effect: 'stops', reason, cause };
}

export function warns(cause: Cause): Finding {
  return { effect: 'warns', cause };
}

/** @param what completes "… could not be read". */
export function unread(check: Check, what: string, path: Path): Extract<Finding, { effect: 'unknown' }> {
  const summary = `${what} could not be read, and it decides.`;
  const fix = `Let the identity that s3repl runs as read ${what}, and ask again.`;
  return { effect: 'unknown', cause: { check, summary, fix, evidence: { path, unknown: [what] } } };
}

/** @param what stands before the object's key: `the tags of`. */
export function unreadOf(check: Check, what: string, key: string, path: Path): Finding {
  const { effect, cause } = unread(check, `${what} ${key}`, path);
  return { effect, cause: { ...cause, same: [what, path] } };
}

/** Unknown but not decisive, though a check looks at it. */
export function unreadCause(check: Check, what: string, arn: string, path: Path): Cause {
  const fix = `Let the identity that s3repl runs as read ${what}, and ask again.`;
  return { check, summary: `${what} could not be read.`, fix, evidence: { arn, path, unknown: [what] } };
}

export function needs(
  prepared: Prepared,
  answer: Answer,
  reason: FailureCode | null,
  check: Check,
): readonly Finding[] {
  const { decision } = answer;
  switch (decision.effect) {
    case 'allowed':
      return remarksOf(prepared, answer, decision).map(warns);
    case 'denied':
      return causesOf(prepared, answer, decision, check).map((cause) => stops(reason, cause));
    case 'unknown':
      return [{ effect: 'unknown', cause: doubtOf(prepared, answer, decision, check) }];
  }
}

function isObstacle({ effect }: Finding): boolean {
  return effect !== 'warns';
}

export interface Open {
  /**
   * Worth a warning: `contested`, AWS's sources disagree; `unconfirmed`, nobody has seen it. Decisive: `undecided`, they disagree and nothing tells
   * which is right; `unread`, the snapshot does not say which.
   */
  readonly because: 'contested' | 'unconfirmed' | 'undecided' | 'unread';
  readonly check: Check;
  readonly what: string;
  readonly same?: readonly unknown[];
  readonly path: Path;
  readonly sources: readonly Source[];
}

export function combineOutcomes(outcomes: readonly (readonly Finding[])[], open: Open): readonly Finding[] {
  const [first = []] = outcomes;
  const good = outcomes.find((findings) => !findings.some(isObstacle));
  const [obstacle] = outcomes.flatMap((findings) => findings.filter(isObstacle));
  if (good === undefined || obstacle === undefined) return first;
  const { cause } = obstacle;
  if (open.because === 'unread') {
    const finding = unread(open.check, open.what, open.path);
    return [{ ...finding, cause: { ...finding.cause, ...(open.same && { same: open.same }) } }];
  }
  const named = open.because === 'undecided' ? ` (${open.sources.map(sourceText).join('; ')})` : '';
  const doubt = open.because === 'unconfirmed' ? 'Nobody has confirmed' : `AWS's sources disagree${named} about`;
  const summary = `${doubt} ${open.what}: by one of them the object fails. ${cause.summary}`;
  const evidence = { ...cause.evidence, sources: open.sources };
  const same = cause.same && { same: [open.what, cause.same] };
  const doubted: Cause = { check: open.check, summary, fix: cause.fix, evidence, ...same };
  return [...good, open.because === 'undecided' ? { effect: 'unknown', cause: doubted } : warns(doubted)];
}
