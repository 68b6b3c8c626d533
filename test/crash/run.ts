/** What the commands do, in process and without a terminal. */
import { applyChanges } from '../../src/apply/apply.ts';
import { readBack } from '../../src/apply/read-back.ts';
import { Versions } from '../../src/apply/versions.ts';
import type { Spec } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import { Failure } from '../../src/events/failure.ts';
import { observe } from '../../src/observe/observe.ts';
import { type Plan, planApply } from '../../src/plan/plan.ts';
import type { State } from '../../src/state/state.ts';
import type { Run } from './cloud.ts';

export type Planner = (observed: State, spec: Spec) => Plan;

/** One run of a command, to its end. */
export function running(spec: Spec, plan: Planner = planApply): Run {
  return async (surroundings) => {
    const connections = await connect(spec, surroundings);
    try {
      const { changes, problems } = plan(await observe(connections, spec), spec);
      const [problem] = problems;
      if (problem) throw new Failure('blocked', problem.code, problem.message, problem.fix);
      const written = { versions: new Versions(), signal: new AbortController().signal };
      await applyChanges(changes, { connections, surroundings, ...written });
      if (changes.length > 0) await readBack(spec, connections, surroundings, plan, written);
      return changes.length;
    } finally {
      connections.close();
    }
  };
}
