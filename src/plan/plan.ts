import { createHash } from 'node:crypto';
import type { Spec } from '../config/spec.ts';
import { steps } from '../steps/steps.ts';
import type { Change, Finding } from './change.ts';
import { canonical } from './json.ts';
import { policyLimits } from './policy.ts';
import type { State } from './state.ts';

export interface Plan {
  readonly changes: readonly Change[];
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Everything as it will be: what the replication model is asked about before the first write. */
  readonly desired: State;
}

/** What has to happen so that the accounts become what the spec asks for. */
export function planApply(observed: State, spec: Spec): Plan {
  const desired = steps.reduce((state, step) => step.desired(state, spec), observed);
  return planTo(observed, desired, spec);
}

/** What has to happen so that nothing of ours is left; others' parts, buckets, objects and keys stay. */
export function planDestroy(observed: State, spec: Spec): Plan {
  const retired = steps.toReversed().reduce((state, step) => step.retired(state, spec), observed);
  return planTo(observed, retired, spec);
}

function planTo(observed: State, target: State, spec: Spec): Plan {
  const changes = steps.flatMap((step) => step.diff(observed, target, spec));
  const findings = [...steps.flatMap((step) => step.findings(observed, spec)), ...changes.flatMap(tooLong)];
  return {
    changes,
    problems: findings.filter((finding) => finding.level === 'problem'),
    warnings: findings.filter((finding) => finding.level === 'warning'),
    desired: target,
  };
}

function tooLong({ calls, step, side, resource }: Change): readonly Finding[] {
  return calls.flatMap(({ operation, input }): Finding[] => {
    const limit = policyLimits[operation] ?? Number.POSITIVE_INFINITY;
    const length = String(input.Policy ?? input.PolicyDocument ?? '').length;
    if (length <= limit) return [];
    return [
      {
        level: 'problem',
        step,
        code: 'policy-too-long',
        side,
        message: `${resource} would be ${length} characters long; AWS takes ${limit}`,
        fix: 'use fewer prefixes or rules, or make room in the statements of others',
      },
    ];
  });
}

/** What the plan was made from, as 64 hexadecimal digits: another value means that the plan is older than AWS. */
export function stateHash(observed: State): string {
  return createHash('sha256').update(canonical(observed)).digest('hex');
}

/** `1 to create, 2 to change, 0 to remove`. */
export function summaryOf(changes: readonly Change[]): string {
  const { create, change, remove } = countsOf(changes);
  return `${create} to create, ${change} to change, ${remove} to remove`;
}

/** `1 created, 2 changed, 0 removed`. */
export function doneSummaryOf(changes: readonly Change[]): string {
  const { create, change, remove } = countsOf(changes);
  return `${create} created, ${change} changed, ${remove} removed`;
}

function countsOf(changes: readonly Change[]): Readonly<Record<Change['action'], number>> {
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  return { create: count('create'), change: count('change'), remove: count('remove') };
}
