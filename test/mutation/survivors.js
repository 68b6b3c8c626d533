/**
 * Stryker's reporter of what is left alive, next to what is explained (explained.json): every survivor that nobody explained, as soon as
 * it is known, and in the end a table of the folders. The run ends with 1 when there is one.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const explained = JSON.parse(readFileSync(new URL('explained.json', import.meta.url), 'utf8'));
const known = new Set(explained.flatMap(({ mutants }) => mutants));
const statuses = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored'];

class Survivors {
  #lines = new Map();
  #folders = new Map();

  onMutantTested({ fileName, location, replacement, status }) {
    const file = relative('', fileName);
    const folder = file.slice(0, file.lastIndexOf('/'));
    const count = this.#folders.get(folder) ?? Object.fromEntries(statuses.map((one) => [one, 0]));
    count[status] = (count[status] ?? 0) + 1;
    this.#folders.set(folder, count);
    if (status !== 'Survived' && status !== 'NoCoverage') return;
    if (!this.#lines.has(file)) this.#lines.set(file, readFileSync(file, 'utf8').split('\n'));
    const name = `${file}: ${nameOf(this.#lines.get(file), location, replacement)}`;
    if (known.has(name)) return;
    console.log(`not explained: ${name}`);
    process.exitCode = 1;
  }

  onMutationTestReportReady() {
    for (const [folder, count] of this.#folders)
      console.log([folder, ...statuses.map((status) => `${count[status]} ${status}`), share(count)].join(', '));
  }
}

/** A mutant's line, what of it is replaced, and by what: this survives that lines move. */
function nameOf(lines, { start, end }, replacement) {
  const text = lines.slice(start.line - 1, end.line).map((line, index, { length }) => {
    const last = index === length - 1 ? line.slice(0, end.column - 1) : line;
    return index === 0 ? last.slice(start.column - 1) : last;
  });
  const short = (what) => what.replace(/\s+/g, ' ').trim();
  const line = short(lines[start.line - 1]);
  const original = short(text.join('\n'));
  return `${original === line ? '' : `${line} | `}${original} -> ${short(replacement)}`;
}

function share({ Killed, Timeout, Survived, NoCoverage }) {
  return `${((100 * (Killed + Timeout)) / (Killed + Timeout + Survived + NoCoverage)).toFixed(1)} %`;
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'survivors', injectableClass: Survivors }];
