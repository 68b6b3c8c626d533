import type { Statement } from '../aws/policy.ts';
import { checks } from './catalogue.ts';
import type { GroupedCause } from './diagnosis.ts';
import type { OwnSetUp } from './own-set-up.ts';
import { repairPolicy } from './policy-repairs.ts';
import type { PolicyOf, Remedy, Repair, RepairCall } from './repair.ts';
import type { Scope } from './scope.ts';

type Unrepaired = Omit<GroupedCause, 'repair'>;

/** What fixes each cause. Statements for one policy are one call, which all their causes share. */
export function repairCauses(
  scope: Scope,
  causes: readonly Unrepaired[],
  { own, hasConfig }: { readonly own: OwnSetUp | undefined; readonly hasConfig: boolean },
): readonly GroupedCause[] {
  const missing = new Map<string, { readonly into: PolicyOf; readonly statements: Statement[] }>();
  for (const { remedy, fixedByApply } of causes) {
    if (remedy?.kind !== 'statement' || fixedByApply) continue;
    const { into, statement } = remedy;
    const found = missing.get(nameOf(into)) ?? { into, statements: [] };
    missing.set(nameOf(into), found);
    found.statements.push(statement);
  }
  const calls = new Map<string, RepairCall | undefined>(
    [...missing].map(([name, { into, statements }]) => [name, repairPolicy(scope, own, into, statements)]),
  );
  const isStopped = causes.some(({ level, remedy }) => level === 'fails' && remedy?.kind !== 'backfill');
  return causes.map((cause) => ({ ...cause, repair: repairOf(cause) }));

  function repairOf({ remedy, fixedByApply, level, check, ...cause }: Unrepaired): Repair {
    if (fixedByApply) return { by: 's3repl', command: 'apply' };
    if (remedy === undefined) return { by: 'person', why: whyByHand({ check, level, ...cause }) };
    if (remedy.kind === 'backfill') return hasConfig ? backfill(remedy) : { by: 'person', why: withoutConfig };
    if (remedy.kind === 'calls') return { by: 'calls', calls: remedy.calls };
    const call = calls.get(nameOf(remedy.into));
    return call === undefined ? { by: 'person', why: unreadPolicy } : { by: 'calls', calls: [call] };
  }

  /** A job replicates nothing as long as the cause is there. */
  function backfill({ status }: Extract<Remedy, { readonly kind: 'backfill' }>): Repair {
    const command = { by: 's3repl', command: 'backfill' } as const;
    return { ...command, ...(status && { status }), ...(isStopped && { afterFix: true }) };
  }
}

function nameOf({ kind, of }: PolicyOf): string {
  return `${kind} ${of}`;
}

const withoutConfig = 's3repl backfill needs a configuration, which says what to replicate.';
const unreadPolicy = 's3repl has not read the policy that the command would replace.';

function whyByHand({ check, level, evidence }: Pick<Unrepaired, 'check' | 'level' | 'evidence'>): string {
  if (level === 'unknown') return 's3repl cannot tell yet whether anything is wrong.';
  const { by, side } = evidence.refused ?? {};
  if (side === 'service-control' || side === 'resource-control')
    return 'Only an administrator of the organization can change its policies.';
  if (side === 'boundary') return 'Only whoever set the permissions boundary should widen it.';
  if (by === 'deny') return 'Only the owner of the Deny can narrow it.';
  if (check === 'C03' && evidence.arn !== undefined && evidence.path !== undefined)
    return 'Only you know which of the two rules should replicate them.';
  return checks[check].byHand ?? 'The right command depends on what you intend.';
}
