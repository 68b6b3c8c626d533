import type { JsonObject } from '../aws/json.ts';
import type { SideId } from '../config/spec.ts';

export type Service = 'S3' | 'KMS' | 'IAM';

/**
 * When a call is made: all of one turn together, then the next. First the things themselves and what the role may do, then the
 * policies that name the role, then the rule, and then whatever takes rights away: an object that meets a right already gone
 * fails, and S3 never tries it again. Then keys go, and last of all what our role may do, or the role itself: its inline policy
 * names every key and bucket that we have written to, so that a run that was killed finds what is left
 * (docs/decisions/0008-what-names-the-rest-goes-last.md).
 */
export const turns = [1, 2, 3, 4, 5, 6] as const;

export type Turn = (typeof turns)[number];

/** The first turn in which rights go. */
export const rightsGo: Turn = 4;

/** One API operation as data: what `send` sends, and what `plan --show commands` prints. */
export interface Call {
  readonly side: SideId;
  readonly service: Service;
  readonly operation: string;
  readonly input: JsonObject;
  readonly turn: Turn;
  /** Set where the call replaces a document that others write too. */
  readonly onlyIf?: SeenDocument;
}

export type StepId = 'kms-key' | 'bucket' | 'replication-role' | 'bucket-policy' | 'key-policy' | 'replication-rule';

/** The article's five steps, under which the plan shows its changes. */
export type Phase = 1 | 2 | 3 | 4 | 5;

/** A document as the plan has seen it: it is read again right before it is replaced, and must still be the same. */
export interface SeenDocument {
  readonly document: 'bucket-policy' | 'bucket-encryption' | 'bucket-tags' | 'replication' | 'key-policy';
  /** Bucket name or key ARN. */
  readonly of: string;
  /** Null where there was none. */
  readonly is: unknown;
}

/** A line of the plan: one resource or document, before and after, with the calls that make it so. */
export interface Change {
  readonly step: StepId;
  readonly phase: Phase;
  readonly side: SideId;
  readonly account: string;
  readonly region: string;
  readonly action: 'create' | 'change' | 'remove';
  /** What is changed, for people: `bucket acme-invoices`. */
  readonly resource: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly calls: readonly Call[];
  /** ARN of what is changed; in one turn there is one change to it, since S3 answers 409 to two at once (rules.md 3.1). */
  readonly target: string;
}

/** Something to tell: a problem must be put right by a person first, a warning must not. */
export interface Finding {
  readonly level: 'problem' | 'warning';
  readonly step: StepId;
  /** Stable, for programs: `bucket-key-mismatch`. */
  readonly code: string;
  readonly side: SideId;
  readonly message: string;
  readonly fix: string;
}
