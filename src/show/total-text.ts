import type { Total } from '../events/event.ts';
import { countText } from '../text/count-text.ts';
import { durationText } from './duration.ts';

export function totalText(total: Total, textOf: (number: number) => string = countText): string {
  if (total === 'unknown') return 'unknown';
  return typeof total === 'number' ? textOf(total) : `${textOf(total.atLeast)} or more`;
}

/** In seven columns: `9,999`, `12.3K`, `41+`, `?`. */
export function shortTotal(total: Total, textOf: (number: number) => string = shortCount): string {
  if (total === 'unknown') return '?';
  return typeof total === 'number' ? textOf(total) : `${textOf(total.atLeast)}+`;
}

/** In its largest unit. */
export function shortDuration(seconds: number): string {
  return durationText(seconds).replace(/ h .*/, ' h');
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

function shortCount(number: number): string {
  return number < 10_000 ? countText(number) : compact.format(number);
}
