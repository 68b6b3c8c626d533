import { bucketArn, iamArn, jobArn, quotaArn, roleArn } from '../aws/arn.ts';
import { kmsRate } from '../aws/kms-rate.ts';
import type { Spec } from '../config/spec.ts';
import { sidesOf } from '../state/names.ts';
import { destroying, type Need, type Purpose, planning } from '../state/need.ts';
import {
  filePattern,
  keyIn,
  manifestKeys,
  possibleReportPlace,
  reportActions,
  reportKeys,
} from '../steps/job-files.ts';
import { rightsToWriteRole, rightToPassRole } from '../steps/role-calls.ts';
import { batchOperationsService } from '../steps/role-policy.ts';
import { unwrapSingle } from '../steps/scope.ts';
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
 * For `backfill`; for `doctor` and `status`, which say what the last jobs did; and for `destroy`, which does not go on while a job needs the setup. CreateJob and ListJobs know no
 * resource (Service Authorization Reference, Amazon S3), nor do GetMetricData and GetAWSDefaultServiceQuota (the same, Amazon CloudWatch and Service Quotas).
 */
export function jobNeeds(spec: Spec): readonly Need[] {
  const { source } = spec;
  const condition = { StringEquals: { 'aws:RequestedRegion': source.region } };
  const anyJob = { sid: 'AskForJobs', on: '*', condition };
  const jobs = { sid: 'Jobs', on: jobArn(source, '*') };
  return [
    { ...anyJob, actions: ['s3:CreateJob'], for: ['backfill'] },
    { ...anyJob, actions: ['s3:ListJobs'], for: ['doctor', 'status', 'backfill', ...destroying] },
    { ...jobs, actions: ['s3:DescribeJob'], for: ['doctor', 'status', 'backfill', ...destroying] },
    { ...jobs, actions: ['s3:UpdateJobStatus'], for: ['backfill', ...destroying] },
    { ...jobs, actions: ['s3:PutJobTagging'], for: ['backfill'] },
    {
      sid: 'Find',
      actions: ['cloudwatch:GetMetricData', 'servicequotas:GetAWSDefaultServiceQuota'],
      on: '*',
      for: measuring,
    },
    {
      sid: 'KmsQuota',
      actions: ['servicequotas:GetServiceQuota'],
      on: unwrapSingle([
        ...new Set(
          sidesOf(spec).map(({ region }) => quotaArn({ ...source, region }, `${kmsRate.service}/${kmsRate.code}`)),
        ),
      ]),
      for: measuring,
    },
    ...fileNeeds(spec),
  ];
}

/** The report of a job, and a list that is uploaded beside it. */
function fileNeeds(spec: Spec): readonly Need[] {
  const { source } = spec;
  const place = possibleReportPlace(spec);
  if (place === undefined) return [];
  const { bucket, prefix } = place;
  const keys = (start: string) => filePattern(source, { bucket, keysFrom: keyIn(prefix, start) });
  const bucketReads = ['s3:ListBucket', 's3:GetBucketPolicy', 's3:GetBucketObjectLockConfiguration'];
  return [
    ...(bucket === source.bucket
      ? []
      : [{ sid: 'ReportBucket', actions: bucketReads, on: bucketArn({ ...source, bucket }), for: backfilling }]),
    { sid: 'Reports', actions: ['s3:GetObject'], on: keys(reportKeys), for: backfilling },
    { sid: 'Lists', actions: reportActions, on: keys(manifestKeys), for: backfilling },
  ];
}

const backfilling: readonly Purpose[] = ['backfill'];
/** What CloudWatch counts, and what KMS allows. */
const measuring: readonly Purpose[] = ['status', 'backfill'];
