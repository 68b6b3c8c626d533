/** How replication is doing, read from AWS once. */
import type { Spec } from '../config/spec.ts';
import { connectionsOf } from '../connect/connect.ts';
import { observe } from '../observe/observe.ts';
import { readStatus } from '../observe/read-status.ts';
import { noteOptional } from '../observe/reading.ts';
import { planApply } from '../plan/plan.ts';
import type { View } from '../show/view.ts';
import { phase } from '../state/change.ts';
import { ruleIdPrefix } from '../state/names.ts';
import { judgeStatus } from '../status/judge-status.ts';
import type { Configured, Period, Status } from '../status/replication-status.ts';
import type { WantedRule } from '../status/status-facts.ts';
import { type Inside, tellUnread, timeIn } from './in-accounts.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** @param since in milliseconds. @throws Failure as `inAccounts` and `readStatus`. */
export async function readStatusNow(inside: Inside, since: number, view: Pick<View, 'report'>): Promise<Status> {
  const { access, bucket, spec, surroundings } = inside;
  const period = periodUntil(timeIn(surroundings), since);
  const asked = { bucket, period, ...(spec && { wanted: listWanted(spec), name: spec.name }) };
  const [{ read, refused }, configured] = await Promise.all([readStatus(access, asked), compare(inside)]);
  tellUnread(refused, access, view);
  return judgeStatus({ ...read, configured });
}

/** Minutes of a day, and five minutes of more: S3 publishes a value a minute. */
function periodUntil(to: number, since: number): Period {
  const step = since <= dayMs ? minuteMs : 5 * minuteMs;
  return { from: Math.floor((to - since) / step) * step, to, step };
}

function listWanted(spec: Spec): readonly WantedRule[] {
  return spec.destinations.flatMap(({ bucket, region, rules }) =>
    rules
      .filter(({ enabled }) => enabled)
      .map(({ id, except }) => ({ rule: ruleIdPrefix(spec) + id, destination: bucket, region, except })),
  );
}

/** Against repl.yaml, as `plan` does. What may not be read is unknown. */
async function compare({ spec, sides }: Inside): Promise<Configured> {
  if (spec === undefined) return { kind: 'not-compared' };
  const missing = spec.destinations.find(({ id }) => !sides.has(id));
  if (missing) return { kind: 'unknown', why: `nobody is signed in to account ${missing.account}` };
  const { value, refusals } = await noteOptional((reading) => reading([], observe(connectionsOf(sides), spec)));
  if (value === 'unknown') return { kind: 'unknown', why: refusals[0]?.reason ?? 'it could not be read' };
  const { changes, problems } = planApply(value, spec);
  if (changes.length === 0 && problems.length === 0) return { kind: 'as-configured' };
  const ofAlerts = changes.filter((change) => change.phase === phase.alerts).length;
  return { kind: 'differs', changes: changes.length, ofAlerts, problems: problems.length };
}
