/** Verdicts as the records of them show them (mutations/*.txt, configuration-warnings.txt). */
import type { Cause, Verdict } from '../../../src/model/verdict.ts';
import { evidenceJson } from '../../../src/show/cause-json.ts';

/** All that is said of an object, for people to read. */
export function said({ outcome, reason, rule, destination, replica, causes, warnings }: Verdict): string {
  const lines = [
    [outcome, reason, rule && `by rule ${rule}`, destination && `to ${destination}`].filter(Boolean).join(' '),
    ...(replica ? [`arrives as ${JSON.stringify(replica)}`] : []),
    ...causes.flatMap((cause) => words('cause', cause)),
    ...warnings.flatMap((warning) => words('warning', warning)),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

/** What a cause or warning says, for people to read. */
export function words(kind: string, { check, summary, fix, evidence }: Cause): readonly string[] {
  return [`${kind} ${check}: ${summary}`, `  ${fix}`, `  ${JSON.stringify(evidenceJson(evidence))}`];
}
