import { iamArn, jobArn, roleArn } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { destroying, type Need, type Purpose, planning } from '../state/need.ts';
import { rightsToWriteRole, rightToPassRole } from '../steps/role-calls.ts';
import { batchOperationsService } from '../steps/role-policy.ts';
import { stepNeeds } from './step-needs.ts';

/** @param boundary ARN of the permissions boundary that the role must have. */
export function roleNeeds(spec: Spec, boundary?: string): readonly Need[] {
  const { source, role } = spec;
  const named = { sid: 'Role', on: roleArn(source, role.path ?? '/', role.name) };
  return [
    ...readsRole('Role', role.name, [...planning, 'doctor'], spec),
    ...stepNeeds(named, (needs) => needs.role?.(spec, boundary)),
    ...backfillRoleNeeds(spec, boundary),
    {
      sid: 'ManagedPolicies',
      actions: ['iam:GetPolicy', 'iam:GetPolicyVersion'],
      on: [iamArn(source, 'policy/*'), iamArn({ ...source, account: 'aws' }, 'policy/*')],
      for: ['plan', 'apply', 'verify', 'doctor', 'backfill'],
    },
  ];
}

function readsRole(sid: string, name: string, by: readonly Purpose[], { source, role }: Spec): readonly Need[] {
  const { path = '/' } = role;
  return [
    // While there is no role of that name, IAM knows no path of it.
    ...(path === '/' ? [] : [{ sid: `No${sid}`, actions: ['iam:GetRole'], on: roleArn(source, '/', name), for: by }]),
    {
      sid,
      actions: ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
      on: roleArn(source, path, name),
      for: by,
    },
  ];
}

/** The role that S3 Batch Operations assumes. */
function backfillRoleNeeds(spec: Spec, boundary: string | undefined): readonly Need[] {
  const { source, role, backfill } = spec;
  const named = { sid: 'JobRole', on: roleArn(source, role.path ?? '/', backfill.role) };
  const rights = [
    ...rightsToWriteRole('backfill', boundary),
    { ...rightToPassRole(batchOperationsService, ['backfill']), sid: 'PassJobRole' },
  ];
  return [
    ...readsRole('JobRole', backfill.role, ['doctor', 'backfill', ...destroying], spec),
    ...rights.map((right) => ({ ...named, ...right, on: named.on })),
  ];
}

/**
 * For `backfill`; for `doctor`, which says what the last jobs did; and for `destroy`, which does not go on while a job needs the set-up. CreateJob and ListJobs know no resource (Service Authorization
 * Reference, Amazon S3), nor does GetMetricData (the same, Amazon CloudWatch).
 */
export function jobNeeds({ source }: Spec): readonly Need[] {
  const condition = { StringEquals: { 'aws:RequestedRegion': source.region } };
  const anyJob = { sid: 'AskForJobs', on: '*', condition };
  const jobs = { sid: 'Jobs', on: jobArn(source, '*') };
  return [
    { ...anyJob, actions: ['s3:CreateJob'], for: ['backfill'] },
    { ...anyJob, actions: ['s3:ListJobs'], for: ['doctor', 'backfill', ...destroying] },
    { ...jobs, actions: ['s3:DescribeJob'], for: ['doctor', 'backfill', ...destroying] },
    { ...jobs, actions: ['s3:UpdateJobStatus'], for: ['backfill', ...destroying] },
    { ...jobs, actions: ['s3:PutJobTagging'], for: ['backfill'] },
    { sid: 'Find', actions: ['cloudwatch:GetMetricData'], on: '*', for: ['backfill'] },
  ];
}
