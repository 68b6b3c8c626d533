/** Alarms, topics and the notifications of the source bucket: read where repl.yaml has alerts, or the role says that there are some. */
import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { accountIn, arnParts, regionOf } from '../aws/arn.ts';
import type { Arn, Region } from '../aws/brand.ts';
import { lookUp } from '../aws/documents.ts';
import type { Spec } from '../config/spec.ts';
import { isDenied } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { alarmPrefix, alertRegions, ourTopicArn, regionsOfAlerts, topicIn, topicKey } from '../state/alerts.ts';
import { accountOf, bucketOf, put, type State } from '../state/state.ts';
import { entryId } from '../steps/events.ts';
import { topicSlots } from '../steps/topic-slots.ts';
import { readAlarms, readSeries, settingsOf } from './alarm.ts';
import { readNotification } from './bucket.ts';
import { readTopic } from './topic.ts';
import { readTopicKey } from './topic-key.ts';

type Found = (state: State) => State;
type Notification = NotificationConfiguration | null;

/** All at once; then what the alarms and entries of ours name besides. @param source the connection of the source side. */
export async function alertsFound(source: Connection, spec: Spec): Promise<Found> {
  const at = (region: Region) => (region === source.region ? source : source.inRegion(region));
  const regions = regionsOfAlerts(spec);
  const topics = new Set<Arn>([
    ...topicSlots(spec).map(({ arn }) => arn),
    ...regions.map((region) => ourTopicArn(spec, region)),
  ]);
  const [found, notification] = await Promise.all([
    Promise.all([
      ...regions.map((region) => alarmsFound(at(region), spec)),
      ...alertRegions(spec).map((region) => seriesFound(at(region), spec)),
      ...[...topics].map((arn) => topicFound(at(regionOf(arn)), arn)),
    ]),
    readNotification(source, spec.source.bucket),
  ]);
  const asked = found.reduce((state, add) => add(state), { accounts: {} } as State);
  const named = findNamedTopics(asked, notification, spec).filter((arn) => !topics.has(arn));
  const former = await Promise.all(named.map((arn) => formerTopicFound(at(regionOf(arn)), arn)));
  const keys = await Promise.all(keysIn(asked, spec).map(([region, name]) => keyFound(at(region), name)));
  return (state) =>
    withNotification(
      [...found, ...former, ...keys].reduce((next, add) => add(next), state),
      notification,
      spec,
    );
}

async function alarmsFound(at: Connection, spec: Spec): Promise<Found> {
  const alarms = await readAlarms(at, alarmPrefix(spec));
  return (state) =>
    alarms.reduce(
      (next, alarm) => put(next, at.account, 'alarms', alarm.AlarmArn ?? '', settingsOf(alarm)),
      withAccount(state, at, (account) => ({ ...account, alarms: account.alarms ?? {} })),
    );
}

async function seriesFound(at: Connection, { source }: Spec): Promise<Found> {
  const series = await readSeries(at, source.bucket);
  return (state) =>
    withAccount(state, at, (account) => ({ ...account, series: [...(account.series ?? []), ...series] }));
}

async function topicFound(at: Connection, arn: Arn): Promise<Found> {
  const topic = await readTopic(at, arn);
  return (state) => put(state, at.account, 'topics', arn, topic);
}

/** What stays out of reach blocks nothing. */
function formerTopicFound(at: Connection, arn: Arn): Promise<Found> {
  return topicFound(at, arn).catch((error: unknown) => {
    if (isDenied(error)) return (state) => state;
    throw error;
  });
}

/** By their Regions and the names that the topics have for them. */
function keysIn(state: State, spec: Spec): readonly (readonly [Region, string])[] {
  const { account } = spec.source;
  const wanted = topicSlots(spec).map(({ arn, region, made }) => {
    const present = topicIn(state, account, arn)?.kmsKey ?? undefined;
    return [region, (made ? topicKey(spec, region) : undefined) ?? present] as const;
  });
  const named = wanted.flatMap(([region, name]) =>
    name === undefined ? [] : [[`${region} ${name}`, [region, name]] as const],
  );
  return [...new Map(named).values()];
}

async function keyFound(at: Connection, name: string): Promise<Found> {
  const key = await readTopicKey(at, name);
  return (state) =>
    withAccount(state, at, (account) => ({ ...account, topicKeys: { ...account.topicKeys, [name]: key } }));
}

function withNotification(state: State, notification: Notification, { source }: Spec): State {
  const bucket = bucketOf(state, source.account, source.bucket);
  return bucket ? put(state, source.account, 'buckets', source.bucket, { ...bucket, notification }) : state;
}

/** Topics of the source account that alarms and the entry of ours publish to. */
function findNamedTopics(state: State, notification: Notification, spec: Spec): readonly Arn[] {
  const { account } = spec.source;
  const alarms = Object.values(accountOf(state, account).alarms ?? {});
  const entries = notification?.TopicConfigurations ?? [];
  const named = new Set([
    ...alarms.flatMap((alarm) => alarm?.AlarmActions ?? []),
    ...entries.flatMap(({ Id, TopicArn }) => (Id === entryId(spec) ? (TopicArn ?? []) : [])),
  ]);
  return [...named].filter((arn): arn is Arn => arnParts(arn)?.service === 'sns' && accountIn(arn) === account);
}

function withAccount(
  state: State,
  { account }: Connection,
  change: (account: State['accounts'][string]) => State['accounts'][string],
): State {
  const present = lookUp(state.accounts, account) ?? { roles: {}, buckets: {}, keys: {} };
  return { ...state, accounts: { ...state.accounts, [account]: change(present) } };
}
