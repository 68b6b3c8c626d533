/** Old objects that a destination lacks although there is nothing left to do for AWS. */
import type { NextCommand } from '../events/event.ts';
import { lookForMissing } from '../observe/first-page.ts';
import { type BackfillChoice, type BackfillStatus, usualStatuses } from '../plan/backfill-jobs.ts';
import { moneyText, prices } from '../plan/prices.ts';
import { missingText, notComparedWarning } from '../show/job-text.ts';
import type { BackfillOptions } from './backfill-options.ts';
import { nextCommand } from './common-options.ts';
import type { Session } from './session.ts';

/** @returns what to run next, where that may help. */
export async function tellMissing(
  { connections, spec, view }: Session,
  options: BackfillOptions,
  { statuses, createdAfter, createdBefore, rules }: BackfillChoice,
): Promise<NextCommand | undefined> {
  // Who has asked for a part knows that there is more.
  if (createdAfter || createdBefore || rules.length > 0 || options.manifest !== undefined) return undefined;
  const left = statusesLeft(statuses);
  const next = nextCommand('backfill', options, { flags: [['--status', left.join()]] });
  let isMissing = false;
  for (const one of await lookForMissing(connections, spec)) {
    if (one.missing === 0) continue;
    if (one.missing === 'unknown') {
      view.report({ type: 'warning', ...notComparedWarning(one) });
      continue;
    }
    isMissing = true;
    const message = missingText(one, one.missing);
    view.report({ type: 'warning', code: 'missing-replicas', message, fix: adviceOf(left, one.destination) });
  }
  return isMissing && left.length > 0 ? next : undefined;
}

/**
 * What is worth asking for after a job for these. What was replicated to one destination before another was added is COMPLETED (S3 User Guide,
 * s3-batch-replication-batch).
 */
function statusesLeft(asked: readonly BackfillStatus[]): readonly BackfillStatus[] {
  const usual = usualStatuses.filter((status) => !asked.includes(status));
  if (usual.length > 0) return usual;
  return asked.includes('completed') ? [] : ['completed'];
}

const priceText = [
  `${moneyText(prices.job)} for the job`,
  `${moneyText(1e6 * prices.task)} per million versions`,
  `${moneyText(1e6 * prices.listed)} per million objects in the bucket`,
].join(', ');

function adviceOf(left: readonly BackfillStatus[], destination: string): string {
  if (left.length === 0)
    return 'S3 never replicates a version again that was deleted there by its version ID; s3repl doctor --object KEY explains one object';
  const when = left.includes('completed') ? `if ${destination} was added after they were replicated elsewhere: ` : '';
  return `${when}s3repl backfill --status ${left.join()} (${priceText})`;
}
