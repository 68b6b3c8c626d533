import type { Topic } from '../aws/alert-documents.ts';
import type { Spec } from '../config/spec.ts';
import type { Connections } from '../connect/connection.ts';
import type { Event } from '../events/event.ts';
import { stopFailure } from '../events/failure.ts';
import { topicIn } from '../state/alerts.ts';
import type { State } from '../state/state.ts';
import { type TopicSlot, topicSlots } from '../steps/topic-slots.ts';
import { countConfirmed, type Fault, publishFault, subscriberFault } from './alert-faults.ts';
import { type Chosen, chooseAlarm, type NotTried } from './choose-alarm.ts';
import { type Tried, type TryWork, tryAlarm } from './try-alarm.ts';
import type { Verification } from './verify.ts';

export interface AlertWork extends TryWork {
  readonly spec: Spec;
  /** With its topics. */
  readonly state: State;
  readonly connections: Connections;
}

type AlertEvent = Extract<Event, { type: 'alert' }>;

interface Proof {
  readonly slot: TopicSlot;
  readonly topic: Topic | null;
  readonly chosen?: Chosen | NotTried;
  readonly tried?: Tried;
  readonly error?: unknown;
}

/**
 * One alarm for each topic that alarms publish to is set to ALARM, and back.
 * @returns `verified` where CloudWatch published to each topic and somebody is subscribed, `blocked` where not, `unknown` where nothing can be said.
 * @throws after setting the alarms back: AWS's refusals; Failure `cancelled` after Ctrl-C, `unknown` at the deadline.
 */
export async function verifyAlerts(work: AlertWork): Promise<Verification> {
  const slots = topicSlots(work.spec).filter(({ alarms }) => alarms);
  if (slots.length === 0) {
    const message = 'alerts has no alarm: every kind is off, or no rule has metrics';
    const fix = 'write failures: true in alerts, and metrics: true in the rules';
    return { outcome: 'blocked', error: { code: 'no-alarm', message, fix } };
  }
  const proofs = await Promise.all(slots.map((slot) => proveTopic(slot, work)));
  for (const { tried } of proofs) if (tried?.left) work.surroundings.report({ type: 'warning', ...tried.left });
  const judged = proofs.flatMap((proof) => judge(proof, work.spec) ?? []);
  for (const one of judged) work.surroundings.report(eventOf(one));
  if (work.signal.aborted) {
    const left = proofs.some(({ tried }) => tried?.left);
    const where = `before the test was complete; ${left ? 'what remains of the test is listed above' : 'the alarms are as they were'}`;
    throw stopFailure(work.signal, where, 'unknown');
  }
  const broken = proofs.find(({ error, tried }) => error !== undefined || tried?.error !== undefined);
  if (broken) throw broken.error ?? broken.tried?.error;
  return conclude(judged, work.spec);
}

/** Never throws, so that the alarms of other topics are set back as well. */
async function proveTopic(slot: TopicSlot, work: AlertWork): Promise<Proof> {
  const { spec, state, connections } = work;
  const about = { slot, topic: topicIn(state, spec.source.account, slot.arn) ?? null };
  try {
    const at = connections.get('source').inRegion(slot.region);
    const chosen = await chooseAlarm(at, slot, spec, work.surroundings.report);
    if ('reason' in chosen) return { ...about, chosen };
    return { ...about, chosen, tried: await tryAlarm(at, slot.arn, chosen, work) };
  } catch (error) {
    return { ...about, error };
  }
}

interface Judged extends Pick<Proof, 'slot'> {
  readonly outcome: AlertEvent['outcome'];
  readonly alarm?: string;
  readonly seconds?: number;
  readonly subscribers: number;
  /** Why nobody would hear of an alarm. */
  readonly faults: readonly Fault[];
  /** Why that cannot be said. */
  readonly doubts: readonly Fault[];
}

/** Undefined where the test did not finish. */
function judge({ slot, topic, chosen, tried }: Proof, spec: Spec): Judged | undefined {
  const nobody = subscriberFault(slot, topic, spec);
  const common = {
    slot,
    subscribers: countConfirmed(topic),
    faults: nobody ? [nobody] : [],
    doubts: [],
  };
  if (chosen === undefined) return undefined;
  if ('reason' in chosen) {
    const message = `s3repl did not test whether CloudWatch can publish to the topic ${slot.arn}: ${chosen.reason}`;
    const doubt = { code: 'alert-not-tried', message, fix: chosen.fix };
    return { ...common, outcome: 'not-tried', doubts: [doubt] };
  }
  if (tried?.told === undefined) return undefined;
  const { told } = tried;
  const ended = { ...common, alarm: chosen.name, outcome: told.outcome, seconds: told.seconds };
  switch (told.outcome) {
    case 'published':
      return ended;
    case 'failed':
      return { ...ended, faults: [publishFault(told.said, slot, topic), ...common.faults] };
    case 'pending':
      return { ...ended, doubts: [pendingDoubt(slot, chosen, told.seconds)] };
  }
}

function pendingDoubt({ arn }: TopicSlot, { name, doubt }: Chosen, seconds: number): Fault {
  const why = doubt === undefined ? '' : `: ${doubt}`;
  return {
    code: 'alert-pending',
    message: `after ${seconds} s the history of the alarm ${name} did not say whether CloudWatch published to the topic ${arn}${why}`,
    fix: 'run s3repl verify --alerts again, or look at the history of the alarm in the CloudWatch console later',
  };
}

function eventOf({ slot, faults, doubts, ...seen }: Judged): Event {
  const reasons = [...faults, ...doubts];
  const said = reasons.map(({ code: _code, ...advice }) => advice);
  return { type: 'alert', topic: slot.arn, region: slot.region, ...seen, ...(said.length > 0 && { faults: said }) };
}

function conclude(judged: readonly Judged[], spec: Spec): Verification {
  const [fault, ...moreFaults] = judged.flatMap(({ faults }) => faults);
  if (fault) return { outcome: 'blocked', error: withCount(fault, moreFaults.length) };
  const [doubt, ...moreDoubts] = judged.flatMap(({ doubts }) => doubts);
  if (doubt) return { outcome: 'unknown', error: withCount(doubt, moreDoubts.length) };
  const [topics, alarms] =
    judged.length === 1 ? ['a topic', 'the alarm is'] : [`${judged.length} topics`, 'the alarms are'];
  const subscribers = judged.reduce((sum, one) => sum + one.subscribers, 0);
  const confirmed = `${subscribers} confirmed ${subscribers === 1 ? 'subscriber' : 'subscribers'}`;
  const summary = `CloudWatch published a test to ${topics} with ${confirmed}; ${alarms} set back`;
  return { outcome: 'verified', summary, notTried: listNotTried(spec) };
}

function withCount(fault: Fault, more: number): Fault {
  return more === 0 ? fault : { ...fault, message: `${fault.message} (${more} more above)` };
}

function listNotTried({ alerts }: Spec): readonly string[] {
  return [
    'that the message arrives, and that a person reads it',
    'that an alarm goes off when an object fails',
    ...(alerts?.events === undefined ? [] : ['the events that S3 sends for single objects (events)']),
    'that objects replicate (s3repl verify)',
  ];
}
