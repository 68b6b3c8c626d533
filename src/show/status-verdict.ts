/** The first sentence of the screen, and why. */

import type { Configured, Status, StatusReason } from '../status/replication-status.ts';
import { countText } from '../text/count-text.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { durationText } from './duration.ts';
import type { Sign, SignedLine } from './signed-line.ts';
import { type Frame, hangingLines, keyText, moreText } from './status-layout.ts';
import { momentText, utcText } from './utc-text.ts';

/** A look that failed, after one that did not. */
export interface FailedLook {
  readonly at: number;
  readonly message: string;
}

export const outcomeSigns: Readonly<Record<Status['outcome'], Sign>> = { healthy: '✔', blocked: '✖', unknown: '?' };

const mostReasons = 5;

/** @param room of the first sentence, in columns. */
export function verdictLines(
  status: Status,
  frame: Frame,
  { room, failedLook }: { readonly room: number; readonly failedLook?: FailedLook },
): readonly SignedLine[] {
  const { outcome, reasons, source, period } = status;
  const [first, ...others] = reasons;
  const shown = others.slice(0, mostReasons - 1);
  const more = others.length - shown.length;
  const { bucket, account, region } = source;
  const where = `${bucket} (${account}, ${region === 'unknown' ? 'Region not known' : region})`;
  const span = durationText(Math.floor((period.to - period.from) / 60_000) * 60);
  return [
    ...hangingLines({ ...frame, width: room }, { sign: outcomeSigns[outcome], text: sentenceOf(status, first, frame) }),
    ...shown.flatMap((one) => hangingLines(frame, { sign: signOf(one), text: reasonText(one, frame) })),
    ...(more > 0 ? hangingLines(frame, { text: moreText(more, more === 1 ? 'reason' : 'reasons') }) : []),
    ...(failedLook ? hangingLines(frame, { sign: '!', text: lookFailureText(failedLook, period.to) }) : []),
    ...hangingLines(frame, { text: `${where}, ${span} to ${momentText(period.to)}` }),
    ...(outcome === 'healthy' ? [] : comparisonLines(status.configured, frame)),
  ];
}

function sentenceOf(status: Status, reason: StatusReason | undefined, frame: Frame): string {
  const { outcome, configured } = status;
  if (outcome !== 'healthy') {
    const title = outcome === 'blocked' ? 'Not healthy' : 'Unknown';
    return reason === undefined ? `${title}.` : `${title}: ${reasonText(reason, frame)}.`;
  }
  const how = comparisonText(configured);
  return `Healthy: ${healthText(status)}${how === undefined ? '' : `; ${how}`}.`;
}

/** S3 takes up to 15 minutes for most objects (S3 User Guide, replication-troubleshoot). */
const usualMs = 15 * 60_000;

/** Of a healthy one, with what is no failure of the last hour and yet not well. */
export function healthText({ sample, period }: Pick<Status, 'sample' | 'period'>): string {
  const seen = 'no failure seen in the last hour';
  if (sample === 'unknown') return seen;
  const { counts, oldestPending } = sample;
  const age = oldestPending === null ? 0 : period.to - oldestPending.modified;
  const left = [
    ...(counts.FAILED > 0 ? [`${countOf(counts.FAILED, 'older version')} stayed FAILED`] : []),
    ...(age > usualMs ? [`a version has been PENDING for ${durationText(age / 1000)}`] : []),
  ];
  return left.length === 0 ? seen : `${seen}, but ${left.join(' and ')}`;
}

function comparisonLines(configured: Configured, frame: Frame): readonly SignedLine[] {
  const text = comparisonText(configured);
  return text === undefined ? [] : hangingLines(frame, { text });
}

/** Undefined where a reason says it. */
function comparisonText(configured: Configured): string | undefined {
  switch (configured.kind) {
    case 'as-configured':
      return 'AWS is as repl.yaml says';
    case 'not-compared':
      return 'not compared with a repl.yaml';
    case 'differs':
      return differenceText(configured);
    case 'unknown':
      return undefined;
  }
}

function differenceText({ changes, ofAlerts, problems }: Extract<Configured, { readonly kind: 'differs' }>): string {
  const alerts =
    ofAlerts === 0 ? '' : ofAlerts === changes ? ' to alerts only' : `, ${countText(ofAlerts)} of them to alerts`;
  const apply = changes === 0 ? [] : [`s3repl apply has ${countOf(changes, 'change')} to make${alerts}`];
  return [...apply, ...(problems === 0 ? [] : [`s3repl plan shows ${countOf(problems, 'problem')}`])].join('; ');
}

function countOf(count: number, what: string): string {
  return `${countText(count)} ${count === 1 ? what : `${what}s`}`;
}

export function lookFailureText({ at, message }: FailedLook, last: number): string {
  const age = durationText(Math.max(0, at - last) / 1000);
  return `${utcText(at, last)}: s3repl could not look: ${withoutPeriod(message)}. The numbers are ${age} old.`;
}

function signOf({ kind }: StatusReason): Sign {
  switch (kind) {
    case 'failed':
    case 'sample-failed':
    case 'differs':
    case 'rule-off':
    case 'no-rule':
      return '✖';
    case 'no-status':
    case 'unread':
    case 'metrics-unread':
    case 'metrics-stopped':
    case 'no-metrics':
      return '?';
  }
}

const unreadTexts = {
  replication: 'the replication configuration could not be read',
  configuration: 'whether AWS is as repl.yaml says is not known',
  sample: 'the newest versions could not be read',
} as const;

export function reasonText(reason: StatusReason, { now }: Pick<Frame, 'now'>): string {
  switch (reason.kind) {
    case 'failed':
      return `${countOf(reason.count, 'operation')} failed in the last hour under ${wayText(reason)}, the last at ${utcText(reason.last, now)}`;
    case 'sample-failed':
      return `${keyText(reason.key)}, written at ${utcText(reason.modified, now)}, is FAILED (version ${reason.versionId})`;
    case 'no-status':
      return `${keyText(reason.key)}, written at ${utcText(reason.modified, now)}, has no replication status: S3 did not take it in, or the rule is newer (version ${reason.versionId})`;
    case 'differs':
      return `AWS is not as repl.yaml says (${countOf(reason.changes, 'difference')})`;
    case 'rule-off':
      return `${wayText(reason)} is ${reason.state === 'missing' ? 'not there, only in repl.yaml' : 'disabled'}`;
    case 'no-rule':
      return 'no enabled rule replicates this bucket';
    case 'unread':
      return `${unreadTexts[reason.what]}: ${withoutPeriod(reason.why)}`;
    case 'metrics-unread':
      return `the metrics of ${wayText(reason)} could not be read: ${withoutPeriod(reason.why)}`;
    case 'metrics-stopped':
      return reason.last === null
        ? `S3 publishes no metrics of ${wayText(reason)}, although objects were written`
        : `S3 publishes no metrics of ${wayText(reason)} since ${utcText(reason.last, now)}`;
    case 'no-metrics':
      return `${wayText(reason)} has no metrics: S3 counts nothing, and the sample does not cover the last hour`;
  }
}

function wayText({ rule, destination }: { readonly rule: string; readonly destination: string }): string {
  return `rule ${rule} to ${destination}`;
}
