/** The newest versions on the screen of `s3repl status`, and what nobody sees. */
import type { SampledObject, SampleStatus, Status } from '../status/replication-status.ts';
import { countText } from '../text/count-text.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { durationText } from './duration.ts';
import type { SignedLine } from './signed-line.ts';
import { type Frame, fieldLines, keyText, moreText } from './status-layout.ts';
import { utcText } from './utc-text.ts';

const mostUnread = 5;

export function sampleLines(
  { sample, reasons }: Pick<Status, 'sample' | 'reasons'>,
  frame: Frame,
): readonly SignedLine[] {
  if (sample === 'unknown') return fieldLines(frame, { sign: '?', label: 'sample', text: 'versions were not read' });
  const { counts, newest, oldestPending, newestFailed, asOf } = sample;
  const isOpen = counts.unread > 0 || reasons.some(({ kind }) => kind === 'no-status');
  const sign = counts.FAILED > 0 ? '✖' : isOpen ? '?' : '✔';
  const { now } = frame;
  const text = `${describeSample(sample)}, as of ${utcText(asOf, now)}${countsText(counts)}`;
  return [
    ...fieldLines(frame, { sign, label: 'sample', text }),
    ...versionLines(
      newest,
      frame,
      (one) => `newest under a rule: ${keyText(one.key)}, ${describeTime(one, now)}, ${statusText(one)}`,
    ),
    ...versionLines(
      oldestPending,
      frame,
      (one) => `oldest PENDING: ${keyText(one.key)}, for ${durationText((asOf - one.modified) / 1000)}`,
    ),
    ...versionLines(
      newestFailed,
      frame,
      (one) => `newest FAILED: ${keyText(one.key)}, ${describeTime(one, now)} (version ${one.versionId})`,
    ),
  ];
}

function versionLines(
  version: SampledObject | null,
  frame: Frame,
  textOf: (version: SampledObject) => string,
): readonly SignedLine[] {
  return version === null ? [] : fieldLines(frame, { label: '', text: textOf(version) });
}

function describeTime({ modified }: SampledObject, now: number): string {
  return `written ${utcText(modified, now)}`;
}

function statusText({ status }: SampledObject): string {
  if (status === null) return 'no status';
  return status === 'unknown' ? 'status not read' : status;
}

function describeSample({ counts, isAll, isNewest }: SampleStatus): string {
  const count = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const versions = count === 1 ? 'version' : 'versions';
  if (count === 0) return isAll ? 'the bucket has no versions' : 'no versions seen';
  if (isAll) return count === 1 ? 'the one version' : `all ${countText(count)} ${versions}`;
  return isNewest
    ? `the newest ${countText(count)} ${versions}`
    : `${countText(count)} ${versions}, maybe not the newest (too many to list)`;
}

function countsText(counts: SampleStatus['counts']): string {
  const texts = (['COMPLETED', 'PENDING', 'FAILED', 'REPLICA'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${countText(counts[status])} ${status}`);
  const all = [
    ...texts,
    ...(counts.none > 0 ? [`${countText(counts.none)} without a status`] : []),
    ...(counts.unread > 0 ? [`${countText(counts.unread)} not read`] : []),
  ];
  return all.length === 0 ? '' : `: ${all.join(', ')}`;
}

/** Facts of S3 (rules.md, recorded facts 40 and 67; S3 User Guide, metrics-dimensions), and what s3repl could not read. */
export function unseenLines({ unread }: Status, frame: Frame): readonly SignedLine[] {
  const more = unread.length - mostUnread;
  return [
    ...unread
      .slice(0, mostUnread)
      .flatMap(({ path, reason }) =>
        fieldLines(frame, { sign: '?', label: 'not read', text: `${path}: ${withoutPeriod(reason)}` }),
      ),
    ...(more > 0 ? fieldLines(frame, { label: '', text: moreText(more, more === 1 ? 'thing' : 'things') }) : []),
    ...fieldLines(frame, {
      sign: '-',
      label: 'not seen',
      text: 'metrics show neither replicas that lack only their tags, nor objects that no rule takes, nor what other accounts count',
    }),
  ];
}
