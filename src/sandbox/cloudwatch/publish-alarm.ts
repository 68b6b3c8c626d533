import { arnParts } from '../../aws/arn.ts';
import { publishAs } from '../sns/publish-as.ts';
import type { SandboxState } from '../store/state.ts';
import { addToHistory } from './alarm-history.ts';
import { alarmMessage } from './alarm-message.ts';
import type { Alarm, AlarmStatus } from './cloudwatch-state.ts';
import { alarmTime } from './explain-evaluation.ts';

/** Tells a topic of the alarm's new state, and the alarm's history what became of that. Other actions than topics do nothing. @param before the alarm's status until now. */
export function publishAlarm(state: SandboxState, alarm: Alarm, before: AlarmStatus, action: string): void {
  if (arnParts(action)?.service !== 'sns') return;
  const published = alarmMessage(alarm, before);
  const source = { service: 'cloudwatch.amazonaws.com', sourceArn: alarm.arn, sourceAccount: alarm.account } as const;
  const error = publishAs(state, action, source, published)?.message;
  const data = {
    actionState: error === undefined ? 'Succeeded' : 'Failed',
    stateUpdateTimestamp: alarmTime(alarm.status.since),
    notificationResource: action,
    publishedMessage: published.message,
    error: error ?? null,
  };
  const summary =
    error === undefined
      ? `Successfully executed action ${action}`
      : `Failed to execute action ${action}. Received error: "${error}"`;
  addToHistory(state, alarm, { type: 'Action', summary, data });
}
