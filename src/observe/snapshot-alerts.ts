/** Alarms on the replication of a bucket and the topics that would hear of it, for a snapshot: those of everybody. */
import type { AlarmSettings } from '../aws/alert-documents.ts';
import { bucketNameIn } from '../aws/arn.ts';
import type { Region } from '../aws/brand.ts';
import type { Connection } from '../connect/connection.ts';
import { replicationEntriesIn } from '../model/alerts/listeners.ts';
import { isAbout, type Replicated } from '../model/alerts/watches.ts';
import type { AccountSnapshot, BucketSnapshot, Found, Known, Named, TopicSnapshot } from '../model/snapshot.ts';
import type { Access, BucketThing, Reach } from './reach.ts';
import { type Noted, noteOptional, type Reading } from './reading.ts';
import { topicReader } from './snapshot-topic.ts';

export type AlertFacts = Pick<AccountSnapshot, 'alarms' | 'topics'>;

interface Destination {
  readonly name: string;
  readonly owner: string | undefined;
}

interface Counted extends Replicated {
  readonly buckets: readonly Destination[];
}

/**
 * By account. Alarms are asked for as soon as the source bucket is known, and each topic as soon as something names it. Nothing without an enabled rule
 * that has metrics: S3 counts nothing then, and tells of nothing. @returns refused reads as `unknown`.
 */
export function readAlertsAsAllowed(
  access: Access,
  reach: Reach,
  source: BucketThing,
  noteState: NoteState = () => undefined,
): Promise<Noted<Readonly<Record<string, AlertFacts>>>> {
  return noteOptional(async (reading) => {
    const { value } = source.found;
    if (value === null || value === 'unknown') return {};
    const counted = findCounted(value, source.name);
    if (counted === undefined) return {};
    const topics = topicReader(reach, reading);
    const { notification } = value;
    const entries = notification === 'unknown' ? [] : replicationEntriesIn(notification);
    topics.read(entries.map(({ target }) => target));
    const alarms = await readAllAlarms({ access, reach, source, counted, noteState }, reading, topics.read);
    return factsOf(source.account, alarms, await topics.all());
  });
}

/** Undefined where S3 counts nothing. */
function findCounted({ replication }: BucketSnapshot, bucket: string): Counted | undefined {
  const rules = replication === null || replication === 'unknown' ? [] : (replication.Rules ?? []);
  const isCounted = rules.some(
    ({ Status, Destination }) => Status === 'Enabled' && Destination?.Metrics?.Status === 'Enabled',
  );
  if (!isCounted) return undefined;
  const buckets = rules.map(({ Destination }) => ({
    name: bucketNameIn(Destination?.Bucket ?? ''),
    owner: Destination?.Account,
  }));
  return { bucket, buckets, destinations: buckets.map(({ name }) => name), rules: rules.flatMap(({ ID }) => ID ?? []) };
}

/** Is given the state of each alarm, as CloudWatch names it. @param arn of the alarm. */
type NoteState = (arn: string, state: string) => void;

interface Around {
  readonly noteState: NoteState;
  readonly access: Access;
  readonly reach: Reach;
  readonly source: BucketThing;
  readonly counted: Counted;
}

interface AlarmsRead {
  readonly account: string;
  /** Where failures are counted; in another account, anywhere. */
  readonly decides: boolean;
  readonly alarms: Known<Named<AlarmSettings>>;
}

/** In the source account wherever a bucket is; in another account where its bucket is, in case somebody has looked for the metrics there. */
async function readAllAlarms(
  { access, reach, source, counted, noteState }: Around,
  reading: Reading<'unknown'>,
  tell: (arns: readonly string[]) => void,
): Promise<readonly AlarmsRead[]> {
  const { account } = source;
  const main = regionOfThing(source) ?? access.source.region;
  const begun = new Map<string, Promise<AlarmsRead>>();
  const read = (at: Connection | undefined) => {
    const name = `${at?.account} ${at?.region}`;
    if (at === undefined || begun.has(name)) return;
    const decides = at.account !== account || at.region === main;
    const alarms = reading([at.account, 'alarms'], readAlarmsAt(at, counted, noteState));
    begun.set(
      name,
      alarms.then((found) => {
        if (found !== 'unknown') tell(Object.values(found).flatMap(({ AlarmActions = [] }) => AlarmActions));
        return { account: at.account, decides, alarms: found };
      }),
    );
  };
  const expected = access.destinations.map(({ region }) => region);
  for (const region of [main, ...expected]) read(reach.at(account, region));
  for (const at of access.destinations) if (at.account !== account) read(at);
  // A connection may be in another Region than the buckets that the rules name.
  const things = await Promise.all(counted.buckets.map(({ name, owner }) => reach.bucket(name, owner)));
  for (const region of things.flatMap((thing) => regionOfThing(thing) ?? [])) read(reach.at(account, region));
  return Promise.all(begun.values());
}

function regionOfThing({ found: { value } }: BucketThing): Region | undefined {
  return value === null || value === 'unknown' || value.region === 'unknown' ? undefined : value.region;
}

async function readAlarmsAt(at: Connection, counted: Counted, noteState: NoteState): Promise<Named<AlarmSettings>> {
  // Loads the package of CloudWatch.
  const { readAlarms, settingsOf } = await import('./alarm.ts');
  const all = await readAlarms(at);
  for (const { AlarmArn: arn = '', StateValue: state = '' } of all) noteState(arn, state);
  return Object.fromEntries(
    all
      .map((alarm) => [alarm.AlarmArn ?? '', settingsOf(alarm)] as const)
      .filter(([, settings]) => isAbout(settings, counted)),
  );
}

function factsOf(
  source: string,
  alarms: readonly AlarmsRead[],
  topics: Readonly<Record<string, Named<Found<TopicSnapshot>>>>,
): Readonly<Record<string, AlertFacts>> {
  const accounts = new Set([source, ...alarms.map(({ account }) => account), ...Object.keys(topics)]);
  return Object.fromEntries(
    [...accounts].map((account): [string, AlertFacts] => {
      const own = alarms.filter((one) => one.account === account);
      const found = joinAlarms(own);
      return [
        account,
        {
          ...(own.length > 0 && { alarms: found }),
          ...((account === source || topics[account]) && { topics: topics[account] ?? {} }),
        },
      ];
    }),
  );
}

function joinAlarms(all: readonly AlarmsRead[]): Known<Named<AlarmSettings>> {
  if (all.some(({ decides, alarms }) => decides && alarms === 'unknown')) return 'unknown';
  return Object.fromEntries(all.flatMap(({ alarms }) => (alarms === 'unknown' ? [] : Object.entries(alarms))));
}
