/** What the policy evaluator is asked and answers: the contract between `evaluate` and the replication model. */
import type { PolicyDocument } from '../aws/policy.ts';
import type { Element } from './evaluation/element.ts';
import type { Phrase } from './evaluation/phrase.ts';

/** A policy with the name that an explanation calls it by. */
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
  /** `AROA…` of a role or `AIDA…` of a user, where known. */
  readonly roleId?: string;
  readonly account: string;
}

export interface Question {
  readonly caller: Caller;
  /** `s3:ReplicateObject`. */
  readonly action: string;
  /** ARN of the object, bucket or key. */
  readonly resource: string;
  /** Account that owns the resource. */
  readonly resourceAccount: string;
  /** Condition keys in any case; a key that is not here is not in the request. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** Condition keys of which nobody can say whether and with what value they are in the request. */
  readonly unknownKeys?: readonly string[];
  /** Of each of these sets of contexts one is the request's as well, and nobody can say which. */
  readonly either?: readonly (readonly Question['context'][])[];
}

export interface PoliciesInPlay {
  readonly identity: readonly (NamedPolicy | Unknown)[];
  /** Null: the role has none. */
  readonly boundary: NamedPolicy | null | Unknown;
  readonly session?: NamedPolicy | null;
  /** Of the caller's account; empty: none, as where everything is allowed. */
  readonly serviceControl: readonly NamedPolicy[] | Unknown;
  /** Of the resource's account. */
  readonly resourceControl: readonly NamedPolicy[] | Unknown;
  /** The bucket policy, key policy or (for `sts:AssumeRole`) trust policy; null: there is none. */
  readonly resource: NamedPolicy | null | Unknown;
  /** Grants of a KMS key as the statements that they mean; absent: none, or not looked at. */
  readonly grants?: NamedPolicy;
}

/** Where an answer comes from. */
export interface Place {
  readonly policy: string;
  /** Index in the list of statements. */
  readonly statement: number;
  readonly sid?: string;
}

/** A statement that decides, or comes near; `misses`: what about it does not match. */
export type Near = Place & { readonly misses?: readonly Element[] };

/** What control policies leave open about a call that is allowed. */
export type ControlDoubt =
  | { readonly kind: 'unread'; readonly of: 'service' | 'resource'; readonly account: string }
  /** A policy that does not allow it beside one that does: their levels are not known. */
  | { readonly kind: 'silent'; readonly policy: string }
  /** A service control policy of the account that owns the resource. */
  | { readonly kind: 'denied-by-owner'; readonly account: string; readonly action: string };

/** One that refuses: each has to be put right. */
export interface Refuser {
  /** An explicit Deny, or no Allow where one is needed. */
  readonly kind: 'explicit' | 'implicit';
  /** Which side refused. */
  readonly side: 'identity' | 'boundary' | 'session' | 'service-control' | 'resource-control' | 'resource';
  /** The Deny statement; or the Allow statements that come nearest, with what about each does not match. */
  readonly by: readonly Near[];
}

export interface Denied extends Refuser {
  readonly effect: 'denied';
  /** Who refuses besides; absent where nobody does. */
  readonly also?: readonly Refuser[];
  /** Why nobody can say whether there is an explicit Deny as well; absent where there surely is none. */
  readonly mayDeny?: readonly Phrase[];
}

export type Decision =
  | { readonly effect: 'allowed'; readonly by: readonly Place[]; readonly uncertain: readonly ControlDoubt[] }
  | Denied
  | { readonly effect: 'unknown'; readonly why: readonly Phrase[] };
