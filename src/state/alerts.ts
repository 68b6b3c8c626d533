/** Which alarms and topics a configuration asks for, and what they are called. All are of the source account (docs/alerts.md). */

import type { AlarmSettings, ReplicationSeries, Topic } from '../aws/alert-documents.ts';
import { accountIn, alarmArn, arnParts, idIn, keyArn, partitionIn, regionOf, topicArn } from '../aws/arn.ts';
import type { AccountId, Arn, Region } from '../aws/brand.ts';
import { lookUp } from '../aws/documents.ts';
import { latencySeconds } from '../config/alert-latency.ts';
import { alertsName } from '../config/own-name.ts';
import type { AlertSpec, DestinationSide, RuleSpec, Spec } from '../config/spec.ts';
import { alertsTag, isOurs, replicationRole, ruleIdPrefix } from './names.ts';
import { accountOf, bucketOf, type State } from './state.ts';

export type AlarmKind = 'failures' | 'latency' | 'silence';

/** An alarm on one rule. */
export interface WantedAlarm {
  readonly kind: AlarmKind;
  readonly rule: RuleSpec;
  readonly side: DestinationSide;
  readonly region: Region;
  readonly name: string;
  readonly arn: Arn;
  /** Of latency, in seconds. */
  readonly limit: number;
}

/** What the names of our alarms begin with; names of configurations have no dots. */
export function alarmPrefix(spec: Spec): string {
  return ruleIdPrefix(spec);
}

/** S3 counts failed operations in the source's Region, and pending ones in the destination's (S3 User Guide, metrics-dimensions). */
export function alarmsFor(spec: Spec): readonly WantedAlarm[] {
  const { alerts, source } = spec;
  if (alerts === undefined) return [];
  return spec.destinations.flatMap((side) =>
    side.rules
      .filter((rule) => rule.metrics)
      .flatMap((rule) => {
        const latest = latencySeconds(alerts.latency, rule.replicationTimeControl);
        const make = (kind: AlarmKind, region: Region, limit = 0): WantedAlarm => {
          const name = `${alarmPrefix(spec)}${rule.id}.${kind}`;
          return { kind, rule, side, region, name, arn: alarmArn({ ...source, region }, name), limit };
        };
        return [
          ...(alerts.failures ? [make('failures', source.region)] : []),
          ...(latest === undefined ? [] : [make('latency', side.region, latest)]),
          ...(alerts.silence ? [make('silence', side.region)] : []),
        ];
      }),
  );
}

/** Where a topic is needed, whether or not its alarms can be made yet. */
export function alertRegions(spec: Spec): readonly Region[] {
  return [...new Set(alarmsFor(spec).map(({ region }) => region))];
}

/** Where anything of ours may be, also of an earlier configuration. */
export function regionsOfAlerts({ source, destinations, alerts }: Spec): readonly Region[] {
  const given = [...(alerts?.topics ?? []), alerts?.events ?? ''].map(regionOf).filter((region) => region !== '');
  return [...new Set([source.region, ...destinations.map(({ region }) => region), ...given])];
}

export function ourTopicArn({ name, source }: Spec, region: Region): Arn {
  return topicArn({ ...source, region }, alertsName(name));
}

export function makesTopics(alerts: AlertSpec): boolean {
  return alerts.topics.length === 0;
}

/** The topic that alarms in a Region publish to. */
export function topicFor(spec: Spec, region: Region): Arn {
  return spec.alerts?.topics.find((arn) => regionOf(arn) === region) ?? ourTopicArn(spec, region);
}

/** Where S3 publishes each failed object; undefined: nowhere, or to a queue. */
export function eventTopic({ alerts }: Spec): Arn | undefined {
  const { events } = alerts ?? {};
  return events && arnParts(events)?.service === 'sns' ? events : undefined;
}

/** The key of a new topic; of a multi-Region key the replica in the topic's Region. */
export function topicKey({ alerts }: Spec, region: Region): Arn | undefined {
  const { kmsKey } = alerts ?? {};
  if (kmsKey === undefined) return undefined;
  return keyArn({ partition: partitionIn(kmsKey), region, account: accountIn(kmsKey) }, idIn(kmsKey));
}

export function topicIn(state: State, account: AccountId, arn: string): Topic | null | undefined {
  return lookUp(accountOf(state, account).topics ?? {}, arn);
}

export function alarmsIn(state: State, account: AccountId): Readonly<Record<string, AlarmSettings | null>> {
  return accountOf(state, account).alarms ?? {};
}

/** The metric that a kind of alarm watches. */
export const metricOf = {
  failures: 'OperationsFailedReplication',
  latency: 'ReplicationLatency',
  silence: 'OperationsPendingReplication',
} as const satisfies Readonly<Record<AlarmKind, string>>;

/** Before S3 has published a metric, an alarm on it would tell nothing, or that it is missing. */
export function hasSeries(state: State, spec: Spec, { kind, rule, side, region }: WantedAlarm): boolean {
  const { source } = spec;
  const series: readonly ReplicationSeries[] = accountOf(state, source.account).series ?? [];
  return series.some(
    (one) =>
      one.region === region &&
      one.metric === metricOf[kind] &&
      one.source === source.bucket &&
      one.destination === side.bucket &&
      one.rule === ruleIdPrefix(spec) + rule.id,
  );
}

/** Of a role that is ours: alerts may be there that repl.yaml no longer has. */
export function hasFormerAlerts(state: State, spec: Spec): boolean {
  const { role } = replicationRole(state, spec);
  return spec.alerts === undefined && role !== null && isOurs(role, spec) && role.tags[alertsTag] === 'yes';
}

/** Whether alarms or the entry of ours publish to a topic already. */
export function isTopicUsed(state: State, arn: string, spec: Spec): boolean {
  const { account, bucket } = spec.source;
  const entries = bucketOf(state, account, bucket)?.notification?.TopicConfigurations ?? [];
  return (
    Object.values(alarmsIn(state, account)).some((alarm) => alarm?.AlarmActions?.includes(arn)) ||
    entries.some(({ Id, TopicArn }) => Id?.startsWith(alarmPrefix(spec)) && TopicArn === arn)
  );
}
