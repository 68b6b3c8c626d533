import { prepare } from '../../src/model/replication/prepare.ts';
import { judgeObject } from '../../src/model/replication.ts';
import type { ObjectSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import type { Verdict } from '../../src/model/verdict.ts';

/** The verdicts about one version of a snapshot. */
export function verdictsOf(snapshot: Snapshot, object: ObjectSnapshot): readonly Verdict[] {
  return judgeObject(prepare(snapshot), object);
}
