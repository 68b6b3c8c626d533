import { nameIn } from '../aws/arn.ts';
import { isSamePolicy, type PolicyDocument } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import type { Call, Change } from '../state/change.ts';
import { addOurTags, isOurs } from '../state/names.ts';
import type { RoleState } from '../state/state.ts';

export interface OurRole {
  readonly policyName: string;
  readonly permissions: PolicyDocument;
  readonly trust: PolicyDocument;
}

/** A role that is not ours gets our policy, and nothing else. */
export function withOurs(role: RoleState | null, { policyName, permissions, trust }: OurRole, spec: Spec): RoleState {
  const present = role?.inlinePolicies[policyName];
  const inlinePolicies = {
    ...role?.inlinePolicies,
    [policyName]: present && isSamePolicy(present, permissions) ? present : permissions,
  };
  if (role !== null && !isOurs(role, spec)) return { ...role, inlinePolicies };
  return {
    trustPolicy: role && isSamePolicy(role.trustPolicy, trust) ? role.trustPolicy : trust,
    inlinePolicies,
    attachedPolicies: role?.attachedPolicies ?? [],
    permissionsBoundary: spec.role.permissionsBoundary ?? role?.permissionsBoundary ?? null,
    tags: addOurTags(spec, role?.tags),
  };
}

/** Removes our policy, and the role itself if it is ours and nobody else has given it rights or uses it. */
export function withoutOurs(role: RoleState, policyName: string, spec: Spec, inUse: boolean): RoleState | null {
  const { [policyName]: _ours, ...inlinePolicies } = role.inlinePolicies;
  const others = Object.keys(inlinePolicies).length > 0 || role.attachedPolicies.length > 0 || inUse;
  return isOurs(role, spec) && !others ? null : { ...role, inlinePolicies };
}

/** @param calls none: nothing changes. */
export function roleChange(
  { step, phase, policyName }: Pick<Change, 'step' | 'phase'> & Pick<OurRole, 'policyName'>,
  { arn, before, after }: { readonly arn: string; readonly before: RoleState | null; readonly after: RoleState | null },
  calls: readonly Call[],
  { source }: Spec,
): readonly Change[] {
  if (calls.length === 0) return [];
  return [
    {
      ...{ step, phase, side: 'source', account: source.account, region: source.region },
      action: before === null ? 'create' : after === null ? 'remove' : 'change',
      resource: `role ${nameIn(arn)}`,
      before: before && showRole(before, policyName),
      after: after && showRole(after, policyName),
      calls,
      target: arn,
    },
  ];
}

function showRole(role: RoleState, policyName: string) {
  return {
    TrustPolicy: role.trustPolicy,
    InlinePolicy: { [policyName]: role.inlinePolicies[policyName] ?? null },
    ...(role.permissionsBoundary === null ? {} : { PermissionsBoundary: role.permissionsBoundary }),
    Tags: role.tags,
  };
}
