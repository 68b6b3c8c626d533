import type { Spec } from '../config/spec.ts';
import { isUnexplained } from '../model/replication/history.ts';
import { prepare } from '../model/replication/prepare.ts';
import { judgeObject } from '../model/replication.ts';
import type { ObjectSnapshot } from '../model/snapshot.ts';
import type { Cause } from '../model/verdict.ts';
import { ruleIdPrefix } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { snapshotOf } from './snapshot-of.ts';

/**
 * For each rule of the spec whose newest versions FAILED, with none COMPLETED since: the newest one's cause. S3 never tries again, and AWS does
 * not tell when a cause was fixed (rules.md 2.2): only a new object shows whether replication works. @param objects the newest first.
 */
export function findUnexplainedFailures(
  state: State,
  spec: Spec,
  takenAt: Date,
  objects: readonly ObjectSnapshot[],
): readonly Cause[] {
  const prepared = prepare({ ...snapshotOf(state, spec, takenAt), objects });
  const found = new Map<string, Cause>();
  for (const object of objects) {
    if (object.replicationStatus !== 'FAILED') continue;
    for (const verdict of judgeObject(prepared, object)) {
      const [cause] = verdict.causes;
      const { rule } = verdict;
      if (cause === undefined || !rule?.startsWith(ruleIdPrefix(spec)) || !isUnexplained(verdict)) continue;
      if (!found.has(rule)) found.set(rule, cause);
    }
  }
  return [...found.values()];
}
