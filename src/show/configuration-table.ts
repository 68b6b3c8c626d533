import type { ConfigurationResult } from '../events/event.ts';
import { worstOf } from '../events/failure.ts';
import { durationText } from './duration.ts';
import { shorten } from './printable.ts';
import { totalText } from './total-text.ts';

const width = 80;

interface Column {
  readonly head: string;
  readonly isNumber?: true;
  textOf(result: ConfigurationResult): string;
}

const changes: readonly Column[] = [{ head: 'CHANGES', isNumber: true, textOf: (one) => String(one.changes) }];

/** Nothing is said of a configuration that had no answer: its error says why. */
const numbers: readonly Column[] = [
  { head: 'PENDING', isNumber: true, textOf: ({ status }) => (status ? totalText(status.pending) : '') },
  {
    head: 'LATENCY',
    isNumber: true,
    textOf: ({ status }) => (status ? totalText(status.latencySeconds, durationText) : ''),
  },
  { head: 'FAILED', isNumber: true, textOf: ({ status }) => (status ? totalText(status.failed) : '') },
];

/** A line each, in 80 columns; where names are not unique, the file stands for the name. Those with a status are in order: the worst first. */
export function configurationLines(results: readonly ConfigurationResult[]): readonly string[] {
  const unique = new Set(results.map(({ name }) => name)).size === results.length;
  const hasStatus = results.some(({ status }) => status !== undefined);
  const columns: readonly Column[] = [
    unique
      ? { head: 'NAME', textOf: ({ name }) => shorten(name, 40) }
      : { head: 'FILE', textOf: ({ config }) => keepEnd(config, 40) },
    { head: 'OUTCOME', textOf: ({ outcome }) => outcome },
    ...(hasStatus ? numbers : changes),
    { head: 'ERROR', textOf: ({ error }) => (error?.message ?? '').replace(/\s+/g, ' ') },
  ];
  const inOrder = hasStatus ? results.toSorted(compareHarm) : results;
  const cells = columns.map(({ head, isNumber, textOf }) => {
    const texts = inOrder.map(textOf);
    if (texts.every((text) => text === '')) return [];
    const widest = Math.max(...[head, ...texts].map(({ length }) => length));
    return [head, ...texts].map((text) => (isNumber ? text.padStart(widest) : text.padEnd(widest)));
  });
  const shown = cells.filter(({ length }) => length > 0);
  return [undefined, ...inOrder].map((_, row) =>
    shorten(
      shown
        .map((column) => column[row] ?? '')
        .join('  ')
        .trimEnd(),
      width,
    ),
  );
}

function compareHarm(a: ConfigurationResult, b: ConfigurationResult): number {
  if (a.outcome === b.outcome) return 0;
  return worstOf([a.outcome, b.outcome]) === a.outcome ? -1 : 1;
}

/** The end of a path says more than its beginning. */
function keepEnd(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(1 - length)}`;
}
