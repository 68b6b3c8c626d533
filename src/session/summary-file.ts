import { appendFileSync, statSync } from 'node:fs';
import type { Report } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import type { SummaryOutput } from '../show/summary-view.ts';

/** Bytes that GitHub takes of one step (GitHub Docs, workflow-commands, "Step isolation and limits"). */
const mostBytes = 2 ** 20;

/**
 * Appends each summary whole, since several commands of a step share the file.
 * @param report told where a write fails later: that is no failure of the command.
 * @param kept bytes that are left to later summaries.
 * @throws Failure `invalid` where the file cannot be written to.
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

/** A new file is readable by its owner only: it names infrastructure. */
function append(file: string, text: string): void {
  appendFileSync(file, text, { mode: 0o600 });
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
