import { pendingObjects, waitUntilNonePending } from '../apply/pending.ts';
import type { Spec } from '../config/spec.ts';
import { statusOf } from '../connect/absent.ts';
import type { Event, Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { newestVersions } from '../observe/newest-versions.ts';
import { observe } from '../observe/observe.ts';
import type { JobSeen } from '../plan/backfill-jobs.ts';
import { type KeyDeletion, planDestroy, summarizeDone } from '../plan/plan.ts';
import { cancelActiveJobs, describeJobs, findActiveJobs } from '../session/active-backfill.ts';
import type { Approvable, Question } from '../session/approval.ts';
import { carryOut } from '../session/carry-out.ts';
import type { CommonOptions } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { tellFindings } from '../session/findings.ts';
import { judgeNeighbors } from '../session/judge-neighbors.ts';
import type { Session } from '../session/session.ts';
import { usualWait } from '../session/usual-wait.ts';
import { limitText } from '../show/duration.ts';
import { sidesOf } from '../state/names.ts';

export interface DestroyOptions extends CommonOptions, Approvable {
  readonly wait: boolean;
  /** Minutes. */
  readonly timeout: number;
  readonly deleteKeys?: boolean;
  readonly force?: boolean;
  readonly cancelBackfill?: boolean;
}

const also = { backfillRole: true } as const;

export async function run(session: Session, options: DestroyOptions, context: Context): Promise<Result> {
  const { spec, connections, signal, view } = session;
  const observed = await observe(connections, spec, also);
  signal.throwIfAborted();
  const jobs = await findActiveJobs(session, observed, options.cancelBackfill ?? false);
  const keys = options.deleteKeys ? await keyDeletion(session, options.force ?? false) : undefined;
  const plan = await judgeNeighbors(session, observed, planDestroy(observed, spec, keys));
  const changes = plan.changes.length;
  // Without the right to see what is PENDING, this fails before anything is removed.
  const pending = options.wait && changes > 0 ? (await pendingObjects(connections, observed, spec)).length : 0;
  view.report({ type: 'phase', name: 'done' });
  tellFindings(session, plan);
  if (changes === 0 && jobs.length === 0)
    return { outcome: 'unchanged', changes, summary: `nothing of ${spec.name} is there` };
  const timeoutMs = options.timeout * 60_000;
  const shown = await carryOut(
    {
      ...{ observed, also, plan, planAgain: (state) => planDestroy(state, spec, keys) },
      ...{ whether: `remove ${spec.name}`, question: questionOf(spec) },
      ...remarkOn(pending, jobs, options),
      beforehand: () =>
        options.cancelBackfill
          ? cancelActiveJobs(session, observed, timeoutMs)
          : findActiveJobs(session, observed, false),
      ...(options.wait && { beforeRightsGo: () => waitUntilNonePending(observed, spec, { ...session, timeoutMs }) }),
    },
    session,
    options,
    context,
  );
  if (shown === undefined) return { outcome: 'planned', changes };
  const summary = `${summarizeDone(plan.changes)}; read back, nothing of ${spec.name} is left but what stays`;
  return { outcome: 'destroyed', changes, summary };
}

function remarkOn(
  pending: number,
  jobs: readonly JobSeen[],
  { wait, timeout }: DestroyOptions,
): { readonly remark?: Event } {
  const limit = limitText(timeout * 60_000);
  const remarks = [
    ...(jobs.length > 0
      ? [`${describeJobs(jobs)}: canceled first, and what it has not replicated by then is not replicated`]
      : []),
    ...(pending > 0
      ? [`${pending} of the newest objects are PENDING: once the rule is gone, s3repl waits up to ${limit} for them`]
      : wait && timeout !== usualWait
        ? [`s3repl waits up to ${limit} for objects that are PENDING`]
        : []),
  ];
  return remarks.length > 0 ? { remark: { type: 'note', message: remarks.join('; ') } } : {};
}

/** What encrypts the newest objects on all sides; with force it does not matter. */
async function keyDeletion(session: Session, force: boolean): Promise<KeyDeletion> {
  if (force) return { objects: [], force };
  const objects = await Promise.all(
    sidesOf(session.spec).map(async ({ id, bucket }) => {
      const at = session.connections.get(id);
      return newestVersions(at, bucket, ['']).catch((error: unknown) => {
        if (statusOf(error) === 404) return [];
        if (statusOf(error) !== 403) throw error;
        throw new Failure(
          'unknown',
          'key-use-unknown',
          `AWS does not let ${at.identity} see whether objects in ${bucket} need the keys`,
          'allow s3:ListBucketVersions on the bucket and s3:GetObjectVersion on its objects, or leave --delete-keys out',
          { cause: error },
        );
      });
    }),
  );
  return { objects: objects.flat(), force };
}

function questionOf({ name }: Spec): Question {
  return {
    message: `Type the name of the configuration to remove it (${name}):`,
    typed: name,
    explainDecline: (typed) => ({
      message: `"${typed}" is not the name of the configuration; nothing was changed`,
      fix: `type ${name} to remove it`,
    }),
  };
}
