import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import { planApply, planBackfillRole, planDestroy } from '../../src/plan/plan.ts';
import type { State } from '../../src/state/state.ts';
import { backfillRoleStep } from '../../src/steps/backfill-role.ts';
import { steps, stepsAsTold } from '../../src/steps/steps.ts';
import { nothing } from '../builders.ts';
import { anySpec, anyState, othersIn } from './arbitrary.ts';
import { pureAws } from './pure-aws.ts';

const anySetUp = anySpec.chain((spec) => fc.tuple(fc.constant(spec), fc.oneof(fc.constant(nothing), anyState(spec))));
const runs = { numRuns: 150, seed: 20261122 };

/** Everything that comes before a step in the plan is in place. */
function upTo(id: string, state: State, spec: Spec): State {
  const all = [...steps, backfillRoleStep];
  const before = all.slice(
    0,
    all.findIndex((step) => step.id === id),
  );
  return before.reduce((next, step) => step.addOurs(next, spec), state);
}

describe.each([...steps, backfillRoleStep].map((step) => [step.id, step] as const))('the step %s', (id, step) => {
  it('has nothing to do between a state and itself', () => {
    fc.assert(
      fc.property(anySetUp, ([spec, state]) => {
        expect(step.diff(state, structuredClone(state), spec)).toEqual([]);
      }),
      runs,
    );
  });

  it('wants nothing more of what it wants already', () => {
    fc.assert(
      fc.property(anySetUp, ([spec, state]) => {
        const once = step.addOurs(upTo(id, state, spec), spec);
        expect(step.addOurs(once, spec)).toEqual(once);
      }),
      runs,
    );
  });

  it('has nothing more to take out of what it has left already', () => {
    fc.assert(
      fc.property(anySetUp, ([spec, state]) => {
        const once = step.removeOurs(step.addOurs(planApply(state, spec).desired, spec), spec);
        expect(step.removeOurs(once, spec)).toEqual(once);
      }),
      runs,
    );
  });

  it('leaves what others have put there when it comes and when it goes', () => {
    fc.assert(
      fc.property(anySetUp, ([spec, state]) => {
        const before = upTo(id, state, spec);
        expect(othersIn(step.removeOurs(step.addOurs(before, spec), spec), spec)).toEqual(othersIn(before, spec));
      }),
      runs,
    );
  });
});

describe('all steps together', () => {
  it('are all told of by destroy', () => {
    expect(new Set(stepsAsTold)).toEqual(new Set(steps));
  });

  it('plan nothing once everything is in place', () => {
    fc.assert(
      fc.property(anySetUp, ([spec, state]) => {
        const aws = pureAws(state);
        aws.run(planApply(state, spec).changes);
        aws.run(planBackfillRole(aws.state, spec).changes);
        expect(planApply(aws.state, spec).changes).toEqual([]);
        expect(planBackfillRole(aws.state, spec).changes).toEqual([]);
      }),
      runs,
    );
  });

  it('make at most one change to a thing in one turn', () => {
    fc.assert(
      fc.property(anySetUp, ([spec, state]) => {
        const targets = planApply(state, spec).changes.flatMap(({ target, calls }) =>
          [...new Set(calls.map(({ turn }) => turn))].map((turn) => `${turn} ${target}`),
        );
        expect(new Set(targets).size).toBe(targets.length);
      }),
      runs,
    );
  });

  it('end the same when stopped after any call and run again', () => {
    fc.assert(
      fc.property(anySetUp, fc.integer({ min: 0, max: 40 }), ([spec, state], stop) => {
        const whole = pureAws(state);
        whole.run(planApply(state, spec).changes);
        const stopped = pureAws(state);
        stopped.run(planApply(state, spec).changes, stop);
        stopped.run(planApply(stopped.state, spec).changes);
        expect(withoutKeyOrder(stopped.state)).toEqual(withoutKeyOrder(whole.state));
      }),
      runs,
    );
  });

  it('take out exactly what they put in', () => {
    fc.assert(
      fc.property(anySetUp, ([spec, state]) => {
        const aws = pureAws(state);
        aws.run(planApply(state, spec).changes);
        aws.run(planBackfillRole(aws.state, spec).changes);
        aws.run(planDestroy(aws.state, spec).changes);
        expect(planDestroy(aws.state, spec).changes).toEqual([]);
        expect(othersIn(aws.state, spec)).toEqual(othersIn(planApply(state, spec).desired, spec));
      }),
      runs,
    );
  });
});

/** Keys are numbered in the order in which they are made, which stopping changes. */
function withoutKeyOrder(state: State): unknown {
  const text = JSON.stringify(state).replace(/0{8}-0{4}-0{4}-0{4}-\d{12}/g, 'MADE');
  return JSON.parse(text);
}
