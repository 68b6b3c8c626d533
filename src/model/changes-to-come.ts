import { statementsOf } from '../aws/policy.ts';
import type { Place } from './decision.ts';
import { isObject } from './evaluation/element.ts';
import { enumerate } from './evaluation/phrase.ts';
import type { Probe } from './probes.ts';
import { dateText, horizon, instantOf } from './replication/dates.ts';
import { evidenceAt, nameOf } from './replication/evidence.ts';
import { type Prepared, prepare } from './replication/prepare.ts';
import { judgeObject } from './replication.ts';
import type { Cause, Verdict } from './verdict.ts';

export type Foreseen = Pick<Probe, 'what' | 'rule' | 'object'>;

/** The next dates only: each costs a verdict on every probe. */
const mostDates = 24;

/** Milliseconds. Policies may compare with "at" or "after": a second past the date both hold. */
const justPast = 1000;

/**
 * Warns where an Allow that ends, or a Deny that begins, within 90 days changes a verdict: judges again just past each date that a policy names for
 * `aws:CurrentTime` or `aws:EpochTime` (IAM User Guide, reference_policies_condition-keys).
 */
export function changesToCome(prepared: Prepared, probes: readonly Foreseen[]): readonly Cause[] {
  const good = probes.filter((probe) => verdictOn(prepared, probe)?.outcome === 'replicates');
  // The first verdicts have named every policy that they depend on.
  const dates = good.length === 0 ? [] : datesIn(prepared);
  const later = dates.slice(0, mostDates).map((date) => ({
    ...date,
    prepared: prepare({ ...prepared.snapshot, takenAt: new Date(date.instant + justPast).toISOString() }),
  }));
  const changes = good.flatMap((probe) => changeOf(probe, later) ?? []);
  return [...groupAlike(changes).map((group) => explainGroup(prepared, group)), ...explainSkippedDates(dates)];
}

function groupAlike(changes: readonly Change[]): readonly (readonly [Change, ...Change[]])[] {
  const groups = new Map<string, [Change, ...Change[]]>();
  for (const change of changes) {
    const { from, until, verdict } = change;
    const name = JSON.stringify([from.instant, until?.instant, verdict.outcome, verdict.causes[0]?.evidence.path]);
    const group = groups.get(name);
    if (group) group.push(change);
    else groups.set(name, [change]);
  }
  return [...groups.values()];
}

interface DateNamed {
  readonly instant: number;
  readonly places: readonly Place[];
}

interface Change {
  readonly probe: Foreseen;
  readonly from: DateNamed;
  readonly until: DateNamed | undefined;
  readonly verdict: Verdict;
}

type Later = DateNamed & { readonly prepared: Prepared };

function changeOf(probe: Foreseen, later: readonly Later[]): Change | undefined {
  const verdicts = later.map((date) => ({ date, verdict: verdictOn(date.prepared, probe) }));
  const first = verdicts.findIndex(({ verdict }) => verdict?.outcome !== 'replicates');
  const from = verdicts[first];
  if (from?.verdict === undefined) return undefined;
  const until = verdicts.slice(first).find(({ verdict }) => verdict?.outcome === 'replicates');
  return { probe, from: from.date, until: until?.date, verdict: from.verdict };
}

function verdictOn(prepared: Prepared, { rule, object }: Foreseen): Verdict | undefined {
  return judgeObject(prepared, object).find((one) => one.rule === rule.id && one.destination === rule.destination);
}

function explainGroup(prepared: Prepared, group: readonly [Change, ...Change[]]): Cause {
  const [{ from, until, verdict }] = group;
  const [cause] = verdict.causes;
  const rules = [...new Set(group.map(({ probe }) => probe.rule.id))];
  const what = group.every(({ probe }) => probe.what === 'delete-marker') ? 'delete markers' : 'new objects';
  const when = `From ${dateText(from.instant)}${until === undefined ? ' on' : ` until ${dateText(until.instant)}`}`;
  const under = `under rule${rules.length > 1 ? 's' : ''} ${enumerate(rules)}`;
  const named = from.places.map(nameOf);
  const then =
    verdict.outcome === 'unknown'
      ? `s3repl cannot tell whether ${what} ${under} replicate`
      : `${what} ${under} fail to replicate`;
  const [place] = from.places;
  return {
    check: cause?.check ?? 'C30',
    summary: `${when}, ${then}: ${named.join(' and ')} ${named.length === 1 ? 'names' : 'name'} that date. ${cause?.summary ?? ''}`,
    fix: `Change the date in ${named.join(' and ')} before then, if replication is to go on.`,
    evidence: place ? evidenceAt(prepared, place) : {},
  };
}

function explainSkippedDates(dates: readonly DateNamed[]): readonly Cause[] {
  const rest = dates.slice(mostDates);
  const [first] = rest;
  if (first === undefined) return [];
  return [
    {
      check: 'C30',
      summary: `The policies name ${dates.length} dates within 90 days. s3repl did not look at the ${rest.length} from ${dateText(first.instant)} on.`,
      fix: 'Run s3repl doctor again when the earlier dates are past.',
      evidence: {},
    },
  ];
}

function datesIn({ places, snapshot }: Prepared): readonly DateNamed[] {
  const now = Date.parse(snapshot.takenAt);
  const found = new Map<number, Place[]>();
  for (const [policy, { document }] of places) {
    statementsOf(document).forEach((one: unknown, statement) => {
      const { Sid, Condition } = isObject(one) ? one : {};
      for (const instant of new Set(instantsIn(Condition))) {
        if (!(instant > now && instant <= now + horizon)) continue;
        const place = { policy, statement, ...(typeof Sid === 'string' && { sid: Sid }) };
        found.set(instant, [...(found.get(instant) ?? []), place]);
      }
    });
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([instant, named]) => ({ instant, places: named }));
}

function instantsIn(condition: unknown): readonly number[] {
  const operators = isObject(condition) ? Object.values(condition) : [];
  return operators
    .flatMap((keys) => (isObject(keys) ? Object.entries(keys) : []))
    .filter(([key]) => /^aws:(?:current|epoch)time$/i.test(key))
    .flatMap(([, values]) => [values].flat())
    .flatMap((value) => instantOf(value) ?? []);
}
