import type { PolicyDocument } from '../../../src/aws/policy.ts';
import { type KeyDeletion, planApply, planDestroy } from '../../../src/plan/plan.ts';
import type { Finding } from '../../../src/state/change.ts';
import type { AccountState, BucketState, State } from '../../../src/state/state.ts';
import { keyUseFindings } from '../../../src/steps/key-deletion.ts';
import { steps } from '../../../src/steps/steps.ts';
import { aBucket, aSpec, DESTINATION, keyArn, SOURCE } from '../../builders.ts';

/** What a test asks about, and the state that a plan finds. */
export interface Scenario {
  readonly title: string;
  readonly state: State;
  readonly change?: Parameters<typeof aSpec>[0];
  /** Absent: a plan of `apply`. */
  readonly destroy?: true | KeyDeletion;
}

export function inBothAccounts(source: Partial<AccountState> = {}, destination: Partial<AccountState> = {}): State {
  const empty = { roles: {}, buckets: {}, keys: {} };
  return { accounts: { [SOURCE]: { ...empty, ...source }, [DESTINATION]: { ...empty, ...destination } } };
}

type Buckets = AccountState['buckets'];

/** Encrypted as wanted, so that a plan has nothing to say of it. */
export function sourceBucket(change: Parameters<typeof aBucket>[0]): Buckets {
  const [rule] = byKms(keyArn(SOURCE, 'eu-west-1', '(new key s3repl-invoices-dr)'))?.Rules ?? [];
  const encryption = { Rules: [{ ...rule, BlockedEncryptionTypes: { EncryptionType: ['SSE-C' as const] } }] };
  return { 'acme-invoices': aBucket({ encryption, ...change }) };
}

export function destinationBucket(change: Parameters<typeof aBucket>[0]): Buckets {
  return { 'acme-invoices-replica': aBucket({ region: 'eu-central-1', ...change }) };
}

export function byKms(KMSMasterKeyID?: string): BucketState['encryption'] {
  const byDefault = { SSEAlgorithm: 'aws:kms' as const, ...(KMSMasterKeyID === undefined ? {} : { KMSMasterKeyID }) };
  return { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }] };
}

export function allowing(...statements: readonly object[]): PolicyDocument {
  const Statement = statements.map((one) => ({
    Effect: 'Allow' as const,
    Action: 's3:GetObject',
    Resource: '*',
    ...one,
  }));
  return { Version: '2012-10-17', Statement };
}

/** All that a plan says of a scenario before it writes, for people to read. */
export function wordsOf({ title, state, change, destroy }: Scenario): string {
  const spec = aSpec(change);
  const plan =
    destroy === undefined ? planApply(state, spec) : planDestroy(state, spec, destroy === true ? undefined : destroy);
  const findings = [...plan.problems, ...plan.warnings].map(lineOf);
  const stays = (plan.stays ?? []).map((what) => `stays: ${what}`);
  return [title, ...findings, ...stays].join('\n  ');
}

function lineOf({ level, step, code, side, message, fix, paste }: Finding): string {
  const commands = paste === undefined ? [] : paste.split('\n').map((line) => `$ ${line}`);
  return [`${level} ${code} (${step}, ${side}): ${message}`, fix, ...commands].join('\n    ');
}

/** The levels of all that the steps find, before `apply` and before `destroy`. */
export function levelsOf({ state, change }: Scenario): ReadonlySet<string> {
  const spec = aSpec(change);
  const retired = planDestroy(state, spec).desired;
  const found = steps.flatMap((step) => [
    ...step.findings(state, spec),
    ...(step.destroyFindings?.(state, retired, spec) ?? []),
    ...keyUseFindings(state, spec, { objects: [], force: false }),
  ]);
  return new Set(found.map(({ level }) => level));
}
