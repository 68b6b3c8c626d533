/** Looks where the rules of others lead before a plan is judged: what works for them is not ended in silence. */
import { takeSnapshot } from '../observe/snapshot.ts';
import { breakingFindings, sidesWithOthers } from '../plan/breaking.ts';
import { sidesOf } from '../plan/names.ts';
import { type Plan, withFindings } from '../plan/plan.ts';
import type { State } from '../plan/state.ts';
import type { Session } from './session.ts';

/** What of a session it takes to look. */
export type Looking = Pick<Session, 'spec' | 'connections' | 'acceptBreaking'>;

/** The plan with what it breaks among its problems, or its warnings where a person has accepted that. */
export async function withBroken(
  { spec, connections, acceptBreaking }: Looking,
  observed: State,
  plan: Plan,
): Promise<Plan> {
  if (plan.changes.length === 0) return plan;
  const { desired } = plan;
  const findings = await Promise.all(
    sidesWithOthers(observed, spec).map(async (side) => {
      const at = connections.of(side.id);
      const others = sidesOf(spec).flatMap(({ id }) => (id === side.id ? [] : [connections.of(id)]));
      const around = await takeSnapshot({ source: at, destinations: others }, side.bucket, { takenAt: new Date() });
      return breakingFindings({ observed, desired }, spec, side, around, acceptBreaking);
    }),
  );
  return withFindings(plan, findings.flat());
}
