/** What the doctor says: data, for a view to show. */

import type { Remark } from '../model/classes/class-text.ts';
import type { Exclusion, ObjectClass } from '../model/object-class.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Cause, Verdict } from '../model/verdict.ts';
import type { CheckId } from './catalogue.ts';
import type { Remedy } from './remedy.ts';

export interface Diagnosis {
  readonly source: Snapshot['source'];
  readonly takenAt: string;
  /** `blocked`: something would not replicate; `unknown`: something that decides could not be read. */
  readonly outcome: 'healthy' | 'blocked' | 'unknown';
  /** Those that apply, in the order of their IDs. */
  readonly checks: readonly CheckResult[];
  readonly verdicts: readonly DiagnosedVerdict[];
  /** Most harmful first. */
  readonly causes: readonly GroupedCause[];
  /** What is left out on purpose, and does not replicate; absent where there is nothing. */
  readonly excluded?: readonly Exclusion[];
}

export interface DiagnosedVerdict {
  /** Set where it is about no real object. */
  readonly probe?: 'new-object' | 'delete-marker';
  /** Of a probe: the objects that it stands for. */
  readonly class?: ObjectClass;
  /** `objects under hr/`; absent for what the defaults make under keys that no document names. */
  readonly name?: string;
  /** Whether a writer has to ask for such objects: no failure of what the defaults make. */
  readonly asked?: boolean;
  /** Why it is no failure if they do not replicate. */
  readonly except?: string;
  readonly verdict: Verdict;
}

export interface CheckResult {
  readonly check: CheckId;
  readonly title: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'unknown';
  /** Why, where no cause of its own says so. */
  readonly why?: string;
}

/** `fails`: objects do not replicate; `unknown`: nobody can say; `note`: objects that are not meant to replicate. */
export type Level = 'fails' | 'unknown' | 'warning' | 'note';

/** One look at one thing. */
export interface Sighting {
  readonly level: Level;
  readonly cause: Cause<CheckId>;
  readonly rule?: string;
  /** Key of an object. */
  readonly object?: string;
  readonly probe?: 'new-object' | 'delete-marker';
  /** The name of the class that the probe is of, and what is said of it; absent where it stands for what the defaults make. */
  readonly class?: Remark;
}

/** A cause with everything that it is the cause of. */
export interface GroupedCause extends Cause<CheckId> {
  readonly level: Level;
  readonly rules: Several;
  /** Keys of objects that were looked at. */
  readonly objects: Several;
  /** Whether what is written from now on meets it: `new-object`, `delete-marker`. */
  readonly probes: readonly string[];
  /** Names of the classes of objects that meet it, where what the defaults make does not. */
  readonly classes?: readonly string[];
  /** All that are refused for this one cause, where they are several. */
  readonly actions?: readonly string[];
  readonly remedy?: Remedy;
  /** Whether `s3repl apply` would fix it; absent where there is no configuration, or nothing to fix. */
  readonly mendedByApply?: boolean;
  /** Why something could not be read. */
  readonly unreadable?: readonly string[];
}

/** How many, and the first few. */
export interface Several {
  readonly count: number;
  readonly first: readonly string[];
}
