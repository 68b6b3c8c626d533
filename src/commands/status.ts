import type { Event, Result } from '../events/event.ts';
import { nextCommand } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { runByDeadline } from '../session/deadline.ts';
import { type Inside, inAccounts, timeIn } from '../session/in-accounts.ts';
import { readStatusNow } from '../session/status-live.ts';
import type { StatusOptions } from '../session/status-options.ts';
import { viewFor } from '../session/view-for.ts';
import { pauseMinute, signalLeaving, watchStatus } from '../session/watch-status.ts';
import { healthText, reasonText } from '../show/status-verdict.ts';
import type { View } from '../show/view.ts';
import { judgeFailures } from '../status/judge-failures.ts';
import type { Status } from '../status/replication-status.ts';
import { statusTotals } from '../status/status-totals.ts';

export function run(options: StatusOptions, context: Context): Promise<Result> {
  return runByDeadline(options, context, async (within) => {
    const view = await viewFor(options, within);
    return inAccounts(options, within, view, 'status', async (inside) => {
      const status = await (options.watch ? watch(inside, options, within, view) : showOnce(inside, options, view));
      return resultOf(status, options);
    });
  });
}

async function showOnce(inside: Inside, { since }: StatusOptions, view: View): Promise<Status> {
  const status = await readStatusNow(inside, since, view);
  view.report({ type: 'phase', name: 'done' });
  view.status(status);
  return status;
}

/** Reports each refused read once. */
function watch(inside: Inside, { since }: StatusOptions, context: Context, view: View): Promise<Status> {
  const told = new Set<string>();
  const report = (event: Event) => {
    if (told.size !== told.add(JSON.stringify(event)).size) view.report(event);
  };
  return watchStatus({
    read: () => readStatusNow(inside, since, { report }),
    pause: pauseMinute(inside.surroundings),
    now: () => timeIn(inside.surroundings),
    view: { round: (round) => view.round(round), left: signalLeaving(view.left, context) },
    signal: context.signal,
  });
}

function resultOf(status: Status, options: StatusOptions): Result {
  const { outcome, reasons, rules, period } = status;
  const command = nextFor(status, options);
  const flags = [
    ...(options.bucket === undefined ? [] : [['--bucket', options.bucket.name] as const]),
    ...(command === 'backfill' ? [['--status', 'failed'] as const] : []),
  ];
  return {
    outcome,
    changes: 0,
    summary:
      reasons.length === 0 ? healthText(status) : reasons.map((one) => reasonText(one, { now: period.to })).join('; '),
    status: statusTotals(rules),
    ...(command && { next: nextCommand(command, options, { flags }) }),
  };
}

/** `plan` shows what differs; `backfill` copies what failed, where newer versions arrive; why they do not, and whether a setup without repl.yaml is right, `doctor` says. */
function nextFor(status: Status, { bucket }: StatusOptions): 'plan' | 'backfill' | 'doctor' | undefined {
  const { reasons, configured } = status;
  if (reasons.length === 0 && configured.kind !== 'not-compared') return undefined;
  const differs = reasons.every(({ kind }) => kind === 'differs' || kind === 'rule-off');
  if (differs && configured.kind === 'differs' && configured.changes > 0) return 'plan';
  const end = judgeFailures(status);
  if (bucket !== undefined || end === 'may-go-on') return 'doctor';
  return end === 'over' ? 'backfill' : undefined;
}
