/** Reads everything again after the last write: a set-up counts as applied, or destroyed, when nothing is left to change. */

import type { Spec } from '../config/spec.ts';
import type { Connections, Surroundings } from '../observe/connect.ts';
import { observe } from '../observe/observe.ts';
import { Failure, isStop, stopped } from '../plan/failure.ts';
import { type Plan, planApply } from '../plan/plan.ts';
import type { State } from '../plan/state.ts';
import { settled } from './settle.ts';

class StillDifferent extends Error {
  /** What differs, for people. */
  readonly left: string;

  constructor({ changes, problems }: Plan) {
    super('what AWS shows is not yet what was written');
    this.left = [...changes.map((change) => change.resource), ...problems.map((problem) => problem.message)].join('; ');
  }
}

/**
 * Reads until AWS shows what was written; reads may be older than writes for a while (rules.md 3.1).
 *
 * @param planned what there is to do: nothing may be left of it.
 * @returns what was read.
 * @throws Failure `cancelled` or `failed` where the signal stops it; `failed` where something still differs after two minutes: someone undoes it, or AWS gave it another form.
 */
export async function readBack(
  spec: Spec,
  connections: Connections,
  { report, now, sleep, signal }: Pick<Surroundings, 'report' | 'now' | 'sleep'> & { readonly signal?: AbortSignal },
  planned: (observed: State, spec: Spec) => Plan = planApply,
): Promise<State> {
  const look = async () => {
    const observed = await observe(connections, spec);
    const plan = planned(observed, spec);
    if (plan.changes.length > 0 || plan.problems.length > 0) throw new StillDifferent(plan);
    return observed;
  };
  const waiting = (reason: string, seconds: number) =>
    report({ type: 'pending', resource: 'read back', reason, seconds });
  try {
    return await settled(
      look,
      (error) => {
        if (error instanceof StillDifferent) return `AWS to show what was written (${error.left})`;
        return isHalfShown(error) ? 'AWS to show all of what was written' : undefined;
      },
      { now, sleep, waiting },
    );
  } catch (error) {
    if (signal && isStop(error, signal)) throw stopped(signal, 'after everything was written, before it was read back');
    if (!(error instanceof StillDifferent)) throw error;
    throw new Failure(
      'failed',
      'read-back-differs',
      `everything was written, but AWS does not show it: ${error.left}`,
      's3repl plan shows the difference; something else may be changing the same resources (another tool, a policy of the organisation)',
    );
  }
}

/** One answer names a role, policy or key that the next one does not know yet: answers are late one by one (rules.md 3.1). */
function isHalfShown(error: unknown): boolean {
  return error instanceof Error && /^(NoSuchEntity(Exception)?|NoSuchBucket|NotFoundException)$/.test(error.name);
}
