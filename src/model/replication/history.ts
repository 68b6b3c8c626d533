import type { ObjectSnapshot } from '../snapshot.ts';
import type { Cause, Verdict } from '../verdict.ts';
import { isOfControls } from './control-policies.ts';
import { instantOf } from './dates.ts';
import { accountIn } from './find.ts';
import { findGoverning } from './governing.ts';
import { isWithin, pathText } from './path.ts';
import type { Prepared } from './prepare.ts';
import type { Rule } from './rule.ts';

/**
 * Whether a later version COMPLETED under the same rule: then the failure's reason is gone, as every destination has that one (S3 User Guide,
 * replication-status). `unknown` where some COMPLETED, and the snapshot does not say which are later.
 */
export function hasCompletedLater(prepared: Prepared, object: ObjectSnapshot, rule: Rule): boolean | 'unknown' {
  const times = completions(prepared).get(rule);
  if (times === undefined) return false;
  const written = instantOf(object.lastModified);
  if (written === undefined) return 'unknown';
  if (times.some((time) => time !== undefined && time > written)) return true;
  return times.includes(undefined) ? 'unknown' : false;
}

/** The last known time of the COMPLETED versions of each rule; also undefined where some have none. */
function completions(prepared: Prepared): ReadonlyMap<Rule, readonly (number | undefined)[]> {
  return prepared.answerOnce('completions', () => {
    const { rules, snapshot } = prepared;
    const found = new Map<Rule, readonly (number | undefined)[]>();
    if (rules === null || rules === 'unknown' || snapshot.objects === 'unknown') return found;
    const completed = snapshot.objects.filter(({ replicationStatus }) => replicationStatus === 'COMPLETED');
    for (const object of completed) {
      const time = instantOf(object.lastModified);
      for (const { rule, certain } of findGoverning(rules, object)) {
        if (certain) found.set(rule, withTime(found.get(rule) ?? [], time));
      }
    }
    return found;
  });
}

function withTime(times: readonly (number | undefined)[], time: number | undefined): readonly (number | undefined)[] {
  if (time === undefined) return times.includes(undefined) ? times : [...times, time];
  const known = times.filter((one) => one !== undefined);
  return [Math.max(time, ...known), ...times.filter((one) => one === undefined)];
}

export function causeOfUnexplainedFailure(prepared: Prepared, { key }: ObjectSnapshot): Cause {
  const unread = unreadThatMayRefuse(prepared);
  const notRead = unread.length === 0 ? '' : ` Not read: ${unread.join(', ')}.`;
  return {
    check: 'C36',
    summary: `${key} FAILED, and nothing that s3repl has read explains it: it would replicate now, but no newer version that s3repl looked at has COMPLETED under the same rule.${notRead}`,
    fix: `Run s3repl verify, which writes a test object, or write one yourself under the rule and run s3repl doctor again: only a new object shows whether replication works now. ${failedStays}`,
    evidence: { unknown: ['why it FAILED', ...unread] },
    same: ['unexplained', unread],
  };
}

/** S3 User Guide, lifecycle-and-other-bucket-config and replication-status (facts/news.md 1.6; rules.md 2.2). */
export const failedStays =
  'FAILED objects stay FAILED, and S3 Lifecycle neither expires nor moves them: write them again, or use S3 Batch Replication for objects with status FAILED (s3repl backfill --status failed).';

/** Unread policies that may refuse S3's requests, and what else could not be read. */
function unreadThatMayRefuse({ snapshot, role, unreadable }: Prepared): readonly string[] {
  const accounts = snapshot.accounts === 'unknown' ? [] : Object.keys(snapshot.accounts);
  const unread = (member: 'serviceControlPolicies' | 'resourceControlPolicies', account: string) => {
    const owner = accountIn(snapshot, account);
    return owner === 'unknown' || owner[member] === 'unknown';
  };
  const others = unreadable.filter(({ path }) => !isWithin(path, ['objects']) && !isOfControls(path));
  return [
    ...(unread('serviceControlPolicies', role.account)
      ? [`the service control policies (SCPs) of account ${role.account}`]
      : []),
    ...accounts
      .filter((account) => unread('resourceControlPolicies', account))
      .map((account) => `the resource control policies (RCPs) of account ${account}`),
    ...others.slice(0, 3).map(({ path }) => pathText(path)),
    ...(others.length > 3 ? [`${others.length - 3} more`] : []),
  ];
}

/** Nothing would stop the object now. */
export function isFailureOfThePast({ outcome, causes }: Pick<Verdict, 'outcome' | 'causes'>): boolean {
  return outcome === 'fails' && causes.every(({ check }) => check === 'C36');
}

export function isUnexplained({ outcome, causes }: Pick<Verdict, 'outcome' | 'causes'>): boolean {
  return isFailureOfThePast({ outcome, causes }) && causes.some(isDoubt);
}

function isDoubt({ evidence: { unknown } }: Cause): boolean {
  return unknown !== undefined;
}
