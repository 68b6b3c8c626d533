import { setMaxListeners } from 'node:events';

/** Cleaning up may take this much longer than the time of the run. */
const graceMs = 20_000;

/** For calls that clean up after the deadline, in its place; undefined: there is no deadline. */
export function graceAfter(deadline: AbortSignal | undefined): AbortSignal | undefined {
  if (deadline === undefined) return undefined;
  const grace = AbortSignal.timeout(graceMs);
  setMaxListeners(0, grace);
  return grace;
}
