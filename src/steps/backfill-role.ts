import { bucketArn, nameIn } from '../aws/arn.ts';
import { isSamePolicy, type PolicyDocument, policy, type Statement } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { type Call, type Finding, phase, turn } from '../state/change.ts';
import { backfillPolicyName, backfillRole, inlinePolicyName } from '../state/names.ts';
import { accountOf, put, type RoleState, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { filePlaces, fileStatements, type JobFiles } from './job-files.ts';
import { roleCall as call, creationCall, removalCalls, updateCalls } from './role-calls.ts';
import { findingsOnRole, nameInUse, roleStays } from './role-findings.ts';
import { batchOperationsService } from './role-policy.ts';
import { roleChange, withOurs, withoutOurs } from './role-state.ts';
import { backfillSubject, roleProblem } from './role-subject.ts';
import { objectPatterns, rulesOf, unwrapSingle } from './scope.ts';

const commonStep: Omit<Step, 'addOurs'> = {
  id: 'backfill-role',
  phase: phase.backfill,
  writes: {},
  documents: {},
  asks: {},

  removeOurs(observed, spec) {
    const { arn, role } = backfillRole(observed, spec);
    if (role === null) return observed;
    return put(observed, spec.source.account, 'roles', arn, withoutOurs(role, backfillPolicyName(spec), spec, false));
  },

  diff(from, to, spec) {
    const { arn } = backfillRole(from, spec);
    const before = accountOf(from, spec.source.account).roles[arn] ?? null;
    const after = accountOf(to, spec.source.account).roles[arn] ?? null;
    const policyName = backfillPolicyName(spec);
    const calls = after ? writeCalls(arn, before, after, spec) : removalCalls(arn, before, policyName, turn.things);
    return roleChange(
      { step: 'backfill-role', phase: phase.backfill, policyName },
      { arn, before, after },
      calls,
      spec,
    );
  },

  findings(observed, spec) {
    const subject = backfillSubject(observed, spec);
    return [...findingsOnRole(observed, subject, spec), ...otherPurpose(observed, spec)];
  },

  destroyFindings(observed, retired, spec) {
    const subject = backfillSubject(observed, spec);
    return [...nameInUse(subject, spec), ...otherPurpose(observed, spec), ...roleStays(subject, retired, spec)];
  },

  stays(observed, _retired, spec) {
    const document = backfillRole(observed, spec).role?.inlinePolicies[backfillPolicyName(spec)];
    const places = filePlaces(document ?? null);
    return places.length === 0 ? [] : [`the reports and lists of backfill: ${places.join(', ')}`];
  },
};

/**
 * The role that S3 Batch Operations assumes, in the source account. It is none of `steps`: `backfill` makes it, `destroy` removes it, and `apply` does not look at
 * it. Its calls are those of the replication role.
 */
export const backfillRoleStep: Step = makeBackfillRoleStep({});

/** @param files what the jobs read and write besides the objects: the role may do that, and nothing of a run before. */
export function makeBackfillRoleStep(files: JobFiles): Step {
  return { ...commonStep, addOurs: (observed, spec) => addRole(observed, spec, files) };
}

function addRole(observed: State, spec: Spec, files: JobFiles): State {
  const { arn, role } = backfillRole(observed, spec);
  const permissions = permissionsPolicy(spec, files);
  const ours = { policyName: backfillPolicyName(spec), permissions, trust: jobTrustPolicy };
  return put(observed, spec.source.account, 'roles', arn, withOurs(role, ours, spec));
}

/** S3 User Guide, batch-ops-iam-role-policies. */
export const jobTrustPolicy: PolicyDocument = policy({
  Sid: 'BatchOperationsAssumes',
  Effect: 'Allow',
  Principal: { Service: batchOperationsService },
  Action: 'sts:AssumeRole',
});

/** What a job does as this role (S3 User Guide, s3-batch-replication-policies). */
export const jobBucketActions = ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'];

export const jobObjectActions = ['s3:InitiateReplication'];

/** Either the job makes its list, or it reads one. What is copied, the replication role copies (S3 User Guide, s3-batch-replication-policies). */
function permissionsPolicy(spec: Spec, files: JobFiles): PolicyDocument {
  const { source } = spec;
  const listing: Statement = {
    Sid: 'SourceBucket',
    Effect: 'Allow',
    Action: jobBucketActions,
    Resource: bucketArn(source),
  };
  return policy(
    ...(files.manifest ? [] : [listing]),
    {
      Sid: 'SourceObjects',
      Effect: 'Allow',
      Action: unwrapSingle(jobObjectActions),
      Resource: unwrapSingle(objectPatterns(source, rulesOf(spec))),
    },
    ...fileStatements(spec, files),
  );
}

function writeCalls(arn: string, before: RoleState | null, after: RoleState, spec: Spec): readonly Call[] {
  const RoleName = nameIn(arn);
  const PolicyName = backfillPolicyName(spec);
  const present = before?.inlinePolicies[PolicyName] ?? null;
  const wanted = after.inlinePolicies[PolicyName] ?? null;
  const calls = before
    ? updateCalls(RoleName, before, after)
    : [creationCall(arn, after, `S3 Batch Replication ${spec.name}`)];
  if (isSamePolicy(present, wanted)) return calls;
  return [
    ...calls,
    wanted
      ? call('PutRolePolicy', { RoleName, PolicyName, PolicyDocument: JSON.stringify(wanted) })
      : call('DeleteRolePolicy', { RoleName, PolicyName }),
  ];
}

/** It was the replication role, until repl.yaml named another one; objects on their way may still need it. */
function otherPurpose(observed: State, spec: Spec): readonly Finding[] {
  const subject = backfillSubject(observed, spec);
  if (!subject.role?.inlinePolicies[inlinePolicyName(spec)]) return [];
  return [
    roleProblem(
      subject,
      'role-in-use',
      `${subject.arn} has the policy ${inlinePolicyName(spec)}, so it is or was the replication role of ${spec.name}`,
      'write another backfill.role in repl.yaml',
    ),
  ];
}
