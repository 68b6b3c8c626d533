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
  const error = publishTo(state, action, published);
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

/** Gives what keeps the message from being published; the text for a topic that is not there is ours. */
function publishTo(
  { topics = {} }: SandboxState & Topics,
  topic: string,
  _published: AlarmMessage,
): string | undefined {
  return Object.hasOwn(topics, topic) ? undefined : 'Topic does not exist';
}
