import type { Connection, Connections } from '../connect/connection.ts';
import { expect } from '../connect/expected.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { isStop, stopFailure } from '../events/failure.ts';
import { type Call, type Change, type PlannedOperation, type Turn, turn, turns } from '../state/change.ts';
import { factsOf, writes } from '../steps/steps.ts';
import { assertDoneAlready, assertNotMadeYet, assertUnchanged, NotShownYet, nameOf, ThereAlready } from './guard.ts';
import { NewKeys } from './new-keys.ts';
import { send } from './send.ts';
import { lagBehind, settle } from './settle.ts';
import { Versions } from './versions.ts';

export interface Work {
  readonly connections: Connections;
  readonly surroundings: Pick<Surroundings, 'report' | 'now' | 'sleep'>;
  /** Aborted by Ctrl-C, or at the deadline: no further call begins; those under way end, or are broken off. */
  readonly signal: AbortSignal;
  /** Awaited once, before the first call that removes rights: objects on their way still need them. */
  readonly beforeRightsGo?: () => Promise<void>;
  readonly versions?: Versions;
}

interface Run extends Work {
  readonly versions: Versions;
  readonly made: Set<string>;
  /** Whether one of its calls (CreateRole, which AWS refuses to the second of two) keeps another run from making the same. */
  readonly isAlone: boolean;
}

/**
 * What was done stays done.
 * @throws the first error, and begins nothing further; Failure `cancelled` after Ctrl-C, `failed` at the deadline, `blocked` where a document is not as planned
 * with.
 */
export async function applyChanges(changes: readonly Change[], work: Work): Promise<void> {
  const { report } = work.surroundings;
  const isAlone = changes.some(({ calls }) => calls.some(({ operation }) => factsOf(operation)?.oneRunOnly));
  const run: Run = { ...work, versions: work.versions ?? new Versions(), made: new Set(), isAlone };
  let goOn: () => void = () => undefined;
  const won = isAlone ? new Promise<void>((resolve) => (goOn = resolve)) : undefined;
  const newKeys = new NewKeys();
  const errors: unknown[] = [];
  const begun = new Set<Change>();
  const sent = new Set<Change>();
  const ended = new Set<Change>();
  const isOver = () => errors.length > 0 || work.signal.aborted;
  const isItsEnd = (error: unknown) => error === over || isStop(error, work.signal);
  const sendEach = async (calls: readonly Call[], change: Change) => {
    for (const call of calls) {
      const ready = await newKeys.replaceStandIns(call, change.target);
      if (factsOf(call.operation)?.once) await won;
      if (isOver()) throw over;
      sent.add(change);
      newKeys.learn(change.target, call, await sendSettled(ready, change, run));
      if (factsOf(call.operation)?.oneRunOnly) goOn();
    }
  };
  const tell = ({ step, resource, account }: Change, status: 'started' | 'done' | 'failed' | 'skipped') =>
    report({ type: 'step', step, resource, account, status });

  const make = async (change: Change, now: Turn): Promise<void> => {
    const calls = change.calls.filter((call) => call.turn === now);
    if (calls.length === 0) return;
    if (!begun.has(change)) tell(change, 'started');
    begun.add(change);
    try {
      await sendEach(calls, change);
    } catch (error) {
      errors.push(error);
      goOn();
      newKeys.giveUp(over);
      if (isItsEnd(error)) return;
      ended.add(change);
      tell(change, 'failed');
      return;
    }
    if (change.calls.some((call) => call.turn > now)) return;
    ended.add(change);
    tell(change, 'done');
  };

  let rightsWent = false;
  for (const now of turns) {
    const goes = now >= turn.revocations && changes.some(({ calls }) => calls.some((call) => call.turn === now));
    if (goes && !rightsWent && !isOver()) {
      rightsWent = true;
      await work.beforeRightsGo?.().catch((error: unknown) => errors.push(error));
    }
    if (!isOver()) await Promise.all(changes.map((change) => make(change, now)));
  }
  const left = changes.filter((change) => !ended.has(change));
  for (const change of left) tell(change, 'skipped');
  const failed = errors.find((error) => !isItsEnd(error));
  if (failed !== undefined) throw failed;
  if (left.length > 0) throw stopFailure(work.signal, `after ${progress(changes, left, sent)}`);
}

/** Thrown for calls that do not begin; the earlier error, or the signal, says why. */
const over = new Error('not begun: the run is over');

const mostNamed = 6;

function progress(changes: readonly Change[], left: readonly Change[], sent: ReadonlySet<Change>): string {
  const half = left.filter((change) => sent.has(change)).length;
  const names = left.slice(0, mostNamed).map(({ resource, account }) => `${resource} (${account})`);
  const more = left.length > mostNamed ? ` and ${left.length - mostNamed} more` : '';
  return `${changes.length - left.length} of ${changes.length} changes${half > 0 ? `, ${half} more started` : ''}; left: ${names.join(', ')}${more}`;
}

async function sendSettled(call: Call, change: Change, run: Run): Promise<unknown> {
  const at = connectionFor(call, run.connections);
  const { report, now, sleep } = run.surroundings;
  const { step, resource, target } = change;
  const { onlyIf: seen } = call;
  // At first nobody else can know what this run has just made; while it waits for AWS that changes.
  let unknownToOthers = run.made.has(target);
  if (seen) run.versions.noteSeen(seen);
  const guard = async () => {
    if (seen && !unknownToOthers && (await assertUnchanged(at, call, seen, run.versions)) === 'theirs-vanished') {
      const message = `s3repl overwrote what someone else had just written to the ${nameOf(seen)}, and has put it back`;
      report({ type: 'warning', code: 'put-back', step, message });
    }
    unknownToOthers = false;
  };
  return settle(
    async () => {
      if (!run.isAlone) await assertNotMadeYet(at, call, resource);
      const answer = await send(at, call, { before: seen && guard }).catch(async (error: unknown) => {
        if (!(error instanceof ThereAlready)) await assertDoneAlready(at, call, error, report);
      });
      if (answer !== undefined) {
        if (writes[call.operation].makesTarget) run.made.add(target);
        noteExpected(at, call);
      }
      run.versions.noteWritten(call);
      return answer;
    },
    (error) => {
      if (run.signal.aborted) return undefined;
      return error instanceof NotShownYet ? 'AWS to show what was written' : lagBehind(call, error);
    },
    { now, sleep, reportWait: (reason, seconds) => report({ type: 'pending', step, resource, reason, seconds }) },
  );
}

/** Alarms and topics are also in other Regions than their side. */
function connectionFor({ side, region }: Call, connections: Connections): Connection {
  const at = connections.get(side);
  return region === undefined || region === at.region ? at : at.inRegion(region);
}

function noteExpected<O extends PlannedOperation>(at: Connection, { operation, input }: Call<O>): void {
  const expected = writes[operation].expects?.(input);
  if (expected) expect(at[expected.by], expected.name, expected.found);
}
