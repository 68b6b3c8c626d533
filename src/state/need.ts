/** What a command needs to be allowed: `s3repl permissions` prints it, test/permissions removes it bit by bit. */
import type { Statement } from '../aws/policy.ts';
import type { AnySide, Spec } from '../config/spec.ts';

/** `alerts` is all that alerts need, of any command. `delete-keys` is `destroy --delete-keys`, which does all that `destroy` does. */
export const purposes = [
  'plan',
  'apply',
  'verify',
  'doctor',
  'status',
  'backfill',
  'destroy',
  'delete-keys',
  'init',
  'alerts',
] as const;

export type Purpose = (typeof purposes)[number];

/** The default: without `init`, which looks around in the account, `backfill`, which costs money for old objects, and `delete-keys`, which ends in data loss. */
export const usualPurposes: readonly Purpose[] = ['plan', 'apply', 'verify', 'doctor', 'status', 'destroy'];

export const planning: readonly Purpose[] = [
  'plan',
  'apply',
  'verify',
  'status',
  'backfill',
  'destroy',
  'delete-keys',
  'init',
];
export const destroying: readonly Purpose[] = ['destroy', 'delete-keys'];

export interface Need {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly on: string | readonly string[];
  readonly for: readonly Purpose[];
  readonly condition?: NonNullable<Statement['Condition']>;
}

/** A need at a resource that the context names; one with its own `on` ignores that resource and its condition. */
export type Right = Omit<Need, 'sid' | 'on'> & Partial<Pick<Need, 'sid' | 'on'>>;

export interface Needs {
  readonly bucket?: (side: AnySide, spec: Spec, live: LiveBucket) => readonly Right[];
  readonly key?: (key: SideKey, spec: Spec) => readonly Right[];
  readonly role?: (spec: Spec, boundary: string | undefined) => readonly Right[];
  /** Each right with its own `on`. */
  readonly alerts?: (spec: Spec) => readonly Right[];
}

export interface SideKey {
  readonly side: AnySide;
  readonly made: boolean;
  readonly arn?: string | undefined;
  readonly live: boolean;
}

export interface LiveBucket {
  readonly made: boolean;
  readonly secured: boolean;
}
