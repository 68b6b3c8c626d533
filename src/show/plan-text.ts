import { structuredPatch } from 'diff';
import { stringify } from 'yaml';
import type { Spec } from '../config/spec.ts';
import { serviceNamed } from '../connect/services.ts';
import { summaryOf } from '../plan/plan.ts';
import { type Change, type Phase, phase } from '../state/change.ts';
import { sidesOf } from '../state/names.ts';
import { wrapText } from './printable.ts';
import { nameNewKeys } from './readable.ts';

export const phaseTitles: Readonly<Record<Phase, string>> = {
  [phase.keys]: 'KMS keys',
  [phase.buckets]: 'Versioned buckets with default encryption SSE-KMS',
  [phase.role]: 'Replication role',
  [phase.policies]: 'Bucket policies and key policies',
  [phase.rules]: 'Replication rules',
  [phase.alerts]: 'Alerts',
  [phase.backfill]: 'Role of S3 Batch Operations',
};

const signs = { create: '+', change: '~', remove: '-' } as const;

export type Sign = '+' | '-' | '~' | ' ' | '#';

export interface PlanLine {
  readonly sign: Sign;
  readonly text: string;
}

export function headText(spec: Spec): string {
  const sides = sidesOf(spec).map(({ id, account, region, bucket }) =>
    ['  ', (id === 'source' ? 'source' : 'destination').padEnd(12), account, '  ', region.padEnd(15), bucket].join(''),
  );
  return [spec.name, ...sides, ''].join('\n');
}

/** The text holds the sign already, so that nothing is lost without color. @param stays what a removal leaves; then the steps go from the last to the first. */
export function planLines(changes: readonly Change[], stays?: readonly string[]): readonly PlanLine[] {
  const inOrder = [...new Set(changes.map((change) => change.phase))].sort();
  const phases = stays ? inOrder.toReversed() : inOrder;
  return [
    ...phases.flatMap((one) => [
      heading(`${one}  ${phaseTitles[one]}`),
      ...changes.filter((change) => change.phase === one).flatMap(changeLines),
      { sign: ' ' as const, text: '' },
    ]),
    ...(stays?.length ? [heading('Stays'), ...stays.flatMap(stayLines), { sign: ' ' as const, text: '' }] : []),
    heading(`Plan: ${summaryOf(changes)}.`),
  ];
}

function stayLines(text: string): readonly PlanLine[] {
  const lines = wrapText(text, '', 76).split('\n');
  return lines.map((line, index) => ({ sign: ' ', text: `  ${index === 0 ? '=' : ' '} ${line}` }));
}

function heading(text: string): PlanLine {
  return { sign: '#', text };
}

function changeLines(change: Change): readonly PlanLine[] {
  const { sign, title, where } = changeTitle(change);
  const wide = title.length + where.length + 6 <= 78;
  return [
    { sign, text: `  ${sign} ${title}${wide ? `  ${where}` : ''}` },
    ...(wide ? [] : [{ sign: ' ' as const, text: `      ${where}` }]),
    ...documentDiff(change.before, change.after),
  ];
}

export function changeTitle(change: Change): { readonly sign: Sign; readonly title: string; readonly where: string } {
  const sign = signs[change.action];
  const title = nameNewKeys(change.resource);
  const isGlobal = change.calls.some(({ service }) => serviceNamed(service)?.global);
  const where = isGlobal ? change.account : `${change.account} ${change.region}`;
  return { sign, title, where };
}

/** With three lines around each difference. */
export function documentDiff(before: unknown, after: unknown): readonly PlanLine[] {
  const { hunks } = structuredPatch('', '', text(orderLike(after, before)), text(orderLike(after, after)), '', '', {
    context: 3,
  });
  return hunks.flatMap(({ lines }, index) => [
    ...(index > 0 ? [{ sign: ' ' as const, text: '      …' }] : []),
    ...lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => ({ sign: line.charAt(0) as Sign, text: `    ${line.charAt(0)} ${line.slice(1)}`.trimEnd() })),
  ]);
}

/** Order alone is no difference worth showing. */
function orderLike(model: unknown, document: unknown): unknown {
  if (Array.isArray(document)) {
    return document.map((item, index) => orderLike(Array.isArray(model) ? model[index] : undefined, item));
  }
  if (document === null || typeof document !== 'object') return document;
  const members = new Map(Object.entries(document));
  const like =
    model !== null && typeof model === 'object' ? new Map(Object.entries(model)) : new Map<string, unknown>();
  const names = [
    ...[...like.keys()].filter((name) => members.has(name)),
    ...[...members.keys()].filter((name) => !like.has(name)),
  ];
  const present = names.filter((name) => (members.get(name) ?? null) !== null);
  return Object.fromEntries(present.map((name) => [name, orderLike(like.get(name), members.get(name))]));
}

function text(document: unknown): string {
  return document === null || document === undefined
    ? ''
    : nameNewKeys(stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }));
}
