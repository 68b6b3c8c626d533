import { bucketArn, bucketOfArn, partitionIn, pathIn } from '../aws/arn.ts';
import { listOf, type PolicyDocument, statementsOf } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { isOurRule, isOurs } from '../state/names.ts';
import { accountOf, bucketOf, type State } from '../state/state.ts';
import { formerRoleFindings } from './former-findings.ts';
import { roleLimitFindings } from './role-limit-findings.ts';
import { trustsService } from './role-policy.ts';
import { type RoleSubject, replicationSubject, roleProblem } from './role-subject.ts';

export function roleFindings(observed: State, spec: Spec): readonly Finding[] {
  return [...formerRoleFindings(observed, spec), ...findingsOnRole(observed, replicationSubject(observed, spec), spec)];
}

/** What is wrong with the role as it is there, if it is. */
export function findingsOnRole(observed: State, subject: RoleSubject, spec: Spec): readonly Finding[] {
  const { arn, role, name, field, service, assumer } = subject;
  const limits = roleLimitFindings(observed, subject, spec);
  if (!role) return limits;
  const findings: Finding[] = [...limits, ...nameInUse(subject, spec)];
  if (!isOurs(role, spec) && !trustsService(role.trustPolicy, service)) {
    findings.push(
      roleProblem(
        subject,
        'role-trust',
        `the trust policy of ${arn}, which s3repl did not create, does not let ${assumer} assume it`,
        `allow sts:AssumeRole to ${service} in its trust policy, or write another ${field} in repl.yaml`,
      ),
    );
  }
  if (spec.role.path !== undefined && pathIn(arn) !== spec.role.path) {
    findings.push(
      roleProblem(
        subject,
        'role-path',
        `the role ${name} exists as ${arn}, not under the path ${spec.role.path}`,
        `AWS cannot move a role: write its actual path, or another ${field}`,
      ),
    );
  }
  return findings;
}

export function roleDestroyFindings(observed: State, retired: State, spec: Spec): readonly Finding[] {
  const subject = replicationSubject(observed, spec);
  return [
    ...nameInUse(subject, spec),
    ...foreignRulesUnderOurRole(observed, spec),
    ...roleStays(subject, retired, spec),
    ...formerRoleFindings(observed, spec),
  ];
}

/** A role of our name that works for another source bucket: we may not change or remove anything of it. */
export function nameInUse(subject: RoleSubject, spec: Spec): readonly Finding[] {
  const { role, name, policyName } = subject;
  const other = role && otherSource(role.inlinePolicies[policyName], spec);
  if (!other) return [];
  return [
    roleProblem(
      subject,
      'name-in-use',
      `the policy ${policyName} of the role ${name} is for another source bucket: ${other}`,
      `write another "name" for ${spec.source.bucket}. If you no longer want to replicate ${other}, remove its rules and then delete that policy`,
    ),
  ];
}

/** The bucket that our inline policy is for, where it is another one: two setups of one name would undo each other forever. */
function otherSource(ours: PolicyDocument | undefined, spec: Spec): string | undefined {
  const statements = statementsOf(ours ?? null);
  // The role of S3 Batch Operations may have rights on objects only.
  const [source = ''] = ['SourceBucket', 'SourceObjects'].flatMap((sid) =>
    listOf(statements.find((statement) => statement.Sid === sid)?.Resource),
  );
  const bucket = bucketOfArn(source);
  if (bucket === undefined) return undefined;
  const isSource = bucketArn({ partition: partitionIn(source), bucket }) === bucketArn(spec.source);
  return isSource ? undefined : bucket;
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
      message: `rules in ${spec.source.bucket} that s3repl did not create use its role ${replication?.Role}: ${foreign.map((rule) => rule.ID ?? '(no ID)').join(', ')}`,
      fix: 'their owner has to give them another role, or take over this one: if they remove the tag s3repl, s3repl leaves the role and removes only its own inline policy (they must then add theirs)',
    },
  ];
}

export function roleStays(
  { step, arn, role }: Pick<RoleSubject, 'step' | 'arn' | 'role'>,
  retired: State,
  spec: Spec,
): readonly Finding[] {
  const left = accountOf(retired, spec.source.account).roles[arn];
  if (!role || !left || !isOurs(role, spec)) return [];
  const theirs = [...Object.keys(left.inlinePolicies), ...left.attachedPolicies];
  if (theirs.length === 0) return [];
  return [
    {
      level: 'warning',
      step,
      code: 'role-stays',
      side: 'source',
      message: `the role ${arn} stays: it has policies that s3repl did not add (${theirs.join(', ')})`,
      fix: 'once nobody needs these policies, remove them and run s3repl destroy again',
    },
  ];
}
