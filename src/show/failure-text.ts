import type { FailedVersion, FailureGroup } from '../plan/job-report.ts';
import { countText } from '../text/count-text.ts';
import { escapeControls } from '../text/quote.ts';
import { wrapText } from './printable.ts';

/** Why tasks of a job failed, in AWS's words and in ours. */
export interface ExplainedGroup extends FailureGroup {
  /** What the reason means; absent where s3repl does not know it. */
  readonly means?: string;
  /** What helps with this reason in general. */
  readonly usualFix?: string;
  /** Set where the documents of the accounts do not show why: only the job, or only what happened meanwhile. */
  readonly only?: 'batch' | 'runtime';
  /** What `doctor` finds now for some of its versions. */
  readonly causes: readonly FoundCause[];
  /** Whether one of these is still in the bucket; absent where s3repl could not look, or did not. */
  readonly isThere?: boolean;
}

export interface FoundCause {
  /** `unknown`: it may be, and s3repl cannot tell. */
  readonly level: 'fails' | 'unknown';
  readonly check: string;
  readonly summary: string;
  readonly fix: string;
  /** What does it; empty where that takes a person. */
  readonly commands: readonly string[];
}

/** In 80 columns. */
export function groupText(group: ExplainedGroup): string {
  const { reason, count, means, message, versions } = group;
  const rest = count - versions.length;
  return [
    `${countText(count)} ${count === 1 ? 'object' : 'objects'}: ${escapeControls(reason)}`,
    ...(means === undefined ? [] : [row('means', means)]),
    ...(message === '' ? [] : [row('AWS says', escapeControls(message))]),
    ...usualRows(group),
    ...group.causes.flatMap(causeRows),
    // Whole: a key has to be copied as it is.
    ...versions.map((one, index) => `  ${(index === 0 ? 'objects' : '').padEnd(9)} ${versionText(one)}`),
    ...(rest > 0 ? [row('', `and ${countText(rest)} more`)] : []),
    '',
  ].join('\n');
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(9)} ${wrapText(text, ' '.repeat(12))}`;
}

/** In quotes where spaces would not be seen. */
function versionText({ key, versionId }: FailedVersion): string {
  const name = escapeControls(key);
  const shown = /^\s|\s$|\s\s/.test(name) ? `"${name}"` : name;
  return versionId === undefined ? shown : `${shown}  ${escapeControls(versionId)}`;
}

function causeRows({ level, check, summary, fix, commands }: FoundCause): readonly string[] {
  return [
    row(level === 'fails' ? 'cause' : 'unclear', `${summary} (${check})`),
    row('fix', fix),
    // Whole, to be copied.
    ...commands.map((command) =>
      command.includes('\n') ? `${row('run', 'all of these lines')}\n${command}` : `  ${'run'.padEnd(9)} ${command}`,
    ),
  ];
}

/** What s3repl says without having found the cause. */
function usualRows({ causes, usualFix, isThere, only, count }: ExplainedGroup): readonly string[] {
  if (causes.some(({ level }) => level === 'fails')) return [];
  const isGone = isThere === false;
  const isOver = isThere === true && only === undefined && causes.length === 0;
  const now = isGone ? explainGone(count) : isOver ? explainOver(count) : undefined;
  return [
    ...(now === undefined ? [] : [row('now', now)]),
    // What allows or enables something brings back no object.
    ...(usualFix === undefined || (isGone && only === undefined) ? [] : [row('fix', usualFix)]),
  ];
}

function explainGone(count: number): string {
  return count === 1
    ? 's3repl looked for it, and it is not in the bucket any more.'
    : 's3repl looked for some of them, and they are not in the bucket any more.';
}

function explainOver(count: number): string {
  const looked =
    count === 1 ? 'it, and finds nothing that would stop it' : 'some of them, and finds nothing that would stop them';
  return `s3repl looked at ${looked} now. If somebody has fixed the cause since, run s3repl backfill again.`;
}
