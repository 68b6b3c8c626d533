/** The life of a test: an alarm is set to ALARM, what became of its action is read from its history, and it is set back whatever happened. */
import { randomBytes } from 'node:crypto';
import type { AlarmHistoryItem, StateValue } from '@aws-sdk/client-cloudwatch';
import { send } from '../apply/send.ts';
import type { Arn } from '../aws/brand.ts';
import type { Connection } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { stopFailure } from '../events/failure.ts';
import { readAlarm, readLatestActions } from '../observe/alarm-history.ts';
import { shellLine } from '../text/shell-word.ts';
import { type Chosen, testReason } from './choose-alarm.ts';
import { graceAfter } from './grace.ts';
import { type PollWork, poll } from './poll.ts';
import { isRefusal } from './refusal.ts';

export interface TryWork extends PollWork {
  readonly surroundings: Pick<Surroundings, 'report' | 'now' | 'sleep' | 'deadline'>;
}

export interface Tried {
  readonly told?: Told;
  readonly error?: unknown;
  /** The alarm could not be set back, or has gone off meanwhile. */
  readonly left?: Left;
}

export type Told =
  | { readonly outcome: 'published' | 'pending'; readonly seconds: number }
  /** `said` in AWS's words. */
  | { readonly outcome: 'failed'; readonly seconds: number; readonly said: string };

export interface Left {
  readonly code: 'alarm-left' | 'alarm-went-off';
  readonly message: string;
  readonly fix: string;
  readonly paste?: string;
}

interface Test extends Pick<Chosen, 'name' | 'former'> {
  readonly at: Connection;
  readonly topic: Arn;
  /** Tells this test from others in the history. */
  readonly mark: string;
}

/** Never throws, so that the tests of other topics end as well. @param at in the alarm's Region. */
export async function tryAlarm(at: Connection, topic: Arn, { name, former }: Chosen, work: TryWork): Promise<Tried> {
  const test: Test = { at, topic, name, former, mark: randomBytes(4).toString('hex') };
  let mayBeSet = false;
  let end: Pick<Tried, 'told' | 'error'>;
  try {
    const before = (await readLatestActions(at, name)).map(identify);
    if (work.signal.aborted) throw stopFailure(work.signal, stopped);
    mayBeSet = true;
    await setState(test, 'ALARM', reasonOf(test)).catch((error: unknown) => {
      mayBeSet = !isRefusal(error);
      throw error;
    });
    end = { told: await follow(test, before, work) };
  } catch (error) {
    end = { error };
  }
  return mayBeSet ? { ...end, ...(await setBack(test, work)) } : end;
}

const stopped = 'before CloudWatch had published to the topic';

/** People read it in the message. */
function reasonOf({ mark }: Test): string {
  return `${testReason} (${mark}): nothing has failed`;
}

const reasonAfter = 'the test by s3repl is over';

function setState(
  { at, name }: Test,
  StateValue: StateValue,
  StateReason: string,
  abortSignal?: AbortSignal,
): Promise<unknown> {
  const input = { AlarmName: name, StateValue, StateReason };
  return send(at, { service: 'CloudWatch', operation: 'SetAlarmState', input }, { abortSignal });
}

/** @param before what the history had already. */
async function follow(test: Test, before: readonly string[], work: TryWork): Promise<Told> {
  const { now } = work.surroundings;
  const started = now();
  const resource = `alarm ${test.name}`;
  const found = await poll(
    { resource, reason: 'CloudWatch to publish to the topic', stopped },
    work,
    started,
    async () => {
      const items = await readLatestActions(test.at, test.name);
      return items.find((item) => isOfTest(item, test) && !before.includes(identify(item)));
    },
  );
  const seconds = Math.round((now() - started) / 1000);
  if (found === undefined) return { outcome: 'pending', seconds };
  const said = failureIn(found);
  return said === undefined ? { outcome: 'published', seconds } : { outcome: 'failed', seconds, said };
}

function identify({ Timestamp, HistorySummary }: AlarmHistoryItem): string {
  return `${Timestamp?.getTime()} ${HistorySummary}`;
}

/**
 * The history has the message with its reason, though a failed action may have none (recorded: alarm histories in public repositories). A message of
 * another change of state, such as the end of an earlier test, is not ours.
 */
function isOfTest({ HistorySummary = '', HistoryData = '' }: AlarmHistoryItem, { topic, mark }: Test): boolean {
  if (!HistorySummary.includes(topic)) return false;
  return HistoryData.includes(mark) || !HistoryData.includes('NewStateReason');
}

/** What AWS says of a failed action; undefined: it succeeded. */
function failureIn({ HistorySummary = '', HistoryData = '' }: AlarmHistoryItem): string | undefined {
  if (HistorySummary.startsWith('Successfully executed action')) return undefined;
  return /Received error: "(.*)"$/s.exec(HistorySummary)?.[1] ?? errorIn(HistoryData) ?? HistorySummary;
}

function errorIn(data: string): string | undefined {
  try {
    const { error } = JSON.parse(data) as { readonly error?: unknown };
    return typeof error === 'string' && error !== '' ? error : undefined;
  } catch {
    return undefined;
  }
}

/** What CloudWatch itself has decided meanwhile stays. A read may still show the state before the test. */
async function setBack(test: Test, { surroundings: { deadline } }: TryWork): Promise<Pick<Tried, 'left'>> {
  const { at, name, former, mark } = test;
  const grace = graceAfter(deadline);
  const present = await readAlarm(at, name, grace).catch(() => undefined);
  if (present?.StateValue === 'ALARM' && !present.StateReason?.includes(mark)) {
    const message = `the alarm ${name} went off for a real reason during the test, so s3repl left it in ALARM: ${present.StateReason}`;
    return { left: { code: 'alarm-went-off', message, fix: 'to find the cause, run s3repl doctor' } };
  }
  if (present !== undefined && present.StateValue !== 'ALARM' && present.StateValue !== former) return {};
  return setState(test, former, reasonAfter, grace).then(
    () => ({}),
    (error: unknown) => (isGone(error) ? {} : { left: stillSet(test, error) }),
  );
}

/** Somebody has deleted the alarm meanwhile (API: SetAlarmState). */
function isGone(error: unknown): boolean {
  return error instanceof Error && /^ResourceNotFound(Exception)?$/.test(error.name);
}

function stillSet({ at, name, former }: Test, error: unknown): Left {
  const why = error instanceof Error ? error.message : String(error);
  return {
    code: 'alarm-left',
    message: `the test left the alarm ${name} in ALARM, until CloudWatch evaluates it again (${why})`,
    fix: 'wait for that, or set it back:',
    paste: shellLine`aws cloudwatch set-alarm-state --alarm-name ${name} --state-value ${former} --state-reason ${reasonAfter} --region ${at.region}`,
  };
}
