import type { CallEvent } from '../events/event.ts';

export function callText({
  service,
  operation,
  account,
  region,
  status,
  code,
  ms,
  attempts,
  requestId,
}: CallEvent): string {
  const times = attempts > 1 ? ` after ${attempts} attempts` : '';
  const answer = `${status ?? 'no answer'}${code ? ` ${code}` : ''}`;
  return `    ${service} ${operation} ${account} ${region} ${answer} ${ms} ms${times} ${requestId ?? ''}`.trimEnd();
}
