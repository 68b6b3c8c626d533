import type { Spec } from '../config/spec.ts';
import type { Connection } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { Failure, isStop, stopFailure } from '../events/failure.ts';

export interface JobWork {
  readonly at: Connection;
  readonly spec: Spec;
  readonly surroundings: Pick<Surroundings, 'report' | 'now' | 'sleep'>;
  /** Aborted by Ctrl-C, or at the deadline: the job goes on without us. */
  readonly signal: AbortSignal;
  /** Whether to stay until the job is over. */
  readonly wait: boolean;
  readonly maxObjects?: number | undefined;
  /** Asks a person once the number of objects is known; absent: nobody is asked. @throws Failure `cancelled` */
  readonly approveCount?: ((objects: number) => Promise<void>) | undefined;
  /** Whether this run has written the job's role: S3 Batch Operations may not know it yet. */
  readonly roleIsNew: boolean;
}

interface LeftJob {
  readonly id: string;
  readonly isUnconfirmed: boolean;
}

/** What a stop of this run means for the job; undefined where the error is no stop. @param job absent: it may not exist. */
export function leaveRunning(error: unknown, job: LeftJob | undefined, { signal }: JobWork): Failure | undefined {
  const left = error instanceof Error && error.name === 'ExitPromptError';
  if (!left && !isStop(error, signal)) return undefined;
  if (job === undefined) return stopFailure(signal, 'while it asked AWS for a job', 'unknown');
  const { outcome, code } = stopFailure(signal, '', 'unknown');
  const { id, isUnconfirmed } = job;
  const message = isUnconfirmed
    ? `stopped watching: once the list of its objects is made, job ${id} waits to be confirmed; it copies nothing before that`
    : `stopped watching: job ${id} continues in AWS`;
  const again = isUnconfirmed ? 'confirm the job' : 'continue watching';
  const fix = `run the same command again to ${again}, or with --cancel ${id} to end the job`;
  return new Failure(outcome, code, message, fix);
}
