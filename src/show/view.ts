import type { Spec } from '../config/spec.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import type { Report } from '../events/event.ts';
import type { Plan } from '../plan/plan.ts';

/** Renders what a command has to say. Results go to stdout, everything else to stderr. */
export interface View {
  readonly report: Report;
  /**
   * Shows what would be done.
   *
   * @param seen whether the person at this terminal has seen it already, and approved it.
   */
  plan(plan: Plan, spec: Spec, seen?: boolean): Promise<void>;
  /** Shows what the doctor found. */
  diagnosis(diagnosis: Diagnosis): void;
  /** Ends whatever moves on the screen, so that a prompt or the shell has it for itself. */
  releaseScreen(): void;
}

/** Where a view writes to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** How wide text may be. A terminal that nobody looks at (`docker run -t` in a job, `ssh -tt` from one) says 0 columns. */
export function widthOf({ columns }: Output): number {
  return columns || 80;
}

/** Whether a line may be drawn again and again: only where there is a terminal that can take it back. */
export function canRedraw({ isTTY, columns }: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTTY === true && columns !== 0 && env.TERM !== 'dumb' && env.CI === undefined;
}
