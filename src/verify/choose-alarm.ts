import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Arn } from '../aws/brand.ts';
import type { Spec } from '../config/spec.ts';
import type { Connection } from '../connect/connection.ts';
import type { Event, Report } from '../events/event.ts';
import { readAlarms } from '../observe/alarm.ts';
import { readActiveMuteRules } from '../observe/mute-rules.ts';
import { alarmPrefix, alarmsFor } from '../state/alerts.ts';
import type { TopicSlot } from '../steps/topic-slots.ts';

/** Begins the reason of an alarm that is tried. */
export const testReason = 'test by s3repl';

export interface Chosen {
  readonly name: string;
  /** What it is set back to. */
  readonly former: 'OK' | 'INSUFFICIENT_DATA';
  /** Why nothing may come of it; absent: it is not muted. */
  readonly doubt?: string;
}

export interface NotTried {
  readonly reason: string;
  readonly fix: string;
}

/** The connection in the alarms' Region. */
type Where = Pick<Connection, 'cloudWatch' | 'region' | 'account' | 'identity'>;

/** One of our alarms that is quiet, and that nobody mutes: one that has gone off for a reason stays so. */
export async function chooseAlarm(at: Where, slot: TopicSlot, spec: Spec, report: Report): Promise<Chosen | NotTried> {
  const wanted = alarmsFor(spec).filter(({ region }) => region === slot.region);
  const found = await readAlarms(at, alarmPrefix(spec));
  const present = wanted.flatMap(({ name }) => found.filter(({ AlarmName }) => AlarmName === name));
  const quiet = present.filter((alarm) => tells(alarm, slot.arn)).flatMap(quietOnly);
  const [first] = quiet;
  if (first === undefined) return whyNone(present, slot.arn);
  const active = await readActiveMuteRules(at);
  if (active === 'denied') {
    report(unreadWarning(at));
    return { ...first, doubt: 'an alarm mute rule may mute it: s3repl has no permission to list them' };
  }
  if (active.length === 0) return first;
  for (const alarm of quiet) {
    const muting = await readActiveMuteRules(at, alarm.name);
    // Of a rule that names no alarms, AWS does not say whether it is listed for each.
    if (muting === 'denied' || muting.length === 0) return { ...alarm, doubt: `${listRules(active)} may mute it` };
  }
  const reason = `all of its alarms are muted now, so CloudWatch would publish nothing: ${listRules(active)}`;
  return { reason, fix: 'run s3repl verify --alerts again once they are no longer muted' };
}

function unreadWarning({ region, identity, account }: Where): Event {
  return {
    type: 'warning',
    code: 'mute-rules-unread',
    message: `s3repl has no permission to list alarm mute rules in ${region}, so it cannot tell whether one of them mutes the alarm that it tests`,
    fix: `allow cloudwatch:ListAlarmMuteRules to ${identity} in account ${account} (s3repl permissions shows the policy)`,
  };
}

function listRules(arns: readonly string[]): string {
  return `alarm mute ${arns.length === 1 ? 'rule' : 'rules'} ${arns.join(', ')}`;
}

function tells({ ActionsEnabled, AlarmActions = [] }: MetricAlarm, topic: Arn): boolean {
  return ActionsEnabled === true && AlarmActions.includes(topic);
}

function quietOnly({ AlarmName, StateValue }: MetricAlarm): readonly Pick<Chosen, 'name' | 'former'>[] {
  if (AlarmName === undefined || (StateValue !== 'OK' && StateValue !== 'INSUFFICIENT_DATA')) return [];
  return [{ name: AlarmName, former: StateValue }];
}

function whyNone(present: readonly MetricAlarm[], topic: Arn): NotTried {
  if (present.length === 0)
    return {
      reason: 'none of its alarms exists yet',
      fix: 'run s3repl apply once objects have replicated: S3 publishes the metrics some minutes later',
    };
  const loud = present.filter((alarm) => tells(alarm, topic));
  if (loud.length === 0)
    return { reason: 'the actions of its alarms are disabled, or name other topics', fix: 'run s3repl apply' };
  const names = loud.map(({ AlarmName }) => AlarmName).join(', ');
  if (loud.every(({ StateReason = '' }) => StateReason.startsWith(testReason)))
    return {
      reason: `${names} is in ALARM because of another test, which is running or was killed`,
      fix: 'run s3repl verify --alerts again in a few minutes: CloudWatch sets the alarm back at its next evaluation',
    };
  const each = loud.length === 1 ? `its alarm ${names} is` : `its alarms ${names} are`;
  return {
    reason: `${each} in ALARM, and setting it back after a test would hide that`,
    fix: 'to find the cause, run s3repl doctor; run s3repl verify --alerts again once one of them is OK',
  };
}
