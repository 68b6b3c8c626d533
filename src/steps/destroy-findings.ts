/** What a person has to know, or to put right, before a set-up is taken out; and what stays of it. */
import type { Spec } from '../config/spec.ts';
import type { Finding } from '../plan/change.ts';
import { accountIn, isOurRule, isOurs, regionOf, replicationRole, sidesOf } from '../plan/names.ts';
import { deletedPrincipals, type PolicyDocument, samePolicy } from '../plan/policy.ts';
import { accountOf, bucketOf, type State } from '../plan/state.ts';
import { blockedPolicyFindings } from './blocked-policy-findings.ts';
import { inaccessibleFindings } from './bucket-findings.ts';
import { formerFindings } from './bucket-policy.ts';
import { formerKeyFindings, formerRoleFindings } from './former-findings.ts';
import { peoplesStatements } from './key-access.ts';
import { keysOf } from './key-policy.ts';
import { nameInUse } from './replication-role.ts';

/** The findings of `destroy`: what apply would say of keys, buckets and roles does not matter any more. */
export function destroyFindings(observed: State, retired: State, spec: Spec): readonly Finding[] {
  return [
    ...sidesOf(spec).flatMap((side) => inaccessibleFindings(observed, side)),
    ...nameInUse(observed, spec),
    ...foreignRulesUnderOurRole(observed, spec),
    ...roleStays(observed, retired, spec),
    ...formerFindings(observed, spec),
    ...formerRoleFindings(observed, spec),
    ...formerKeyFindings(observed, spec),
    ...deletedPrincipalFindings(observed, retired, spec),
    ...blockedPolicyFindings(observed, retired, spec),
  ];
}

/** A bucket has one role for all its rules: without ours, the rules that others have added would fail. */
function foreignRulesUnderOurRole(observed: State, spec: Spec): readonly Finding[] {
  const replication = bucketOf(observed, spec.source.account, spec.source.bucket)?.replication;
  const foreign = (replication?.Rules ?? []).filter((rule) => !isOurRule(rule, spec));
  const role = accountOf(observed, spec.source.account).roles[replication?.Role ?? ''];
  if (!role || !isOurs(role, spec) || foreign.length === 0) return [];
  return [
    {
      level: 'problem',
      step: 'replication-role',
      code: 'role-in-use',
      side: 'source',
      message: `rules of others in ${spec.source.bucket} replicate with our role ${replication?.Role}: ${foreign.map((rule) => rule.ID ?? '(no ID)').join(', ')}`,
      fix: 'their owner has to give them a role of their own, or to take the role over: without the tag s3repl it is theirs, and loses only our inline policy (it must then have one of their own)',
    },
  ];
}

function roleStays(observed: State, retired: State, spec: Spec): readonly Finding[] {
  const { arn, role } = replicationRole(observed, spec);
  const left = accountOf(retired, spec.source.account).roles[arn];
  if (!role || !left || !isOurs(role, spec)) return [];
  const theirs = [...Object.keys(left.inlinePolicies), ...left.attachedPolicies];
  if (theirs.length === 0) return [];
  return [
    {
      level: 'warning',
      step: 'replication-role',
      code: 'role-stays',
      side: 'source',
      message: `the role ${arn} stays: others have given it policies (${theirs.join(', ')})`,
      fix: 'once they are not needed any more, take them off and run s3repl destroy again',
    },
  ];
}

/** AWS refuses to write a policy in which a role or user is named that was deleted; who has only our statement has no such policy. */
function deletedPrincipalFindings(observed: State, retired: State, spec: Spec): readonly Finding[] {
  const warn = (
    step: Finding['step'],
    what: string,
    account: string,
    region: string,
    before: PolicyDocument | null,
    after: PolicyDocument | null,
  ): readonly Finding[] => {
    const side = sidesOf(spec).find((one) => one.account === account && one.region === region);
    if (!side || samePolicy(before, after)) return [];
    return deletedPrincipals(after).map((principal) => ({
      level: 'warning',
      step,
      code: 'deleted-principal',
      side: side.id,
      message: `the policy of ${what} names ${principal}, a role or user that was deleted`,
      fix: 'AWS may refuse to write the policy as long as it is there: take that principal out',
    }));
  };
  const buckets = Object.entries(retired.accounts).flatMap(([account, { buckets }]) =>
    Object.keys(buckets).flatMap((name) => {
      const before = bucketOf(observed, account, name);
      const after = bucketOf(retired, account, name);
      return before && after
        ? warn('bucket-policy', `bucket ${name}`, account, after.region, before.policy, after.policy)
        : [];
    }),
  );
  const keys = keysOf(retired).flatMap(({ metadata: { Arn }, policy }) => {
    const before = accountOf(observed, accountIn(Arn)).keys[Arn];
    return warn('key-policy', `key ${Arn}`, accountIn(Arn), regionOf(Arn), before?.policy ?? null, policy);
  });
  return [...buckets, ...keys];
}

/** What destroy leaves, as sentences. */
export function staying(observed: State, retired: State, spec: Spec): readonly string[] {
  const buckets = sidesOf(spec).flatMap((side) => (bucketOf(observed, side.account, side.bucket) ? [side.bucket] : []));
  const keys = keysOf(retired).filter((key) => isOurs(key, spec) && key.metadata.KeyState !== 'PendingDeletion');
  const named = (key: (typeof keys)[number]) => key.aliases[0] ?? key.metadata.Arn;
  const forPeople = keysOf(retired).flatMap((key) =>
    peoplesStatements(key, spec).map(({ Sid }) => `${Sid} on ${named(key)}`),
  );
  return [
    ...(buckets.length > 0
      ? [
          `buckets ${buckets.join(', ')}, with all their objects, tags and default encryption`,
          'their versioning: AWS cannot disable it',
        ]
      : []),
    ...(keys.length > 0 ? [`keys ${keys.map(named).join(', ')}: the objects are encrypted with them`] : []),
    ...(forPeople.length > 0 ? [`who may administer and use the keys: ${forPeople.join(', ')}`] : []),
  ];
}
