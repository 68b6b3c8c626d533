import type { FailureGroup } from '../plan/job-report.ts';
import { countText } from '../text/count-text.ts';
import { escapeControls } from '../text/quote.ts';
import { wrapText } from './printable.ts';

/** Why tasks of a job failed, in AWS's words and in ours. */
export interface ExplainedGroup extends FailureGroup {
  /** What the reason means; absent where s3repl does not know it. */
  readonly means?: string;
  /** What helps with this reason in general. */
  readonly usualFix?: string;
  /** What `doctor` finds for the first version, now. */
  readonly causes: readonly { readonly check: string; readonly summary: string; readonly fix?: string }[];
  /** Whether something that s3repl reads keeps the first version from its replica now; `gone`: it is not in the bucket any more. */
  readonly now: 'stopped' | 'free' | 'gone';
}

const nowTexts = {
  free: 'nothing that s3repl can see stops the first of them any more',
  gone: 'the first of them is not in the bucket any more',
} as const;

/** In 80 columns. */
export function groupText({ reason, count, means, usualFix, causes, now, message, versions }: ExplainedGroup): string {
  const row = (name: string, text: string) => `  ${name.padEnd(9)} ${wrapText(text, ' '.repeat(12))}`;
  const fixes = [...new Set(causes.flatMap(({ fix }) => fix ?? []))];
  const rest = count - versions.length;
  return [
    `${countText(count)} ${count === 1 ? 'object' : 'objects'}: ${escapeControls(reason)}`,
    ...(means === undefined ? [] : [row('means', means)]),
    ...(message === '' ? [] : [row('AWS says', escapeControls(message))]),
    ...(now === 'stopped' ? [] : [row('now', nowTexts[now])]),
    ...causes.map(({ check, summary }) => row('cause', `${summary} (${check})`)),
    ...(fixes.length > 0 ? fixes : usualFix === undefined ? [] : [usualFix]).map((fix) => row('fix', fix)),
    // Whole: a key has to be copied as it is.
    ...versions.map(
      ({ key, versionId = '' }, index) =>
        `  ${(index === 0 ? 'objects' : '').padEnd(9)} ${`${escapeControls(key)}  ${versionId}`.trimEnd()}`,
    ),
    ...(rest > 0 ? [row('', `and ${countText(rest)} more`)] : []),
    '',
  ].join('\n');
}
