/** What a command needs to be allowed, as data: `s3repl permissions` prints it, test/permissions takes it away bit by bit. */
import type { Statement } from '../aws/policy.ts';
import type { AnySide, Spec } from '../config/spec.ts';

/** What somebody may be let do; `delete-keys` is `destroy --delete-keys`, which does all that `destroy` does. */
export const purposes = ['plan', 'apply', 'verify', 'doctor', 'destroy', 'delete-keys', 'init'] as const;

export type Purpose = (typeof purposes)[number];

/** What is meant unless somebody says otherwise: neither looking around in the account, nor what ends in data loss. */
export const usualPurposes: readonly Purpose[] = ['plan', 'apply', 'verify', 'doctor', 'destroy'];

/** The commands that look at all that a plan is made from. */
export const planning: readonly Purpose[] = ['plan', 'apply', 'verify', 'destroy', 'delete-keys', 'init'];
export const destroying: readonly Purpose[] = ['destroy', 'delete-keys'];

/** Actions on resources, for the commands that do not get on without. */
export interface Need {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly on: string | readonly string[];
  readonly for: readonly Purpose[];
  readonly condition?: NonNullable<Statement['Condition']>;
}

/** A need at a resource that the context names; what has an `on` of its own is no matter of that resource, nor of its condition. */
export type Right = Omit<Need, 'sid' | 'on'> & Partial<Pick<Need, 'sid' | 'on'>>;

/** What calls need to be allowed, at each kind of resource that they touch (docs/permissions.md). */
export interface Needs {
  readonly bucket?: (side: AnySide, spec: Spec, live: LiveBucket) => readonly Right[];
  readonly key?: (key: SideKey, spec: Spec) => readonly Right[];
  /** @param boundary ARN of the permissions boundary that the role must have. */
  readonly role?: (spec: Spec, boundary: string | undefined) => readonly Right[];
}

/** A key in the account and Region of a side. */
export interface SideKey {
  readonly side: AnySide;
  /** s3repl makes it. */
  readonly made: boolean;
  /** Of a key that s3repl does not make, as far as it is known. */
  readonly arn?: string | undefined;
  /** It is on AWS, and named in what is asked for. */
  readonly live: boolean;
}

/** What s3repl does with the bucket of a side, as far as that shows on AWS. */
export interface LiveBucket {
  /** It makes the bucket, or has made it. */
  readonly made: boolean;
  /** Its policy has, or gets, our statement on TLS. */
  readonly secured: boolean;
}
