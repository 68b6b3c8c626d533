/** Looks where the rules of others lead before judging a plan, so that nothing breaks them in silence. */
import type { AnySide } from '../config/spec.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { takeSnapshot } from '../observe/snapshot.ts';
import { breakingFindings, sidesWithOthers } from '../plan/breaking.ts';
import { type Plan, withFindings } from '../plan/plan.ts';
import { sidesOf } from '../state/names.ts';
import type { State } from '../state/state.ts';
import type { Session } from './session.ts';

export type Looking = Pick<Session, 'spec' | 'connections' | 'acceptBreaking'>;

/** Breaks are problems, or warnings where a person has accepted them. */
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

/** Undefined where nothing can be read: the rest is judged all the same. */
async function lookAround(
  { id, bucket }: AnySide,
  { spec, connections }: Pick<Looking, 'spec' | 'connections'>,
): Promise<Snapshot | undefined> {
  const others = sidesOf(spec).flatMap((one) => (one.id === id ? [] : [connections.get(one.id)]));
  const access = { source: connections.get(id), destinations: others };
  return takeSnapshot(access, bucket, { takenAt: new Date() }).catch(() => undefined);
}
