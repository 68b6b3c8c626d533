import type { ReplicationConfiguration, ReplicationRule } from '@aws-sdk/client-s3';
import { filterIn } from '../../aws/rule-filter.ts';
import { type UnknownElement, unknownElements } from '../../aws/unknown-elements.ts';
import type { Path } from './path.ts';

export interface Rule {
  readonly id: string;
  /** 1: `Prefix` in the rule; 2: `Filter`. */
  readonly version: 1 | 2;
  readonly enabled: boolean;
  readonly priority: number;
  readonly prefix: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly deleteMarkers: boolean;
  /** Null: SSE-KMS and DSSE-KMS objects are not selected. */
  readonly replicaKey: string | null;
  readonly replicaModifications: boolean;
  readonly replicationTimeControl: boolean;
  /** Without them S3 sends no event when an object fails. */
  readonly metrics: boolean;
  readonly destination: string;
  readonly account: string | null;
  readonly ownerOverride: boolean;
  readonly storageClass: string | null;
  readonly strange: readonly UnknownElement[];
  readonly path: Path;
}

export interface RuleBook {
  readonly role: string;
  readonly byDestination: readonly (readonly Rule[])[];
  readonly disabled: readonly Rule[];
}

/** Of rules with one destination "the highest priority" counts (S3 User Guide, replication-add-config). @param path of the configuration in the snapshot. */
export function ruleBookOf(configuration: ReplicationConfiguration, path: Path): RuleBook {
  const { Rules = [], ...around } = configuration;
  const aroundAll = unknownElements(around);
  const rules = Rules.map((rule, index) => ruleOf(rule, index, path, aroundAll));
  const enabled = new Map<string, Rule[]>();
  for (const rule of rules.filter((one) => one.enabled)) {
    const ofOne = enabled.get(rule.destination);
    if (ofOne) ofOne.push(rule);
    else enabled.set(rule.destination, [rule]);
  }
  return {
    role: configuration.Role ?? '',
    byDestination: [...enabled.values()].map((ofOne) => ofOne.toSorted((a, b) => b.priority - a.priority)),
    disabled: rules.filter((rule) => !rule.enabled),
  };
}

function ruleOf(rule: ReplicationRule, index: number, path: Path, aroundAll: Rule['strange']): Rule {
  const { Filter: filter, Destination: destination, SourceSelectionCriteria: criteria } = rule;
  const version = filter === undefined ? 1 : 2;
  const { prefix, tags } = filterIn(rule);
  // Without either of the two S3 does not replicate encrypted objects (rules.md 1.2 M8).
  const selected = criteria?.SseKmsEncryptedObjects?.Status === 'Enabled';
  return {
    id: rule.ID ?? `rule ${index + 1}`,
    version,
    enabled: rule.Status === 'Enabled',
    priority: rule.Priority ?? 0,
    prefix,
    tags,
    // Rules of version 1 replicate the delete markers of users (rules.md 1.6 X-21); with tags none are (rules.md 2.2).
    deleteMarkers: version === 1 || (rule.DeleteMarkerReplication?.Status === 'Enabled' && tags.length === 0),
    replicaKey: selected ? (destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? null) : null,
    replicaModifications: criteria?.ReplicaModifications?.Status === 'Enabled',
    replicationTimeControl: destination?.ReplicationTime?.Status === 'Enabled',
    metrics: destination?.Metrics?.Status === 'Enabled',
    destination: destination?.Bucket ?? '',
    account: destination?.Account ?? null,
    ownerOverride: destination?.AccessControlTranslation?.Owner === 'Destination',
    storageClass: destination?.StorageClass ?? null,
    strange: [...aroundAll, ...unknownElements(rule)],
    path: [...path, 'Rules', index],
  };
}
