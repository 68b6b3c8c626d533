import type { PolicyDocument } from '../../../src/aws/policy.ts';
import { type KeyDeletion, planApply, planDestroy } from '../../../src/plan/plan.ts';
import type { Finding } from '../../../src/state/change.ts';
import type { AccountState, BucketState, State } from '../../../src/state/state.ts';
import { keyUseFindings } from '../../../src/steps/key-deletion.ts';
import { steps } from '../../../src/steps/steps.ts';
import { aBucket, aSpec, DESTINATION, keyArn, SOURCE } from '../../builders.ts';
import { type Told, valuesOf } from '../../sentences.ts';

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

function planOf({ state, change, destroy }: Scenario) {
  const spec = aSpec(change);
  return destroy === undefined
    ? planApply(state, spec)
    : planDestroy(state, spec, destroy === true ? undefined : destroy);
}

/** All that a plan finds in a scenario before it writes, without a sentence. */
export function recordScenario(scenario: Scenario): string {
  const plan = planOf(scenario);
  const findings = [...plan.problems, ...plan.warnings].map(recordFinding);
  const stays = (plan.stays ?? []).map((what) => recordStay(what));
  return [scenario.title, ...findings, ...stays].join('\n  ');
}

/** What stays, up to what is said of it. */
function recordStay(what: string): string {
  const names = valuesOf(what);
  const kind = what.split(names[0] ?? ',')[0]?.trim();
  return [`stays ${kind}`, ...names].join(' ');
}

function recordFinding({ level, step, code, side, message, fix, paste }: Finding): string {
  const found = new Set(valuesOf(message));
  const wanted = new Set(valuesOf(fix).filter((value) => !found.has(value)));
  const line = [`${level} ${code} (${step}, ${side})`, ...found, ...(wanted.size > 0 ? ['fix:', ...wanted] : [])];
  const commands = paste === undefined ? [] : paste.split('\n').map((command) => `$ ${command}`);
  return [line.join(' '), ...commands].join('\n    ');
}

/** What a plan says of a scenario before it writes. */
export function listTexts(scenario: Scenario): readonly Told[] {
  const { title } = scenario;
  const plan = planOf(scenario);
  const findings = [...plan.problems, ...plan.warnings].flatMap(({ code: by, level, message, fix }) => [
    { by, part: level, title, text: message },
    { by, part: 'fix', title, text: fix },
  ]);
  return [...findings, ...(plan.stays ?? []).map((text) => ({ by: 'destroy', part: 'stays', title, text }))];
}

export function listCommands(scenario: Scenario): readonly string[] {
  const plan = planOf(scenario);
  return [...plan.problems, ...plan.warnings].flatMap(({ paste }) => paste ?? []);
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
