/** Others may act at the same time: right before each call, checks that it still does what was planned (docs/decisions/0009-races.md). */

import type { Connection } from '../connect/connection.ts';
import type { Report } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { lookAt, readAgain } from '../observe/observe.ts';
import type { Call, PlannedOperation, SeenDocument } from '../state/change.ts';
import { writes } from '../steps/steps.ts';
import { documentIn, isSameDocument, type Versions } from './versions.ts';

/** AWS shows a document as it was before this run wrote it: it may only lag. */
export class NotShownYet extends Failure {}

/** The document already has the new content: there is nothing to write. */
export class ThereAlready extends Error {}

/**
 * @returns `theirs-vanished` where we planned with someone else's version, and ours is back.
 * @throws ThereAlready; Failure `blocked` where the document is no longer what the plan has seen.
 */
export async function assertUnchanged(
  at: Connection,
  call: Call,
  seen: SeenDocument,
  versions: Versions,
): Promise<'unchanged' | 'theirs-vanished'> {
  const present = await readAgain(at, seen);
  if (isSameDocument(seen, present, seen.is)) return 'unchanged';
  if (isSameDocument(seen, present, documentIn(call))) throw new ThereAlready();
  const known = versions.knows(seen, present);
  if (known === 'written') return 'theirs-vanished';
  const changed = `someone else has changed the ${nameOf(seen)} since the plan was made`;
  throw stalePlanFailure(changed, {}, known === 'seen' ? NotShownYet : Failure);
}

function stalePlanFailure(message: string, options: { readonly cause?: unknown } = {}, Kind = Failure): Failure {
  const fix = 'run the same command again: it makes a new plan from the current state';
  return new Kind('blocked', 'stale-plan', message, fix, options);
}

export function nameOf({ document, of }: Pick<SeenDocument, 'document' | 'of'>): string {
  return `${document.replace('-', ' ')} of ${of}`;
}

/** The other run that made the role of this setup may be making its key by now. @throws Failure `blocked` where the key is there. */
export async function assertNotMadeYet<O extends PlannedOperation>(
  at: Connection,
  { operation, input }: Call<O>,
  resource: string,
): Promise<void> {
  const rivals = writes[operation].rivals?.(input) ?? [];
  const found = await Promise.all(rivals.map((rival) => lookAt(at, rival)));
  if (!found.includes(true)) return;
  throw stalePlanFailure(`another run has created the ${resource} since the plan was made`);
}

const notThere = /^(NoSuchEntity(Exception)?|NotFoundException)$/;
const thereAlready = /^(BucketAlreadyOwnedByYou|EntityAlreadyExists(Exception)?|AlreadyExistsException)$/;

/**
 * Accepts what is already removed, or made by an earlier attempt or another run of this setup. Only one run makes the role; the other stops before making
 * keys.
 * @throws the error itself, or Failure `blocked` where someone else has made the thing since we looked.
 */
export async function assertDoneAlready<O extends PlannedOperation>(
  at: Connection,
  { operation, input }: Call<O>,
  error: unknown,
  report: Report,
): Promise<void> {
  const { doneBefore, makes, removes, oneRunOnly, explainTooLate } = writes[operation];
  const { name, message = '', $metadata } = error as Error & { $metadata?: { attempts?: number } };
  if (doneBefore?.test(message)) return;
  // If we wrongly left a role behind, nothing would name it any more after a while.
  if (removes && notThere.test(name) && (await lookAt(at, removes(input))) !== false) return;
  if (!makes || !thereAlready.test(name)) throw error;
  const again = ($metadata?.attempts ?? 1) > 1;
  const isOurs = await lookAt(at, makes(input));
  // What AWS does not show yet was made by an earlier attempt.
  if (isOurs === null ? again : isOurs && (again || !oneRunOnly)) return;
  if (explainTooLate) report({ type: 'warning', ...explainTooLate(input, at) });
  throw stalePlanFailure(`${operation}: someone else has created it since the plan was made`, {
    cause: error,
  });
}
