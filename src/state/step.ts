import type { Spec } from '../config/spec.ts';
import type { Change, Finding, Phase, StepId } from './change.ts';
import type { State } from './state.ts';

/**
 * One AWS document, or one kind of resource, that s3repl looks after. All of it is pure over one `State`: reading is the work of
 * `observe/`, writing that of `apply/` (docs/decisions/0002-one-state.md). The laws, tested in one table over all steps:
 * `diff(s, s) = []` · `desired(desired(s)) = desired(s)` · `retired(retired(s)) = retired(s)` · the parts of others in
 * `retired(desired(s))` equal those in `s`.
 */
export interface Step {
  readonly id: StepId;
  /** Which of the article's five steps it shows under. */
  readonly phase: Phase;
  /** Ours in place, others' untouched. */
  desired(observed: State, spec: Spec): State;
  /** Ours taken out, others' untouched. */
  retired(observed: State, spec: Spec): State;
  /** What leads from one state to another, as API calls. */
  diff(from: State, to: State, spec: Spec): readonly Change[];
  /** What a person must put right first, or should know. */
  findings(observed: State, spec: Spec): readonly Finding[];
}
