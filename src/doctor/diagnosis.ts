import type { Remark } from '../model/classes/class-text.ts';
import type { Exclusion, ObjectClass } from '../model/object-class.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Cause, Verdict } from '../model/verdict.ts';
import type { CheckId } from './catalogue.ts';
import type { Remedy, Repair } from './repair.ts';

export interface Diagnosis {
  readonly source: Snapshot['source'];
  readonly takenAt: string;
  /** `blocked`: something would not replicate; `unknown`: something that decides could not be read. */
  readonly outcome: 'healthy' | 'blocked' | 'unknown';
  readonly checks: readonly CheckResult[];
  readonly verdicts: readonly DiagnosedVerdict[];
  /** The most harmful first. */
  readonly causes: readonly GroupedCause[];
  readonly excluded?: readonly Exclusion[];
}

export interface DiagnosedVerdict {
  /** Absent: a real object. */
  readonly probe?: 'new-object' | 'delete-marker';
  /** The objects that the probe stands for. */
  readonly class?: ObjectClass;
  /** `objects under hr/`; absent for what the defaults make under keys that no document names. */
  readonly name?: string;
  /** Whether only writers who ask for it make such objects: then it is no failure. */
  readonly asked?: boolean;
  /** Why it is no failure if they do not replicate. */
  readonly except?: string;
  readonly verdict: Verdict;
}

export interface CheckResult {
  readonly check: CheckId;
  readonly title: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'unknown';
  /** Absent where a cause of its own says so. */
  readonly why?: string;
}

/** `fails`: objects do not replicate; `unknown`: we cannot tell; `note`: objects that are not meant to replicate. */
export type Level = 'fails' | 'unknown' | 'warning' | 'note';

export interface Sighting {
  readonly level: Level;
  readonly cause: Cause<CheckId>;
  readonly rule?: string;
  readonly object?: string;
  /** Absent: a real object. */
  readonly probe?: 'new-object' | 'delete-marker';
  /** The name of the probe's class and what to say about it; absent for what the defaults make. */
  readonly class?: Remark;
  /** Where its check does not know what fixes it. */
  readonly remedy?: Remedy;
}

export interface GroupedCause extends Cause<CheckId> {
  readonly level: Level;
  readonly rules: Several;
  readonly objects: Several;
  readonly probes: readonly string[];
  /** Names of the classes of objects that meet it, where what the defaults make does not. */
  readonly classes?: readonly string[];
  readonly actions?: readonly string[];
  readonly remedy?: Remedy;
  /** Whether `s3repl apply` would fix it; absent where there is no configuration, or nothing to fix. */
  readonly fixedByApply?: boolean;
  readonly repair: Repair;
  readonly unreadable?: readonly string[];
}

export interface Several {
  readonly count: number;
  readonly first: readonly string[];
}
