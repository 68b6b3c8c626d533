import { appendFileSync, statSync } from 'node:fs';
import type { Report } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import type { SummaryOutput } from '../show/summary-view.ts';

/** What GitHub takes of one step, in bytes (GitHub Docs, workflow-commands, "Step isolation and limits"). */
const mostBytes = 2 ** 20;

/**
 * A file that summaries are appended to, one at a time and each whole: several commands of a step share it.
 *
 * @param report told where a summary could not be written after all; that makes no failure of what was done.
 * @param kept bytes that are left to those who come after.
 * @throws Failure `invalid` where it cannot be written to.
 */
export function summaryFile(file: string, report: Report, kept = 0): SummaryOutput {
  try {
    append(file, '');
  } catch (error) {
    throw new Failure('invalid', 'summary-file', `cannot write ${file}: ${codeOf(error)}`, 'nothing was called');
  }
  return {
    room: () => mostBytes - kept - (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    write: (markdown) => {
      try {
        append(file, markdown);
      } catch (error) {
        report({ type: 'warning', code: 'summary-file', message: `cannot write ${file}: ${codeOf(error)}` });
        return;
      }
      if (markdown === '') report({ type: 'warning', code: 'summary-file', message: `${file} is full` });
    },
  };
}

/** Readable by its owner only where it is new: it names infrastructure. */
function append(file: string, text: string): void {
  appendFileSync(file, text, { mode: 0o600 });
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
