/** Which job of S3 Batch Operations to ask for, to join or to wait for, and what its end says. Pure. */
import { createHash } from 'node:crypto';
import { bucketArn } from '../aws/arn.ts';
import type { AccountId } from '../aws/brand.ts';
import { canonical } from '../aws/json.ts';
import type { S3Place } from '../config/report-place.ts';
import type { RuleSpec, Spec } from '../config/spec.ts';
import type { Input } from '../state/change.ts';
import { ownerTag } from '../state/names.ts';
import { rulesOf } from '../steps/scope.ts';
import { type JobChoice, manifestDocument, reportDocument } from './job-documents.ts';

/** As AWS names them, in capitals. A job cannot ask for what is PENDING. */
export const backfillStatuses = ['none', 'failed', 'completed', 'replica'] as const;

export type BackfillStatus = (typeof backfillStatuses)[number];

export interface BackfillChoice extends JobChoice {
  /** IDs as in repl.yaml; empty: the whole configuration. */
  readonly rules: readonly string[];
  readonly statuses: readonly BackfillStatus[];
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  /** From 0; the higher one goes first. */
  readonly priority: number;
}

export const usualStatuses: readonly BackfillStatus[] = ['none', 'failed'];

export interface ReportPlace extends S3Place {
  readonly owner?: AccountId;
}

export interface JobSeen {
  readonly id: string;
  readonly description: string;
  /** As AWS names it. */
  readonly status: string;
  readonly priority: number;
  /** Whether it is one of S3 Batch Replication; known, as all but the ID and the reasons, also of the jobs in a list. */
  readonly replicates: boolean;
  readonly created?: Date;
  readonly ended?: Date;
  /** Absent as long as AWS makes the list of objects. */
  readonly total?: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Where it writes its report; known, too, only then. */
  readonly report?: ReportPlace;
  /** Whether it waits to be confirmed; known, as the reasons, only where the job was asked for by its ID. */
  readonly confirms: boolean;
  readonly reasons: readonly { readonly code: string; readonly reason: string }[];
}

/** As a result and a line of progress show it. */
export function countsOf({ status, total, succeeded, failed }: JobSeen) {
  return { status, ...(total !== undefined && { total }), succeeded, failed };
}

/** Statuses in which nothing changes any more (S3 User Guide, batch-ops-job-status). */
const overStatuses: ReadonlySet<string> = new Set(['Complete', 'Cancelled', 'Failed']);

export function isJobOver({ status }: Pick<JobSeen, 'status'>): boolean {
  return overStatuses.has(status);
}

/** Whether it is about to be over: nobody can go on with it. */
export function isJobEnding({ status }: Pick<JobSeen, 'status'>): boolean {
  return status === 'Cancelling' || status === 'Failing';
}

/** What a job is asked for, apart from its token. */
export type JobRequest = Omit<Input<'CreateJob'>, 'ClientRequestToken'> & { readonly Description: string };

/**
 * One for the whole configuration: its rules limit it (EligibleForReplication), and a list of objects is charged on all objects of the bucket. Chosen rules narrow it by
 * their prefixes, of which S3 takes one for each job (API Reference, KeyNameConstraint).
 * @param roleArn of S3 Batch Operations.
 */
export function jobRequests(spec: Spec, roleArn: string, choice: BackfillChoice): readonly JobRequest[] {
  if (choice.manifest)
    return [jobRequest(spec, roleArn, choice, { Manifest: manifestDocument(spec, choice.manifest) })];
  const chosen = rulesOf(spec).filter(({ id }) => choice.rules.includes(id));
  const prefixes = choice.rules.length === 0 ? [''] : widestPrefixes(chosen);
  return prefixes.map((prefix) => jobRequest(spec, roleArn, choice, generatorOf(spec, choice, prefix)));
}

function widestPrefixes(rules: readonly Pick<RuleSpec, 'prefix'>[]): readonly string[] {
  const prefixes = [...new Set(rules.map(({ prefix }) => prefix))].sort();
  return prefixes.filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)));
}

type ListOfObjects = Pick<JobRequest, 'Manifest'> | Pick<JobRequest, 'ManifestGenerator'>;

function generatorOf(spec: Spec, choice: BackfillChoice, prefix: string): ListOfObjects {
  const { statuses, createdAfter, createdBefore } = choice;
  const generator = {
    ExpectedBucketOwner: spec.source.account,
    SourceBucket: bucketArn(spec.source),
    EnableManifestOutput: false,
    Filter: {
      EligibleForReplication: true,
      ObjectReplicationStatuses: backfillStatuses
        .filter((status) => statuses.includes(status))
        .map((status) => apiStatuses[status]),
      ...(createdAfter && { CreatedAfter: createdAfter }),
      ...(createdBefore && { CreatedBefore: createdBefore }),
      ...(prefix !== '' && { KeyNameConstraint: { MatchAnyPrefix: [prefix] } }),
    },
  };
  return { ManifestGenerator: { S3JobManifestGenerator: generator } };
}

function jobRequest(spec: Spec, RoleArn: string, choice: BackfillChoice, list: ListOfObjects): JobRequest {
  const what = {
    AccountId: spec.source.account,
    Operation: { S3ReplicateObject: {} },
    ...list,
    Report: reportDocument(spec, choice.report),
    RoleArn,
  };
  return {
    ...what,
    ConfirmationRequired: true,
    // Lists of jobs show no tags and no bucket (API Reference, JobListDescriptor).
    Description: `s3repl ${spec.name} ${hashOf(what).slice(0, 12)}`,
    Priority: choice.priority,
    Tags: [{ Key: ownerTag, Value: spec.name }],
  };
}

const apiStatuses = { none: 'NONE', failed: 'FAILED', completed: 'COMPLETED', replica: 'REPLICA' } as const;

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** @returns the name of the configuration whose job it is; undefined: it is none of s3repl. */
export function setUpOf({ description }: Pick<JobSeen, 'description'>): string | undefined {
  return /^s3repl (\S+) [0-9a-f]{12}$/.exec(description)?.[1];
}

export function isOurJob(job: Pick<JobSeen, 'description'>, { name }: Pick<Spec, 'name'>): boolean {
  return setUpOf(job) === name;
}

export type NextJob =
  /** One with this request runs: it is joined. */
  | { readonly kind: 'join'; readonly job: JobSeen }
  /** Another of ours runs, or one with this request is about to be over. */
  | { readonly kind: 'wait'; readonly job: JobSeen }
  | { readonly kind: 'create'; readonly token: string };

/** @param jobs all of the account and Region, whoever made them. */
export function nextJob(request: JobRequest, jobs: readonly JobSeen[], spec: Spec): NextJob {
  const ours = jobs.filter((job) => isOurJob(job, spec));
  const active = ours.filter((job) => !isJobOver(job)).toSorted(compareAge);
  const isSame = ({ description }: JobSeen) => description === request.Description;
  const same = active.find((job) => isSame(job) && !isJobEnding(job));
  if (same) return { kind: 'join', job: same };
  const [other] = active;
  if (other) return { kind: 'wait', job: other };
  const last = ours
    .filter((job) => isJobOver(job) && isSame(job))
    .toSorted(compareAge)
    .at(-1);
  return { kind: 'create', token: tokenOf(request, last?.id) };
}

/**
 * The same as long as no job of the request has ended, so that a run that was killed does not ask for a second one. AWS does not document how long it
 * remembers a token (facts: `ClientRequestToken` has 64 characters at most). Neither the priority nor the confirmation counts: with another one, two runs at once
 * would have two jobs.
 */
export function tokenOf({ AccountId, Description }: JobRequest, lastJob: string | undefined): string {
  return hashOf({ AccountId, Description, lastJob: lastJob ?? null });
}

/** The oldest first. */
export function compareAge(a: JobSeen, b: JobSeen): number {
  const [first, second] = [a, b].map(({ created }) => created?.getTime() ?? 0);
  return (first ?? 0) - (second ?? 0) || (a.id < b.id ? -1 : 1);
}

export type JobEnd =
  | 'complete'
  | 'some-failed'
  | 'most-failed'
  | 'nothing-to-do'
  | 'role-unknown'
  | 'cancelled'
  | 'failed';

/** `Complete` alone says nothing about success, and FailureReasons may be empty although tasks failed: the counts tell. */
export function judgeEnd({
  status,
  total = 0,
  succeeded,
  failed,
  reasons,
}: Pick<JobSeen, 'status' | 'total' | 'succeeded' | 'failed' | 'reasons'>): JobEnd {
  if (status === 'Cancelled') return 'cancelled';
  if (status === 'Complete') return failed === 0 ? 'complete' : failed * 2 > total ? 'most-failed' : 'some-failed';
  // The codes of jobs are not documented, this text is (S3 User Guide, replication-troubleshoot).
  if (reasons.some(({ reason }) => /found no keys matching/i.test(reason))) return 'nothing-to-do';
  if (reasons.some(({ code, reason }) => /AssumeRole/i.test(code) || /assume the role/i.test(reason)))
    return 'role-unknown';
  // AWS ends a job when more than half of its tasks have failed (S3 User Guide, batch-ops-job-status).
  return failed > succeeded ? 'most-failed' : 'failed';
}
