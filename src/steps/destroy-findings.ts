/** What a person has to know, or to put right, before a set-up is taken out; and what stays of it. */
import type { AnySide, Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { isOurRule, isOurs, replicationRole, sidesOf } from '../state/names.ts';
import { accountOf, bucketOf, type State } from '../state/state.ts';
import { blockedPolicyFindings } from './blocked-policy-findings.ts';
import { inaccessibleFindings, notOwned } from './bucket-findings.ts';
import { formerFindings } from './bucket-policy.ts';
import { deletedInBucketPolicies, deletedInKeyPolicies } from './deleted-principal-findings.ts';
import { formerKeyFindings, formerRoleFindings } from './former-findings.ts';
import { peoplesStatements } from './key-access.ts';
import { keysOf } from './key-policy.ts';
import { nameInUse } from './replication-role.ts';

/** The findings of `destroy`: what apply would say of keys, buckets and roles does not matter any more. */
export function destroyFindings(observed: State, retired: State, spec: Spec): readonly Finding[] {
  return [
    ...sidesOf(spec).flatMap((side) => lostBucket(observed, side) ?? inaccessibleFindings(observed, side)),
    ...nameInUse(observed, spec),
    ...foreignRulesUnderOurRole(observed, spec),
    ...roleStays(observed, retired, spec),
    ...formerFindings(observed, spec),
    ...formerRoleFindings(observed, spec),
    ...formerKeyFindings(observed, spec),
    ...deletedInBucketPolicies(observed, retired, spec),
    ...deletedInKeyPolicies(observed, retired, spec),
    ...blockedPolicyFindings(observed, retired, spec),
  ];
}

/** A destination that somebody else owns by now: nothing of ours is in it, and the rule that replicates to it goes. */
function lostBucket(observed: State, side: AnySide): readonly Finding[] | undefined {
  const bucket = accountOf(observed, side.account).buckets[side.bucket];
  if (side.id === 'source' || !bucket || !('inaccessible' in bucket) || bucket.owned !== false) return undefined;
  return [
    {
      level: 'warning',
      step: 'bucket',
      code: 'bucket-of-another',
      side: side.id,
      message: notOwned(side),
      fix: 's3repl leaves that bucket alone. Objects that replicated to it since then belong to whoever owns it: look at what was written meanwhile',
    },
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
