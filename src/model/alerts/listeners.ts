/** Who hears of a failed object: chains from what S3 counts or tells to somebody outside (S3 User Guide, replication-metrics-events). */
import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import type { AlarmSettings } from '../../aws/alert-documents.ts';
import { accountIn, arnParts } from '../../aws/arn.ts';
import { settingOf } from '../replication/find.ts';
import type { Path } from '../replication/path.ts';
import type { Prepared } from '../replication/prepare.ts';
import type { Rule } from '../replication/rule.ts';
import { judgeTopic, type Publisher, type TopicFault, type TopicSide, topicSide } from './topic-faults.ts';
import { type ExaminedWatch, examineWatch } from './watch-fault.ts';
import { failureMetric, watchesOf } from './watches.ts';

export interface AlarmSide {
  readonly arn: string;
  readonly path: Path;
  readonly settings: AlarmSettings;
}

export interface ExaminedAlarm extends AlarmSide {
  readonly watches: readonly ExaminedWatch[];
  readonly targets: readonly Target[];
}

export interface Target {
  /** ARN of a topic, queue, function or whatever else an alarm can start. */
  readonly arn: string;
  readonly publisher: Publisher;
  readonly topic?: TopicSide;
  readonly faults: readonly TopicFault[];
  /** Whether all of it was looked at: it delivers where there is no fault. */
  readonly isKnown: boolean;
}

/** `by`: how the chain is named to people. */
export interface Chain {
  readonly by: string;
  readonly targets: readonly Target[];
}

export interface Entry {
  readonly name: string;
  readonly events: readonly string[];
  readonly target: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly path: Path;
}

/** Undefined: nobody looked; `unknown`: AWS refused it in the source account. */
export function alarmsIn({ snapshot }: Prepared): readonly AlarmSide[] | 'unknown' | undefined {
  if (snapshot.accounts === 'unknown') return undefined;
  const all = Object.entries(snapshot.accounts).flatMap(([account, one]) => {
    const { alarms } = one === 'unknown' ? {} : one;
    return alarms === undefined ? [] : [{ account, alarms }];
  });
  if (all.length === 0) return undefined;
  if (all.some(({ account, alarms }) => alarms === 'unknown' && account === snapshot.source.account)) return 'unknown';
  return all.flatMap(({ account, alarms }) =>
    alarms === 'unknown'
      ? []
      : Object.entries(alarms).map(([arn, settings]) => ({
          arn,
          path: ['accounts', account, 'alarms', arn],
          settings,
        })),
  );
}

/** Otherwise nobody looked for topics. */
export function areTopicsRead({ snapshot: { accounts } }: Prepared): boolean {
  return accounts !== 'unknown' && Object.values(accounts).some((one) => one !== 'unknown' && one.topics !== undefined);
}

/** Of those that could be read. */
export function examineAlarms(prepared: Prepared): readonly ExaminedAlarm[] {
  return prepared.answerOnce('alarms', () => {
    const alarms = alarmsIn(prepared);
    if (alarms === undefined || alarms === 'unknown') return [];
    return alarms.map((alarm) => ({
      ...alarm,
      watches: watchesOf(alarm.settings).map((watch) => examineWatch(prepared, alarm.arn, watch)),
      targets: targetsOf(prepared, alarm),
    }));
  });
}

function targetsOf(prepared: Prepared, { arn, settings }: AlarmSide): readonly Target[] {
  const publisher = { service: 'cloudwatch.amazonaws.com', arn, account: accountIn(arn) } as const;
  return (settings.AlarmActions ?? []).map((action) => targetOf(prepared, action, publisher));
}

export interface ExaminedEntry extends Entry {
  readonly to: Target;
}

export function examineEntries(prepared: Prepared): readonly ExaminedEntry[] {
  const { source, snapshot } = prepared;
  const publisher = { service: 's3.amazonaws.com', arn: source.arn, account: snapshot.source.account } as const;
  return prepared.answerOnce('entries', () =>
    replicationEntries(prepared).map((entry) => ({ ...entry, to: targetOf(prepared, entry.target, publisher) })),
  );
}

/** Whatever alarms and notifications of replication publish to; not alarms that have to be made elsewhere. */
export function listTargets(prepared: Prepared): readonly (Target & Pick<Chain, 'by'>)[] {
  return [
    ...examineAlarms(prepared)
      .filter(({ watches }) => !watches.every(({ fault }) => fault?.kind === 'region' || fault?.kind === 'account'))
      .flatMap((alarm) => alarm.targets.map((target) => ({ ...target, by: nameOfAlarm(alarm) }))),
    ...examineEntries(prepared).map(({ name, to }) => ({ ...to, by: name })),
  ];
}

export function nameOfAlarm({ arn, settings: { AlarmName = arn } }: AlarmSide): string {
  return `alarm ${AlarmName}`;
}

function targetOf(prepared: Prepared, arn: string, publisher: Publisher): Target {
  if (arnParts(arn)?.service !== 'sns') return { arn, publisher, faults: [], isKnown: false };
  const topic = topicSide(prepared, arn);
  return { arn, publisher, topic, ...judgeTopic(prepared, topic, publisher) };
}

/** Those of replication events. */
export function replicationEntries({ source }: Prepared): readonly Entry[] {
  const notification = settingOf(source.value, 'notification');
  return notification === 'unknown' ? [] : replicationEntriesIn(notification, [...source.path, 'notification']);
}

/** @param path of the configuration in a snapshot. */
export function replicationEntriesIn(
  notification: NotificationConfiguration | null,
  path: Path = [],
): readonly Entry[] {
  const lists = ['TopicConfigurations', 'QueueConfigurations', 'LambdaFunctionConfigurations'] as const;
  return lists.flatMap((list) =>
    (notification?.[list] ?? []).flatMap((entry, index): readonly Entry[] => {
      const { Id, Events = [], Filter } = entry;
      const target =
        ('TopicArn' in entry && entry.TopicArn) ||
        ('QueueArn' in entry && entry.QueueArn) ||
        ('LambdaFunctionArn' in entry && entry.LambdaFunctionArn) ||
        '';
      const filterBy = (name: string) =>
        Filter?.Key?.FilterRules?.find((rule) => rule.Name?.toLowerCase() === name)?.Value ?? '';
      const events = Events.filter((event: string) => event.startsWith('s3:Replication:'));
      const name = Id === undefined ? `notification ${index + 1}` : `notification ${Id}`;
      const filter = { prefix: filterBy('prefix'), suffix: filterBy('suffix') };
      return events.length === 0 ? [] : [{ name, events, target, ...filter, path: [...path, list, index] }];
    }),
  );
}

export function tellsOfFailures({ events }: Entry): boolean {
  return events.includes('s3:Replication:*') || events.includes('s3:Replication:OperationFailedReplication');
}

/** Of the failures of a rule with metrics. An alarm whose actions are off, or that has none, is no chain. */
export function chainsOf(prepared: Prepared, rule: Rule): readonly Chain[] {
  return [
    ...(alarmsByRule(prepared).get(rule) ?? []).map((alarm) => ({ by: nameOfAlarm(alarm), targets: alarm.targets })),
    ...examineEntries(prepared)
      .filter((entry) => tellsOfFailures(entry) && covers(entry, rule))
      .map(({ name, to }) => ({ by: name, targets: [to] })),
  ];
}

function alarmsByRule(prepared: Prepared): ReadonlyMap<Rule, readonly ExaminedAlarm[]> {
  return prepared.answerOnce('alarms by rule', () => {
    const found = new Map<Rule, ExaminedAlarm[]>();
    for (const alarm of examineAlarms(prepared).filter((one) => !isOff(one))) {
      const onFailures = alarm.watches.filter(({ watch }) => watch.metric === failureMetric);
      for (const rule of new Set(onFailures.flatMap(({ rules }) => rules)))
        found.set(rule, [...(found.get(rule) ?? []), alarm]);
    }
    return found;
  });
}

export function isOff({ settings: { ActionsEnabled, AlarmActions = [] } }: AlarmSide): boolean {
  return ActionsEnabled === false || AlarmActions.length === 0;
}

/** It is on failures, and those of no rule set it off, or it does nothing then. */
export function isMute(alarm: ExaminedAlarm): boolean {
  const onFailures = alarm.watches.filter(({ watch }) => watch.countedAt !== 'destination');
  return onFailures.length > 0 && (isOff(alarm) || onFailures.every(({ rules }) => rules.length === 0));
}

/** All that the rule selects. */
export function covers({ prefix, suffix }: Entry, rule: Rule): boolean {
  return suffix === '' && rule.prefix.startsWith(prefix);
}

/** Somebody may hear: a target in which nothing is wrong, as far as it was looked at. */
export function isHeard({ targets }: Chain): boolean {
  return targets.some(({ faults }) => faults.length === 0);
}
