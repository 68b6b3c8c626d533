import { endOf, Failure, isStop, stopFailure } from '../events/failure.ts';
import type { Verification } from '../verify/verify.ts';

/** A proof that the deadline has stopped is no failure: nothing can be said. @param where where it stopped if nothing was begun. */
export async function proveUntilStopped(
  signal: AbortSignal,
  where: string,
  prove: () => Promise<Verification>,
): Promise<Verification> {
  try {
    return await prove();
  } catch (error) {
    if (!isStop(error, signal)) throw error;
    const known = error instanceof Failure && error !== signal.reason;
    const end = endOf(known ? error : stopFailure(signal, where));
    if (end.outcome === 'cancelled') throw error;
    return { ...end, outcome: 'unknown' };
  }
}
