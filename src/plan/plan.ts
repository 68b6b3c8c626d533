import { createHash } from 'node:crypto';
import { canonical } from '../aws/json.ts';
import type { Spec } from '../config/spec.ts';
import type { Call, Change, Finding, PlannedOperation } from '../state/change.ts';
import type { State } from '../state/state.ts';
import { backfillRoleStep, makeBackfillRoleStep } from '../steps/backfill-role.ts';
import type { JobFiles } from '../steps/job-files.ts';
import { type EncryptedObject, keyDeletions, keyUseFindings, withoutKeys } from '../steps/key-deletion.ts';
import { steps, stepsAsTold, writes } from '../steps/steps.ts';
import { lossFindings } from './loss.ts';

export interface Plan {
  readonly changes: readonly Change[];
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** What the replication model is asked about before the first write. */
  readonly desired: State;
  readonly stays?: readonly string[];
}

export interface KeyDeletion {
  readonly objects: readonly EncryptedObject[];
  /** Deletes them although something still needs them. */
  readonly force: boolean;
}

export function planApply(observed: State, spec: Spec): Plan {
  const desired = steps.reduce((state, step) => step.addOurs(state, spec), observed);
  const changes = steps.flatMap((step) => step.diff(observed, desired, spec));
  const findings = [
    ...steps.flatMap((step) => step.findings(observed, spec)),
    ...changes.flatMap(findTooLong),
    ...changes.flatMap((change) => lossFindings(change, 'apply')),
  ];
  return makePlan(changes, findings, desired);
}

/** The role that S3 Batch Operations assumes, and nothing else. @param observed read with that role. */
export function planBackfillRole(observed: State, spec: Spec, files: JobFiles = {}): Plan {
  const step = makeBackfillRoleStep(files);
  const desired = step.addOurs(observed, spec);
  const changes = step.diff(observed, desired, spec);
  const findings = [...step.findings(observed, spec), ...changes.flatMap(findTooLong)];
  return makePlan(changes, findings, desired);
}

/** As `destroy` removes them. The role that S3 Batch Operations assumes goes first: nothing waits for it. */
const retiring = [backfillRoleStep, ...steps.toReversed()];

/** Removes what is ours, in reverse order; parts of others, buckets and objects stay, and keys unless `keys` asks for their deletion. */
export function planDestroy(observed: State, spec: Spec, keys?: KeyDeletion): Plan {
  const retired = retiring.reduce((state, step) => step.removeOurs(state, spec), observed);
  const target = keys ? withoutKeys(retired, spec) : retired;
  const changes = [
    ...retiring.flatMap((step) => step.diff(observed, target, spec)),
    ...keyDeletions(observed, target, spec),
  ];
  const findings = [
    ...destroyFindings(observed, target, spec),
    ...changes.flatMap((change) => lossFindings(change, 'destroy')),
    ...(keys ? keyUseFindings(observed, spec, keys) : []),
  ];
  const stays = [...stepsAsTold, backfillRoleStep].flatMap((step) => step.stays?.(observed, target, spec) ?? []);
  return { ...makePlan(changes, findings, target), stays };
}

const toldLast = ['former-destination', 'former-role', 'former-key', 'deleted-principal', 'public-policy-blocked'];

function destroyFindings(observed: State, target: State, spec: Spec): readonly Finding[] {
  return [...stepsAsTold, backfillRoleStep]
    .flatMap((step) => step.destroyFindings?.(observed, target, spec) ?? [])
    .sort((a, b) => toldLast.indexOf(a.code) - toldLast.indexOf(b.code));
}

function makePlan(changes: readonly Change[], findings: readonly Finding[], desired: State): Plan {
  return {
    changes,
    problems: findings.filter((finding) => finding.level === 'problem'),
    warnings: findings.filter((finding) => finding.level === 'warning'),
    desired,
  };
}

export function withFindings(plan: Plan, findings: readonly Finding[]): Plan {
  if (findings.length === 0) return plan;
  const { problems, warnings } = makePlan([], findings, plan.desired);
  return { ...plan, problems: [...plan.problems, ...problems], warnings: [...plan.warnings, ...warnings] };
}

function findTooLong({ calls, step, side, resource }: Change): readonly Finding[] {
  return calls.flatMap((call): Finding[] => {
    const { bytes, most } = policyIn(call);
    if (bytes <= most) return [];
    return [
      {
        level: 'problem',
        step,
        code: 'policy-too-long',
        side,
        message: `${resource} would be ${bytes} bytes long; AWS allows ${most}`,
        fix: 'use fewer prefixes or rules, or shorten the statements that s3repl did not create',
      },
    ];
  });
}

function policyIn<O extends PlannedOperation>({ operation, input }: Call<O>) {
  const { policy } = writes[operation];
  return { bytes: Buffer.byteLength(policy?.text(input) ?? ''), most: policy?.most ?? 0 };
}

/** 64 hexadecimal digits. Another value than the plan's means that AWS has changed since. */
export function stateHash(observed: State): string {
  return createHash('sha256')
    .update(canonical(withoutModelFacts(observed)))
    .digest('hex');
}

/** Leaves out what only the replication model is asked about, fresh each time: it may change, or be refused, and the plan stays the same. */
function withoutModelFacts(observed: State): unknown {
  const mapEach = (things: object, as: (thing: Readonly<Record<string, unknown>>) => unknown) =>
    Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, thing === null ? null : as(thing)]));
  return {
    accounts: mapEach(
      observed.accounts,
      ({ publicAccessBlock: _, organization: __, series: _series, topicKeys: _keys, ...account }) => ({
        ...account,
        ...(account.topics
          ? { topics: mapEach(Object(account.topics), ({ subscriptions: _____, ...topic }) => topic) }
          : {}),
        roles: mapEach(Object(account.roles), ({ roleId: ___, ...role }) => role),
        buckets: mapEach(Object(account.buckets), ({ objectLockRetention: ___, lifecycle: ____, ...bucket }) => bucket),
      }),
    ),
  };
}

/** `1 to create, 2 to change, 0 to remove`. */
export function summaryOf(changes: readonly Change[]): string {
  const { create, change, remove } = countsOf(changes);
  return `${create} to create, ${change} to change, ${remove} to remove`;
}

/** `1 created, 2 changed, 0 removed`. */
export function summarizeDone(changes: readonly Change[]): string {
  const { create, change, remove } = countsOf(changes);
  return `${create} created, ${change} changed, ${remove} removed`;
}

function countsOf(changes: readonly Change[]): Readonly<Record<Change['action'], number>> {
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  return { create: count('create'), change: count('change'), remove: count('remove') };
}
