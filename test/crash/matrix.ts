/**
 * The crash matrix and the fault matrix (design.md 7): every story is struck at every request, then run again undisturbed. It has to
 * end as if nothing had happened; a run that was struck must not tell a success that is none, nor a mistake of ours.
 */
import { explain } from '../../src/cli/explain.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/faults.ts';
import { aCloud, type Blow, Killed, normalised, type Strike } from './cloud.ts';
import { type Story, stories } from './stories.ts';

export interface Extent {
  /** Every Nth cell. */
  readonly stride: number;
  /** Of the cells whose name contains this. */
  readonly only: string;
}

/** An undisturbed run. */
interface Undisturbed {
  readonly requests: readonly SandboxRequest[];
  readonly end: string;
}

export interface Survival {
  readonly cells: number;
  readonly survived: number;
}

/** Runs the matrices. */
export async function matrix({ stride, only }: Extent, print: (line: string) => void): Promise<Survival> {
  const started = performance.now();
  const totals = { cells: 0, survived: 0, stopped: 0 };
  let turn = 0;
  for (const story of await stories()) {
    const undisturbed = await runUndisturbed(story);
    const counts = { cells: 0, survived: 0, stopped: 0 };
    for (const { name, strike } of cells(undisturbed.requests)) {
      const full = `${story.name}: ${name}`;
      if (!full.includes(only)) continue;
      turn += 1;
      if (turn % stride !== 0) continue;
      const { stopped, wrong } = await struck(story, strike, undisturbed);
      counts.cells += 1;
      counts.stopped += stopped ? 1 : 0;
      counts.survived += wrong === undefined ? 1 : 0;
      if (wrong !== undefined) print(`NOT SURVIVED ${full}: ${wrong}`);
    }
    const { cells: all, survived, stopped } = counts;
    print(
      `${story.name}: ${undisturbed.requests.length} requests, ${survived} of ${all} survived, ${stopped} of them stopped and went on`,
    );
    totals.cells += all;
    totals.survived += survived;
    totals.stopped += stopped;
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  print(
    `${totals.survived} of ${totals.cells} survived (requests × faults), ${totals.stopped} of them in a second run; ${seconds} s`,
  );
  return totals;
}

async function runUndisturbed(story: Story): Promise<Undisturbed> {
  const cloud = await aCloud(story.start);
  const requests: SandboxRequest[] = [];
  const noting: Strike = (request) => {
    requests.push(request);
    return undefined;
  };
  await story.run(cloud.surroundings(noting));
  const end = normalised(cloud.sandbox.state);
  const again = await story.run(cloud.surroundings());
  if (again > 0 || normalised(cloud.sandbox.state) !== end) throw new Error(`${story.name} is not over after one run`);
  if (theirsIn(end) !== theirsIn(normalised(story.start))) throw new Error(`${story.name} changes what is of others`);
  return { requests, end };
}

/** The statements, rules and policies of others, by the names that the stories give them. */
function theirsIn(state: string): string {
  return [...state.matchAll(/"theirs\w*"/gi)].map(([name]) => name).join(' ');
}

/** A seed for each of the runs in which a tenth of all requests is struck. */
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

function* cells(requests: readonly SandboxRequest[]): Generator<{ readonly name: string; readonly strike: Strike }> {
  for (const [at, request] of requests.entries()) {
    for (const [what, blow] of Object.entries(blowsTo(request))) {
      const strike: Strike = (_, index) => (index === at ? blow : undefined);
      yield { name: `${what} at ${request.service} ${request.operation} (request ${at})`, strike };
    }
  }
  for (const seed of seeds) yield { name: `a tenth of all requests, seed ${seed}`, strike: aTenth(seed) };
}

const error = (code: string, status: number): SandboxFault => ({ code, status });

/** What can happen at a request, by name. */
function blowsTo({ service }: SandboxRequest): Readonly<Record<string, Blow>> {
  const codes: Readonly<Record<string, readonly SandboxFault[]>> = {
    s3: [
      error('InternalError', 500),
      error('SlowDown', 503),
      error('ExpiredToken', 400),
      error('AccessDenied', 403),
      error('OperationAborted', 409),
      error('NoSuchBucket', 404),
    ],
    kms: [
      error('KMSInternalException', 500),
      error('ServiceUnavailable', 503),
      error('ThrottlingException', 400),
      error('ExpiredTokenException', 400),
      error('AccessDeniedException', 400),
      error('NotFoundException', 400),
    ],
    iam: [
      error('ServiceFailure', 500),
      error('ServiceUnavailable', 503),
      error('Throttling', 400),
      error('ExpiredToken', 403),
      error('AccessDenied', 403),
      error('ConcurrentModification', 409),
      error('NoSuchEntity', 404),
    ],
    sts: [
      error('InternalFailure', 500),
      error('ServiceUnavailable', 503),
      error('Throttling', 400),
      error('ExpiredToken', 403),
      error('AccessDenied', 403),
    ],
  };
  const breaks = ['killed-before', 'killed-after', 'reset', 'lost-answer', 'timeout', 'truncated'] as const;
  const faults = [...(codes[service] ?? []), error('TooManyRequestsException', 429)];
  return Object.fromEntries([
    ...breaks.map((one) => [one, one] as const),
    ...faults.map((one) => [typeof one === 'object' ? one.code : one, one] as const),
  ]);
}

/** Strikes a tenth of all requests with any of the faults, by a seed: the same again each time. */
function aTenth(seed: number): Strike {
  let state = seed;
  // Mulberry32: small, and good enough to throw dice.
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (request) => {
    const blows = Object.values(blowsTo(request));
    return random() < 0.1 ? blows[Math.floor(random() * blows.length)] : undefined;
  };
}

/** Strikes a run and then runs again; tells what went wrong. */
async function struck(
  story: Story,
  strike: Strike,
  { end }: Undisturbed,
): Promise<{ readonly stopped: boolean; readonly wrong?: string }> {
  const cloud = await aCloud(story.start);
  const isRight = () => normalised(cloud.sandbox.state) === end;
  const stop = await story.run(cloud.surroundings(strike)).then(
    () => undefined,
    (reason: unknown) => ({ reason }),
  );
  const stopped = stop !== undefined;
  if (stop === undefined && !isRight())
    return { stopped, wrong: `it told a success, but ${difference(end, normalised(cloud.sandbox.state))}` };
  if (stop && !(stop.reason instanceof Killed)) {
    const { code, message } = explain(stop.reason);
    if (code === 'bug') return { stopped, wrong: message };
  }
  try {
    await story.run(cloud.surroundings());
  } catch (reason) {
    return { stopped, wrong: `the next run stopped: ${explain(reason).message}` };
  }
  return isRight() ? { stopped } : { stopped, wrong: difference(end, normalised(cloud.sandbox.state)) };
}

/** The first lines in which two ends differ. */
function difference(expected: string, found: string): string {
  const [wanted, got] = [expected.split('\n'), found.split('\n')];
  const at = wanted.findIndex((line, index) => line !== got[index]);
  const shown = (lines: readonly string[]) =>
    lines
      .slice(Math.max(0, at - 1), at + 2)
      .map((line) => line.trim())
      .join(' ');
  return `expected ${shown(wanted)}, found ${shown(got)}`;
}
