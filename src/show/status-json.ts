/** The status as JSON lines: one for each thing, times as ISO 8601. */
import type { Status } from '../status/replication-status.ts';

/** Members that are times, in milliseconds since 1970. */
const times = new Set(['from', 'to', 'asOf', 'first', 'last', 'worstAt', 'at', 'modified']);

/** `configuration` comes first: it is what the others have in common. Jobs and alarms that could not be read have a line that says so. */
export function statusJson(status: Status): readonly object[] {
  const { rules, sample, jobs, alarms, events, kms, period, ...common } = status;
  const { step, ...span } = period;
  const [oneJob, oneAlarm] = [{ status: 'unknown' }, { state: 'unknown' }];
  return [
    { type: 'configuration', ...common, period: { ...span, stepSeconds: step / 1000 } },
    ...rules.map((rule) => ({ type: 'replication', ...rule })),
    { type: 'sample', ...(sample === 'unknown' ? { counts: sample } : sample) },
    ...(jobs === 'unknown' ? [oneJob] : jobs).map((job) => ({ type: 'job', ...job })),
    ...(alarms === 'unknown' ? [oneAlarm] : alarms).map((alarm) => ({ type: 'alarm', ...alarm })),
    ...events.map((event) => ({ type: 'notification', ...event })),
    ...kms.map((one) => ({ type: 'kms', ...one })),
  ].map(withTimes);
}

function withTimes(value: object): object {
  return JSON.parse(JSON.stringify(value), (name, inner: unknown) =>
    typeof inner === 'number' && times.has(name) ? new Date(inner).toISOString() : inner,
  ) as object;
}
