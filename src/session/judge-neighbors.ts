/** Looks where the rules of others lead before a plan is judged: what works for them is not ended in silence. */
import type { AnySide } from '../config/spec.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { takeSnapshot } from '../observe/snapshot.ts';
import { breakingFindings, sidesWithOthers } from '../plan/breaking.ts';
import { type Plan, withFindings } from '../plan/plan.ts';
import { sidesOf } from '../state/names.ts';
import type { State } from '../state/state.ts';
import type { Session } from './session.ts';

/** What of a session it takes to look. */
export type Looking = Pick<Session, 'spec' | 'connections' | 'acceptBreaking'>;

/** The plan with what it breaks among its problems, or its warnings where a person has accepted that. */
export async function judgeNeighbors(
  { spec, connections, acceptBreaking }: Looking,
  observed: State,
  plan: Plan,
): Promise<Plan> {
  if (plan.changes.length === 0) return plan;
  const { desired } = plan;
  const findings = await Promise.all(
    sidesWithOthers(observed, spec).map(async (side) => {
      const around = await lookAround(side, { spec, connections });
      return breakingFindings({ observed, desired }, spec, side, around, acceptBreaking);
    }),
  );
  return withFindings(plan, findings.flat());
}

/** What the rules of a side's bucket lead to, as far as it may be read; undefined where nothing can be: the rest is judged all the same. */
async function lookAround(
  { id, bucket }: AnySide,
  { spec, connections }: Pick<Looking, 'spec' | 'connections'>,
): Promise<Snapshot | undefined> {
  const others = sidesOf(spec).flatMap((one) => (one.id === id ? [] : [connections.get(one.id)]));
  const access = { source: connections.get(id), destinations: others };
  return takeSnapshot(access, bucket, { takenAt: new Date() }).catch(() => undefined);
}
