/** For programs: one JSON object a line on stdout, the last one of type `result` (design.md 4). */
import type { Event } from '../plan/event.ts';
import { printableDeep } from './printable.ts';
import type { Output, View } from './view.ts';

/** The view of `--json`. */
export function jsonView(stdout: Output, options: { readonly verbose: boolean; readonly sandbox: boolean }): View {
  const line = (value: object) => {
    stdout.write(`${JSON.stringify(printableDeep(options.sandbox ? { ...value, sandbox: true } : value))}\n`);
  };
  const report = (event: Event) => {
    switch (event.type) {
      case 'call':
        if (options.verbose) line(event);
        return;
      case 'change': {
        const { change } = event;
        line({ type: 'change', ...change, calls: change.calls.map(({ onlyIf: _onlyIf, ...call }) => call) });
        return;
      }
      case 'item':
        line({ type: event.kind, ...event.members });
        return;
      case 'phase':
      case 'note':
        return;
      default:
        line(event);
    }
  };
  return {
    report,
    plan: ({ changes }) => {
      for (const change of changes) report({ type: 'change', change });
    },
    rest: () => undefined,
  };
}
