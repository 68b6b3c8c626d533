/** Whether versions are older than the rule that governs them, as far as their replication status tells. */

import { prepare } from '../model/replication/prepare.ts';
import { judgeObject } from '../model/replication.ts';
import type { ObjectSnapshot, Snapshot } from '../model/snapshot.ts';

/**
 * S3 gives a version its status when it is written, and none where no rule takes it (recorded/replication.md 55, 58). So one without
 * a status that the rules of today would take was there before them; where they would leave it alone anyway, its age decides nothing.
 */
export function withAges(snapshot: Snapshot): Snapshot {
  const { objects } = snapshot;
  if (objects === 'unknown') return snapshot;
  const prepared = prepare(snapshot);
  const isOld = (object: ObjectSnapshot) =>
    object.existedBeforeRule === 'unknown' &&
    object.replicationStatus === null &&
    object.deleteMarker === false &&
    judgeObject(prepared, { ...object, existedBeforeRule: false }).some(
      ({ rule, outcome }) => rule !== null && outcome !== 'not-replicated',
    );
  return {
    ...snapshot,
    objects: objects.map((object) => (isOld(object) ? { ...object, existedBeforeRule: true } : object)),
  };
}
