/** What `backfill` leaves: the role of S3 Batch Operations, and a job that runs as it. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateJobCommand } from '@aws-sdk/client-s3-control';
import type { Spec } from '../../../src/config/spec.ts';
import { type BackfillChoice, jobRequests, tokenOf, usualStatuses } from '../../../src/plan/backfill-jobs.ts';
import { planBackfillRole } from '../../../src/plan/plan.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { backfillRole } from '../../../src/state/names.ts';
import type { JobFiles } from '../../../src/steps/job-files.ts';
import { nothing } from '../../builders.ts';
import { clientsOf } from '../clients.ts';

/** One that no rule took in. */
export async function putOldObject(sandbox: Sandbox, Key: string, Bucket = 'acme-invoices'): Promise<void> {
  const bucket = sandbox.state.buckets[Bucket];
  const rules = bucket?.replication;
  if (!bucket || !rules) throw new Error(`${Bucket} does not replicate`);
  delete bucket.replication;
  await clientsOf(sandbox).s3.send(new PutObjectCommand({ Bucket, Key, Body: 'old' }));
  bucket.replication = rules;
}

/** Gives its ARN, once S3 knows it. */
export async function makeOurJobRole(sandbox: Sandbox, spec: Spec, files: JobFiles = {}): Promise<string> {
  const { arn, role } = backfillRole(planBackfillRole(nothing, spec, files).desired, spec);
  if (role === null) throw new Error('no role was planned');
  const { iam } = clientsOf(sandbox, spec.source.account);
  const RoleName = spec.backfill.role;
  const AssumeRolePolicyDocument = JSON.stringify(role.trustPolicy);
  const Tags = Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value }));
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags }));
  for (const [PolicyName, document] of Object.entries(role.inlinePolicies)) {
    const PolicyDocument = JSON.stringify(document);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
  await sandbox.clock.sleep(10_000);
  return arn;
}

/** Gives the ID of a job that S3 knows by now, and that waits to be confirmed before long. */
export async function startOurJob(
  sandbox: Sandbox,
  spec: Spec,
  roleArn: string,
  more: Partial<BackfillChoice> = {},
): Promise<string> {
  const [request] = jobRequests(spec, roleArn, { rules: [], statuses: usualStatuses, priority: 10, ...more });
  if (!request) throw new Error('no job was planned');
  const { s3Control } = clientsOf(sandbox, spec.source.account, spec.source.region);
  const input = { ...request, ClientRequestToken: tokenOf(request, undefined) };
  const { JobId = '' } = await s3Control.send(new CreateJobCommand(input));
  await sandbox.clock.sleep(1000);
  return JobId;
}
