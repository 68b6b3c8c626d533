/** What a command needs to be allowed, as data: `s3repl permissions` prints it, test/permissions takes it away bit by bit. */
import type { Statement } from '../aws/policy.ts';

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

/** What s3repl does with the bucket of a side, as far as that shows on AWS. */
export interface LiveBucket {
  /** It makes the bucket, or has made it. */
  readonly made: boolean;
  /** Its policy has, or gets, our statement on TLS. */
  readonly secured: boolean;
}
