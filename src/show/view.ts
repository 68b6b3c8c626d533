import type { Spec } from '../config/spec.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import type { Report } from '../events/event.ts';
import type { Plan } from '../plan/plan.ts';
import type { Status } from '../status/replication-status.ts';
import type { Given } from './repair-commands.ts';
import type { Round } from './status-text.ts';

export interface ShowDiagnosis extends Given {
  /** Whether people see every check. */
  readonly all?: boolean;
}

/** Results go to stdout, everything else to stderr. */
export interface View {
  readonly report: Report;
  /** @param seen whether the person at this terminal has already seen and approved it. */
  plan(plan: Plan, spec: Spec, seen?: boolean): Promise<void>;
  diagnosis(diagnosis: Diagnosis, given?: ShowDiagnosis): void;
  status(status: Status): void;
  /** The status of one look of many. */
  round(round: Round): void;
  /** Aborted by whoever leaves a screen that takes keys: with q, or with Ctrl-C, whose reason is a Failure. Absent where none is shown. */
  readonly left?: AbortSignal | undefined;
  /** Frees the screen for a prompt or the shell. */
  releaseScreen(): void;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** Lines of a terminal. */
  readonly rows?: number | undefined;
}

/** A stream that is a terminal in most cases; it tells (`resize`) when it has another width. */
export type Screen = Output & NodeJS.WritableStream;

/** In columns. A terminal that nobody looks at (`docker run -t` in a job, `ssh -tt` from one) says 0. */
export function widthOf({ columns }: Output): number {
  return columns || 80;
}

export function canRedraw({ isTTY, columns }: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTTY === true && columns !== 0 && env.TERM !== 'dumb' && env.CI === undefined;
}
