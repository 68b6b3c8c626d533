/** IAM, KMS and S3 learn of each other with delay (rules.md 3.1). Waits only for errors that say so, by name, and for two minutes at most. */
import type { Wait } from '../state/step.ts';
import { factsOf } from '../steps/steps.ts';

export const settleLimitMs = 120_000;
const firstPauseMs = 500;
const longestPauseMs = 5_000;

const atEveryCall: readonly Wait[] = [
  {
    error: /^(OperationAborted|ConcurrentModification(Exception)?)$/,
    reason: 'another change to the same resource to end',
  },
];

export function lagBehind({ operation }: { readonly operation: string }, error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const waits = [...(factsOf(operation)?.waits ?? []), ...atEveryCall];
  return waits.find(
    (wait) =>
      wait.error.test(error.name) && (wait.message?.test(error.message) ?? true) && (wait.isLag?.(error) ?? true),
  )?.reason;
}

export interface Waiting {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called before each pause, with the seconds waited so far. */
  readonly reportWait: (reason: string, seconds: number) => void;
  /** Milliseconds, at most. */
  readonly limit?: number;
}

/** Repeats the work as long as `reasonOf` its error says that AWS only needs time. @throws the last error. */
export async function settle<T>(
  work: () => Promise<T>,
  reasonOf: (error: unknown) => string | undefined,
  { now, sleep, reportWait, limit = settleLimitMs }: Waiting,
): Promise<T> {
  const started = now();
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      const reason = reasonOf(error);
      const waited = now() - started;
      if (reason === undefined || waited + pause > limit) throw error;
      reportWait(reason, Math.round(waited / 1000));
      await sleep(pause);
    }
  }
}
