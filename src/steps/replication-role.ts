import { nameIn } from '../aws/arn.ts';
import { isSamePolicy, type PolicyDocument, policyChange } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { type Call, type Change, phase, type Turn, turn } from '../state/change.ts';
import { withFormerRoles } from '../state/former.ts';
import { alertsTag, inlinePolicyName, isOurRule, isOurs, replicationRole } from '../state/names.ts';
import { accountOf, bucketOf, put, type RoleState, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import {
  roleCall as call,
  creationCall,
  mostPolicyBytes,
  type RoleWrite,
  removalCalls,
  roleAsks,
  roleWriteNeeds,
  roleWrites,
  updateCalls,
} from './role-calls.ts';
import { roleDestroyFindings, roleFindings } from './role-findings.ts';
import { permissionsPolicy, trustPolicy } from './role-policy.ts';
import { roleChange, withOurs, withoutOurs } from './role-state.ts';

/** Step 3: the role that S3 assumes, in the source account, with one inline policy of ours. */
export const replicationRoleStep: Step<RoleWrite> = {
  id: 'replication-role',
  phase: phase.role,

  writes: roleWrites,

  documents: {},

  asks: roleAsks,

  needs: roleWriteNeeds,

  addOurs(observed, spec) {
    const { arn, role } = replicationRole(observed, spec);
    const ours = {
      policyName: inlinePolicyName(spec),
      permissions: permissionsPolicy(observed, spec),
      trust: trustPolicy,
    };
    const wanted = withAlertsTag(withOurs(role, ours, spec), spec);
    return put(withoutFormerRoles(observed, spec), spec.source.account, 'roles', arn, wanted);
  },

  removeOurs(observed, spec) {
    return withoutOursIn(observed, spec, () => true);
  },

  diff(from, to, spec) {
    const before = accountOf(from, spec.source.account).roles;
    const after = accountOf(to, spec.source.account).roles;
    const policyName = inlinePolicyName(spec);
    const former = Object.entries(before).flatMap(([arn, role]) => {
      const goes = role && (!after[arn] || (role.inlinePolicies[policyName] && !after[arn].inlinePolicies[policyName]));
      return goes && nameIn(arn) !== spec.role.name ? [arn] : [];
    });
    const arns = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return arns
      .filter((arn) => !isForJobs(arn, before[arn] ?? null, spec))
      .flatMap((arn) => changesOf(arn, before[arn] ?? null, after[arn] ?? null, former, spec));
  },

  findings: roleFindings,

  destroyFindings: roleDestroyFindings,
};

function withAlertsTag(role: RoleState, spec: Spec): RoleState {
  if (!isOurs(role, spec)) return role;
  const value = spec.alerts ? 'yes' : role.tags[alertsTag] === undefined ? undefined : 'no';
  return value === undefined ? role : { ...role, tags: { ...role.tags, [alertsTag]: value } };
}

function withoutFormerRoles(state: State, spec: Spec): State {
  return withoutOursIn(state, spec, (arn) => nameIn(arn) !== spec.role.name);
}

function withoutOursIn(state: State, spec: Spec, isMeant: (arn: string) => boolean): State {
  const policyName = inlinePolicyName(spec);
  const source = bucketOf(state, spec.source.account, spec.source.bucket);
  return Object.entries(accountOf(state, spec.source.account).roles).reduce((next, [arn, role]) => {
    if (role === null || !isMeant(arn) || isForJobs(arn, role, spec)) return next;
    const inUse = source?.replication?.Role === arn && source.replication.Rules?.some((rule) => !isOurRule(rule, spec));
    return put(next, spec.source.account, 'roles', arn, withoutOurs(role, policyName, spec, inUse ?? false));
  }, state);
}

/** The role of S3 Batch Operations is the backfill-role step's, unless it was the replication role once. */
function isForJobs(arn: string, role: RoleState | null, spec: Spec): boolean {
  return nameIn(arn) === spec.backfill.role && !role?.inlinePolicies[inlinePolicyName(spec)];
}

function changesOf(
  arn: string,
  before: RoleState | null,
  after: RoleState | null,
  former: readonly string[],
  spec: Spec,
): readonly Change[] {
  const policy = inlinePolicyName(spec);
  const calls =
    after === null
      ? removalCalls(arn, before, policy, lastTurn(arn, former))
      : writeCalls(arn, before, after, former, spec);
  const which = { step: 'replication-role', phase: phase.role, policyName: policy } as const;
  return roleChange(which, { arn, before, after }, calls, spec);
}

/** When rights that other documents may still need are removed: for a former role once the new one has taken its place. */
function lastTurn(arn: string, former: readonly string[]): Turn {
  return former.includes(arn) ? turn.leftovers : turn.role;
}

function writeCalls(
  arn: string,
  before: RoleState | null,
  after: RoleState,
  former: readonly string[],
  spec: Spec,
): readonly Call[] {
  const RoleName = nameIn(arn);
  const PolicyName = inlinePolicyName(spec);
  const last = lastTurn(arn, former);
  const inlineDocument = (role: RoleState | null) => role?.inlinePolicies[PolicyName] ?? null;
  const { early, late } = inlineChange(inlineDocument(before), inlineDocument(after), former);
  const write = (document: PolicyDocument, inTurn?: Turn) =>
    call('PutRolePolicy', { RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }, inTurn);
  return [
    ...(before === null
      ? [creationCall(arn, after, `S3 replication ${spec.name}`)]
      : updateCalls(RoleName, before, after)),
    ...(early ? [write(early)] : []),
    ...(late ? [write(late, last)] : []),
    ...(late === null ? [call('DeleteRolePolicy', { RoleName, PolicyName }, last)] : []),
  ];
}

/** Like `policyChange`; as long as former roles exist, no other document names them. */
function inlineChange(before: PolicyDocument | null, after: PolicyDocument | null, former: readonly string[]) {
  const change = policyChange(before, after, mostPolicyBytes);
  const meanwhile = change.early ?? before;
  if (former.length === 0 || !after || !meanwhile) return change;
  const named = withFormerRoles(meanwhile, former);
  if (Buffer.byteLength(JSON.stringify(named)) > mostPolicyBytes) return change;
  return { early: isSamePolicy(before, named) ? undefined : named, late: after };
}
