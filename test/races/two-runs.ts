/**
 * Two runs at once of the same setup, interleaved in every way that is asked for: whoever tells a success has made one, whoever does
 * not says so, no key is lost from sight, and the next run ends like one that was alone.
 */
import type { SandboxState } from '../../src/sandbox/store/state.ts';
import { aCloud, type Run } from '../crash/cloud.ts';
import { normalised } from '../crash/end.ts';
import { storiesInProcess } from '../crash/stories.ts';
import { byDice, type Choose, interruptedAfter, race } from './race.ts';

export interface Pair {
  readonly name: string;
  readonly start: SandboxState;
  readonly runs: readonly [Run, Run];
  /** The ends of the runs one after the other, in both orders. */
  readonly ends: readonly string[];
  /** Those of the last run, where it is run once more in the end. */
  readonly lastEnds: readonly string[];
  /** Requests of the first run, alone. */
  readonly requests: number;
}

/** What runs at the same time, by the names of the stories: the second one is run once more in the end. */
const together = [
  ['first apply, nothing there', 'first apply, nothing there'],
  ['first apply, given keys', 'first apply, given keys'],
  ['new prefix, created keys', 'new prefix, created keys'],
  ['second destination, created keys', 'second destination, created keys'],
  ['destroy, created keys', 'destroy, created keys'],
  ['destroy, created keys', 'new prefix, created keys'],
  ['new prefix, created keys', 'destroy, created keys'],
  ['first apply with alerts', 'first apply with alerts'],
  ['alerts added', 'alerts added'],
  ['alerts taken out', 'destroy with alerts'],
] as const;

/** The pairs whose names are asked for. */
export async function pairs(isAsked: (name: string) => boolean): Promise<readonly Pair[]> {
  const all = await storiesInProcess();
  const named = (name: string) => {
    const story = all.find((one) => one.name === name);
    if (!story) throw new Error(`no story is called ${name}`);
    return story;
  };
  const asked = together
    .map(([first, second]) => ({
      name: first === second ? `${first}, twice` : `${first}, and ${second}`,
      first,
      second,
    }))
    .filter(({ name }) => isAsked(name));
  return Promise.all(
    asked.map(async ({ name, first, second }) => {
      const [{ start, run: a }, { run: b }] = [named(first), named(second)];
      const ends = [await oneAfterTheOther(start, [a, b]), await oneAfterTheOther(start, [b, a])];
      const alone = [await oneAfterTheOther(start, [b]), await oneAfterTheOther(start, [b, a, b])];
      return {
        name,
        start,
        runs: [a, b] as const,
        ends: ends.map(({ end }) => end),
        lastEnds: [...alone, ...ends.slice(0, 1)].map(({ end }) => end),
        requests: ends[0]?.requests ?? 0,
      };
    }),
  );
}

async function oneAfterTheOther(start: SandboxState, runs: readonly Run[]) {
  const cloud = await aCloud(start);
  let requests = 0;
  for (const [index, run] of runs.entries()) {
    await run(
      cloud.surroundings(() => {
        requests += index === 0 ? 1 : 0;
        return undefined;
      }),
    );
  }
  return { end: inAnyOrder(cloud.sandbox.state), requests };
}

export interface Verdict {
  readonly successes: number;
  /** Codes of those that failed. */
  readonly codes: readonly string[];
  readonly leftOver: number;
  readonly wrong?: string;
}

/** One race, and what is wrong with how it ended. */
export async function raced({ start, runs, ends, lastEnds }: Pair, choose: Choose): Promise<Verdict> {
  const { sandbox, failures, events } = await race(start, runs, choose);
  const failed = failures.flatMap((failure) => failure ?? []);
  const counts = { successes: runs.length - failed.length, codes: failed.map(({ code }) => code) };
  const told = events.flat().filter((event) => event.type === 'warning' && event.code === 'key-left-over').length;
  const before = withoutLeftOver(sandbox.state);
  const verdict = (wrong?: string): Verdict => ({
    ...counts,
    leftOver: before.leftOver,
    ...(wrong === undefined ? {} : { wrong }),
  });
  const bug = failed.find(({ code }) => code === 'bug');
  if (bug) return verdict(bug.message);
  if (before.leftOver !== told) return verdict(`${before.leftOver} keys are left over, and ${told} were told`);
  if (failed.length === 0 && !ends.includes(before.state))
    return verdict(`both told a success, but ${difference(ends, before.state)}`);

  const again = await race(sandbox.state, [runs[1]], () => 0);
  const [failure] = again.failures;
  if (failure) return verdict(`the next run failed: ${failure.message}`);
  const after = withoutLeftOver(again.sandbox.state);
  if (after.leftOver !== before.leftOver) return verdict('the next run made another key');
  return verdict(
    lastEnds.includes(after.state) ? undefined : `after the next run ${difference(lastEnds, after.state)}`,
  );
}

/** The state without the keys that no alias points to and nothing else names: what a person takes out who was told of them. */
function withoutLeftOver(state: SandboxState): { readonly state: string; readonly leftOver: number } {
  const aliased = new Set(Object.values(state.aliases).map(({ keyId }) => keyId));
  const rest = JSON.stringify({ buckets: state.buckets, accounts: state.accounts });
  const surplus = Object.entries(state.keys).filter(
    ([, { id, tags }]) => !aliased.has(id) && JSON.stringify(tags).includes('s3repl') && !rest.includes(id),
  );
  const names = surplus.map(([name]) => name);
  const keys = Object.fromEntries(Object.entries(state.keys).filter(([name]) => !names.includes(name)));
  return { state: inAnyOrder({ ...state, keys }), leftOver: surplus.length };
}

/** What was put back stands at another place in its list, which means nothing. */
function inAnyOrder(state: SandboxState): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sorted(inner)]));
  };
  return JSON.stringify(sorted(JSON.parse(normalised(state))), null, 1);
}

/** The first line in which an end differs from the first of those that it may be. */
function difference([expected = '']: readonly string[], found: string): string {
  const [wanted, got] = [expected.split('\n'), found.split('\n')];
  const at = wanted.findIndex((line, index) => line !== got[index]);
  const shown = (lines: readonly string[]) => lines.slice(Math.max(0, at - 2), at + 3).map((line) => line.trim());
  return `expected ${shown(wanted).join(' ')}, found ${shown(got).join(' ')}`;
}

/** Interleavings: so many by dice, and the first run interrupted at every Nth of its requests. */
export function interleavings(
  { requests }: Pair,
  { seeds, stride }: { readonly seeds: number; readonly stride: number },
): readonly { readonly name: string; readonly choose: () => Choose }[] {
  const dice = Array.from({ length: seeds }, (_, index) => ({
    name: `seed ${index + 1}`,
    choose: () => byDice(index + 1),
  }));
  const places = Array.from({ length: requests }, (_, index) => index + 1).filter((place) => place % stride === 0);
  return [
    ...dice,
    ...places.map((place) => ({ name: `interrupted after ${place}`, choose: () => interruptedAfter(place) })),
  ];
}
