/** Without color, so that the terminal and the summary use the same words. */
import type { Event, JobProgress } from '../events/event.ts';
import { countText } from '../text/count-text.ts';
import { durationText } from './duration.ts';
import { wrapText } from './printable.ts';
import { nameNewKeys } from './readable.ts';

type Named<T extends Event['type']> = Extract<Event, { type: T }>;

export const findingSigns = { problem: '✖', warning: '!' } as const;

/** @param width in columns. */
export function findingText({ code, message, fix, paste, where }: Named<'problem' | 'warning'>, width = 80): string {
  const what = wrapText(where ? `${where}  ${message}` : `${nameNewKeys(message)} (${code})`, '  ', width);
  const then = fix ? [what, `  ${wrapText(`→ ${nameNewKeys(fix)}`, '    ', width)}`] : [what];
  return [...then, ...pasteLines(paste)].join('\n');
}

/** Unwrapped, so that a shell takes them as they are. */
export function pasteLines(paste: string | undefined): readonly string[] {
  return paste === undefined ? [] : paste.split('\n').map((line) => `    ${line}`);
}

export function notTriedText(classes: readonly string[]): string {
  return `not tried: ${classes.join('; ')}`;
}

/** @param width in columns. */
export function canaryText(
  { rule, destination, tags = {}, outcome, seconds, deleteMarkerSeconds, faults = [] }: Named<'canary'>,
  width = 80,
): { readonly sign: '✔' | '✖' | '?'; readonly text: string } {
  const formatLine = (sign: '✔' | '✖' | '?', text: string) => ({
    sign,
    text: wrapText(`rule ${rule} → ${destination}: ${text}`, '    ', width),
  });
  const canary = Object.keys(tags).length > 0 ? 'the tagged canary' : 'the canary';
  switch (outcome) {
    case 'replicated': {
      const marker = deleteMarkerSeconds === undefined ? '' : `, its delete marker after ${deleteMarkerSeconds} s`;
      return formatLine('✔', `${canary} arrived after ${seconds} s${marker}`);
    }
    case 'failed':
    case 'not-selected':
      return formatLine('✖', `${canary}, after ${seconds} s: ${faults.join('; ')}`);
    case 'pending':
      return formatLine('?', `${canary} had not arrived after ${seconds} s`);
    case 'delete-marker-pending':
      return formatLine('?', `the delete marker of the canary had not arrived after ${seconds} s`);
  }
}

export function alertText({ topic, alarm, outcome, seconds, subscribers, faults = [] }: Named<'alert'>): {
  readonly sign: '✔' | '✖' | '?';
  readonly text: string;
} {
  const heard = `${subscribers} confirmed ${subscribers === 1 ? 'subscriber' : 'subscribers'}`;
  const told = `CloudWatch published alarm ${alarm} to ${topic} after ${seconds} s; ${heard}`;
  const published = outcome === 'published' ? [wrapText(told, '    ')] : [];
  const reasons = faults.map(({ message, fix, paste }) =>
    [`${wrapText(message, '    ')}\n    ${wrapText(`→ ${fix}`, '      ')}`, ...pasteLines(paste)].join('\n'),
  );
  const failed = outcome === 'failed' || (outcome === 'published' && faults.length > 0) || subscribers === 0;
  return { sign: failed ? '✖' : outcome === 'published' ? '✔' : '?', text: [...published, ...reasons].join('\n    ') };
}

/** In the words that come before the objects are counted, AWS makes the list, or waits. */
const beforeObjects: Readonly<Record<string, string>> = {
  New: 'the job is registered',
  Preparing: 'AWS makes the list of objects',
  Suspended: 'the list is ready; the job waits to be confirmed',
  Ready: 'the job waits for its turn',
  Paused: 'AWS has paused the job: others run first',
  Pausing: 'AWS has paused the job: others run first',
};

/** @param width columns that the text may take. */
export function progressText(progress: JobProgress, width: number): string {
  const { status, total, succeeded, failed, seconds, perSecond, secondsLeft } = progress;
  const before = beforeObjects[status];
  const done = succeeded + failed;
  if (total === undefined || total === 0 || (before !== undefined && done === 0)) {
    const objects = total ? `, ${countText(total)} ${total === 1 ? 'object' : 'objects'}` : '';
    return `${before ?? status}${objects} (${durationText(seconds)})`;
  }
  const parts = [
    `${countText(done)} of ${countText(total)}`,
    `${countText(failed)} failed`,
    ...(before === undefined ? [] : [before]),
    ...(perSecond === undefined ? [] : [`${countText(Math.round(perSecond))}/s`]),
    ...(secondsLeft === undefined ? [] : [`${durationText(secondsLeft)} left`]),
  ];
  const text = `${Math.floor((100 * done) / total)} %  ${parts.join(' · ')}`;
  const room = Math.min(24, width - text.length - 1);
  return room < 8 ? text : `${bar(done / total, room)} ${text}`;
}

function bar(part: number, width: number): string {
  const full = Math.min(width, Math.floor(part * width));
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}
