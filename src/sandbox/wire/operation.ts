import type { Caller } from '../iam/identity.ts';
import type { ObjectWatch } from '../replication/object-watch.ts';
import type { Contents } from '../store/contents.ts';
import type { SandboxState } from '../store/state.ts';
import type { Call } from './route.ts';

export interface Operation {
  readonly state: SandboxState;
  readonly call: Call;
  readonly caller: Caller;
  /** Virtual milliseconds. */
  readonly now: number;
  /** Virtual milliseconds until S3 and KMS know a new role. */
  readonly roleVisible: number;
  /** For contents outside the state. */
  readonly contents?: Contents | undefined;
  readonly watch?: ObjectWatch;
}
