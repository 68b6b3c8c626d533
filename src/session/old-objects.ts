/** Objects that a destination lacks where replication itself works: live replication never looks back (S3 User Guide, replication-what-is-isnot). */
import { bucketNameIn } from '../aws/arn.ts';
import type { DestinationSide, Spec } from '../config/spec.ts';
import type { NextCommand } from '../events/event.ts';
import { compareFirstPages, type FirstPages, readFirstPages } from '../observe/first-page.ts';
import { oldObjectsWarning } from '../show/job-text.ts';
import { findOurRules } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { type CommonOptions, nextCommand, nextWithoutConfig } from './common-options.ts';
import type { Session } from './session.ts';
import { usualWait } from './usual-wait.ts';

interface Looked {
  readonly pages: FirstPages;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type LookingAtOld = Promise<Looked | undefined>;

/** Runs beside the rest, and takes no longer. Undefined where that fails: who sets up does not need it. */
export async function lookAtOld({ spec, connections, surroundings }: Session): LookingAtOld {
  const at = surroundings.sandbox ? surroundings.now() : Date.now();
  const pages = await readFirstPages(connections, spec).catch(() => undefined);
  return pages && { pages, at };
}

/** @param before what was there when the look began. @returns the command that replicates them; undefined where none is seen. */
export async function tellOld(
  { spec, view, saved }: Session,
  options: CommonOptions,
  before: State,
  looking: LookingAtOld,
): Promise<NextCommand | undefined> {
  const looked = await looking;
  if (looked === undefined) return undefined;
  const { isNew, hasOthers } = newDestinations(before, spec);
  // What is younger may be on its way; but a rule that was not there has taken nothing in.
  const endFor = (side: DestinationSide) => (isNew(side) ? Number.POSITIVE_INFINITY : looked.at - usualWait * 60_000);
  const missing = compareFirstPages(spec, looked.pages, endFor).filter(
    (one) => one.missing !== 'unknown' && one.missing > 0,
  );
  if (missing.length === 0) return undefined;
  // What was replicated elsewhere before is COMPLETED.
  const late = hasOthers ? spec.destinations.filter(isNew).map(({ bucket }) => bucket) : [];
  const hasLate = missing.some(({ destination }) => late.some((bucket) => bucket === destination));
  const flags = hasLate ? [['--status', 'none,failed,completed'] as const] : [];
  for (const one of missing) view.report({ type: 'warning', ...oldObjectsWarning(one, hasLate) });
  return (saved ? nextWithoutConfig : nextCommand)('backfill', options, { flags });
}

/** Destinations that no rule of ours replicates to, and whether one does to another. */
export function newDestinations(state: State, spec: Spec) {
  const rules = findOurRules(state, spec);
  const isNew = ({ bucket }: DestinationSide) =>
    !rules.some(({ Destination }) => bucketNameIn(Destination?.Bucket ?? '') === bucket);
  return { isNew, hasOthers: rules.length > 0 };
}
