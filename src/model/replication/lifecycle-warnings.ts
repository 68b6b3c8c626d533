import type { LifecycleRule } from '@aws-sdk/client-s3';
import type { Cause } from '../verdict.ts';
import { dateText, instantOf } from './dates.ts';
import { settingOf } from './find.ts';
import { unreadCause } from './finding.ts';
import { destinationSide, type Prepared } from './prepare.ts';
import type { Rule } from './rule.ts';

const day = 24 * 60 * 60 * 1000;

/** Expiry within a day: AWS has a code for a version gone too early, but says that lifecycle waits for what is pending (rules.md 2.4 C31, 2.1, 2.2). */
export function lifecycleRaces(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  if (rules.length === 0) return [];
  const { name, arn, path, value } = prepared.source;
  const lifecycle = settingOf(value, 'lifecycle');
  const where = [...path, 'lifecycle'];
  if (lifecycle === 'unknown') return [unreadCause('C31', `the lifecycle configuration of bucket ${name}`, arn, where)];
  return (lifecycle?.Rules ?? []).flatMap((rule, index): Cause[] => {
    const what = expires(rule, Date.parse(prepared.snapshot.takenAt));
    if (rule.Status !== 'Enabled' || !rules.some((one) => meets(prefixOf(rule), one.prefix)) || what === undefined) {
      return [];
    }
    const called = rule.ID ?? `${index + 1}`;
    return [
      {
        check: 'C31',
        summary: `Lifecycle rule ${called} of source bucket ${name} expires ${what}, which may be before they have replicated.`,
        fix: `Let lifecycle rule ${called} wait longer than a day.`,
        evidence: {
          arn,
          path: [...where, 'Rules', index],
          sources: [
            { note: 'rules.md 2.1 SrcVersionNotFound' },
            { note: 'rules.md 2.2 (lifecycle waits for PENDING and FAILED ones)' },
          ],
        },
      },
    ];
  });
}

/** A date in the past means every day since. */
function expires(
  { Expiration: current, NoncurrentVersionExpiration: noncurrent }: LifecycleRule,
  now: number,
): string | undefined {
  if (noncurrent?.NoncurrentDays !== undefined && noncurrent.NoncurrentDays <= 1) {
    return `versions ${noncurrent.NoncurrentDays} day after they become noncurrent`;
  }
  if (current?.Days !== undefined && current.Days <= 1) return `objects ${current.Days} day after they are written`;
  const date = instantOf(current?.Date) ?? Number.NaN;
  return date <= now + day ? `objects as from ${new Date(date).toISOString().slice(0, 10)}` : undefined;
}

/**
 * Current replicas that expire while their source objects stay: Lifecycle actions never replicate (S3 User Guide, replication-what-is-isnot-replicated).
 * Expiry of noncurrent versions and lone delete markers is good practice. A replica is as old as its source (recorded/replication.md 50).
 */
export function expiringReplicas(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  return [...new Set(rules.map(({ destination }) => destination))].flatMap((arn) => {
    const { name, path, value } = destinationSide(prepared, arn);
    const there = settingOf(value, 'lifecycle');
    const prefixes = rules.filter(({ destination }) => destination === arn).map(({ prefix }) => prefix);
    return (there === 'unknown' || there === null ? [] : (there.Rules ?? [])).flatMap((rule, index): Cause[] => {
      const expiry = expiryBeforeSource(prepared, rule, prefixes);
      if (expiry === undefined) return [];
      const called = rule.ID ?? `${index + 1}`;
      const which = isNarrowed(rule) ? 'the replicas that its filter of tags or sizes matches' : 'replicas';
      return [
        {
          check: 'C31',
          summary: `Lifecycle rule ${called} of destination bucket ${name} expires ${which} ${expiryText(expiry)}, ${sourceText(prepared)}.`,
          fix: `Let lifecycle rule ${called} expire noncurrent versions only, or as late as the source bucket does, if the copies are to stay.`,
          evidence: { arn, path: [...path, 'lifecycle', 'Rules', index] },
        },
      ];
    });
  });
}

/** Undefined where replicas do not expire, or not before their source objects. */
function expiryBeforeSource(prepared: Prepared, rule: LifecycleRule, prefixes: readonly string[]): Expiry | undefined {
  const expiry = expiryOf(rule);
  if (rule.Status !== 'Enabled' || expiry === undefined) return undefined;
  const now = Date.parse(prepared.snapshot.takenAt);
  const ofSource = settingOf(prepared.source.value, 'lifecycle');
  const known = ofSource === 'unknown' ? [] : (ofSource?.Rules ?? []);
  const scopes = prefixes
    .filter((prefix) => meets(prefixOf(rule), prefix))
    .map((prefix) => longerOf(prefixOf(rule), prefix));
  const isCovered = (scope: string) => known.some((one) => expiresFirst(one, { scope, expiry, rule, now }));
  return scopes.every(isCovered) ? undefined : expiry;
}

function expiryText({ days, date }: Expiry): string {
  return days === undefined
    ? `as from ${dateText(date)}`
    : `${days} ${days === 1 ? 'day' : 'days'} after the object was written`;
}

function sourceText({ source: { name, value } }: Prepared): string {
  return settingOf(value, 'lifecycle') === 'unknown'
    ? `and the lifecycle configuration of source bucket ${name} was not read`
    : `before source bucket ${name} does`;
}

type Expiry =
  | { readonly days: number; readonly date?: undefined }
  | { readonly date: number; readonly days?: undefined };

function expiryOf({ Expiration: current }: LifecycleRule): Expiry | undefined {
  if (current?.Days !== undefined) return { days: current.Days };
  const date = instantOf(current?.Date);
  return date === undefined ? undefined : { date };
}

/** Whether one rule of the source expires all source objects no later than their replicas. */
function expiresFirst(
  rule: LifecycleRule,
  replicas: { readonly scope: string; readonly expiry: Expiry; readonly rule: LifecycleRule; readonly now: number },
): boolean {
  const mine = expiryOf(rule);
  const { scope, expiry: theirs, now } = replicas;
  if (rule.Status !== 'Enabled' || mine === undefined || !scope.startsWith(prefixOf(rule))) return false;
  if (isNarrowed(rule) && JSON.stringify(rule.Filter) !== JSON.stringify(replicas.rule.Filter)) return false;
  if (mine.date !== undefined && mine.date <= now) return true;
  if (mine.days !== undefined) return theirs.days !== undefined && mine.days <= theirs.days;
  return theirs.date !== undefined && mine.date <= theirs.date;
}

function prefixOf({ Filter: filter, Prefix: prefix }: LifecycleRule): string {
  return filter?.And?.Prefix ?? filter?.Prefix ?? prefix ?? '';
}

function meets(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function longerOf(a: string, b: string): string {
  return a.length > b.length ? a : b;
}

function isNarrowed({ Filter: filter }: LifecycleRule): boolean {
  const { Prefix: _, ...and } = filter?.And ?? {};
  return [filter?.Tag, filter?.ObjectSizeGreaterThan, filter?.ObjectSizeLessThan, ...Object.values(and)].some(
    (one) => one !== undefined && !(Array.isArray(one) && one.length === 0),
  );
}
