import { required } from '../aws/required.ts';
import type { Spec } from '../config/spec.ts';
import type { Connections } from '../connect/connection.ts';
import { Failure, type ResultError, stopFailure } from '../events/failure.ts';
import { sidesOf } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';
import { quote } from '../text/quote.ts';
import { canariesFor } from './canaries.ts';
import { type CanaryWork, type Proof, proveRule } from './canary.ts';

const { GetObjectLockConfigurationCommand } = required('@aws-sdk/client-s3');

export type Verification =
  | { readonly outcome: 'verified'; readonly summary: string; readonly notTried: readonly string[] }
  | { readonly outcome: 'blocked' | 'unknown'; readonly error: ResultError };

/**
 * @param prefix of the canaries, with its slash.
 * @returns `verified` where all arrived as they should, `blocked` where one did not, `unknown` while one is PENDING.
 * @throws after removing the canaries: AWS's refusals; Failure `blocked` for default retention, `cancelled` after Ctrl-C, `unknown` at the deadline.
 */
export async function verifyReplication(work: CanaryWork, prefix: string): Promise<Verification> {
  const { spec, state, connections, signal } = work;
  const { report } = work.surroundings;
  await assertNoRetention(state, spec, connections);
  const { canaries, unprovable, untagged } = canariesFor(state, spec, prefix);
  for (const { rule, reason, fix } of unprovable) {
    const message = `s3repl cannot test the rule ${rule}: ${reason}`;
    report({ type: 'warning', code: 'rule-overruled', message, fix });
  }
  if (canaries.length === 0) {
    const [first] = unprovable;
    const why = first ? `s3repl cannot test any rule: ${first.reason}` : 'every rule is disabled';
    const fix = first?.fix ?? 'this setup replicates nothing: enable a rule';
    return { outcome: 'blocked', error: { code: 'no-rule-in-force', message: why, fix } };
  }
  const proofs = await Promise.all(canaries.map((canary) => proveRule(canary, work)));
  for (const proof of proofs) tell(proof, work);
  if (signal.aborted) {
    const gone = proofs.every(({ leftovers }) => leftovers.length === 0);
    const where = `before the test was complete; ${gone ? 's3repl has removed the canaries' : 'what remains of the canaries is listed above'}`;
    throw stopFailure(signal, where, 'unknown');
  }
  const broken = proofs.find(({ error }) => error !== undefined);
  if (broken) throw broken.error;
  const refused = proofs.filter(({ untried }) => untried !== undefined);
  tellRefused(refused, work);
  const done = proofs.filter(({ end }) => end !== undefined);
  return judgeProofs(done, spec, [...untagged, ...refused.map(({ canary }) => canary.rule.id)]);
}

function judgeProofs(proofs: readonly Proof[], spec: Spec, untagged: readonly string[]): Verification {
  const rulesThatEnded = (wanted: readonly string[]) => {
    const those = proofs.filter(({ end }) => end !== undefined && wanted.includes(end.outcome));
    return [...new Set(those.map(({ canary }) => canary.rule.id))];
  };
  const failed = rulesThatEnded(['failed', 'not-selected']);
  if (failed.length > 0) {
    return {
      outcome: 'blocked',
      error: {
        code: 'canary-failed',
        message: `objects are not replicated as configured, by ${rules(failed)}`,
        fix: 'see the reasons above; after a recent change, wait a minute and run s3repl verify again: the change may not have taken effect yet',
      },
    };
  }
  const pending = rulesThatEnded(['pending', 'delete-marker-pending']);
  if (pending.length > 0) {
    return {
      outcome: 'unknown',
      error: {
        code: 'canary-pending',
        message: `the canary had not arrived by the time limit, by ${rules(pending)}`,
        fix: 's3repl cannot tell whether it would have arrived: run s3repl verify again, with a longer --timeout',
      },
    };
  }
  const count = proofs.length === 1 ? 'one object was' : `${proofs.length} objects were`;
  const summary = [`${count} written, arrived as configured, and removed again`, ...narrowProofs(proofs)].join('; ');
  return { outcome: 'verified', summary, notTried: classesNotTried(spec, untagged) };
}

/** Prefixes that look like patterns or paths: S3 takes them literally, and keys seldom begin so. */
function narrowProofs(proofs: readonly Proof[]): readonly string[] {
  const narrow = proofs.filter(({ canary }) => /\*|^\//.test(canary.rule.prefix));
  const told = narrow.map(
    ({ canary: { rule } }) => `rule ${rule.id} was tested only for keys that begin with ${quote(rule.prefix)}`,
  );
  return [...new Set(told)];
}

function classesNotTried({ source }: Spec, untagged: readonly string[]): readonly string[] {
  return [
    ...(untagged.length > 0 ? [`objects with tags (${rules(untagged)})`] : []),
    'objects with other keys or other tags',
    'encryption that a writer asks for instead of the default',
    `objects ${source.bucketKey ? 'without' : 'with'} an S3 Bucket Key`,
    'large objects (multipart uploads)',
    'objects with Object Lock settings',
  ];
}

/** The first canary of the rule was written, so AWS refuses the tag. */
function tellRefused(refused: readonly Proof[], { spec, connections, surroundings }: CanaryWork): void {
  const [first] = refused;
  if (first === undefined) return;
  const { bucket, account } = spec.source;
  const said = first.untried instanceof Error ? first.untried.message : String(first.untried);
  surroundings.report({
    type: 'warning',
    code: 'tags-not-tried',
    message: `s3repl has no permission to write a tagged object to ${bucket}, so it has not tested whether S3 replicates objects with tags: ${said}`,
    fix: `allow s3:PutObjectTagging on the canaries to ${connections.get('source').identity} in account ${account} (s3repl permissions shows the policy)`,
  });
}

function rules(ids: readonly string[]): string {
  return `${ids.length === 1 ? 'rule' : 'the rules'} ${ids.join(', ')}`;
}

function tell({ canary, end, leftovers }: Proof, { surroundings: { report } }: CanaryWork): void {
  if (end) {
    const { key, rule, destination, tags } = canary;
    const tagged = Object.keys(tags).length > 0 ? { tags } : {};
    report({ type: 'canary', rule: rule.id, destination: destination.bucket, key, ...tagged, ...end });
  }
  for (const { bucket, where, what, command } of leftovers) {
    report({
      type: 'warning',
      code: 'canary-left',
      message: `s3repl could not remove all of the canary ${canary.key}: ${what} is left in ${bucket} (${where})`,
      fix: `run in ${where}:`,
      paste: command,
    });
  }
}

/** Nobody can remove an object under retention, so none is written where a bucket sets one by default. */
async function assertNoRetention(state: State, spec: Spec, connections: Connections): Promise<void> {
  const locked = sidesOf(spec).filter((side) => bucketOf(state, side.account, side.bucket)?.objectLock === 'Enabled');
  const kept = await Promise.all(
    locked.map(async ({ id, bucket, account }) => {
      const ask = { Bucket: bucket, ExpectedBucketOwner: account };
      const { ObjectLockConfiguration } = await connections.get(id).s3.send(new GetObjectLockConfigurationCommand(ask));
      return ObjectLockConfiguration?.Rule?.DefaultRetention ? [bucket] : [];
    }),
  );
  const buckets = kept.flat();
  if (buckets.length === 0) return;
  throw new Failure(
    'blocked',
    'default-retention',
    `the default retention of ${buckets.join(' and ')} would keep a canary from being removed`,
    'test without an object: s3repl verify --no-canary',
  );
}
