import type { PolicyDocument } from '../aws/policy.ts';
import { encryptionOf } from '../model/replication/default-encryption.ts';
import type { KeySide } from '../model/replication/find.ts';
import type { Path } from '../model/replication/path.ts';
import {
  type BucketSide,
  destinationSide,
  keySide,
  listEnabledRules,
  type Prepared,
} from '../model/replication/prepare.ts';
import type { Rule } from '../model/replication/rule.ts';
import type { Known } from '../model/snapshot.ts';

export interface Scope {
  readonly prepared: Prepared;
  readonly rules: readonly Rule[];
  readonly destinations: readonly BucketSide[];
  /** Of new source objects and of their replicas. */
  readonly keys: readonly KeySide[];
  readonly policies: readonly PlacedPolicy[];
}

export interface PlacedPolicy {
  readonly of: 'role' | 'trust' | 'source' | 'destination' | 'key';
  readonly name: string;
  readonly arn: string;
  readonly path: Path;
  readonly document: PolicyDocument;
}

/** What takes part in replication: follows the rules from the source bucket to role, destinations and keys. */
export function scopeOf(prepared: Prepared): Scope {
  const { snapshot, source } = prepared;
  const known = listEnabledRules(prepared);
  const destinations = [...new Set(known.map(({ destination }) => destination))].map((arn) =>
    destinationSide(prepared, arn),
  );
  const regionOf = ({ value }: BucketSide) => (value === null || value === 'unknown' ? 'unknown' : value.region);
  const replicaKeys = known.flatMap(({ replicaKey, destination }) =>
    replicaKey === null
      ? []
      : [keySide(prepared, replicaKey, prepared.role.account, regionOf(destinationSide(prepared, destination)))],
  );
  const { kmsKey } = encryptionOf(snapshot);
  const sourceKey =
    kmsKey === null || kmsKey === 'unknown' ? [] : [keySide(prepared, kmsKey, source.account, regionOf(source))];
  const keys = [...new Map([...sourceKey, ...replicaKeys].map((key) => [key.arn, key])).values()];
  return { prepared, rules: known, destinations, keys, policies: policiesOf(prepared, destinations, keys) };
}

function policiesOf(
  prepared: Prepared,
  destinations: readonly BucketSide[],
  keys: readonly KeySide[],
): readonly PlacedPolicy[] {
  const { role, source, identity, boundary, places } = prepared;
  const ofRole = [...identity, boundary].flatMap((policy) => {
    if (policy === null || policy === 'unknown') return [];
    const place = places.get(policy.name);
    return place ? [{ of: 'role' as const, name: policy.name, ...place }] : [];
  });
  const trust = role.value === null || role.value === 'unknown' ? 'unknown' : role.value.trustPolicy;
  return [
    ...ofRole,
    ...placePolicy('trust', `trust policy of role ${role.arn}`, role.arn, [...role.path, 'trustPolicy'], trust),
    ...bucketPolicies('source', source),
    ...destinations.flatMap((side) => bucketPolicies('destination', side)),
    ...keys.flatMap(({ arn, path, value }) =>
      value === null || value === 'unknown'
        ? []
        : placePolicy('key', `key policy of ${arn}`, arn, [...path, 'policy'], value.policy),
    ),
  ];
}

function bucketPolicies(of: 'source' | 'destination', { name, arn, path, value }: BucketSide): readonly PlacedPolicy[] {
  return value === null || value === 'unknown'
    ? []
    : placePolicy(of, `bucket policy of ${name}`, arn, [...path, 'policy'], value.policy);
}

function placePolicy(
  of: PlacedPolicy['of'],
  name: string,
  arn: string,
  path: Path,
  document: Known<PolicyDocument | null>,
): readonly PlacedPolicy[] {
  return document === null || document === 'unknown' ? [] : [{ of, name, arn, path, document }];
}
