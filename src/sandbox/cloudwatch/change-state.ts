import type { SandboxState } from '../store/state.ts';
import { addToHistory } from './alarm-history.ts';
import type { Alarm, AlarmStatus } from './cloudwatch-state.ts';
import { publishAlarm } from './publish-alarm.ts';

const actionsOf = {
  OK: 'OKActions',
  ALARM: 'AlarmActions',
  INSUFFICIENT_DATA: 'InsufficientDataActions',
} as const;

/** Executes the actions of the new state; those of a topic only once, when the state changes (CloudWatch User Guide, alarm-actions). */
export function changeState(state: SandboxState, alarm: Alarm, status: Omit<AlarmStatus, 'since'>): void {
  const before = alarm.status;
  const isNew = before.state !== status.state;
  alarm.status = { ...status, since: isNew ? state.now : before.since };
  if (!isNew) return;
  const summary = `Alarm updated from ${before.state} to ${status.state}`;
  const data = { oldState: describe(before), newState: describe(alarm.status) };
  addToHistory(state, alarm, { type: 'StateUpdate', summary, data });
  if (!alarm.settings.ActionsEnabled) return;
  for (const action of alarm.settings[actionsOf[status.state]]) publishAlarm(state, alarm, before, action);
}

function describe({ state, reason, reasonData }: AlarmStatus) {
  return {
    stateValue: state,
    stateReason: reason,
    ...(reasonData !== undefined && { stateReasonData: JSON.parse(reasonData) }),
  };
}
