import { statusOf } from '../connect/absent.ts';
import { Failure } from '../events/failure.ts';

/** Whether AWS has refused a write: then it has done nothing. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(behind(error)) ?? 0;
  return status >= 400 && status < 500;
}

export function isForbidden(error: unknown): boolean {
  return statusOf(behind(error)) === 403;
}

function behind(error: unknown): unknown {
  return error instanceof Failure ? error.cause : error;
}
