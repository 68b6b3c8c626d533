/** Objects that S3 is still replicating need the role's rights: removing those waits for them (docs/decisions/0006-destroy.md). */
import type { Spec } from '../config/spec.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connections } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { Failure, stopFailure } from '../events/failure.ts';
import { newestVersions } from '../observe/newest-versions.ts';
import { findOurRules } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';

const firstPauseMs = 2_000;
const longestPauseMs = 30_000;

export interface PendingWork {
  readonly connections: Connections;
  readonly surroundings: Pick<Surroundings, 'report' | 'now' | 'sleep'>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Keys of the newest PENDING objects under the prefixes of our rules, those of repl.yaml and those on AWS. @throws Failure `unknown` where we may not look. */
export async function pendingObjects(
  connections: Connections,
  observed: State,
  spec: Spec,
): Promise<readonly string[]> {
  const { account, bucket } = spec.source;
  if (!bucketOf(observed, account, bucket)) return [];
  const prefixes = [
    ...spec.destinations.flatMap(({ rules }) => rules.map(({ prefix }) => prefix)),
    ...findOurRules(observed, spec).map(({ Filter }) => Filter?.Prefix ?? Filter?.And?.Prefix ?? ''),
  ];
  const at = connections.get('source');
  const versions = await newestVersions(at, bucket, prefixes).catch((error: unknown) => {
    if (statusOf(error) !== 403) throw error;
    throw new Failure(
      'unknown',
      'pending-unknown',
      `${at.identity} has no permission to see whether S3 is still replicating objects in ${bucket}`,
      'allow s3:ListBucketVersions on the bucket and s3:GetObjectVersion on its objects; or use --no-wait: then in-flight objects may stay FAILED',
      { cause: error },
    );
  });
  return versions.filter(({ replicationStatus }) => replicationStatus === 'PENDING').map(({ key }) => key);
}

/** @throws Failure `unknown` at the time limit, `cancelled` after Ctrl-C, `failed` at the deadline: the rights are still there, and running again goes on. */
export async function waitUntilNonePending(observed: State, spec: Spec, work: PendingWork): Promise<void> {
  const { report, now, sleep } = work.surroundings;
  const started = now();
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    const pending = await pendingObjects(work.connections, observed, spec);
    const [first] = pending;
    if (first === undefined) return;
    const waited = now() - started;
    if (waited + pause > work.timeoutMs) throw pendingFailure(pending.length, first, waited, spec);
    report({
      type: 'pending',
      resource: `bucket ${spec.source.bucket}`,
      reason: `S3 to replicate in-flight objects (${pending.length} PENDING)`,
      seconds: Math.round(waited / 1000),
    });
    await sleep(pause);
    if (work.signal.aborted) throw stopFailure(work.signal, stillThere);
  }
}

function pendingFailure(count: number, first: string, waited: number, spec: Spec): Failure {
  return new Failure(
    'unknown',
    'still-pending',
    `after ${Math.round(waited / 60_000)} minutes ${count} of the newest objects in ${spec.source.bucket} are still PENDING, among them ${first}; s3repl has removed the rule, but not yet the role and its permissions`,
    'run the same command again later to continue; or use --no-wait: then PENDING objects may stay FAILED',
  );
}

const stillThere =
  'while S3 was replicating objects; s3repl has removed the rule, but not yet the role and its permissions';
