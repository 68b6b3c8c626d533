/** For programs: one JSON object a line on stdout, the last one of type `result` (design.md 4). */
import type { Diagnosis, GroupedCause } from '../doctor/diagnosis.ts';
import type { Event } from '../plan/event.ts';
import { remedyCommands } from './doctor-text.ts';
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
    async plan({ changes }) {
      for (const change of changes) report({ type: 'change', change });
    },
    diagnosis: (diagnosis) => {
      for (const one of doctorLines(diagnosis)) line(one);
    },
    rest: () => undefined,
  };
}

/** The checks with their causes, then a verdict a line (design.md 5). */
function doctorLines({ checks, verdicts, causes }: Diagnosis): readonly object[] {
  return [
    ...checks.map((check) => ({
      type: 'check',
      ...check,
      causes: causes.filter((cause) => cause.check === check.check).map(causeMembers),
    })),
    ...verdicts.map(({ probe, verdict }) => ({ type: 'verdict', ...(probe && { probe }), ...verdict })),
  ];
}

function causeMembers({ check: _check, remedy, ...members }: GroupedCause): object {
  if (remedy === undefined) return members;
  const { into, statement, commands } =
    remedy.kind === 'statement'
      ? { into: remedy.into, statement: remedy.statement, commands: undefined }
      : { into: undefined, statement: undefined, commands: remedyCommands(remedy) };
  return { ...members, remedy: { into, statement, commands } };
}
