/** The contract between the policy evaluator and the replication model. */
import type { PolicyDocument } from '../aws/policy.ts';
import type { Element } from './evaluation/element.ts';
import type { Phrase } from './evaluation/phrase.ts';

export interface NamedPolicy {
  /** `inline policy s3repl-x of role arn:…`, `bucket policy of DST`, `key policy of arn:…`. */
  readonly name: string;
  readonly document: PolicyDocument;
}

/** What could not be read: it never counts as "not there". */
export type Unknown = 'unknown';

export interface Caller {
  /** ARN of the role, from which the session's is made; of the user, where there is no session. */
  readonly roleArn: string;
  /** `s3-replication` for S3 acting as the replication role (recorded from AWS). Absent: an IAM user. */
  readonly sessionName?: string;
  readonly roleId?: string;
  readonly account: string;
}

export interface Question {
  readonly caller: Caller;
  readonly action: string;
  /** ARN of the object, bucket or key. */
  readonly resource: string;
  readonly resourceAccount: string;
  /** Condition keys in any case; a key that is not here is not in the request. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** Condition keys that may or may not be in the request. */
  readonly unknownKeys?: readonly string[];
  /** One context of each set belongs to the request too, but we cannot tell which. */
  readonly either?: readonly (readonly Question['context'][])[];
}

export interface PoliciesInPlay {
  readonly identity: readonly (NamedPolicy | Unknown)[];
  readonly boundary: NamedPolicy | null | Unknown;
  readonly session?: NamedPolicy | null;
  /** Of the caller's account; empty: none, so everything is allowed. */
  readonly serviceControl: readonly NamedPolicy[] | Unknown;
  /** Of the resource's account. */
  readonly resourceControl: readonly NamedPolicy[] | Unknown;
  readonly resource: NamedPolicy | null | Unknown;
  /** Absent: none, or not looked at. */
  readonly grants?: NamedPolicy;
}

export interface Place {
  readonly policy: string;
  readonly statement: number;
  readonly sid?: string;
}

export type Near = Place & { readonly misses?: readonly Element[] };

export type ControlDoubt =
  | { readonly kind: 'unread'; readonly of: 'service' | 'resource'; readonly account: string }
  /** One policy allows it and this one does not: their levels are not known. */
  | { readonly kind: 'silent'; readonly policy: string }
  | { readonly kind: 'denied-by-owner'; readonly account: string; readonly action: string };

export interface Refuser {
  readonly kind: 'explicit' | 'implicit';
  readonly side: 'identity' | 'boundary' | 'session' | 'service-control' | 'resource-control' | 'resource';
  /** The Deny statement; or the nearest Allow statements, with what does not match. */
  readonly by: readonly Near[];
}

export interface Denied extends Refuser {
  readonly effect: 'denied';
  readonly also?: readonly Refuser[];
  /** Why we cannot tell whether an explicit Deny exists too; absent where there surely is none. */
  readonly mayDeny?: readonly Phrase[];
}

export type Decision =
  | { readonly effect: 'allowed'; readonly by: readonly Place[]; readonly uncertain: readonly ControlDoubt[] }
  | Denied
  | { readonly effect: 'unknown'; readonly why: readonly Phrase[] };
