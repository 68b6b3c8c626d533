import { nameIn } from '../aws/arn.ts';
import { isSamePolicy, type PolicyDocument, policyChange } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { type Call, type Change, phase, type Turn, turn } from '../state/change.ts';
import { withFormerRoles } from '../state/former.ts';
import { addOurTags, inlinePolicyName, isOurRule, isOurs, replicationRole } from '../state/names.ts';
import { accountOf, bucketOf, put, type RoleState, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import {
  roleCall as call,
  creationCall,
  mostPolicyCharacters,
  type RoleWrite,
  roleAsks,
  roleWriteNeeds,
  roleWrites,
  updateCalls,
} from './role-calls.ts';
import { roleDestroyFindings, roleFindings } from './role-findings.ts';
import { permissionsPolicy, trustPolicy } from './role-policy.ts';

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
    const wanted = permissionsPolicy(observed, spec);
    const name = inlinePolicyName(spec);
    const present = role?.inlinePolicies[name];
    const inlinePolicies = {
      ...role?.inlinePolicies,
      [name]: present && isSamePolicy(present, wanted) ? present : wanted,
    };
    const made = role === null || isOurs(role, spec);
    if (!made)
      return put(withoutFormerRoles(observed, spec), spec.source.account, 'roles', arn, { ...role, inlinePolicies });
    return put(withoutFormerRoles(observed, spec), spec.source.account, 'roles', arn, {
      trustPolicy: role && isSamePolicy(role.trustPolicy, trustPolicy) ? role.trustPolicy : trustPolicy,
      inlinePolicies,
      attachedPolicies: role?.attachedPolicies ?? [],
      permissionsBoundary: spec.role.permissionsBoundary ?? role?.permissionsBoundary ?? null,
      tags: addOurTags(spec, role?.tags),
    });
  },

  removeOurs(observed, spec) {
    return Object.entries(accountOf(observed, spec.source.account).roles).reduce(
      (state, [arn, role]) => (role === null ? state : withoutOurs(state, arn, role, spec)),
      observed,
    );
  },

  diff(from, to, spec) {
    const before = accountOf(from, spec.source.account).roles;
    const after = accountOf(to, spec.source.account).roles;
    const policyName = inlinePolicyName(spec);
    const former = Object.entries(before).flatMap(([arn, role]) => {
      const goes = role && (!after[arn] || (role.inlinePolicies[policyName] && !after[arn].inlinePolicies[policyName]));
      return goes && nameIn(arn) !== spec.role.name ? [arn] : [];
    });
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((arn) =>
      changesOf(arn, before[arn] ?? null, after[arn] ?? null, former, spec),
    );
  },

  findings: roleFindings,

  destroyFindings: roleDestroyFindings,
};

function withoutFormerRoles(state: State, spec: Spec): State {
  return Object.entries(accountOf(state, spec.source.account).roles).reduce((next, [arn, role]) => {
    if (role === null || nameIn(arn) === spec.role.name) return next;
    return withoutOurs(next, arn, role, spec);
  }, state);
}

/** Removes our inline policy, and the role itself if it is ours and nobody else uses it. */
function withoutOurs(state: State, arn: string, role: RoleState, spec: Spec): State {
  const { [inlinePolicyName(spec)]: _ours, ...inlinePolicies } = role.inlinePolicies;
  const source = bucketOf(state, spec.source.account, spec.source.bucket);
  const inUse = source?.replication?.Role === arn && source.replication.Rules?.some((rule) => !isOurRule(rule, spec));
  const others = Object.keys(inlinePolicies).length > 0 || role.attachedPolicies.length > 0 || inUse;
  const left = isOurs(role, spec) && !others ? null : { ...role, inlinePolicies };
  return put(state, spec.source.account, 'roles', arn, left);
}

function changesOf(
  arn: string,
  before: RoleState | null,
  after: RoleState | null,
  former: readonly string[],
  spec: Spec,
): readonly Change[] {
  const calls = after === null ? removalCalls(arn, before, former, spec) : writeCalls(arn, before, after, former, spec);
  if (calls.length === 0) return [];
  const policy = inlinePolicyName(spec);
  return [
    {
      step: 'replication-role',
      phase: phase.role,
      side: 'source',
      account: spec.source.account,
      region: spec.source.region,
      action: before === null ? 'create' : after === null ? 'remove' : 'change',
      resource: `role ${nameIn(arn)}`,
      before: before && showRole(before, policy),
      after: after && showRole(after, policy),
      calls,
      target: arn,
    },
  ];
}

/** When rights that other documents may still need are removed: for a former role once the new one has taken its place. */
function lastTurn(arn: string, former: readonly string[]): Turn {
  return former.includes(arn) ? turn.leftovers : turn.role;
}

function removalCalls(arn: string, before: RoleState | null, former: readonly string[], spec: Spec): readonly Call[] {
  const RoleName = nameIn(arn);
  const PolicyName = inlinePolicyName(spec);
  const last = lastTurn(arn, former);
  return [
    ...(before?.inlinePolicies[PolicyName] ? [call('DeleteRolePolicy', { RoleName, PolicyName }, last)] : []),
    ...(before ? [call('DeleteRole', { RoleName }, last)] : []),
  ];
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
    ...(before === null ? [creationCall(arn, after, spec)] : updateCalls(RoleName, before, after)),
    ...(early ? [write(early)] : []),
    ...(late ? [write(late, last)] : []),
    ...(late === null ? [call('DeleteRolePolicy', { RoleName, PolicyName }, last)] : []),
  ];
}

/** Like `policyChange`; as long as former roles exist, no other document names them. */
function inlineChange(before: PolicyDocument | null, after: PolicyDocument | null, former: readonly string[]) {
  const change = policyChange(before, after, mostPolicyCharacters);
  const meanwhile = change.early ?? before;
  if (former.length === 0 || !after || !meanwhile) return change;
  const named = withFormerRoles(meanwhile, former);
  if (JSON.stringify(named).length > mostPolicyCharacters) return change;
  return { early: isSamePolicy(before, named) ? undefined : named, late: after };
}

function showRole(role: RoleState, policyName: string) {
  return {
    TrustPolicy: role.trustPolicy,
    InlinePolicy: { [policyName]: role.inlinePolicies[policyName] ?? null },
    ...(role.permissionsBoundary === null ? {} : { PermissionsBoundary: role.permissionsBoundary }),
    Tags: role.tags,
  };
}
