import type { Outcome } from '../events/failure.ts';

/** As listed in design.md 4. */
export const exitCodes: Readonly<Record<Outcome, number>> = {
  unchanged: 0,
  applied: 0,
  planned: 0,
  done: 0,
  started: 0,
  healthy: 0,
  destroyed: 0,
  verified: 0,
  failed: 1,
  differs: 2,
  invalid: 3,
  unauthorized: 4,
  blocked: 5,
  unknown: 6,
  cancelled: 130,
};
