/** What the core says while it works. It prints nothing itself: a view renders these (style.md 3). */
import type { ObjectClass } from '../model/object-class.ts';
import type { Evidence, Verdict } from '../model/verdict.ts';
import type { Change, Finding, StepId } from '../state/change.ts';
import type { Outcome, ResultError } from './failure.ts';

export interface CallEvent {
  readonly type: 'call';
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** HTTP status; absent where no answer came. */
  readonly status?: number;
  /** AWS's error code, where it failed. */
  readonly code?: string;
  readonly ms: number;
  readonly attempts: number;
  readonly requestId?: string;
  readonly write: boolean;
}

/** Something that a command was asked for: `text` for people, the members for programs. */
export interface ItemEvent {
  readonly type: 'item';
  /** The type of its JSON line: `bucket`. */
  readonly kind: string;
  readonly members: object;
  readonly text: string;
}

/** How one of several configurations ended. */
export interface ConfigurationResult extends Pick<Result, 'outcome' | 'changes' | 'error'> {
  /** The file. */
  readonly config: string;
  readonly name: string;
}

/** A command of s3repl for a person to run next; `show/command-line.ts` writes it out. */
export interface NextCommand {
  /** `apply`, `sandbox ls`. */
  readonly command: string;
  readonly operands?: readonly string[];
  /** Each with its value, where it has one. */
  readonly flags?: readonly (readonly [flag: string, value?: string])[];
  /** What it is run on. */
  readonly on: {
    /** Files and folders, as given. */
    readonly configs?: readonly string[];
    readonly sandbox?: boolean;
    /** Where the sandbox keeps its state, unless it is where it usually does. */
    readonly state?: string;
    /** Whether values of repl.yaml were given as flags, and are to be given again. */
    readonly sameValues?: boolean;
  };
}

/** How a command ended. */
export interface Result {
  readonly outcome: Outcome;
  /** Changes planned, or done where the command applies. */
  readonly changes: number;
  /** Where it is no success. */
  readonly error?: ResultError;
  /** One line for people. */
  readonly summary?: string;
  /** Of `verify`: what no object was written for, and so is not proven. */
  readonly notTried?: readonly string[];
  readonly next?: NextCommand;
  /** Of several configurations, at the very end. */
  readonly configurations?: readonly ConfigurationResult[];
}

export interface ResultEvent extends Result {
  readonly type: 'result';
  readonly command: string;
}

export type Event =
  | { readonly type: 'phase'; readonly name: 'observe' | 'apply' | 'read-back' | 'verify' | 'done' }
  | { readonly type: 'note'; readonly message: string }
  /** Names of the configurations that are worked on, of several. */
  | { readonly type: 'running'; readonly names: readonly string[]; readonly done: number; readonly of: number }
  | ItemEvent
  | CallEvent
  | { readonly type: 'change'; readonly change: Change }
  | {
      readonly type: 'problem' | 'warning';
      readonly code: string;
      readonly message: string;
      readonly fix?: string;
      /** What to paste, as it is: a line or several. */
      readonly paste?: string;
      readonly step?: StepId;
      readonly side?: string;
      readonly where?: string;
      /** The configuration that it is in, and where: line and column from 1. */
      readonly file?: string;
      readonly line?: number;
      readonly column?: number;
      /** Where the model says it: its check (rules.md 2.4), and what it has seen. */
      readonly check?: string;
      readonly evidence?: Evidence;
    }
  | ({
      readonly type: 'verdict';
      /** What a verdict on no real object is about. */
      readonly probe?: 'new-object' | 'delete-marker';
      /** The objects that a probe stands for. */
      readonly class?: ObjectClass;
      readonly name?: string;
      readonly asked?: boolean;
      readonly except?: string;
    } & Verdict)
  | {
      readonly type: 'step';
      readonly step: StepId;
      readonly resource: string;
      readonly account: string;
      readonly status: 'started' | 'done' | 'failed' | 'skipped';
    }
  | {
      readonly type: 'pending';
      readonly step?: StepId;
      readonly resource: string;
      readonly reason: string;
      readonly seconds: number;
    }
  | {
      /** What became of the object that was written to prove a rule. */
      readonly type: 'canary';
      readonly rule: string;
      /** Bucket. */
      readonly destination: string;
      readonly key: string;
      /** Only where it has any. */
      readonly tags?: Readonly<Record<string, string>>;
      readonly outcome: 'replicated' | 'failed' | 'not-selected' | 'pending' | 'delete-marker-pending';
      readonly seconds: number;
      readonly deleteMarkerSeconds?: number;
      readonly faults?: readonly string[];
    }
  | ResultEvent;

/** What a canary is called while it is waited for. */
export function canaryName(rule: string, tags: Readonly<Record<string, string>> = {}): string {
  return `${Object.keys(tags).length > 0 ? 'tagged canary' : 'canary'} of rule ${rule}`;
}

export type Report = (event: Event) => void;

/** A finding as the event that tells it. */
export function findingEvent({ level, step, code, side, message, fix }: Finding): Event {
  return { type: level, step, code, side, message, fix };
}
