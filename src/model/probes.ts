/** Objects to ask the model about before there are any: what would happen to a new object, and to a delete marker? */
import { encryptionOf } from './replication/default-encryption.ts';
import { defaultRetentionOf } from './replication/default-retention.ts';
import { enabledRules, type Prepared } from './replication/prepare.ts';
import type { Rule } from './replication/rule.ts';
import type { ObjectSnapshot, Snapshot } from './snapshot.ts';

export interface Probe {
  readonly what: 'new-object' | 'delete-marker';
  /** The rule that it is made for: it has that rule's prefix and tags. */
  readonly rule: Rule;
  readonly object: ObjectSnapshot;
}

/** For each enabled rule a new object, and a delete marker where the rule replicates those; none where the rules are not known. */
export function probesOf(prepared: Prepared): readonly Probe[] {
  return enabledRules(prepared).flatMap((rule): Probe[] => {
    const object = newObject(prepared.snapshot, rule);
    const added: Probe = { what: 'new-object', rule, object };
    return rule.deleteMarkers ? [added, { what: 'delete-marker', rule, object: deleted(object) }] : [added];
  });
}

/** An object that a rule's filter takes, with the source bucket's default encryption; none of its name exists. */
export function newObject(snapshot: Snapshot, { prefix, tags }: Pick<Rule, 'prefix' | 'tags'>): ObjectSnapshot {
  return {
    key: `${prefix}s3repl-probe`,
    versionId: null,
    size: 1,
    ...encryptionOf(snapshot),
    storageClass: 'STANDARD',
    tags: Object.fromEntries(tags),
    deleteMarker: false,
    owner: snapshot.source.account,
    replicationStatus: null,
    existedBeforeRule: false,
    ...defaultRetentionOf(snapshot),
  };
}

function deleted({ retention: _, ...object }: ObjectSnapshot): ObjectSnapshot {
  return { ...object, size: 0, encryption: 'NONE', kmsKey: null, bucketKey: false, deleteMarker: true };
}
