/** What is struck: a command run against a cloud that begins in a given state. */
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import type { End } from './end.ts';

/** What happens at a request: a fault, or the run is killed before the request is executed, or after it. */
export type Blow = SandboxFault | 'killed-before' | 'killed-after';

/** Says what happens at a request, counted from 0. */
export type Strike = (request: SandboxRequest, index: number) => Blow | undefined;

/** How a killed run ends: nothing that it asks for afterwards is sent. */
export class Killed extends Error {
  override name = 'Killed';
}

export interface Trial {
  /** One run of the command to its end; says how many changes it made. Rejects where it stops, with `Killed` where it was killed. */
  run(strike?: Strike): Promise<number>;
  /** The run that follows: mostly of the same command. */
  again(): Promise<number>;
  /** What the accounts hold now. */
  end(): Promise<End>;
  close(): Promise<void>;
}

export interface Story {
  readonly name: string;
  /** Whether runs are only killed in it: a real network and real processes cost too much for every fault. */
  readonly killsOnly: boolean;
  open(): Promise<Trial>;
  /** After the last trial. */
  close(): Promise<void>;
}
