import type { JobWork } from '../backfill/job-work.ts';
import { runJob } from '../backfill/run-job.ts';
import { uploadManifest } from '../backfill/upload-manifest.ts';
import type { Spec } from '../config/spec.ts';
import type { ItemEvent, Result } from '../events/event.ts';
import { type JobSeen, judgeEnd } from '../plan/backfill-jobs.ts';
import { planBackfillRole } from '../plan/plan.ts';
import { moneyText, prices } from '../plan/prices.ts';
import { approve, requireAsker } from '../session/approval.ts';
import { endOfJobs } from '../session/backfill-end.ts';
import { type BackfillOptions, choiceOf } from '../session/backfill-options.ts';
import { timeOfCounted } from '../session/backfill-time.ts';
import { carryOut } from '../session/carry-out.ts';
import type { Context } from '../session/context.ts';
import { type PlannedJobs, planWhenFree } from '../session/plan-backfill.ts';
import type { Session } from '../session/session.ts';
import { leastTimeText } from '../show/backfill-time-text.ts';
import { requestText } from '../show/job-text.ts';
import type { State } from '../state/state.ts';
import { countText } from '../text/count-text.ts';

/** Has S3 copy what live replication has left out: what was there before the rules, and what FAILED. */
export async function run(session: Session, options: BackfillOptions, context: Context): Promise<Result> {
  const work = workOf(session, options);
  if (options.list) return (await import('../session/backfill-jobs.ts')).listOurJobs(session);
  if (options.cancel !== undefined) {
    return (await import('../session/backfill-jobs.ts')).cancelOurJob(session, options.cancel, work);
  }
  if (options.explain !== undefined) {
    return (await import('../session/backfill-jobs.ts')).explainOurJob(session, options, options.explain);
  }
  const choice = choiceOf(options, session.spec);
  const planned = await planWhenFree(session, options, work, choice);
  const { plan, requests, proposal } = planned;
  const changes = proposal ? plan.changes.length : 0;
  if (proposal) {
    const { missing, cost, time, timeLines, fileLines } = proposal;
    const text = requestText({ requests, choice, missing, fileLines, costLines: cost.lines, timeLines });
    const members = { requests, missing, cost: cost.members, time };
    const shown = await prepareRole(
      planned,
      { type: 'item', kind: 'backfill', members, text },
      session,
      options,
      context,
    );
    if (shown === undefined) return { outcome: 'planned', changes };
  } else if (options.look) {
    options.isApproved?.(planned.observed, plan);
    return { outcome: 'planned', changes };
  }
  if (planned.upload) await uploadManifest(work.at, planned.upload.to, planned.upload.text);
  const approveCount = countQuestion(planned, session, options, context);
  const jobs: JobSeen[] = [];
  for (const request of requests) {
    const job = await runJob(request, { ...work, approveCount, roleIsNew: changes > 0 && jobs.length === 0 });
    jobs.push(job);
    // What has one fail would have the next fail, too.
    if (!['complete', 'nothing-to-do'].includes(judgeEnd(job))) break;
  }
  return endOfJobs(session, options, { jobs, changes, choice, isNew: true });
}

function workOf({ spec, connections, surroundings, signal }: Session, options: BackfillOptions): JobWork {
  const at = connections.get('source');
  return { at, spec, surroundings, signal, wait: options.wait, maxObjects: options.maxObjects, roleIsNew: false };
}

/** With the price and the time of exactly these objects; undefined where it is answered already. */
function countQuestion(
  { observed, proposal }: PlannedJobs,
  session: Session,
  options: BackfillOptions,
  context: Context,
): JobWork['approveCount'] {
  const isApproved = context.among !== undefined && context.ask !== undefined;
  if (options.yes === true || options.maxObjects !== undefined || isApproved) return undefined;
  return async (objects) => {
    const time = await timeOfCounted(session, observed, objects, proposal?.limits);
    session.view.releaseScreen();
    const these = objects === 1 ? 'this one object' : `these ${countText(objects)} objects`;
    const question = {
      message: `Replicate ${these} (${moneyText(objects * prices.task)}${leastTimeText(time)})?`,
      explainDecline: () => ({ message: 'declined; the job is canceled, and no object was copied' }),
    };
    await approve(question, requireAsker(context, `replicate ${these}`), session.signal);
  };
}

/** Asks, and writes the role. @returns undefined where the plan was only shown. */
async function prepareRole(
  { observed, plan, requests, files }: PlannedJobs,
  remark: ItemEvent,
  session: Session,
  options: BackfillOptions,
  context: Context,
): Promise<State | undefined> {
  const whether = 'start a job of S3 Batch Replication';
  const question = {
    message: requests.length === 1 ? 'Start this job?' : `Start these ${requests.length} jobs?`,
    explainDecline: () => ({ message: 'not started; nothing was changed' }),
  };
  if (plan.changes.length > 0) {
    const also = { backfillRole: true } as const;
    const planAgain = (state: State, spec: Spec) => planBackfillRole(state, spec, files);
    return carryOut({ observed, also, plan, planAgain, whether, question, remark }, session, options, context);
  }
  const approved = options.isApproved?.(observed, plan) ?? false;
  if (!approved) session.view.report(remark);
  if (options.look) return undefined;
  if (!options.yes && !approved) await approve(question, requireAsker(context, whether), session.signal);
  return observed;
}
