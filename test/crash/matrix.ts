/**
 * The crash matrix and the fault matrix (design.md 7): every story is struck at every request, then run again undisturbed. It has to
 * end as if nothing had happened, nothing of others may be lost on the way, and a run that was struck must not tell a success that
 * is none, nor a mistake of ours.
 */

import type { SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import { explain } from '../../src/session/explain.ts';
import { type Cell, cellsOf } from './cells.ts';
import type { End } from './end.ts';
import { stories } from './stories.ts';
import { Killed, type Story, type Trial } from './trial.ts';

export interface Extent {
  /** Every Nth cell. */
  readonly stride: number;
  /** Of the cells whose name contains this. Before a colon stands the end of a story's name: the others are not even begun. */
  readonly only: string;
}

/** An undisturbed run, and the one after it. */
interface Undisturbed {
  readonly requests: readonly SandboxRequest[];
  readonly first: End;
  readonly end: End;
}

export interface Survival {
  readonly cells: number;
  readonly survived: number;
}

interface Counts {
  readonly story: string;
  requests: number;
  /** Requests × faults. */
  cells: number;
  survived: number;
  /** Struck runs that stopped, and that the next run has brought to the end. */
  stopped: number;
  seconds: number;
}

/** Runs the matrices and prints their table. */
export async function matrix({ stride, only }: Extent, print: (line: string) => void): Promise<Survival> {
  const total: Counts = { story: 'all', requests: 0, cells: 0, survived: 0, stopped: 0, seconds: 0 };
  const [inStory = '', ...inCell] = only.split(': ');
  let turn = 0;
  print('story                               requests  struck  survived  in a 2nd run      s');
  for (const story of await stories()) {
    if (inCell.length > 0 && !story.name.endsWith(inStory)) continue;
    const started = performance.now();
    const undisturbed = await runUndisturbed(story);
    const requests = undisturbed.requests.length;
    const row: Counts = { story: story.name, requests, cells: 0, survived: 0, stopped: 0, seconds: 0 };
    for (const cell of cellsOf(story, undisturbed.requests)) {
      const full = `${story.name}: ${cell.name}`;
      if (!full.includes(only)) continue;
      turn += 1;
      if (turn % stride !== 0) continue;
      const { stopped, wrong } = await struck(story, cell, undisturbed);
      row.cells += 1;
      row.stopped += stopped ? 1 : 0;
      row.survived += wrong === undefined ? 1 : 0;
      if (wrong !== undefined) print(`NOT SURVIVED ${full}: ${wrong}`);
    }
    await story.close();
    row.seconds = Math.round((performance.now() - started) / 1000);
    if (row.cells === 0) continue;
    print(line(row));
    for (const column of columns) total[column] += row[column];
  }
  print(line(total));
  return total;
}

const columns = ['requests', 'cells', 'survived', 'stopped', 'seconds'] as const;

function line(row: Counts): string {
  const widths = [8, 8, 10, 14, 7];
  const numbers = columns.map((column, at) => String(row[column]).padStart(widths[at] ?? 0));
  return row.story.padEnd(36) + numbers.join('');
}

async function runUndisturbed(story: Story): Promise<Undisturbed> {
  return opened(story, async (trial) => {
    const { theirs } = await trial.end();
    const requests: SandboxRequest[] = [];
    await trial.run((request) => {
      requests.push(request);
      return undefined;
    });
    const first = await trial.end();
    await trial.again();
    const end = await trial.end();
    const left = await trial.again();
    const wrong = (reason: string) => new Error(`${story.name}: ${reason}`);
    if (left > 0 || (await trial.end()).all !== end.all) throw wrong('it is not over after one run');
    if (first.theirs !== theirs || end.theirs !== theirs)
      throw wrong(`it changes what is of others: ${difference(theirs, end.theirs)}`);
    if (end.unsound.length > 0) throw wrong(end.unsound.join('; '));
    return { requests, first, end };
  });
}

async function opened<T>(story: Story, work: (trial: Trial) => Promise<T>): Promise<T> {
  const trial = await story.open();
  try {
    return await work(trial);
  } finally {
    await trial.close();
  }
}

/** Strikes a run and then runs again; tells what went wrong. */
async function struck(
  story: Story,
  { strike, inOneRun }: Cell,
  undisturbed: Undisturbed,
): Promise<{ readonly stopped: boolean; readonly wrong?: string }> {
  return opened(story, async (trial) => {
    const stop = await trial.run(strike).then(
      () => undefined,
      (reason: unknown) => ({ reason }),
    );
    const stopped = stop !== undefined;
    const first = await trial.end();
    if (first.theirs !== undisturbed.first.theirs) {
      return { stopped, wrong: `what is of others was changed: ${difference(undisturbed.first.theirs, first.theirs)}` };
    }
    if (!stopped && first.all !== undisturbed.first.all) {
      return { stopped, wrong: `it told a success, but ${difference(undisturbed.first.all, first.all)}` };
    }
    if (stop && !(stop.reason instanceof Killed)) {
      const { code, message } = explain(stop.reason);
      if (code === 'bug' || inOneRun) return { stopped, wrong: `it stopped: ${message}` };
    }
    try {
      await trial.again();
    } catch (reason) {
      return { stopped, wrong: `the next run stopped: ${explain(reason).message}` };
    }
    const { all, unsound } = await trial.end();
    if (unsound.length > 0) return { stopped, wrong: unsound.join('; ') };
    return all === undisturbed.end.all ? { stopped } : { stopped, wrong: difference(undisturbed.end.all, all) };
  });
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
