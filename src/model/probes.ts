/** Objects to ask the model about before there are any: what would happen to a new object, and to a delete marker? */
import { encryptionOf } from './replication/default-encryption.ts';
import { prepare } from './replication/prepare.ts';
import type { Rule } from './replication/rule.ts';
import type { ObjectSnapshot, Snapshot } from './snapshot.ts';

export interface Probe {
  readonly what: 'new-object' | 'delete-marker';
  /** ID of the rule that it is made for: it has that rule's prefix and tags. */
  readonly rule: string;
  readonly object: ObjectSnapshot;
}

/** What the keys of probes end in; no such object exists. */
export const probeName = 's3repl-probe';

/**
 * For each enabled rule a new object with the source bucket's default encryption, and a delete marker where the rule replicates
 * those; none where the rules are not known.
 */
export function probesOf(snapshot: Snapshot): readonly Probe[] {
  const { rules } = prepare(snapshot);
  if (rules === null || rules === 'unknown') return [];
  const encryption = encryptionOf(snapshot);
  return rules.byDestination.flat().flatMap((rule): Probe[] => {
    const object = newObject(snapshot, rule, encryption);
    const added: Probe = { what: 'new-object', rule: rule.id, object };
    return rule.deleteMarkers ? [added, { what: 'delete-marker', rule: rule.id, object: deleted(object) }] : [added];
  });
}

function newObject(
  snapshot: Snapshot,
  { prefix, tags }: Rule,
  encryption: ReturnType<typeof encryptionOf>,
): ObjectSnapshot {
  return {
    key: `${prefix}${probeName}`,
    versionId: null,
    size: 1,
    ...encryption,
    storageClass: 'STANDARD',
    tags: Object.fromEntries(tags),
    deleteMarker: false,
    owner: snapshot.source.account,
    replicationStatus: null,
    existedBeforeRule: false,
  };
}

function deleted(object: ObjectSnapshot): ObjectSnapshot {
  return { ...object, size: 0, encryption: 'NONE', kmsKey: null, bucketKey: false, tags: {}, deleteMarker: true };
}
