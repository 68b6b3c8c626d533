/** The screen of `s3repl status`: the verdict, then what it is made of. Pure. */

import type { Status } from '../status/replication-status.ts';
import { statusTotals } from '../status/status-totals.ts';
import { asciiOf } from './ascii.ts';
import { cutAt } from './columns.ts';
import { singleLinesDeep } from './printable.ts';
import type { Paint, Sign, SignedLine } from './signed-line.ts';
import { alarmsLines } from './status-alarms.ts';
import { jobsLines } from './status-jobs.ts';
import { kmsLines } from './status-kms.ts';
import type { Frame } from './status-layout.ts';
import { rulesLines } from './status-rules.ts';
import { sampleLines, unseenLines } from './status-sample.ts';
import { type FailedLook, outcomeSigns, reasonText, verdictLines } from './status-verdict.ts';
import { shortDuration, shortTotal } from './total-text.ts';
import { momentText } from './utc-text.ts';

export interface StatusStyle {
  /** In columns; less than 40 count as 40. */
  readonly width: number;
  readonly ascii: boolean;
  /** Before the first line. */
  readonly mark?: string;
  /** After numbers that are older: the look that would have brought newer ones. */
  readonly failedLook?: FailedLook | undefined;
}

/** A look of somebody who watches. */
export interface Round {
  /** The last that was read. */
  readonly status: Status;
  /** Absent: it was read now. */
  readonly failedLook?: FailedLook;
}

const leastWidth = 40;
const lineWidth = 80;

/** No wider than the style says. */
export function statusRows(status: Status, style: StatusStyle, paint: Paint = (_, shown) => shown): readonly string[] {
  const { ascii, mark = '' } = style;
  const signOf = (sign: Sign) => paint(sign, ascii ? asciiOf(sign) : sign);
  return statusLines(status, style).map(
    ({ sign, text }, index) =>
      `${index === 0 ? mark : ''}${sign === undefined ? '' : `${signOf(sign)} `}${text.trimEnd()}`,
  );
}

function statusLines(status: Status, { width, ascii, mark = '', failedLook }: StatusStyle): readonly SignedLine[] {
  const frame: Frame = { width: Math.max(leastWidth, width), ascii, now: status.period.to };
  const [shown, look] = singleLinesDeep([status, failedLook ?? null] as const, ascii);
  return [
    ...verdictLines(shown, frame, { room: frame.width - mark.length, ...(look && { failedLook: look }) }),
    ...rulesLines(shown, frame),
    { text: '' },
    ...sampleLines(shown, frame),
    ...jobsLines(shown, frame),
    ...alarmsLines(shown, frame),
    ...kmsLines(shown, frame),
    ...unseenLines(shown, frame),
  ];
}

/** For a log: one line a look, in 80 columns. */
export function statusLine(status: Status, { ascii, failedLook }: Omit<StatusStyle, 'width'>): string {
  const { outcome, period, rules } = status;
  const { pending, latencySeconds, failed } = statusTotals(rules);
  const numbers = `pending ${shortTotal(pending)}, latency ${shortTotal(latencySeconds, shortDuration)}, failed ${shortTotal(failed)}`;
  const said = `${outcomeSigns[outcome]} ${outcome}`;
  if (failedLook === undefined) return toLine(`${momentText(period.to)}  ${said}  ${numbers}`, lineWidth, ascii);
  const old = ` (${momentText(period.to)}: ${said})`;
  return (
    toLine(`${momentText(failedLook.at)}  ? not read: ${failedLook.message}`, lineWidth - old.length, ascii) +
    toLine(old, lineWidth, ascii)
  );
}

/** Below the line of a look that is not healthy: the first reason, in 80 columns. Undefined where there is none, or the line says it. */
export function reasonLine(status: Status, { ascii, failedLook }: Omit<StatusStyle, 'width'>): string | undefined {
  const [reason] = status.reasons;
  if (reason === undefined || failedLook !== undefined) return undefined;
  return toLine(`  ${reasonText(reason, { now: status.period.to })}`, lineWidth, ascii);
}

function toLine(text: string, width: number, ascii: boolean): string {
  const { line } = singleLinesDeep({ line: ascii ? asciiOf(text) : text }, ascii);
  return cutAt(line, width, ascii ? '...' : '…');
}
