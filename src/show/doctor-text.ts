import type { CheckResult, Diagnosis, Level } from '../doctor/diagnosis.ts';
import type { PolicyOf } from '../doctor/repair.ts';
import { showDiagnosis } from './cause-json.ts';
import { causeLines, type ShownCause } from './cause-text.ts';
import { printableDeep, wrapText } from './printable.ts';
import { commandsToSandbox, type Given, repairCommands } from './repair-commands.ts';
import type { SignedLine } from './signed-line.ts';
import { isProbe, listSampledKeys, sampleSentences, verdictLines, verdictSentence } from './verdict-text.ts';
import type { ShowDiagnosis } from './view.ts';

const mostCauses = 20;

/** Leaves room for the mark of the sandbox. */
const headWidth = 70;

const outcomeSigns = { healthy: '✔', blocked: '✖', unknown: '?' } as const;

/** The answer, what to do about it, and what else was looked at. Without the mark of the sandbox. */
export function doctorLines(diagnosis: Diagnosis, given: ShowDiagnosis = {}): readonly SignedLine[] {
  const shown = printableDeep(showDiagnosis(diagnosis));
  const { source, takenAt, outcome, checks, verdicts, causes } = shown;
  const isAsked = !verdicts.some(isProbe);
  const listed = given.all ? causes : causes.slice(0, mostCauses);
  const more = causes.length - listed.length;
  const single = isAsked && verdicts.length <= mostCauses ? verdicts : [];
  return [
    { sign: outcomeSigns[outcome], text: wrapText(verdictSentence(shown), '  ', headWidth) },
    { text: `  ${wrapText(`Bucket ${source.bucket} of account ${source.account}, as of ${takenAt}.`, '  ')}` },
    ...sampleSentences(isAsked ? [] : verdicts).map((text) => ({ text: `  ${wrapText(text, '  ')}` })),
    ...single.flatMap(({ verdict }) => verdictLines(verdict)),
    ...causesLines(listed, diagnosis, given, isAsked ? undefined : listSampledKeys(verdicts).size),
    ...(more > 0 ? [{ text: '' }, { text: `… and ${more} more causes: --all lists them` }] : []),
    ...(given.all ? [{ text: '' }, ...checkLines(checks)] : countLine(checks)),
  ];
}

interface Block {
  readonly commands: readonly string[];
  /** The most harmful of its causes. */
  readonly level: Level;
  /** Of its causes, in the list. */
  readonly places: number[];
}

/** Causes at one place that the same commands fix are one for people. */
export function blocksOf(causes: Diagnosis['causes'], given: Given): readonly Block[] {
  const blocks = new Map<string, Block>();
  for (const [place, { repair, evidence, level }] of causes.entries()) {
    const commands = repairCommands(repair, given);
    const name = JSON.stringify(commands.length === 0 ? place : [evidence.arn, commands]);
    const block = blocks.get(name) ?? { commands, level, places: [] };
    blocks.set(name, block);
    block.places.push(place);
  }
  return [...blocks.values()];
}

function causesLines(
  shown: readonly ShownCause[],
  { causes }: Diagnosis,
  given: ShowDiagnosis,
  sampled: number | undefined,
): readonly SignedLine[] {
  const printed = new Set<string>();
  // Of the exact names: they are quoted for the shell, not escaped for people.
  return blocksOf(causes.slice(0, shown.length), given).flatMap(({ commands, places }) => {
    const [first, ...others] = places.flatMap((place) => shown[place] ?? []);
    const text = commands.join('\n');
    const isRepeated = printed.has(text);
    printed.add(text);
    if (first === undefined) return [];
    const sandboxCommands = commandsToSandbox(first.repair, given.on);
    const about = { commands, isRepeated, others, sampled, sandboxCommands };
    return [{ text: '' }, ...causeLines(first, about)];
  });
}

function countLine(checks: readonly CheckResult[]): readonly SignedLine[] {
  const passed = checks.filter(({ status }) => status === 'ok').length;
  const open = checks.filter(isNotLookedAt).length;
  if (passed + open === 0) return [];
  const counts = [
    `${passed} ${passed === 1 ? 'check' : 'checks'} passed`,
    ...(open > 0 ? [`${open} not looked at`] : []),
  ];
  return [{ text: '' }, { text: `${counts.join(', ')} (--all lists them)` }];
}

function isNotLookedAt({ status, why }: CheckResult): boolean {
  return status === 'unknown' && why !== undefined;
}

const statusSigns = { ok: '✔', warning: '!', failed: '✖', unknown: '?' } as const;

/** Checks that are unknown for one reason, without a cause of their own, share a line. */
function checkLines(checks: readonly CheckResult[]): readonly SignedLine[] {
  const folded = new Map<string, string[]>();
  for (const { why = '', check } of checks.filter(isNotLookedAt)) {
    folded.set(why, [...(folded.get(why) ?? []), check]);
  }
  return [
    ...checks
      .filter((one) => !isNotLookedAt(one))
      .map(({ check, title, status, why }) => ({
        sign: statusSigns[status],
        text: `${check}  ${title}${why === undefined ? '' : ` (${why})`}`,
      })),
    ...[...folded].map(([why, ids]) => ({ sign: '?' as const, text: wrapText(`${ids.join(' ')}  ${why}`, '       ') })),
  ];
}

export function policyText({ kind, of }: PolicyOf): string {
  switch (kind) {
    case 'trust':
      return `the trust policy of role ${of}`;
    case 'permissions':
      return `a permissions policy of role ${of}`;
    case 'bucket':
    case 'key':
    case 'topic':
      return `the ${kind} policy of ${of}`;
  }
}
