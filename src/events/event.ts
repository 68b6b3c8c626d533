/** The core prints nothing itself: a view renders these events (style.md 3). */
import type { ObjectClass } from '../model/object-class.ts';
import type { Evidence, Verdict } from '../model/verdict.ts';
import type { Change, Finding, StepId } from '../state/change.ts';
import type { PlanCost } from '../state/cost.ts';
import type { Outcome, ResultError } from './failure.ts';

export interface CallEvent {
  readonly type: 'call';
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly status?: number;
  readonly code?: string;
  readonly ms: number;
  readonly attempts: number;
  readonly requestId?: string;
  readonly write: boolean;
}

/** What a command was asked for: `text` for people, the other members for programs. */
export interface ItemEvent {
  readonly type: 'item';
  readonly kind: string;
  readonly members: object;
  readonly text: string;
}

/** How far a job of S3 Batch Operations has come. */
export interface JobProgress {
  readonly type: 'progress';
  readonly job: string;
  /** As AWS names it. */
  readonly status: string;
  /** Absent while AWS makes the list of objects. */
  readonly total?: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Since this run began to watch it. */
  readonly seconds: number;
  /** Objects; absent where too little was seen. */
  readonly perSecond?: number;
  readonly secondsLeft?: number;
}

/** `atLeast`: some could not be counted. */
export type Total = number | 'unknown' | { readonly atLeast: number };

export interface StatusTotals {
  /** Operations that wait now. */
  readonly pending: Total;
  /** Of what has waited longest. */
  readonly latencySeconds: Total;
  /** Operations, in the period. */
  readonly failed: Total;
}

export interface ConfigurationResult extends Pick<Result, 'outcome' | 'changes' | 'error' | 'status'> {
  readonly config: string;
  readonly name: string;
}

export type GivenFlag = readonly [flag: string, value?: string];

/** For a person to run next; `show/command-line.ts` writes it out. */
export interface NextCommand {
  readonly command: string;
  readonly operands?: readonly string[];
  readonly flags?: readonly GivenFlag[];
  readonly on: {
    /** Files and folders, as given. */
    readonly configs?: readonly string[];
    readonly sandbox?: boolean;
    /** Absent: the sandbox's usual folder. */
    readonly state?: string;
    readonly profile?: string;
    readonly destinationProfile?: string;
    /** Values of repl.yaml that were given as flags: the next command needs them again. */
    readonly values?: readonly GivenFlag[];
  };
}

export interface Offer {
  /** Follows "To", such as `be told when objects fail`. */
  readonly aim: string;
  readonly command: NextCommand;
}

export interface JobResult {
  readonly id: string;
  /** As AWS names it. */
  readonly status: string;
  /** Of objects; absent as long as AWS makes the list of them. */
  readonly total?: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface Result {
  readonly outcome: Outcome;
  /** Planned; where the command applies, done. */
  readonly changes: number;
  readonly error?: ResultError;
  readonly summary?: string;
  /** Of `verify`: not proven, since no object was written for it. */
  readonly notTried?: readonly string[];
  /** The last job of `backfill`. */
  readonly job?: JobResult;
  /** Of `plan`. */
  readonly cost?: PlanCost;
  /** Of `status`. */
  readonly status?: StatusTotals;
  readonly next?: NextCommand;
  /** Of `init`, for people: what else may follow. */
  readonly offers?: readonly Offer[];
  readonly configurations?: readonly ConfigurationResult[];
}

export interface ResultEvent extends Result {
  readonly type: 'result';
  readonly command: string;
}

export type Event =
  | { readonly type: 'phase'; readonly name: 'observe' | 'apply' | 'read-back' }
  | { readonly type: 'phase'; readonly name: 'verify' | 'verify-alerts'; readonly limitMs: number }
  | { readonly type: 'phase'; readonly name: 'done' }
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'running'; readonly names: readonly string[]; readonly done: number; readonly of: number }
  | ItemEvent
  | CallEvent
  | { readonly type: 'change'; readonly change: Change }
  | {
      readonly type: 'problem' | 'warning';
      readonly code: string;
      readonly message: string;
      readonly fix?: string;
      readonly paste?: string;
      readonly step?: StepId;
      readonly side?: string;
      readonly where?: string;
      /** The configuration file; line and column count from 1. */
      readonly file?: string;
      readonly line?: number;
      readonly column?: number;
      /** The model's check (rules.md 2.4), and what it has seen. */
      readonly check?: string;
      readonly evidence?: Evidence;
    }
  | ({
      readonly type: 'verdict';
      /** The verdict is about a probe, not a real object. */
      readonly probe?: 'new-object' | 'delete-marker';
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
  | JobProgress
  | {
      readonly type: 'canary';
      readonly rule: string;
      /** A bucket's name. */
      readonly destination: string;
      readonly key: string;
      readonly tags?: Readonly<Record<string, string>>;
      readonly outcome: 'replicated' | 'failed' | 'not-selected' | 'pending' | 'delete-marker-pending';
      readonly seconds: number;
      readonly deleteMarkerSeconds?: number;
      readonly faults?: readonly string[];
    }
  | {
      /** The test of one topic that alarms publish to; `pending`: AWS has not said it in the time. */
      readonly type: 'alert';
      /** ARN. */
      readonly topic: string;
      readonly region: string;
      readonly alarm?: string;
      readonly outcome: 'published' | 'failed' | 'pending' | 'not-tried';
      readonly seconds?: number;
      /** Confirmed ones. */
      readonly subscribers: number;
      readonly faults?: readonly { readonly message: string; readonly fix: string; readonly paste?: string }[];
    }
  | ResultEvent;

export function canaryName(rule: string, tags: Readonly<Record<string, string>> = {}): string {
  return `${Object.keys(tags).length > 0 ? 'tagged canary' : 'canary'} of rule ${rule}`;
}

export type Report = (event: Event) => void;

export function findingEvent({ level, step, code, side, message, fix, paste }: Finding): Event {
  return { type: level, step, code, side, message, fix, ...(paste !== undefined && { paste }) };
}
