import { arnParts, bucketArn, pathIn } from '../aws/arn.ts';
import { listOf, statementsOf } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { inlinePolicyName, isOurRule, isOurs, replicationRole } from '../state/names.ts';
import { accountOf, bucketOf, type RoleState, type State } from '../state/state.ts';
import { formerRoleFindings } from './former-findings.ts';
import { roleLimitFindings } from './role-limit-findings.ts';
import { trustsS3 } from './role-policy.ts';

export function roleFindings(observed: State, spec: Spec): readonly Finding[] {
  const { arn, role } = replicationRole(observed, spec);
  const unseen = [...formerRoleFindings(observed, spec), ...roleLimitFindings(observed, spec)];
  if (!role) return unseen;
  const problem = (code: string, message: string, fix: string): Finding => ({
    level: 'problem',
    step: 'replication-role',
    code,
    side: 'source',
    message,
    fix,
  });
  const findings: Finding[] = [...unseen, ...nameInUse(observed, spec)];
  if (!isOurs(role, spec) && !trustsS3(role.trustPolicy)) {
    findings.push(
      problem(
        'role-trust',
        `the trust policy of ${arn}, which s3repl did not make, does not let S3 assume it`,
        'let s3.amazonaws.com sts:AssumeRole in its trust policy, or write another role.name in repl.yaml',
      ),
    );
  }
  if (spec.role.path !== undefined && pathIn(arn) !== spec.role.path) {
    findings.push(
      problem(
        'role-path',
        `the role ${spec.role.name} exists as ${arn}, not under the path ${spec.role.path}`,
        'AWS cannot move a role: write the path that it has, or another role.name',
      ),
    );
  }
  return findings;
}

export function roleDestroyFindings(observed: State, retired: State, spec: Spec): readonly Finding[] {
  return [
    ...nameInUse(observed, spec),
    ...foreignRulesUnderOurRole(observed, spec),
    ...roleStays(observed, retired, spec),
    ...formerRoleFindings(observed, spec),
  ];
}

/** A role of our name that works for another source bucket: we may not change or remove anything of it. */
function nameInUse(observed: State, spec: Spec): readonly Finding[] {
  const { role } = replicationRole(observed, spec);
  const other = role && otherSource(role, spec);
  if (!other) return [];
  return [
    {
      level: 'problem',
      step: 'replication-role',
      code: 'name-in-use',
      side: 'source',
      message: `the policy ${inlinePolicyName(spec)} of the role ${spec.role.name} is for another source bucket: ${other}`,
      fix: `write another "name" for ${spec.source.bucket}; if ${other} is to be replicated no longer, take its rules out and then delete that policy`,
    },
  ];
}

/** The bucket that our inline policy is for, where it is another one: two set-ups of one name would undo each other forever. */
function otherSource(role: RoleState, spec: Spec): string | undefined {
  const statements = statementsOf(role.inlinePolicies[inlinePolicyName(spec)] ?? null);
  const source = listOf(statements.find((statement) => statement.Sid === 'SourceBucket')?.Resource)[0];
  return source === undefined || source === bucketArn(spec.source) ? undefined : arnParts(source)?.resource;
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
