import type { Replicator } from '../replication/replicator.ts';
import type { Keeping } from '../store/contents.ts';
import type { SandboxState } from '../store/state.ts';
import { isOver, type Job, type JobStatus } from './job.ts';
import { beginTurn, performTask } from './job-task.ts';
import { confirmationMs, keptMs, preparationMs, stageMs, tasksInTurn, turnMs } from './job-times.ts';
import { prepareJob, undocumentedCode } from './prepare-job.ts';
import { writeReport } from './write-report.ts';

/** From then on a job ends when more than half of its tasks have failed (S3 User Guide, batch-ops-job-status). */
const tasksBeforeGivingUp = 1000;

/** What a job becomes, and for how many virtual milliseconds. */
type Next = readonly [status: JobStatus, wait: number];

/** Takes jobs through their states on the virtual clock, and live replication along. All that it knows of jobs is in the state. */
export class JobRunner {
  readonly #state: SandboxState;
  readonly #replicator: Replicator;
  readonly #help: Keeping & { readonly replicator: Replicator };

  /** @param keeping where large reports and manifests are. */
  constructor(state: SandboxState, replicator: Replicator, { contents }: Keeping = {}) {
    this.#state = state;
    this.#replicator = replicator;
    this.#help = { contents, replicator };
  }

  /** Lets the clock go on to `end`, with a stop wherever something is due: it sees the state of that moment. Gives whether anything was due. */
  passUntil(end: number): boolean {
    let worked = false;
    for (let due = this.#nextDue(end); due <= end; due = this.#nextDue(end)) {
      this.#state.now = Math.max(this.#state.now, due);
      this.#replicator.work();
      const job = this.#findDue(this.#state.now);
      if (job !== undefined) this.#step(job);
      worked = true;
    }
    this.#state.now = end;
    return this.#replicator.work() || worked;
  }

  #nextDue(end: number): number {
    return Math.min(this.#findDue(end)?.due ?? Number.POSITIVE_INFINITY, this.#replicator.due);
  }

  #findDue(end: number): Job | undefined {
    let next: Job | undefined;
    for (const job of Object.values(this.#state.jobs)) {
      if (job.due <= end && (next === undefined || job.due < next.due)) next = job;
    }
    return next;
  }

  #step(job: Job): void {
    const at = job.due;
    if (isOver(job)) {
      delete this.#state.jobs[job.id];
      return;
    }
    const [status, wait] = this.#nextOf(job);
    if (status === 'Suspended') job.suspended = at;
    job.status = status;
    job.due = at + wait;
    if (isOver(job)) this.#end(job, at);
  }

  #end(job: Job, at: number): void {
    job.ended = at;
    const failure = writeReport({ state: this.#state, ...this.#help }, job);
    // A job that failed keeps the reason of that.
    if (failure !== undefined) job.failure ??= failure;
  }

  #nextOf(job: Job): Next {
    switch (job.status) {
      case 'New':
        return ['Preparing', preparationMs];
      case 'Preparing':
        return this.#prepare(job);
      case 'Suspended':
        job.failure = { code: undocumentedCode, reason: 'The job was not confirmed within 30 days.' };
        return ['Failing', stageMs];
      case 'Ready':
      case 'Paused':
        return [this.#isOutranked(job) ? job.status : 'Active', turnMs];
      case 'Active':
        return this.#isOutranked(job) ? ['Pausing', stageMs] : this.#takeTurn(job);
      case 'Pausing':
        return ['Paused', turnMs];
      case 'Completing':
      case 'Complete':
        return ['Complete', keptMs];
      case 'Cancelling':
      case 'Cancelled':
        return ['Cancelled', keptMs];
      case 'Failing':
      case 'Failed':
        return ['Failed', keptMs];
    }
  }

  /** By a job of the same account and Region that runs or could. In AWS strict order is not promised (S3 User Guide, batch-ops-job-priority). */
  #isOutranked({ account, region, priority }: Job): boolean {
    return Object.values(this.#state.jobs).some(
      (other) =>
        other.account === account &&
        other.region === region &&
        other.priority > priority &&
        ['Ready', 'Active', 'Pausing', 'Paused'].includes(other.status),
    );
  }

  /** Without `ConfirmationRequired: false` a job waits for confirmation (S3 User Guide, batch-ops-job-status). */
  #prepare(job: Job): Next {
    const prepared = prepareJob(this.#state, this.#help, job);
    if (!('tasks' in prepared)) {
      job.failure = prepared;
      return ['Failing', stageMs];
    }
    job.tasks = prepared.tasks;
    if (prepared.bucket !== undefined) job.bucket = prepared.bucket;
    return job.request.ConfirmationRequired === false ? ['Ready', stageMs] : ['Suspended', confirmationMs];
  }

  #takeTurn(job: Job): Next {
    const { tasks = [] } = job;
    const turn = beginTurn(this.#state, this.#replicator, job);
    const first = job.succeeded + job.failed;
    const last = Math.min(first + tasksInTurn, tasks.length);
    let failed = 0;
    for (let number = first; number < last; number++) {
      const task = tasks[number];
      const code = task && performTask(turn, task);
      if (code === undefined) continue;
      failed++;
      job.taskFailures[String(number)] = code;
    }
    job.failed += failed;
    job.succeeded += last - first - failed;
    job.activeSeconds += turnMs / 1000;
    if (last >= tasksBeforeGivingUp && job.failed * 2 > last) {
      job.failure = { code: 'FailureRateExceeded', reason: 'More than 50% of the tasks have failed.' };
      return ['Failing', stageMs];
    }
    return last < tasks.length ? ['Active', turnMs] : ['Completing', stageMs];
  }
}
