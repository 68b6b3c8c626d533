/** Without color, so that the terminal and the summary use the same words. */
import type { Event } from '../events/event.ts';
import { wrapText } from './printable.ts';
import { nameNewKeys } from './readable.ts';

type Named<T extends Event['type']> = Extract<Event, { type: T }>;

export const findingSigns = { problem: '✖', warning: '!' } as const;

export function findingText({ code, message, fix, paste, where }: Named<'problem' | 'warning'>): string {
  const what = wrapText(where ? `${where}  ${message}` : `${nameNewKeys(message)} (${code})`, '  ');
  const then = fix ? [what, `  ${wrapText(`→ ${nameNewKeys(fix)}`, '    ')}`] : [what];
  return [...then, ...(paste === undefined ? [] : paste.split('\n').map((line) => `    ${line}`))].join('\n');
}

export function notTriedText(classes: readonly string[]): string {
  return `not tried: ${classes.join('; ')}`;
}

export function canaryText({
  rule,
  destination,
  tags = {},
  outcome,
  seconds,
  deleteMarkerSeconds,
  faults = [],
}: Named<'canary'>): { readonly sign: '✔' | '✖' | '?'; readonly text: string } {
  const formatLine = (sign: '✔' | '✖' | '?', text: string) => ({
    sign,
    text: wrapText(`rule ${rule} → ${destination}: ${text}`, '    '),
  });
  const canary = Object.keys(tags).length > 0 ? 'the tagged canary' : 'the canary';
  switch (outcome) {
    case 'replicated': {
      const marker = deleteMarkerSeconds === undefined ? '' : `, its delete marker after ${deleteMarkerSeconds} s`;
      return formatLine('✔', `${canary} arrived after ${seconds} s${marker}`);
    }
    case 'failed':
    case 'not-selected':
      return formatLine('✖', `${canary}, after ${seconds} s: ${faults.join('; ')}`);
    case 'pending':
      return formatLine('?', `${canary} was still on its way after ${seconds} s`);
    case 'delete-marker-pending':
      return formatLine('?', `the delete marker of the canary was still on its way after ${seconds} s`);
  }
}
