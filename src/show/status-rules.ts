/** Rules on the screen of `s3repl status`: the first ones whole, the others in a line each. */

import { isMeasured } from '../status/measured.ts';
import type { Failed, Latency, Metered, Pending, RuleStatus, Status } from '../status/replication-status.ts';
import { countText } from '../text/count-text.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { bytesText } from './bytes-text.ts';
import { durationText } from './duration.ts';
import type { Sign, SignedLine } from './signed-line.ts';
import { type Frame, fieldLines, hangingLines, moreText, singleLine, sparkOf } from './status-layout.ts';
import { spanText, utcText } from './utc-text.ts';

const mostWhole = 3;
const mostInLines = 12;
const mostGaps = 3;

/** @param status its rules are in order: the worst first. */
export function rulesLines({ rules, reasons, configured }: Status, frame: Frame): readonly SignedLine[] {
  const signed = rules.map((rule) => ({ rule, sign: signOf(rule, reasons) }));
  const isOurs = configured.kind !== 'not-compared';
  const whole = signed.slice(0, mostWhole);
  const inLines = signed.slice(mostWhole, mostWhole + mostInLines);
  const more = signed.slice(mostWhole + mostInLines);
  return [
    ...whole.flatMap(({ rule, sign }) => [{ text: '' }, ...ruleLines(rule, sign, isOurs, frame)]),
    ...(inLines.length === 0 ? [] : [{ text: '' }]),
    ...inLines.map(({ rule, sign }) => singleLine(frame, sign, wayText(rule), briefText(rule))),
    ...(more.length === 0 ? [] : hangingLines(frame, { text: moreRulesText(more) })),
  ];
}

function signOf({ rule, destination, state, counts, failed, heard }: RuleStatus, reasons: Status['reasons']): Sign {
  const own = reasons.find((one) => 'rule' in one && one.rule === rule && one.destination === destination);
  if (own) return own.kind === 'failed' || own.kind === 'rule-off' ? '✖' : '?';
  if (isMeasured(failed) && failed.count > 0) return '!';
  if (!counts || state !== 'enabled') return '-';
  return heard === false ? '!' : '✔';
}

function moreRulesText(more: readonly { readonly sign: Sign }[]): string {
  const unwell = more.filter(({ sign }) => sign !== '✔' && sign !== '-').length;
  const rules = more.length === 1 ? 'rule' : 'rules';
  return moreText(more.length, unwell === 0 ? `${rules}, none with a problem` : `${rules}, ${unwell} with a problem`);
}

function wayText({ rule, destination }: RuleStatus): string {
  return `${rule} → ${destination}`;
}

function ruleLines(rule: RuleStatus, sign: Sign, isOurs: boolean, frame: Frame): readonly SignedLine[] {
  const region = rule.region === 'unknown' ? 'Region not known' : rule.region;
  const not = isOurs && !rule.counts ? ', not a rule of repl.yaml' : '';
  const head = hangingLines(frame, { sign, text: `${wayText(rule)} (${region})${stateText(rule.state)}${not}` });
  if (rule.state !== 'enabled') return head;
  return [...head, ...metricsLines(rule, frame), ...heardLines(rule.heard, frame)];
}

function stateText(state: RuleStatus['state']): string {
  switch (state) {
    case 'enabled':
      return '';
    case 'disabled':
      return ' is disabled';
    case 'missing':
      return ' is not there, only in repl.yaml';
  }
}

function heardLines(heard: RuleStatus['heard'], frame: Frame): readonly SignedLine[] {
  if (heard === true) return [];
  const text =
    heard === false ? 'nobody hears of an object that fails' : 'whether somebody hears of failures is not known';
  return fieldLines(frame, { label: 'alerts', text });
}

function metricsLines({ pending, latency, failed }: RuleStatus, frame: Frame): readonly SignedLine[] {
  const texts = new Set([pending, latency, failed].map((one) => (isMeasured(one) ? undefined : absenceText(one))));
  const [same] = texts;
  if (texts.size === 1 && same !== undefined) return fieldLines(frame, { label: 'metrics', text: same });
  return [
    ...fieldLines(frame, { label: 'now', text: nowText(pending, latency, frame) }),
    ...fieldLines(frame, { label: 'pending', ...describePending(pending, frame) }),
    ...fieldLines(frame, { label: 'latency', ...describeLatency(latency, frame) }),
    ...fieldLines(frame, { label: 'failed', ...describeFailed(failed, frame) }),
  ];
}

type Absence = Metered<never>;

function absenceText(absence: Absence): string {
  if (absence === 'off') return 'off: S3 counts nothing under this rule';
  if (absence === 'none') return 'no data: S3 has published nothing in this time';
  return `not read: ${withoutPeriod(absence.unread)}`;
}

function nowText(pending: Metered<Pending>, latency: Metered<Latency>, { now }: Frame): string {
  if (!isMeasured(pending)) return 'not known';
  const { operations, bytes, asOf, isStale } = pending;
  const size = bytes === 'unknown' ? 'size not known' : bytesText(bytes);
  const waits = `${countText(operations)} ${operations === 1 ? 'operation' : 'operations'} pending (${size})`;
  if (isStale) return `not known; as of ${utcText(asOf, now)}: ${waits}`;
  if (!isMeasured(latency)) return `${waits}, as of ${utcText(asOf, now)}; latency not known`;
  const slow = `latency ${durationText(latency.seconds)}`;
  return latency.asOf === asOf
    ? `${waits}, ${slow}, as of ${utcText(asOf, now)}`
    : `${waits}, as of ${utcText(asOf, now)}; ${slow}, as of ${utcText(latency.asOf, now)}`;
}

type Content = { readonly text: string; readonly spark?: string };

function describePending(pending: Metered<Pending>, frame: Frame): Content {
  if (!isMeasured(pending)) return { text: absenceText(pending) };
  const { worst, worstAt, line, gaps } = pending;
  const { now } = frame;
  const most = worst === 0 ? 'none in this time' : `most ${countText(worst)} at ${utcText(worstAt, now)}`;
  const spans = gaps.slice(-mostGaps).map((gap) => spanText(gap, now));
  const before = gaps.length - spans.length;
  const missing = [...(before > 0 ? [`${before} times before`] : []), ...spans];
  const gapText = missing.length === 0 ? '' : `; no data ${missing.join(', ')}`;
  return { spark: sparkOf(frame, line), text: `${most}${gapText}` };
}

function describeLatency(latency: Metered<Latency>, frame: Frame): Content {
  if (!isMeasured(latency)) return { text: absenceText(latency) };
  const { worst, worstAt, line } = latency;
  const most = worst === 0 ? 'never more than 0 s' : `worst ${durationText(worst)} at ${utcText(worstAt, frame.now)}`;
  return { spark: sparkOf(frame, line), text: most };
}

function describeFailed(failed: Metered<Failed>, frame: Frame): Content {
  if (failed === 'none') return { text: 'no data: S3 publishes this only when operations end' };
  if (!isMeasured(failed)) return { text: absenceText(failed) };
  const { count, operations, first, last, recent, line } = failed;
  const of = `${countText(count)} of ${countText(operations)} ${operations === 1 ? 'operation' : 'operations'}`;
  const times = [
    ...(first === null ? [] : [`first ${utcText(first, frame.now)}`]),
    ...(last === null || last === first ? [] : [`last ${utcText(last, frame.now)}`]),
    ...(recent > 0 ? [`${countText(recent)} in the last hour`] : []),
  ];
  return { spark: sparkOf(frame, line, { gap: ' ' }), text: [of, ...times].join(', ') };
}

function briefText({ state, pending, latency, failed }: RuleStatus): string {
  if (state !== 'enabled') return state === 'missing' ? 'not there' : 'disabled';
  if ([pending, latency, failed].every((one) => one === 'off')) return 'no metrics';
  const waits =
    isMeasured(pending) && pending.isStale ? 'not known' : briefOf(pending, (one) => countText(one.operations));
  const slow = briefOf(latency, (one) => durationText(one.seconds));
  return `pending ${waits}, latency ${slow}, failed ${briefOf(failed, (one) => countText(one.count))}`;
}

function briefOf<T extends object>(metered: Metered<T>, textOf: (measured: T) => string): string {
  if (isMeasured(metered)) return textOf(metered);
  if (metered === 'off') return 'not counted';
  return metered === 'none' ? 'no data' : 'not read';
}
