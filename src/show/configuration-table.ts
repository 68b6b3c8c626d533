import type { ConfigurationResult } from '../events/event.ts';
import { shorten } from './printable.ts';

const width = 80;

/** A line each, in 80 columns; where names are not unique, the file stands for the name. */
export function configurationLines(results: readonly ConfigurationResult[]): readonly string[] {
  const unique = new Set(results.map(({ name }) => name)).size === results.length;
  const rows = results.map(({ config, name, outcome, changes, error }) => [
    unique ? shorten(name, 40) : keepEnd(config, 40),
    outcome,
    String(changes),
    (error?.message ?? '').replace(/\s+/g, ' '),
  ]);
  const head = [unique ? 'NAME' : 'FILE', 'OUTCOME', 'CHANGES', 'ERROR'];
  const table = rows.some((row) => row[3]) ? [head, ...rows] : [head, ...rows].map((row) => row.slice(0, 3));
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => {
    const [name = '', outcome = '', changes = '', error = ''] = row;
    const [first = 0, second = 0, third = 0] = widths;
    const line = `${name.padEnd(first)}  ${outcome.padEnd(second)}  ${changes.padStart(third)}  ${error}`;
    return shorten(line.trimEnd(), width);
  });
}

/** The end of a path says more than its beginning. */
function keepEnd(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(1 - length)}`;
}
