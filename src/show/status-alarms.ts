/** Alarms and topics on the screen of `s3repl status`: who would hear of failures. */
import { arnParts } from '../aws/arn.ts';
import type { TopicFault } from '../model/alerts/topic-faults.ts';
import type { ActionStatus, AlarmStatus, Status } from '../status/replication-status.ts';
import { countText } from '../text/count-text.ts';
import type { Sign, SignedLine } from './signed-line.ts';
import { type Frame, fieldLines, moreText } from './status-layout.ts';

const mostAlarms = 5;
const mostTopics = 5;
const mostNames = 3;

export function alarmsLines({ alarms, events }: Status, frame: Frame): readonly SignedLine[] {
  if (alarms === 'unknown') return fieldLines(frame, { sign: '?', label: 'alarms', text: 'alarms were not read' });
  const quiet = alarms.filter(({ state, isOff }) => state === 'OK' && !isOff);
  const loud = alarms.filter((alarm) => !quiet.includes(alarm));
  const more = loud.length - mostAlarms;
  const count =
    alarms.length === 0
      ? 'none watches the replication of this bucket'
      : `${countText(quiet.length)} of ${countText(alarms.length)} OK`;
  const told =
    events.length === 0 ? '' : `; S3 itself tells of failures (${listNames(events.map(({ name }) => name))})`;
  return [
    ...fieldLines(frame, { sign: alarmsSign(alarms), label: 'alarms', text: `${count}${told}` }),
    ...loud.slice(0, mostAlarms).flatMap((alarm) => fieldLines(frame, { label: '', text: alarmText(alarm) })),
    ...(more > 0 ? fieldLines(frame, { label: '', text: moreText(more, more === 1 ? 'alarm' : 'alarms') }) : []),
    ...topicsLines([...alarms.flatMap(({ actions }) => actions), ...events.map(({ action }) => action)], frame),
  ];
}

function alarmsSign(alarms: readonly AlarmStatus[]): Sign {
  if (alarms.length === 0) return '!';
  if (alarms.some(({ state }) => state === 'ALARM')) return '✖';
  if (alarms.some(({ isOff }) => isOff)) return '!';
  return alarms.some(({ state }) => state !== 'OK') ? '?' : '✔';
}

function alarmText({ name, region, state, metrics, isOff }: AlarmStatus): string {
  const shown = state === 'unknown' ? 'state not read' : state;
  return `${name} (${region}): ${shown}${isOff ? ', its actions are off' : ''}; ${metrics.join(', ')}`;
}

function topicsLines(actions: readonly ActionStatus[], frame: Frame): readonly SignedLine[] {
  const byArn = [...new Map(actions.map((action) => [action.arn, action])).values()];
  const inOrder = byArn.toSorted((a, b) => b.faults.length - a.faults.length);
  const more = inOrder.length - mostTopics;
  return [
    ...inOrder.slice(0, mostTopics).flatMap((action) => fieldLines(frame, { label: '', text: actionText(action) })),
    ...(more > 0 ? fieldLines(frame, { label: '', text: moreText(more, more === 1 ? 'topic' : 'topics') }) : []),
  ];
}

function actionText({ arn, subscribers, faults }: ActionStatus): string {
  const parts = arnParts(arn);
  const name = parts === undefined || parts.service !== 'sns' ? arn : `topic ${parts.resource} (${parts.region})`;
  const pending =
    subscribers === undefined || subscribers.pending === 0 ? '' : `, ${countText(subscribers.pending)} not confirmed`;
  const heard =
    subscribers === undefined
      ? parts?.service === 'sns'
        ? 'subscribers not read'
        : 'not a topic'
      : `${countText(subscribers.confirmed)} ${subscribers.confirmed === 1 ? 'subscriber' : 'subscribers'}${pending}`;
  return [`${name}: ${heard}`, ...faults.map(faultText)].join('; ');
}

function faultText(fault: TopicFault): string {
  switch (fault.kind) {
    case 'gone':
      return 'it does not exist';
    case 'unconfirmed':
      return 'nobody gets its messages';
    case 'managed-key':
      return 'its key alias/aws/sns lets no service publish';
    case 'key-gone':
      return 'its key does not exist';
    case 'key-state':
      return `its key is ${fault.state}`;
    case 'publish':
      return `${fault.service} may not publish to it`;
    case 'key-use':
      return `${fault.service} may not use its key`;
  }
}

function listNames(names: readonly string[]): string {
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
