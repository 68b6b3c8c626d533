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
  readonly checks: readonly CheckResult[];
  readonly verdicts: readonly DiagnosedVerdict[];
  readonly causes: readonly GroupedCause[];
  readonly excluded?: readonly Exclusion[];
}

export interface DiagnosedVerdict {
  readonly probe?: 'new-object' | 'delete-marker';
  readonly class?: ObjectClass;
  readonly name?: string;
  /** Whether only writers who ask for it make such objects: then it is no failure. */
  readonly asked?: boolean;
  readonly except?: string;
  readonly verdict: Verdict;
}

export interface CheckResult {
  readonly check: CheckId;
  readonly title: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'unknown';
  readonly why?: string;
}

/** `fails`: objects do not replicate; `unknown`: we cannot tell; `note`: objects that are not meant to replicate. */
export type Level = 'fails' | 'unknown' | 'warning' | 'note';

export interface Sighting {
  readonly level: Level;
  readonly cause: Cause<CheckId>;
  readonly rule?: string;
  readonly object?: string;
  readonly probe?: 'new-object' | 'delete-marker';
  readonly class?: Remark;
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
  /** Absent where there is no configuration, or nothing to fix. */
  readonly mendedByApply?: boolean;
  readonly unreadable?: readonly string[];
}

export interface Several {
  readonly count: number;
  readonly first: readonly string[];
}
