/** Markdown, written once at the end (GitHub's job summary, a merge request). */
import type { Spec } from '../config/spec.ts';
import type { Event, ResultEvent } from '../events/event.ts';
import type { Outcome } from '../events/failure.ts';
import type { Plan } from '../plan/plan.ts';
import { summaryOf } from '../plan/plan.ts';
import { commandLine } from './command-line.ts';
import { configurationLines } from './configuration-table.ts';
import { doctorLines } from './doctor-text.ts';
import { alertText, canaryText, findingSigns, findingText, notTriedText, pasteLines } from './event-text.ts';
import { detailsBlock, fenceCode } from './markdown.ts';
import { changeTitle, documentDiff, headText, phaseTitles } from './plan-text.ts';
import { printable, printableDeep, shorten, wrapText } from './printable.ts';
import { nameNewKeys } from './readable.ts';
import type { SignedLine } from './signed-line.ts';
import { type Round, statusRows } from './status-text.ts';
import { verdictLines } from './verdict-text.ts';
import type { View } from './view.ts';

type Named<T extends Event['type']> = Extract<Event, { type: T }>;

export interface SummaryOutput {
  /** In bytes. */
  room(): number;
  write(markdown: string): void;
}

/** Cuts longer errors, so that the first block always fits. */
const longestText = 8_000;
const summaryStyle = { width: 80, ascii: false };

/** In bytes, to say that something is left out. */
const noteRoom = 300;

const signs: Readonly<Record<Outcome, string>> = {
  unchanged: '✔',
  applied: '✔',
  planned: '✔',
  done: '✔',
  started: '✔',
  healthy: '✔',
  destroyed: '✔',
  verified: '✔',
  failed: '✖',
  differs: '!',
  invalid: '✖',
  unauthorized: '✖',
  blocked: '✖',
  unknown: '?',
  cancelled: '✖',
};

/** Leaves out whole parts that do not fit, and says so. @param config name of the configuration where no plan names it. */
export function summaryView(out: SummaryOutput, options: { readonly sandbox: boolean; readonly config: string }): View {
  const findings: Named<'problem' | 'warning'>[] = [];
  const steps = new Map<string, string>();
  const proofs: string[] = [];
  const failures: string[] = [];
  const verdicts = new Map<string, string>();
  let shown: { readonly plan: Plan; readonly spec: Spec } | undefined;
  let diagnosed: { readonly bucket: string; readonly lines: readonly SignedLine[] } | undefined;
  let seen: Round | undefined;

  const blocks = (result: ResultEvent): readonly string[] => [
    headBlock(
      result,
      shown ? headText(shown.spec) : `${diagnosed?.bucket ?? seen?.status.source.bucket ?? options.config}\n`,
      options.sandbox,
    ),
    ...(result.configurations ? listBlock('Configurations', configurationLines(result.configurations)) : []),
    ...failures.flatMap((text, index) => listBlock(index === 0 ? 'What was not replicated' : undefined, [text])),
    ...findingBlocks(findings),
    ...listBlock('What was done', [...steps.values(), ...proofs]),
    ...(diagnosed ? listBlock('Diagnosis', diagnosed.lines.map(lineText)) : []),
    ...(seen ? listBlock('How replication is doing', statusRows(seen.status, { ...summaryStyle, ...seen })) : []),
    ...listBlock('Policy check', [...verdicts.values()]),
    ...(shown ? planBlocks(shown.plan) : []),
  ];
  const report = (event: Event): void => {
    switch (event.type) {
      case 'problem':
      case 'warning':
        findings.push(event);
        return;
      case 'step':
        if (event.status !== 'started') steps.set(event.resource, stepLine(event));
        return;
      case 'canary':
      case 'alert': {
        const { sign, text } = event.type === 'canary' ? canaryText(event) : alertText(event);
        proofs.push(`${sign} ${text}`);
        return;
      }
      case 'item':
        if (event.kind === 'failure') failures.push(event.text.trimEnd());
        return;
      case 'verdict':
        // The last answer counts: the model is asked again after the writes.
        verdicts.set(JSON.stringify([event.probe, event.rule, event.destination, event.class]), probeLine(event));
        return;
      case 'result':
        out.write(keepFitting(blocks(event), out.room()));
        return;
      default:
    }
  };
  return {
    report: (event) => report(printableDeep(event)),
    plan: async (plan, spec) => {
      shown = printableDeep({ plan, spec });
    },
    diagnosis: (diagnosis, given) => {
      diagnosed = { bucket: printable(diagnosis.source.bucket), lines: doctorLines(diagnosis, given) };
    },
    status: (status) => {
      seen = printableDeep({ status });
    },
    round: (round) => {
      seen = printableDeep(round);
    },
    releaseScreen: () => undefined,
  };
}

function headBlock(
  { command, outcome, error, summary, notTried, next }: ResultEvent,
  head: string,
  sandbox: boolean,
): string {
  const said = [
    ...(error ? [error.message] : []),
    ...(summary ? [summary] : []),
    ...(error?.fix ? [`→ ${error.fix}`] : []),
    ...(notTried ? [notTriedText(notTried)] : []),
    ...(next ? [`next: ${commandLine(next)}`] : []),
  ];
  const lines = said.map((one) => wrapText(nameNewKeys(shorten(one, longestText)), '  '));
  const text = [head, ...lines, ...pasteLines(error?.paste)].join('\n');
  return `## ${signs[outcome]} s3repl ${command}: ${outcome}${sandbox ? ' (sandbox)' : ''}\n\n${fenceCode('text', text)}`;
}

function findingBlocks(findings: readonly Named<'problem' | 'warning'>[]): readonly string[] {
  const findingsOfType = (type: 'problem' | 'warning') => findings.filter((one) => one.type === type);
  const count = (type: 'problem' | 'warning') =>
    findingsOfType(type).length === 0
      ? []
      : [`${findingsOfType(type).length} ${type}${findingsOfType(type).length === 1 ? '' : 's'}`];
  const inOrder = [...findingsOfType('problem'), ...findingsOfType('warning')];
  return inOrder.map((one, index) => {
    const title = index > 0 ? '' : `### ${[...count('problem'), ...count('warning')].join(', ')}\n\n`;
    return `${title}${fenceCode('text', `${findingSigns[one.type]} ${findingText(one)}`)}`;
  });
}

/** @param title absent: it belongs to the block before. */
function listBlock(title: string | undefined, lines: readonly string[]): readonly string[] {
  const heading = title === undefined ? '' : `### ${title}\n\n`;
  return lines.length === 0 ? [] : [`${heading}${fenceCode('text', lines.join('\n'))}`];
}

function stepLine({ resource, status }: Named<'step'>): string {
  const sign = { started: '…', done: '✔', failed: '✖', skipped: '-' }[status];
  return `${sign} ${nameNewKeys(resource)}${status === 'skipped' ? ' (not done)' : ''}`;
}

function probeLine({ probe, name, except, ...verdict }: Named<'verdict'>): string {
  const isMarker = probe === 'delete-marker';
  const object = `${name ?? (isMarker ? 'delete markers' : 'new objects')}${except === undefined ? '' : ` (${except})`}`;
  const about = { object, replica: isMarker ? null : verdict.replica };
  const lines = verdictLines({ ...verdict, ...about, versionId: null });
  return nameNewKeys(lines.map(lineText).join('\n'));
}

function lineText({ sign, text }: SignedLine): string {
  return sign ? `${sign} ${text}` : text;
}

function planBlocks({ changes, stays }: Plan): readonly string[] {
  const inOrder = [...new Set(changes.map(({ phase }) => phase))].sort();
  const phases = stays ? inOrder.toReversed() : inOrder;
  return [
    `### Plan: ${summaryOf(changes)}\n`,
    ...phases.flatMap((phase) =>
      changes
        .filter((change) => change.phase === phase)
        .map((change, index) => {
          const { sign, title, where } = changeTitle(change);
          const diff = documentDiff(change.before, change.after).map(({ text }) => text.slice(4));
          const heading = index > 0 ? '' : `**${phase} ${phaseTitles[phase]}**\n\n`;
          return `${heading}${detailsBlock(`${sign} ${title}  ${where}`, fenceCode('diff', diff.join('\n')))}`;
        }),
    ),
    ...listBlock('Stays', stays ?? []),
  ];
}

/** Empty where not even the first fits. */
function keepFitting(blocks: readonly string[], room: number): string {
  const kept: string[] = [];
  let left = room - noteRoom;
  for (const block of blocks) {
    const bytes = Buffer.byteLength(block) + 1;
    if (bytes <= left) {
      kept.push(block);
      left -= bytes;
    } else if (kept.length === 0) return '';
  }
  const missing = blocks.length - kept.length;
  if (missing > 0) kept.push(`**${missing} parts are left out: the summary is full. The log has them.**\n`);
  return `${kept.join('\n')}\n`;
}
