/** For programs: one JSON object a line on stdout, the last of type `result` (design.md 4). */
import type { Diagnosis, GroupedCause } from '../doctor/diagnosis.ts';
import type { Event } from '../events/event.ts';
import type { Status } from '../status/replication-status.ts';
import { causeJson, evidenceJson, verdictJson } from './cause-json.ts';
import { commandLine } from './command-line.ts';
import { policyText } from './doctor-text.ts';
import { printableJson } from './printable.ts';
import { type Given, isAfterFix, repairCommands } from './repair-commands.ts';
import { statusJson } from './status-json.ts';
import { lookFailureText } from './status-verdict.ts';
import type { Output, View } from './view.ts';

export interface JsonOptions {
  readonly verbose: boolean;
  readonly sandbox: boolean;
  /** Only where there are several. */
  readonly config?: string;
}

export function jsonView(stdout: Output, { verbose, sandbox, config }: JsonOptions): View {
  const marks = { ...(config !== undefined && { config }), ...(sandbox && { sandbox }) };
  const lineOf = (value: object) => `${printableJson({ ...value, ...marks })}\n`;
  const line = (value: object) => {
    stdout.write(lineOf(value));
  };
  const report = (event: Event) => {
    switch (event.type) {
      case 'call':
        if (verbose) line(event);
        return;
      case 'change': {
        const { change } = event;
        line({ type: 'change', ...change, calls: change.calls.map(({ onlyIf: _onlyIf, ...call }) => call) });
        return;
      }
      case 'item':
        line({ type: event.kind, ...event.members });
        return;
      case 'result':
        line({ ...event, ...(event.next && { next: commandLine(event.next) }) });
        return;
      case 'verdict':
        line(verdictJson(event));
        return;
      case 'phase':
      case 'note':
      case 'running':
        return;
      case 'problem':
      case 'warning':
        line({ ...event, ...(event.evidence && { evidence: evidenceJson(event.evidence) }) });
        return;
      default:
        line(event);
    }
  };
  const status = (one: Status) => {
    stdout.write(statusJson(one).map(lineOf).join(''));
  };
  return {
    report,
    async plan({ changes }) {
      for (const change of changes) report({ type: 'change', change });
    },
    diagnosis: (diagnosis, given = {}) => {
      stdout.write(doctorLines(diagnosis, given).map(lineOf).join(''));
    },
    status,
    round: ({ status: last, failedLook }) => {
      if (failedLook === undefined) status(last);
      else report({ type: 'warning', code: 'look-failed', message: lookFailureText(failedLook, last.period.to) });
    },
    releaseScreen: () => undefined,
  };
}

/** The checks with their causes, then a verdict a line (design.md 5). */
function doctorLines({ checks, verdicts, causes }: Diagnosis, given: Given): readonly object[] {
  return [
    ...checks.map((check) => ({
      type: 'check',
      ...check,
      causes: causes.filter((cause) => cause.check === check.check).map((cause) => causeMembers(cause, given)),
    })),
    ...verdicts.map(({ verdict, ...about }) => ({ type: 'verdict', ...about, ...verdictJson(verdict) })),
  ];
}

function causeMembers(cause: GroupedCause, given: Given): object {
  const { check: _check, remedy, repair, ...members } = causeJson(cause);
  return {
    ...members,
    ...(remedy?.kind === 'statement' && {
      remedy: { into: policyText(remedy.into), statement: remedy.statement },
    }),
    commands: repairCommands(repair, given),
    ...(isAfterFix(repair) && { afterFix: true }),
    ...(repair.by === 'person' && { byHand: repair.why }),
  };
}
