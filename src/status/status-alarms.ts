/** Alarms and notifications on the replication of the bucket, whoever made them, and who would hear of them. */
import { regionOf } from '../aws/arn.ts';
import {
  alarmsIn,
  chainsOf,
  type ExaminedAlarm,
  examineAlarms,
  examineEntries,
  isHeard,
  isOff,
  type Target,
} from '../model/alerts/listeners.ts';
import type { Prepared } from '../model/replication/prepare.ts';
import type { Rule } from '../model/replication/rule.ts';
import type { Known, Named } from '../model/snapshot.ts';
import type { ActionStatus, AlarmStatus, EventStatus } from './replication-status.ts';

/** @param states by ARN, as CloudWatch names them. */
export function listAlarms(prepared: Prepared, states: Named<string>): Known<readonly AlarmStatus[]> {
  if (alarmsIn(prepared) === 'unknown') return 'unknown';
  return examineAlarms(prepared)
    .map((alarm) => describeAlarm(alarm, states[alarm.arn]))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1));
}

function describeAlarm(alarm: ExaminedAlarm, state: string | undefined): AlarmStatus {
  const { arn, settings, watches, targets } = alarm;
  return {
    name: settings.AlarmName ?? arn,
    arn,
    region: regionOf(arn),
    state: state === 'OK' || state === 'ALARM' || state === 'INSUFFICIENT_DATA' ? state : 'unknown',
    metrics: [...new Set(watches.map(({ watch }) => watch.metric))],
    actions: targets.map(describeAction),
    isOff: isOff(alarm),
  };
}

function rankOf({ state }: AlarmStatus): number {
  return ['ALARM', 'unknown', 'INSUFFICIENT_DATA', 'OK'].indexOf(state);
}

export function listEvents(prepared: Prepared): readonly EventStatus[] {
  return examineEntries(prepared).map(({ name, events, to }) => ({ name, events, action: describeAction(to) }));
}

function describeAction({ arn, topic, faults }: Target): ActionStatus {
  const value = topic?.value;
  const isSeen = value !== undefined && value !== null && value !== 'unknown';
  return { arn, ...(isSeen && { subscribers: { confirmed: value.confirmed, pending: value.pending } }), faults };
}

/** Whether somebody hears of an object that fails under an enabled rule: S3 tells of none without metrics (S3 User Guide, replication-metrics-events). */
export function hearsOf(prepared: Prepared, rule: Rule): Known<boolean> {
  if (!rule.metrics) return false;
  const chains = chainsOf(prepared, rule);
  if (chains.some(isHeard)) {
    const isSure = chains.some(({ targets }) => targets.some(({ faults, isKnown }) => faults.length === 0 && isKnown));
    return isSure ? true : 'unknown';
  }
  return alarmsIn(prepared) === 'unknown' ? 'unknown' : false;
}
