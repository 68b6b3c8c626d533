/** What `backfill` would ask AWS for, and whether it is worth asking. */

import type { JobWork } from '../backfill/job-work.ts';
import { waitForOther } from '../backfill/run-job.ts';
import type { SourceSide } from '../config/spec.ts';
import { Failure } from '../events/failure.ts';
import { lookForMissing } from '../observe/first-page.ts';
import { listJobs } from '../observe/jobs.ts';
import { countObjects } from '../observe/object-count.ts';
import { observe } from '../observe/observe.ts';
import { hasRulesOfOthers, lifecycleWarnings, neighborWarnings } from '../plan/backfill-findings.ts';
import { type BackfillChoice, type JobRequest, jobRequests, nextJob } from '../plan/backfill-jobs.ts';
import type { BackfillTime } from '../plan/backfill-time.ts';
import { jobFiles } from '../plan/job-documents.ts';
import type { MissingReplicas } from '../plan/missing-replicas.ts';
import { type Plan, planApply, planBackfillRole } from '../plan/plan.ts';
import { type BackfillCost, backfillCost } from '../plan/prices.ts';
import { notComparedWarning } from '../show/job-text.ts';
import { refusalOf } from '../show/preflight-text.ts';
import { backfillRole, findOurRules } from '../state/names.ts';
import type { State } from '../state/state.ts';
import type { JobFiles } from '../steps/job-files.ts';
import type { BackfillOptions } from './backfill-options.ts';
import { type KmsLimits, readKmsLimits, timeOf } from './backfill-time.ts';
import { tellFindings } from './findings.ts';
import type { ListToUpload } from './given-manifest.ts';
import { type PlacedFiles, placeFiles, readGivenFiles } from './place-files.ts';
import { readAround } from './read-around.ts';
import { checkReplication } from './replication-check.ts';
import type { Session } from './session.ts';

export interface PlannedJobs {
  readonly observed: State;
  /** Of the role. */
  readonly plan: Plan;
  /** One after the other. */
  readonly requests: readonly JobRequest[];
  readonly files: JobFiles;
  /** A list that has to be in S3 before the job. */
  readonly upload?: ListToUpload;
  /** Absent where the first is running already: AWS is not asked again. */
  readonly proposal?: JobProposal;
}

export interface JobProposal {
  readonly missing: readonly MissingReplicas[];
  /** What the job reads, where it is not a list that S3 makes, and what it writes. */
  readonly fileLines: PlacedFiles['lines'];
  readonly cost: BackfillCost;
  readonly limits: KmsLimits;
  readonly time: BackfillTime;
  /** For people. */
  readonly timeLines: readonly string[];
}

/** Waits for another job of ours: the role is not changed while one is active. @throws Failure `blocked` where the objects would fail. */
export async function planWhenFree(
  session: Session,
  options: BackfillOptions,
  work: JobWork,
  choice: BackfillChoice,
): Promise<PlannedJobs> {
  const { spec, connections, signal } = session;
  const given = await readGivenFiles(session, options);
  for (;;) {
    const [observed, jobs] = await Promise.all([
      observe(connections, spec, { backfillRole: true }),
      listJobs(connections.get('source')),
    ]);
    signal.throwIfAborted();
    const { choice: ofFiles, upload, rows, lines: fileLines } = placeFiles(session, options, observed, given);
    const files = jobFiles(ofFiles);
    const all = jobRequests(spec, backfillRole(observed, spec).arn, { ...choice, ...ofFiles });
    if (all.length > 1 && !options.wait) throw severalJobsFailure(all.length);
    const found = all.map((request) => nextJob(request, jobs, spec));
    const underWay = found.findIndex(({ kind }) => kind === 'join');
    const requests = all.slice(Math.max(0, underWay)).map((request) => withConfirmation(request, options));
    const plan = planBackfillRole(observed, spec, files);
    if (underWay >= 0) return { observed, plan: { ...plan, changes: [] }, requests, files };
    const [first] = found;
    if (first?.kind !== 'wait' || options.look) {
      const proposal = await propose(session, options, { observed, plan, requests, own: rows });
      return { observed, plan, requests, files, ...(upload && { upload }), proposal: { ...proposal, fileLines } };
    }
    await waitForOther(first.job, work);
  }
}

/** A run that ends at once cannot confirm a job: AWS goes on by itself then, unless there is a number to hold it against. */
function withConfirmation(request: JobRequest, { wait, maxObjects }: BackfillOptions): JobRequest {
  return { ...request, ConfirmationRequired: wait || maxObjects !== undefined };
}

async function propose(
  session: Session,
  { force = false }: BackfillOptions,
  {
    observed,
    plan,
    requests,
    own,
  }: Pick<PlannedJobs, 'observed' | 'plan' | 'requests'> & { readonly own: number | undefined },
): Promise<Omit<JobProposal, 'fileLines'>> {
  const { spec, connections, surroundings, view } = session;
  if (findOurRules(observed, spec).length === 0) throw notSetUpFailure(spec.source.bucket);
  const at = connections.get('source');
  const now = new Date();
  const isListed = requests.every(({ Manifest }) => Manifest === undefined);
  const counting = surroundings.sandbox ? new Date(surroundings.now()) : now;
  const [missing, objects, limits, neighbors] = await Promise.all([
    lookForMissing(connections, spec),
    // A list of somebody's own has other objects, and costs nothing for itself.
    isListed ? countObjects(at, spec.source.bucket, counting) : undefined,
    readKmsLimits(session, observed, counting),
    // What rules of others lead to, a plan does not read.
    hasRulesOfOthers(observed, spec) ? readAround(session) : undefined,
  ]);
  view.report({ type: 'phase', name: 'done' });
  tellFindings(session, plan);
  if (planApply(observed, spec).changes.length > 0) {
    const message = 'the setup differs from the configuration; the job uses the setup as it is';
    view.report({ type: 'warning', code: 'differs', message, fix: 's3repl plan shows the difference' });
  }
  const refusal = refusalOf(checkReplication(session, observed, { force }));
  if (refusal?.outcome === 'blocked' && !force) {
    const { code, message, fix } = refusal.error;
    throw new Failure(
      'blocked',
      code,
      `${message}; the older objects would fail as well, so s3repl started no job`,
      `${fix}; to start it anyway: --force`,
    );
  }
  for (const one of missing) {
    if (one.missing === 'unknown') view.report({ type: 'warning', ...notComparedWarning(one) });
  }
  if (objects === 'unknown') view.report({ type: 'warning', ...notCountedWarning(spec.source) });
  const warnings = [
    ...lifecycleWarnings(observed, spec),
    ...(neighbors ? neighborWarnings(neighbors.snapshot, spec) : []),
  ];
  for (const warning of warnings) view.report({ type: 'warning', ...warning });
  const counted = objects === 'unknown' ? undefined : objects?.count;
  const cost = backfillCost({
    jobs: requests.length,
    tasks: own,
    objectsInBucket: counted,
    isListed,
  });
  return { missing, cost, limits, ...timeOf(session, observed, limits, { objects: own ?? counted, isListed }) };
}

function notCountedWarning({ bucket, account }: SourceSide) {
  return {
    code: 'objects-not-counted',
    message: `s3repl does not know how many objects ${bucket} has, and what their list costs: S3 has not counted them yet, or account ${account} does not allow cloudwatch:GetMetricData`,
    fix: 'S3 counts once a day; s3repl permissions --for backfill prints the permission to read it',
  };
}

function notSetUpFailure(bucket: string): Failure {
  return new Failure(
    'blocked',
    'not-set-up',
    `bucket ${bucket} has no rule of this configuration, so a job has nothing to apply`,
    'run s3repl apply first',
  );
}

function severalJobsFailure(count: number): Failure {
  return new Failure(
    'invalid',
    'several-jobs',
    `the rules have ${count} prefixes, and S3 allows one for each job: ${count} jobs run one after the other, so s3repl has to wait for them`,
    'leave out --no-wait, or name one --rule',
  );
}
