/**
 * Waiting until the services see what has just been made: IAM, KMS and S3 learn of each other with delay (rules.md 3.1). Only errors
 * that say so are waited for, by name, and for two minutes at most.
 */
import type { Call } from '../state/change.ts';

export const settleLimitMs = 120_000;
const firstPauseMs = 500;
const longestPauseMs = 5_000;

interface Lag {
  readonly operation: RegExp;
  readonly error: RegExp;
  readonly message?: RegExp;
  /** What is waited for, as a person reads it after "waiting for". */
  readonly reason: string;
}

const lags: readonly Lag[] = [
  {
    operation: /^PutBucketPolicy$/,
    error: /^MalformedPolicy$/,
    message: /principal/i,
    reason: 'the role to become visible to S3',
  },
  {
    operation: /^PutKeyPolicy$/,
    error: /^MalformedPolicyDocumentException$/,
    message: /principal/i,
    reason: 'the role to become visible to KMS',
  },
  {
    operation: /^(CreateAlias|EnableKeyRotation|PutKeyPolicy|TagResource)$/,
    error: /^NotFoundException$/,
    reason: 'the key to become visible',
  },
  {
    operation: /^(PutRolePolicy|TagRole|UpdateAssumeRolePolicy|PutRolePermissionsBoundary)$/,
    error: /^NoSuchEntity(Exception)?$/,
    reason: 'the role to become visible',
  },
  {
    operation: /^DeleteRole$/,
    error: /^DeleteConflict(Exception)?$/,
    message: /must delete policies first/,
    reason: 'IAM to see that its policy is gone',
  },
  {
    operation: /^Delete(Role|RolePolicy|Alias)$/,
    error: /^(NoSuchEntity(Exception)?|NotFoundException)$/,
    reason: 'AWS to find again what it has just shown',
  },
  { operation: /^Put/, error: /^NoSuchBucket$/, reason: 'the bucket to become visible' },
  {
    operation: /^PutBucketReplication$/,
    error: /^InvalidRequest$/,
    message: /versioning/i,
    reason: 'versioning to become visible',
  },
  {
    operation: /./,
    error: /^(OperationAborted|ConcurrentModification(Exception)?)$/,
    reason: 'another change to the same resource to end',
  },
];

/** What an error asks us to wait for; undefined where waiting would not help. */
export function lagBehind(call: Pick<Call, 'operation'>, error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return lags.find(
    (lag) =>
      lag.operation.test(call.operation) && lag.error.test(error.name) && (lag.message?.test(error.message) ?? true),
  )?.reason;
}

export interface Waiting {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Told before each pause: what for, and for how many seconds already. */
  readonly waiting: (reason: string, seconds: number) => void;
  /** Milliseconds, at most. */
  readonly limit?: number;
}

/** Does the work again as long as `reasonOf` its error says that AWS only needs time. The last error passes through. */
export async function settled<T>(
  work: () => Promise<T>,
  reasonOf: (error: unknown) => string | undefined,
  { now, sleep, waiting, limit = settleLimitMs }: Waiting,
): Promise<T> {
  const started = now();
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      const reason = reasonOf(error);
      const waited = now() - started;
      if (reason === undefined || waited + pause > limit) throw error;
      waiting(reason, Math.round(waited / 1000));
      await sleep(pause);
    }
  }
}
