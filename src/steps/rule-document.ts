import type { ReplicationRule, ReplicationRuleFilter } from '@aws-sdk/client-s3';
import type { RuleSpec } from '../config/spec.ts';

/** `Bucket` and `ReplicaKmsKeyID` are ARNs. */
interface Place {
  readonly ID: string;
  readonly Bucket: string;
  readonly Account: string;
  readonly ReplicaKmsKeyID: string;
}

/** A rule of `repl.yaml` as S3 is given it, without its priority (API: ReplicationRule). */
export function ruleDocument(rule: RuleSpec, { ID, Bucket, Account, ReplicaKmsKeyID }: Place): ReplicationRule {
  const { id: _id, priority: _priority, except: _except, prefix, tags, enabled, deleteMarkers, ...options } = rule;
  const { storageClass, ownerOverride, replicaModifications, replicationTimeControl, metrics, ...forgotten } = options;
  // Does not compile while a field of a rule is neither said here nor named above.
  forgotten satisfies Readonly<Record<string, never>>;
  const fifteenMinutes = { Minutes: 15 }; // the only value that S3 accepts
  return {
    ID,
    Status: status(enabled),
    Filter: filterOf({ prefix, tags }),
    DeleteMarkerReplication: { Status: status(deleteMarkers) },
    SourceSelectionCriteria: {
      SseKmsEncryptedObjects: { Status: 'Enabled' },
      ...(replicaModifications ? { ReplicaModifications: { Status: 'Enabled' } } : {}),
    },
    Destination: {
      Bucket,
      Account,
      ...(storageClass ? { StorageClass: storageClass } : {}),
      ...(ownerOverride ? { AccessControlTranslation: { Owner: 'Destination' } } : {}),
      EncryptionConfiguration: { ReplicaKmsKeyID },
      ...(replicationTimeControl ? { ReplicationTime: { Status: 'Enabled', Time: fifteenMinutes } } : {}),
      // A threshold without RTC is refused (recorded/replication.md 32).
      ...(metrics
        ? { Metrics: { Status: 'Enabled', ...(replicationTimeControl ? { EventThreshold: fifteenMinutes } : {}) } }
        : {}),
    },
  };
}

function status(on: boolean): 'Enabled' | 'Disabled' {
  return on ? 'Enabled' : 'Disabled';
}

/** One condition stands alone, several stand in `And` (API: ReplicationRuleFilter; fewer than two in `And` are refused). */
function filterOf({ prefix, tags }: Pick<RuleSpec, 'prefix' | 'tags'>): ReplicationRuleFilter {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const [tag, ...more] = list;
  if (!tag) return { Prefix: prefix };
  if (prefix === '' && more.length === 0) return { Tag: tag };
  return { And: { ...(prefix === '' ? {} : { Prefix: prefix }), Tags: list } };
}

interface Surroundings {
  readonly keyOf: (id: string | undefined) => string;
  /** Whether replicas are the bucket owner's anyway (Bucket owner enforced, rules.md 1.2 M13a). */
  readonly isOwners: boolean;
}

export function effectsOf(rule: ReplicationRule, { keyOf, isOwners }: Surroundings) {
  const { Destination: to, SourceSelectionCriteria: criteria } = rule;
  const selected = isOn(criteria?.SseKmsEncryptedObjects);
  return {
    'storage class': to?.StorageClass ?? 'of the source object',
    'KMS key': selected ? keyOf(to?.EncryptionConfiguration?.ReplicaKmsKeyID) : 'none, SSE-KMS objects are left out',
    'owner override': onOff(!isOwners && to?.AccessControlTranslation?.Owner === 'Destination'),
    'delete markers': isOn(rule.DeleteMarkerReplication) ? 'replicated' : 'left out',
    'S3 RTC': onOff(isOn(to?.ReplicationTime)),
    'replica modification sync': onOff(isOn(criteria?.ReplicaModifications)),
  };
}

function isOn(element: { readonly Status?: string | undefined } | undefined): boolean {
  return element?.Status === 'Enabled';
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off';
}
