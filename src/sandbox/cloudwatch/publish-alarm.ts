import { arnParts } from '../../aws/arn.ts';
import type { SandboxState } from '../store/state.ts';
import { addToHistory } from './alarm-history.ts';
import { type AlarmMessage, alarmMessage } from './alarm-message.ts';
import type { Alarm, AlarmStatus } from './cloudwatch-state.ts';
import { alarmTime } from './explain-evaluation.ts';

interface Topics {
  /** By ARN. */
  readonly topics?: Readonly<Record<string, unknown>>;
}

/** Tells a topic of the alarm's new state, and the alarm's history what became of that. Other actions than topics do nothing. @param before the alarm's status until now. */
export function publishAlarm(state: SandboxState, alarm: Alarm, before: AlarmStatus, action: string): void {
  if (arnParts(action)?.service !== 'sns') return;
  const published = alarmMessage(alarm, before);
  const error = sendTo(action, { state, alarm, published });
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

interface Sent {
  readonly state: SandboxState & Topics;
  readonly alarm: Alarm;
  readonly published: AlarmMessage;
}

/** Gives what keeps the message from being published; the text is ours. Without SNS in the sandbox, a topic that is there takes every message. */
function sendTo(topic: string, { state: { topics = {} } }: Sent): string | undefined {
  return Object.hasOwn(topics, topic) ? undefined : 'Topic does not exist';
}
