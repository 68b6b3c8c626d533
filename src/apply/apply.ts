/** Sends the changes of a plan: side by side where they do not depend on each other, one after the other where they do. */
import type { Connection, Connections, Surroundings } from '../observe/connect.ts';
import { readAgain } from '../observe/observe.ts';
import { type Call, type Change, rightsGo, type SeenDocument, type Turn, turns } from '../plan/change.ts';
import { Failure, isStop, stopped } from '../plan/failure.ts';
import { sameJson } from '../plan/json.ts';
import { type PolicyDocument, samePolicy } from '../plan/policy.ts';
import { NewKeys } from './new-keys.ts';
import { isOwnWork } from './own-work.ts';
import { send } from './send.ts';
import { lagBehind, settled } from './settle.ts';

export interface Work {
  readonly connections: Connections;
  readonly surroundings: Pick<Surroundings, 'report' | 'now' | 'sleep'>;
  /** Aborted by Ctrl-C, or at the deadline: no further call begins. Those that are under way end, or are broken off. */
  readonly signal: AbortSignal;
  /** Awaited once, before the first call that takes rights away: objects on their way still need them. */
  readonly beforeRightsGo?: () => Promise<void>;
}

/**
 * Applies the changes; what was done stays done.
 *
 * @throws the first error: then nothing further is begun. Failure `cancelled` after Ctrl-C, `failed` at the deadline, `blocked`
 *   where a document is no longer what the plan has seen.
 */
export async function applyChanges(changes: readonly Change[], work: Work): Promise<void> {
  const { report } = work.surroundings;
  const newKeys = new NewKeys();
  const errors: unknown[] = [];
  const begun = new Set<Change>();
  const sent = new Set<Change>();
  const ended = new Set<Change>();
  const isOver = () => errors.length > 0 || work.signal.aborted;
  const isItsEnd = (error: unknown) => error === over || isStop(error, work.signal);
  const tell = ({ step, resource, account }: Change, status: 'started' | 'done' | 'failed' | 'skipped') =>
    report({ type: 'step', step, resource, account, status });

  const make = async (change: Change, turn: Turn): Promise<void> => {
    const calls = change.calls.filter((call) => call.turn === turn);
    if (calls.length === 0) return;
    if (!begun.has(change)) tell(change, 'started');
    begun.add(change);
    try {
      for (const call of calls) {
        const ready = await newKeys.inPlaceOf(call);
        if (isOver()) throw over;
        sent.add(change);
        newKeys.learn(change.target, await sendSettled(ready, change, work));
      }
    } catch (error) {
      errors.push(error);
      newKeys.giveUp(over);
      if (isItsEnd(error)) return;
      ended.add(change);
      tell(change, 'failed');
      return;
    }
    if (change.calls.some((call) => call.turn > turn)) return;
    ended.add(change);
    tell(change, 'done');
  };

  let rightsWent = false;
  for (const turn of turns) {
    const goes = turn >= rightsGo && changes.some(({ calls }) => calls.some((call) => call.turn === turn));
    if (goes && !rightsWent && !isOver()) {
      rightsWent = true;
      await work.beforeRightsGo?.().catch((error: unknown) => errors.push(error));
    }
    if (!isOver()) await Promise.all(changes.map((change) => make(change, turn)));
  }
  const left = changes.filter((change) => !ended.has(change));
  for (const change of left) tell(change, 'skipped');
  const failed = errors.find((error) => !isItsEnd(error));
  if (failed !== undefined) throw failed;
  if (left.length > 0) throw stopped(work.signal, `after ${progress(changes, left, sent)}`);
}

/** In place of what is not begun any more: the error before it, or the signal, says why. */
const over = new Error('not begun: the run is over');

const mostNamed = 6;

/** How many are done, and what is left. */
function progress(changes: readonly Change[], left: readonly Change[], sent: ReadonlySet<Change>): string {
  const half = left.filter((change) => sent.has(change)).length;
  const names = left.slice(0, mostNamed).map(({ resource, account }) => `${resource} (${account})`);
  const more = left.length > mostNamed ? ` and ${left.length - mostNamed} more` : '';
  return `${changes.length - left.length} of ${changes.length} changes${half > 0 ? `, ${half} more begun` : ''}; left: ${names.join(', ')}${more}`;
}

async function sendSettled(call: Call, change: Change, work: Work): Promise<unknown> {
  const at = work.connections.of(call.side);
  const { report, now, sleep } = work.surroundings;
  const { step, resource } = change;
  return settled(
    async () => {
      if (call.onlyIf) await assertUnchanged(at, call.onlyIf);
      return send(at, call).catch(doneBefore(at, call));
    },
    (error) => (work.signal.aborted ? undefined : lagBehind(call, error)),
    { now, sleep, waiting: (reason, seconds) => report({ type: 'pending', step, resource, reason, seconds }) },
  );
}

async function assertUnchanged(at: Connection, seen: SeenDocument): Promise<void> {
  const present = await readAgain(at, seen);
  const policies = seen.document === 'bucket-policy' || seen.document === 'key-policy';
  const same = policies
    ? samePolicy(present as PolicyDocument | null, seen.is as PolicyDocument | null)
    : sameJson(present, seen.is);
  if (same) return;
  throw new Failure(
    'blocked',
    'stale-plan',
    `the ${seen.document.replace('-', ' ')} of ${seen.of} was changed by someone else since the plan was made`,
    'run the same command again: it plans anew from what is there now',
  );
}

/**
 * What a second attempt of ours meets and the first one has made is done. Otherwise someone else has made it since we looked.
 * What is to go and is gone already, whoever took it, is done.
 */
function doneBefore(at: Connection, call: Call): (error: unknown) => Promise<unknown> {
  return async (error) => {
    const { name, message = '', $metadata } = error as Error & { $metadata?: { attempts?: number } };
    const gone = /^Delete/.test(call.operation) && /^(NoSuchEntity(Exception)?|NotFoundException)$/.test(name);
    const scheduled = call.operation === 'ScheduleKeyDeletion' && /pending deletion/i.test(message);
    if (gone || scheduled) return undefined;
    const exists = /^(BucketAlreadyOwnedByYou|EntityAlreadyExists(Exception)?|AlreadyExistsException)$/.test(name);
    if (!exists) throw error;
    if (($metadata?.attempts ?? 1) > 1 && (await isOwnWork(at, call))) return undefined;
    throw new Failure(
      'blocked',
      'stale-plan',
      `${call.operation}: it exists by now, someone else has made it since the plan was made`,
      'run the same command again: it plans anew from what is there now',
      { cause: error },
    );
  };
}
