import { arnParts } from '../../aws/arn.ts';
import { unwrapRecorded } from '../store/recorder.ts';
import type { Bucket, SandboxState } from '../store/state.ts';

export interface BucketStatus {
  readonly name: string;
  readonly region: string;
  readonly versioning: 'Enabled' | 'Suspended' | 'Disabled';
  /** Replication rules. */
  readonly rules: number;
  /** Keys that have a version; `versions` includes delete markers. */
  readonly objects: number;
  readonly versions: number;
}

export interface KeyStatus {
  readonly arn: string;
  readonly region: string;
  readonly state: string;
  readonly aliases: readonly string[];
}

export interface AccountStatus {
  readonly account: string;
  readonly buckets: readonly BucketStatus[];
  readonly keys: readonly KeyStatus[];
  /** ARNs. */
  readonly roles: readonly string[];
}

/** Leaves out accounts that have nothing. */
export function statusOf({ accounts, buckets, keys, aliases }: SandboxState): readonly AccountStatus[] {
  const owners = [
    ...Object.values(buckets).map((bucket) => bucket.account),
    ...Object.values(keys).map((key) => key.account),
    ...Object.entries(accounts).flatMap(([account, { roles }]) => (Object.keys(roles).length > 0 ? [account] : [])),
  ];
  return [...new Set(owners)].toSorted().map((account) => ({
    account,
    buckets: Object.values(buckets)
      .filter((bucket) => bucket.account === account)
      .map(bucketStatus),
    keys: Object.values(keys)
      .filter((key) => key.account === account)
      .map(({ arn, id, region, state }) => ({
        arn,
        region,
        state,
        aliases: Object.values(aliases)
          .filter((alias) => alias.keyId === id && arnParts(alias.arn)?.account === account)
          .map(({ name }) => name),
      })),
    roles: Object.values(accounts[account]?.roles ?? {}).map(({ arn }) => arn),
  }));
}

function bucketStatus(bucket: Bucket): BucketStatus {
  const { name, region, versioning = 'Disabled', replication } = bucket;
  const versions = Object.values(unwrapRecorded(bucket.objects));
  return {
    name,
    region,
    versioning,
    rules: replication?.Rules.length ?? 0,
    objects: versions.length,
    versions: versions.reduce((sum, { length }) => sum + length, 0),
  };
}
