import type { Tags } from '../aws/documents.ts';
import type { Spec } from '../config/spec.ts';
import type {
  Change,
  DocumentName,
  Documents,
  Finding,
  Input,
  OperationsOf,
  Output,
  Phase,
  PlannedOperation,
  Service,
  StepId,
} from './change.ts';
import type { Needs } from './need.ts';
import type { OperationFacts } from './operation.ts';
import type { KeyState, RoleState, State } from './state.ts';

/**
 * One AWS document or kind of resource that s3repl manages. Pure over one `State`: `observe/` reads, `apply/` writes (docs/decisions/0002-one-state.md).
 * The laws, tested for all steps: `diff(s, s) = []` · `addOurs(addOurs(s)) = addOurs(s)` · `removeOurs(removeOurs(s)) = removeOurs(s)` ·
 * the parts of others in `removeOurs(addOurs(s))` equal those in `s`. Each operation in `W` and document in `D` has one owner (steps/steps.ts).
 */
export interface Step<W extends PlannedOperation = never, D extends DocumentName = never> {
  readonly id: StepId;
  readonly phase: Phase;
  readonly writes: { readonly [O in W]: Write<O> };
  readonly documents: { readonly [N in D]: SharedDocument<N> };
  readonly asks: Asks;
  readonly needs?: Needs;
  addOurs(observed: State, spec: Spec): State;
  removeOurs(observed: State, spec: Spec): State;
  diff(from: State, to: State, spec: Spec): readonly Change[];
  findings(observed: State, spec: Spec): readonly Finding[];
  /** Replaces `findings`, some of which no longer matter before `destroy`. */
  destroyFindings?(observed: State, retired: State, spec: Spec): readonly Finding[];
  stays?(observed: State, retired: State, spec: Spec): readonly string[];
}

export type Asks = { readonly [S in Service]?: { readonly [O in OperationsOf<S>]?: OperationFacts } };

export interface SharedDocument<D extends DocumentName> {
  readonly lookUp: (state: State, of: string) => Documents[D] | undefined;
  readonly isSame: (a: Documents[D] | null, b: Documents[D] | null) => boolean;
}

export interface WriteFacts {
  readonly waits?: readonly Wait[];
  readonly replaces?: string;
  readonly makesTarget?: true;
  readonly targetArn?: string;
  /** Of two runs that make a target at once, the one whose call succeeds has made it: only then may others name it. */
  readonly decidesTarget?: true;
  /** A second call would make a second thing: the SDK must not repeat it, and it waits for any one-run-only call of the plan. */
  readonly once?: true;
  /** Matches AWS's error if it was done before. */
  readonly doneBefore?: RegExp;
  /** If two runs send it at once, only the one whose call succeeds goes on. */
  readonly oneRunOnly?: true;
  /** Completes "wait until". */
  readonly shownLate?: string;
}

type MemberOf<Answer> = {
  [M in keyof Answer & string]-?: `${M}.${keyof NonNullable<Answer[M]> & string}`;
}[keyof Answer & string];

export interface Write<O extends PlannedOperation> extends WriteFacts {
  readonly targetArn?: MemberOf<Output<O>>;
  /** Null: it deletes the document. */
  readonly leaves?: (input: Input<O>) => Documents[DocumentName] | null;
  /** `most` is in bytes of UTF-8. */
  readonly policy?: { readonly most: number; readonly text: (input: Input<O>) => string };
  /** What another run may have made by now, where no call of this run has prevented it: none of it may exist. */
  readonly rivals?: (input: Input<O>) => readonly Look[];
  /** What it makes, to check where AWS says that it exists; `is` says whether it is what the call would have made. */
  readonly makes?: (input: Input<O>) => Look;
  /** What it removes, to check where AWS says that it does not exist; `is` says whether what is found has lost it. */
  readonly removes?: (input: Input<O>) => Look;
  readonly explainTooLate?: (input: Input<O>, at: Where) => Pick<Finding, 'code' | 'message' | 'fix' | 'paste'>;
  readonly expects?: (input: Input<O>) => { readonly by: 'kms' | 'iam'; readonly name: string; readonly found: string };
}

interface Where {
  readonly account: string;
  readonly region: string;
}

/** An error that asks for time: the services learn of each other with delay (rules.md 3.1). */
export interface Wait {
  readonly error: RegExp;
  readonly message?: RegExp;
  /** Where more than its message tells whether time helps. */
  readonly isLag?: (error: Error) => boolean;
  /** Completes "waiting for". */
  readonly reason: string;
}

export interface Things {
  readonly alias: string;
  readonly bucket: { readonly tags: Tags };
  readonly 'own-keys': readonly KeyState[];
  readonly role: RoleState;
}

export type ThingName = keyof Things;

interface LookOf<T extends ThingName> {
  readonly at: T;
  readonly name: string;
  readonly is: (found: Things[T]) => boolean;
}

export type Look<T extends ThingName = ThingName> = { readonly [N in T]: LookOf<N> }[T];
