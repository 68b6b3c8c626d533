import type { Spec } from '../config/spec.ts';
import { isHalfShown } from '../connect/absent.ts';
import type { Connections } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { Failure, isStop, stopFailure } from '../events/failure.ts';
import { type AlsoRead, observe } from '../observe/observe.ts';
import { type Plan, planApply } from '../plan/plan.ts';
import type { Change } from '../state/change.ts';
import type { State } from '../state/state.ts';
import { applyChanges } from './apply.ts';
import { readBackFailure } from './emulator.ts';
import { settle } from './settle.ts';
import type { Versions } from './versions.ts';

class StillDifferent extends Error {
  readonly left: string;

  constructor({ changes, problems }: Plan) {
    super('what AWS shows is not yet what was written');
    this.left = [...changes.map((change) => change.resource), ...problems.map((problem) => problem.message)].join('; ');
  }
}

/** Someone else wrote a document after this run did, and our part of it is not as it should be. */
class WrittenOver extends Error {
  readonly changes: readonly Change[];

  constructor(changes: readonly Change[]) {
    super('written over');
    this.changes = changes;
  }

  get resources(): string {
    return this.changes.map(({ resource }) => resource).join(' and the ');
  }
}

/** Milliseconds for an endpoint that is not AWS's: an emulator shows at once what it keeps. */
const emulatorLimitMs = 20_000;

const mostTimes = 3;

interface ReadingBack extends Pick<Surroundings, 'report' | 'now' | 'sleep' | 'endpoint'> {
  readonly signal?: AbortSignal;
  readonly also?: AlsoRead | undefined;
}

export interface WrittenNow {
  readonly versions: Versions;
  readonly signal: AbortSignal;
}

/**
 * Reads until AWS shows what was written, since reads may lag (rules.md 3.1). If someone else wrote over a document, adds ours to theirs once more, and reports
 * it.
 * @param written absent: a document written over is only reported.
 * @throws Failure `cancelled` or `failed` where the signal stops it; `failed` where something still differs after two minutes, or again and again: someone
 * undoes it, or AWS gave it another form.
 */
export async function readBack(
  spec: Spec,
  connections: Connections,
  surroundings: ReadingBack,
  replan: (observed: State, spec: Spec) => Plan = planApply,
  written?: WrittenNow,
): Promise<State> {
  const { endpoint } = surroundings;
  let last: WrittenOver | undefined;
  const tell = ({ resources }: WrittenOver) =>
    surroundings.report({
      type: 'warning',
      code: 'written-over',
      message: `someone else wrote the ${resources} at the same time: s3repl writes its own part again`,
    });
  for (let times = 1; ; times += 1) {
    const shown = await waitUntilShown(spec, connections, surroundings, replan, written?.versions).catch(
      requireWrittenOver,
    );
    if (!(shown instanceof WrittenOver)) {
      if (endpoint && last) tell(last);
      return shown;
    }
    if (!written) throw shown;
    if (times > mostTimes) throw overwriteFailure(shown.resources);
    // The next look shows whether it was someone else, and not the endpoint.
    const told = endpoint ? last : shown;
    if (told) tell(told);
    last = shown;
    await applyChanges(shown.changes, { connections, surroundings, ...written });
  }
}

function requireWrittenOver(error: unknown): WrittenOver {
  if (error instanceof WrittenOver) return error;
  throw error;
}

async function waitUntilShown(
  spec: Spec,
  connections: Connections,
  { report, now, sleep, endpoint, signal, also }: ReadingBack,
  replan: (observed: State, spec: Spec) => Plan,
  versions: Versions | undefined,
): Promise<State> {
  const look = async () => {
    const observed = await observe(connections, spec, also);
    const plan = replan(observed, spec);
    if (plan.changes.length === 0 && plan.problems.length === 0) return observed;
    const over = plan.changes.filter(({ calls }) =>
      calls.some(({ onlyIf }) => onlyIf && versions?.isTheirs(onlyIf, observed)),
    );
    throw over.length > 0 && plan.problems.length === 0 ? new WrittenOver(over) : new StillDifferent(plan);
  };
  const reportWait = (reason: string, seconds: number) =>
    report({ type: 'pending', resource: 'read back', reason, seconds });
  try {
    return await settle(
      look,
      (error) => {
        if (error instanceof StillDifferent) return `AWS to show what was written (${error.left})`;
        return isHalfShown(error) ? 'AWS to show all of what was written' : undefined;
      },
      { now, sleep, reportWait, ...(endpoint === undefined ? {} : { limit: emulatorLimitMs }) },
    );
  } catch (error) {
    if (signal && isStop(error, signal))
      throw stopFailure(signal, 'after the last change, before s3repl checked the result');
    if (!(error instanceof StillDifferent)) throw error;
    if (endpoint !== undefined) throw readBackFailure(error.left, endpoint);
    throw new Failure(
      'failed',
      'read-back-differs',
      `AWS does not show everything that s3repl sent: ${error.left}`,
      'run s3repl plan to see the difference; something else may be changing the same resources (another tool, an organization policy)',
    );
  }
}

function overwriteFailure(resources: string): Failure {
  return new Failure(
    'failed',
    'written-over',
    `someone else keeps overwriting the ${resources}: s3repl's changes there are lost`,
    'find out who (another tool, a pipeline), let only one of the two manage it, and run the same command again',
  );
}
