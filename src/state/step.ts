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
 * One AWS document, or one kind of resource, that s3repl looks after. All of it is pure over one `State`: reading is the work of
 * `observe/`, writing that of `apply/` (docs/decisions/0002-one-state.md). The laws, tested in one table over all steps:
 * `diff(s, s) = []` · `addOurs(addOurs(s)) = addOurs(s)` · `retired(retired(s)) = retired(s)` · the parts of others in
 * `retired(addOurs(s))` equal those in `s`.
 *
 * `W` are the operations that it calls, and `D` the documents that it shares with others: each has one owner (steps/steps.ts).
 */
export interface Step<W extends PlannedOperation = never, D extends DocumentName = never> {
  readonly id: StepId;
  /** Which of the article's five steps it shows under. */
  readonly phase: Phase;
  /** What has to be known of its calls. */
  readonly writes: { readonly [O in W]: Write<O> };
  /** What has to be known of its documents. */
  readonly documents: { readonly [N in D]: SharedDocument<N> };
  /** What has to be known of what it asks of AWS: of its calls, and of how its documents are read. */
  readonly asks: Asks;
  /** What its calls need to be allowed. */
  readonly needs?: Needs;
  /** Ours in place, others' untouched. */
  addOurs(observed: State, spec: Spec): State;
  /** Ours taken out, others' untouched. */
  removeOurs(observed: State, spec: Spec): State;
  /** What leads from one state to another, as API calls. */
  diff(from: State, to: State, spec: Spec): readonly Change[];
  /** What a person must put right first, or should know. */
  findings(observed: State, spec: Spec): readonly Finding[];
  /** The same before it is taken out, where what `findings` says does not matter any more. */
  destroyFindings?(observed: State, retired: State, spec: Spec): readonly Finding[];
  /** What of it stays when all else is taken out, as sentences. */
  stays?(observed: State, retired: State, spec: Spec): readonly string[];
}

/** Where the name of an operation does not say all of it. */
export type Asks = { readonly [S in Service]?: { readonly [O in OperationsOf<S>]?: OperationFacts } };

/** A document that others write too. */
export interface SharedDocument<D extends DocumentName> {
  /** As it was observed, of a bucket's name or a key's ARN; undefined where it was not looked at. */
  readonly lookUp: (state: State, of: string) => Documents[D] | undefined;
  /** Whether two versions mean the same. */
  readonly isSame: (a: Documents[D] | null, b: Documents[D] | null) => boolean;
}

/** What holds for a call whatever its input is. */
export interface WriteFacts {
  /** Errors that go by themselves. Another change to the same resource is waited for at every call. */
  readonly waits?: readonly Wait[];
  /** Which document of a bucket it replaces as a whole, for people: `tags`. */
  readonly replaces?: string;
  /** It makes the target of its change, which nobody else knows yet. */
  readonly makesTarget?: true;
  /** Which member of the answer is the ARN of the target, where AWS makes that up. */
  readonly targetArn?: string;
  /** Of two runs that make a target at once, the one whose call succeeds has made it: only then may others name it. */
  readonly decidesTarget?: true;
  /** A second call would make a second thing: the SDK must not repeat it, and in a plan with a call for one run only it waits for that one. */
  readonly once?: true;
  /** What AWS says where it was done before. */
  readonly doneBefore?: RegExp;
  /** Where two runs send it at once, only the one whose call succeeds goes on. */
  readonly oneRunOnly?: true;
  /** What shows late what it makes, as a person reads it after "wait until". */
  readonly shownLate?: string;
}

/** The members of the members of an answer: `KeyMetadata.Arn`. */
type MemberOf<Answer> = {
  [M in keyof Answer & string]-?: `${M}.${keyof NonNullable<Answer[M]> & string}`;
}[keyof Answer & string];

/** What has to be known of a call to send it. */
export interface Write<O extends PlannedOperation> extends WriteFacts {
  readonly targetArn?: MemberOf<Output<O>>;
  /** The shared document that it leaves, as a read shows it; null: it deletes the document. */
  readonly leaves?: (input: Input<O>) => Documents[DocumentName] | null;
  /** A policy, and how long AWS lets it be, in characters. */
  readonly policy?: { readonly most: number; readonly text: (input: Input<O>) => string };
  /** What another run may have made by now, where no call of this one has kept it from that: nothing of it may be there. */
  readonly rivals?: (input: Input<O>) => readonly Look[];
  /** What it makes, to be looked at where AWS says that there is one; `is` tells whether it is what the call would have made. */
  readonly makes?: (input: Input<O>) => Look;
  /** What it removes, to be looked at where AWS says that there is none; `is` tells whether what is found has lost it. */
  readonly removes?: (input: Input<O>) => Look;
  /** What to tell where somebody else's call has come first. */
  readonly explainTooLate?: (
    input: Input<O>,
    at: Where,
  ) => { readonly code: string; readonly message: string; readonly fix: string };
  /** What belongs to a name from now on, so that the next look can ask for it at once (connect/expected.ts). */
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
  /** What is waited for, as a person reads it after "waiting for". */
  readonly reason: string;
}

/** What can be looked at by its name. */
export interface Things {
  /** The ARN of the key behind it. */
  readonly alias: string;
  readonly bucket: { readonly tags: Tags };
  /** The keys that bear our mark, with the name of a set-up. */
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
