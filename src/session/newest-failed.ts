/** A setup without changes whose newest objects all FAILED is no success (design.md 4). */

import type { ObjectSnapshot } from '../model/snapshot.ts';
import { sampleStatuses } from '../observe/sample-objects.ts';
import { findUnexplainedFailures } from '../plan/newest-failed.ts';
import { preflight } from '../plan/preflight.ts';
import type { Refusal } from '../show/preflight-text.ts';
import { findOurRules } from '../state/names.ts';
import type { State } from '../state/state.ts';
import type { Session } from './session.ts';

const most = 20;

interface Sampled {
  readonly objects: readonly ObjectSnapshot[];
  readonly complete: boolean;
}

type Looked = Sampled | undefined;

/** Runs while the rest is observed, and takes no longer. Undefined where there is no bucket, or we may not look: plan and apply do not need it. */
export function lookAtNewest({ spec, connections }: Session): Promise<Looked> {
  return sampleStatuses(connections.get('source'), spec.source.bucket, { most, quick: true }).catch(() => undefined);
}

interface Newest {
  readonly refusal?: Refusal;
  readonly remark: string;
}

/** No success where the newest objects FAILED and nothing explains it. */
export async function newestFailed(session: Session, observed: State, looking: Promise<Looked>): Promise<Newest> {
  const { spec, connections, view } = session;
  if (findOurRules(observed, spec).length === 0) return { remark: '' };
  const looked = await looking;
  if (looked === undefined) {
    return { remark: '; the newest objects were not checked (needs s3:ListBucketVersions, s3:GetObjectVersion)' };
  }
  const findUnexplained = ({ objects }: Sampled) => findUnexplainedFailures(observed, spec, new Date(), objects);
  let causes = findUnexplained(looked);
  if (causes.length > 0 && !looked.complete) {
    // S3 lists by name: newer ones may come further on.
    const further = { most: 4 * most, quick: false };
    causes = findUnexplained(
      await sampleStatuses(connections.get('source'), spec.source.bucket, further).catch(() => looked),
    );
  }
  if (causes.length === 0) return { remark: '' };
  const code = 'newest-failed';
  for (const { summary, fix, check, evidence } of causes) {
    view.report({ type: 'warning', code, message: summary, fix, check, evidence });
  }
  const message = 'the newest objects FAILED, and s3repl found nothing that explains it';
  const fix = 'run s3repl verify: only a new object shows whether replication works now';
  return { remark: '', refusal: { outcome: 'unknown', error: { code, message, fix } } };
}

/** A successful apply has removed a cause if our rules existed before and the model said that new objects did not replicate. */
export function hasRemovedCause({ spec }: Pick<Session, 'spec'>, before: State): boolean {
  return findOurRules(before, spec).length > 0 && preflight(before, spec, new Date()).outcome === 'fails';
}
