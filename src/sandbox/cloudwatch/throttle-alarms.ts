import type { SandboxState } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';

/** `PutMetricAlarm`, in an account and Region (CloudWatch User Guide, cloudwatch_limits). */
const mostInSecond = 3;

/** When the latest were put, by account and Region. */
const latest = new WeakMap<SandboxState, Map<string, readonly number[]>>();

/** Counts by the virtual clock. @throws AwsError `ThrottlingException` */
export function throttleAlarms({ state, call, caller, now }: Operation): void {
  const all = latest.get(state) ?? new Map<string, readonly number[]>();
  latest.set(state, all);
  const place = `${caller.account} ${call.region}`;
  const within = (all.get(place) ?? []).filter((time) => time > now - 1000);
  if (within.length >= mostInSecond) throw new AwsError('ThrottlingException', 400, 'Rate exceeded');
  all.set(place, [...within, now]);
}
