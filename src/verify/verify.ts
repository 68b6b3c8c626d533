/** `verify`: a canary for each rule, side by side, and what they prove together. */
import type { Spec } from '../config/spec.ts';
import type { Connections } from '../observe/connect.ts';
import { Failure, stopped } from '../plan/failure.ts';
import { sidesOf } from '../plan/names.ts';
import { bucketOf, type State } from '../plan/state.ts';
import { required } from '../required.ts';
import { canariesFor } from './canaries.ts';
import { type CanaryWork, type Proof, proveRule } from './canary.ts';

const { GetObjectLockConfigurationCommand } = required('@aws-sdk/client-s3');

export type Verification =
  | { readonly outcome: 'verified'; readonly summary: string }
  | {
      readonly outcome: 'blocked' | 'unknown';
      readonly error: { readonly code: string; readonly message: string; readonly fix: string };
    };

/**
 * Writes a canary for each enabled rule, waits for it, looks at its replica, and removes it again.
 *
 * @param prefix under which they are written, with its slash.
 * @returns `verified` where all have arrived as they should, `blocked` where one has not, `unknown` where one is still PENDING.
 * @throws what AWS refuses; Failure `blocked` where a bucket's default retention would keep the canaries, `cancelled` after
 *   Ctrl-C, `unknown` at the deadline. What was written is removed before.
 */
export async function verifyReplication(work: CanaryWork, prefix: string): Promise<Verification> {
  const { spec, state, connections, signal } = work;
  const { report } = work.surroundings;
  await assertNoRetention(state, spec, connections);
  const { canaries, unprovable } = canariesFor(state, spec, prefix);
  for (const { rule, reason } of unprovable) {
    const message = `the rule ${rule} cannot be proven: ${reason}`;
    report({ type: 'warning', code: 'rule-overruled', message, fix: 'no object is replicated by it' });
  }
  if (canaries.length === 0) {
    const why = unprovable.length > 0 ? 'no rule governs any object' : 'every rule is disabled';
    const fix = 'nothing is replicated by this set-up: enable a rule, or raise its priority';
    return { outcome: 'blocked', error: { code: 'no-rule-in-force', message: why, fix } };
  }
  const proofs = await Promise.all(canaries.map((canary) => proveRule(canary, work)));
  for (const proof of proofs) tell(proof, work);
  if (signal.aborted) {
    const gone = proofs.every(({ leftovers }) => leftovers.length === 0);
    const where = `before everything was proven; ${gone ? 'the canaries are removed again' : 'what is left of the canaries is named above'}`;
    throw stopped(signal, where, 'unknown');
  }
  const broken = proofs.find(({ error }) => error !== undefined);
  if (broken) throw broken.error;
  return judged(proofs);
}

function judged(proofs: readonly Proof[]): Verification {
  const named = (wanted: readonly string[]) =>
    proofs.filter(({ end }) => end !== undefined && wanted.includes(end.outcome)).map(({ canary }) => canary.rule.id);
  const failed = named(['failed', 'not-selected']);
  if (failed.length > 0) {
    return {
      outcome: 'blocked',
      error: {
        code: 'canary-failed',
        message: `what is written is not replicated as configured, by ${rules(failed)}`,
        fix: 'the reasons are above; right after a change, wait a minute and verify again: AWS may not have seen it yet',
      },
    };
  }
  const pending = named(['pending', 'delete-marker-pending']);
  if (pending.length > 0) {
    return {
      outcome: 'unknown',
      error: {
        code: 'canary-pending',
        message: `at the time limit the canary was still on its way, by ${rules(pending)}`,
        fix: 'nobody can say yet whether it would have arrived: verify again, with a greater --timeout',
      },
    };
  }
  const count = proofs.length === 1 ? 'one object was' : `${proofs.length} objects were`;
  return { outcome: 'verified', summary: `${count} written, arrived as configured, and removed again` };
}

function rules(ids: readonly string[]): string {
  return `${ids.length === 1 ? 'rule' : 'the rules'} ${ids.join(', ')}`;
}

function tell({ canary, end, leftovers }: Proof, { surroundings: { report } }: CanaryWork): void {
  if (end) {
    const { key, rule, destination } = canary;
    report({ type: 'canary', rule: rule.id, destination: destination.bucket, key, ...end });
  }
  for (const { bucket, account, what, command } of leftovers) {
    report({
      type: 'warning',
      code: 'canary-left',
      message: `of the canary ${canary.key}, ${what} is left in ${bucket} (account ${account})`,
      fix: command,
    });
  }
}

/** An object under a retention cannot be removed: no canary is written where one would be given by default. */
async function assertNoRetention(state: State, spec: Spec, connections: Connections): Promise<void> {
  const locked = sidesOf(spec).filter((side) => bucketOf(state, side.account, side.bucket)?.objectLock === 'Enabled');
  const kept = await Promise.all(
    locked.map(async ({ id, bucket, account }) => {
      const ask = { Bucket: bucket, ExpectedBucketOwner: account };
      const { ObjectLockConfiguration } = await connections.of(id).s3.send(new GetObjectLockConfigurationCommand(ask));
      return ObjectLockConfiguration?.Rule?.DefaultRetention ? [bucket] : [];
    }),
  );
  const buckets = kept.flat();
  if (buckets.length === 0) return;
  throw new Failure(
    'blocked',
    'default-retention',
    `the default retention of ${buckets.join(' and ')} would keep a canary that is written there`,
    'verify without one: --no-canary',
  );
}
