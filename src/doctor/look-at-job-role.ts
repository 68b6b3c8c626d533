/** The role that S3 Batch Operations assumes for jobs (S3 User Guide, batch-ops-iam-role-policies). Only what is certain is said. */
import { jobArn } from '../aws/arn.ts';
import type { Denied, PoliciesInPlay } from '../model/decision.ts';
import { evaluate, evaluateTrust } from '../model/evaluate.ts';
import { controls } from '../model/replication/control-policies.ts';
import { evidenceAt, nameOf } from '../model/replication/evidence.ts';
import { memberOf } from '../model/replication/find.ts';
import { prepareRole } from '../model/replication/prepare.ts';
import { timeKeys } from '../model/replication/request-keys.ts';
import type { Found, RoleSnapshot } from '../model/snapshot.ts';
import type { Cause, Evidence } from '../model/verdict.ts';
import { ownerTag } from '../state/names.ts';
import { jobBucketActions, jobObjectActions } from '../steps/backfill-role.ts';
import { batchOperationsService } from '../steps/role-policy.ts';
import type { CheckId } from './catalogue.ts';
import type { Sighting } from './diagnosis.ts';
import type { Remedy } from './repair.ts';
import type { Scope } from './scope.ts';

export interface JobRole {
  readonly arn: string;
  /** Whether `backfill` writes its policy. */
  readonly isOurs: boolean;
  /** Jobs that are not over, by ID. */
  readonly running: readonly string[];
  readonly isUsed: boolean;
}

type Prepared = ReturnType<typeof prepareRole>;

/** By s3repl, for whatever configuration. */
export function isMade(role: Found<RoleSnapshot>): boolean {
  const tags = memberOf(role, 'tags');
  return typeof tags === 'object' && tags !== null && ownerTag in tags;
}

/** @param waiting keys of objects that a job should start to replicate. */
export function lookAtJobRole(scope: Scope, job: JobRole, waiting: readonly string[]): readonly Sighting[] {
  const prepared = prepareRole(scope.prepared, job.arn);
  const { value } = prepared.role;
  if (value === 'unknown') return [];
  if (value === null) return job.running.map((id) => roleGone(prepared, id));
  const trust = lookAtTrust(scope, prepared);
  return [...(trust === undefined ? [] : [trust]), ...lookAtRights(scope, prepared, job, waiting)];
}

function warn(summary: string, fix: string, evidence: Evidence, remedy?: Remedy): Sighting {
  const cause: Cause<CheckId> = { check: 'C32', summary, fix, evidence };
  return { level: 'warning', cause, ...(remedy && { remedy }) };
}

/** It writes the role again. */
const backfill: Remedy = { kind: 'backfill' };

function roleGone({ role: { arn, path } }: Prepared, id: string): Sighting {
  const summary = `Role ${arn} of job ${id} does not exist: the job cannot continue.`;
  return warn(summary, 'Cancel the job, and run s3repl backfill, which creates a role.', { arn, path });
}

/** No page says which condition keys S3 Batch Operations sends, so that only a policy that refuses every likely request is named. */
function lookAtTrust(scope: Scope, { role: { arn, path, value } }: Prepared): Sighting | undefined {
  const { snapshot, source, namePolicy } = scope.prepared;
  const trustPolicy = memberOf(value, 'trustPolicy');
  if (trustPolicy === null || trustPolicy === 'unknown') return undefined;
  const at = [...path, 'trustPolicy'];
  const name = `trust policy of role ${arn}`;
  const trust = namePolicy(trustPolicy, name, { arn, path: at });
  const region = memberOf(source.value, 'region');
  if (region === null || region === 'unknown') return undefined;
  const anyJob = jobArn({ partition: snapshot.partition, region, account: snapshot.source.account }, '*');
  const decisions = [source.arn, anyJob].map((sourceArn) =>
    evaluateTrust(trust, batchOperationsService, {
      ...timeKeys(snapshot),
      'aws:SourceAccount': source.account,
      'aws:SourceArn': sourceArn,
    }),
  );
  if (decisions.some(({ effect }) => effect !== 'denied')) return undefined;
  return warn(
    `The ${name} does not let S3 Batch Operations (${batchOperationsService}) assume it: a job with this role fails.`,
    isMade(value)
      ? 'Run s3repl backfill: it fixes the trust policy before it starts a job.'
      : `Allow sts:AssumeRole to the service principal ${batchOperationsService} in the trust policy, without conditions.`,
    { arn, path: at },
    isMade(value) ? backfill : undefined,
  );
}

/** At most so many keys are tried: a role may be for some prefixes only. */
const mostKeys = 20;

function lookAtRights(
  scope: Scope,
  prepared: Prepared,
  { isOurs, isUsed }: JobRole,
  waiting: readonly string[],
): readonly Sighting[] {
  const { source } = scope.prepared;
  const prefixes = scope.rules.map(({ prefix }) => prefix);
  const keys = waiting.filter((key) => prefixes.some((prefix) => key.startsWith(prefix))).slice(0, mostKeys);
  const onObjects = jobObjectActions.map((action) => ({
    ...{ action, effect: 'each object fails with InitiateReplicationNotPermitted' },
    resources: keys.map((key) => `${source.arn}/${key}`),
  }));
  // A role of ours has these only for jobs that make their list, and gets them again for each.
  const onBucket = jobBucketActions.map((action) => ({
    ...{ action, effect: 'a job cannot make its list of objects' },
    resources: isUsed && !isOurs ? [source.arn] : [],
  }));
  return [...onObjects, ...onBucket].flatMap(({ action, effect, resources }) => {
    const denials = resources.map((resource) => ({ resource, denied: findDenial(scope, prepared, action, resource) }));
    const [first] = denials;
    if (first?.denied === undefined || denials.some(({ denied }) => denied === undefined)) return [];
    return [tellDenial(scope, prepared, { action, effect, isOurs, resource: first.resource, denied: first.denied })];
  });
}

/** Nobody has seen the service's own requests, so what a condition asks of them is unknown, and no denial. */
const unknownKeys = ['aws:*', 's3:*'];

function findDenial(
  { prepared: { snapshot, source, ...all } }: Scope,
  { role, identity, boundary }: Prepared,
  action: string,
  resource: string,
): Denied | undefined {
  const document = memberOf(source.value, 'policy');
  const place = { arn: source.arn, path: [...source.path, 'policy'] };
  const policies: PoliciesInPlay = {
    identity,
    boundary,
    serviceControl: controls({ snapshot, source, ...all }, role.account, 'service'),
    resourceControl: controls({ snapshot, source, ...all }, source.account, 'resource'),
    resource:
      document === null || document === 'unknown'
        ? document
        : all.namePolicy(document, `bucket policy of ${source.name}`, place),
  };
  const decision = evaluate(
    {
      caller: { account: role.account, roleArn: role.arn, sessionName: 's3-batch-operations' },
      ...{ action, resource, resourceAccount: source.account, unknownKeys },
      context: { ...timeKeys(snapshot), 'aws:SecureTransport': 'true' },
    },
    policies,
  );
  return decision.effect === 'denied' ? decision : undefined;
}

const silentPolicy: Readonly<Record<Denied['side'], string>> = {
  identity: 'its policies do',
  boundary: 'its permissions boundary does',
  session: 'its session policy does',
  resource: 'the bucket policy does',
  'service-control': 'a service control policy does',
  'resource-control': 'a resource control policy does',
};

interface Denial {
  readonly action: string;
  readonly effect: string;
  readonly isOurs: boolean;
  readonly resource: string;
  readonly denied: Denied;
}

function tellDenial(
  { prepared }: Scope,
  { role }: Prepared,
  { action, effect, isOurs, resource, denied }: Denial,
): Sighting {
  const [place] = denied.by;
  const by = denied.kind === 'explicit' ? 'deny' : 'no-allow';
  const refused = { by, action, resource, bucket: prepared.source.arn, side: denied.side } as const;
  if (by === 'deny') {
    const where = place ? nameOf(place) : `a policy of the ${denied.side} side`;
    const summary = `Role ${role.arn} of S3 Batch Replication may not use ${action}, because ${where} denies it: ${effect}.`;
    const fix = `Narrow the Deny so that it does not cover ${action} by this role.`;
    return warn(summary, fix, { arn: role.arn, ...(place && evidenceAt(prepared, place)), refused });
  }
  const summary = `Role ${role.arn} of S3 Batch Replication may not use ${action}, which ${silentPolicy[denied.side]} not allow: ${effect}.`;
  const remedy = denied.side === 'identity' && isOurs ? backfill : undefined;
  return warn(summary, fixOf(denied, isOurs), { arn: role.arn, path: role.path, refused }, remedy);
}

function fixOf({ side }: Denied, isOurs: boolean): string {
  if (side === 'boundary') return 'Allow it in the permissions boundary of the role.';
  if (side !== 'identity') return 'Allow it in that policy.';
  return isOurs
    ? 'Run s3repl backfill: it writes the policy of the role again before it starts a job.'
    : 'Add the statement to a policy of the role.';
}
