/** Working setups, planned and applied by s3repl itself, in parts that a mutant can change one at a time. */

import type { PolicyDocument } from '../../../src/aws/policy.ts';
import type { Spec } from '../../../src/config/spec.ts';
import type {
  AccountSnapshot,
  BucketSnapshot,
  Found,
  KeySnapshot,
  ObjectSnapshot,
  Snapshot,
} from '../../../src/model/snapshot.ts';
import { planApply } from '../../../src/plan/plan.ts';
import { accountOf, bucketOf, type State } from '../../../src/state/state.ts';
import { aBucket, aDestination, aRule, aSource, aSpec, DESTINATION, nothing, SOURCE } from '../../builders.ts';
import { branded } from '../../plain.ts';
import { pureAws } from '../../steps/pure-aws.ts';

/** The documents of a setup; null where it has none. */
export interface Documents {
  readonly trust: PolicyDocument;
  readonly role: PolicyDocument;
  readonly 'source bucket policy': PolicyDocument | null;
  readonly 'destination bucket policy': PolicyDocument | null;
  readonly 'source key policy': PolicyDocument;
  /** Null where one key encrypts both. */
  readonly 'replica key policy': PolicyDocument | null;
}
export type DocumentName = keyof Documents;

type Controls = Pick<AccountSnapshot, 'serviceControlPolicies' | 'resourceControlPolicies'>;

export interface SetUp {
  readonly name: string;
  /** Account of the destination bucket. */
  readonly owner: string;
  readonly destinationBucketKey: boolean;
  readonly ownerOverride: boolean;
  readonly sharedKey: boolean;
  /** What there is to warn about from the start. */
  readonly warnings: readonly string[];
  readonly arns: Readonly<Record<'role' | 'source' | 'destination' | 'sourceKey' | 'replicaKey', string>>;
  readonly documents: Documents;
  readonly source: BucketSnapshot;
  readonly destination: BucketSnapshot;
  readonly sourceKey: KeySnapshot;
  readonly replicaKey: KeySnapshot;
}

/** What a snapshot is put together from: a setup, of which things may be missing or more. */
export interface Parts extends Omit<SetUp, 'source' | 'destination' | 'sourceKey' | 'replicaKey'> {
  readonly source: Found<BucketSnapshot>;
  readonly destination: Found<BucketSnapshot>;
  readonly sourceKey: Found<KeySnapshot>;
  readonly replicaKey: Found<KeySnapshot>;
  readonly noRole?: true;
  readonly attached?: true;
  readonly boundary?: PolicyDocument;
  readonly controls?: Readonly<Record<string, Partial<Controls>>>;
}

export function snapshotOf(parts: Parts): Snapshot {
  const { documents, arns } = parts;
  const bucket = (value: Found<BucketSnapshot>, policy: PolicyDocument | null) =>
    typeof value === 'object' && value !== null ? { ...value, policy } : value;
  const key = (value: Found<KeySnapshot>, policy: PolicyDocument | null) =>
    typeof value === 'object' && value !== null && policy !== null ? { ...value, policy } : value;
  const policies = { replication: documents.role };
  const role = {
    trustPolicy: documents.trust,
    inlinePolicies: parts.attached ? {} : policies,
    attachedPolicies: parts.attached ? policies : {},
    permissionsBoundary: parts.boundary ?? null,
  };
  const account = (id: string, things: Partial<AccountSnapshot>): AccountSnapshot => ({
    roles: {},
    buckets: {},
    keys: {},
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...parts.controls?.[id],
    ...things,
  });
  const destination = { 'acme-invoices-replica': bucket(parts.destination, documents['destination bucket policy']) };
  const replicaKey = parts.sharedKey
    ? {}
    : { [arns.replicaKey]: key(parts.replicaKey, documents['replica key policy']) };
  const together = parts.owner === SOURCE;
  return {
    version: 1,
    takenAt: '2026-11-22T00:00:00Z',
    partition: 'aws',
    source: { account: SOURCE, bucket: branded('acme-invoices') },
    accounts: {
      [SOURCE]: account(SOURCE, {
        roles: { [arns.role]: parts.noRole ? null : role },
        buckets: {
          'acme-invoices': bucket(parts.source, documents['source bucket policy']),
          ...(together && destination),
        },
        keys: { [arns.sourceKey]: key(parts.sourceKey, documents['source key policy']), ...(together && replicaKey) },
      }),
      ...(!together && { [parts.owner]: account(parts.owner, { buckets: destination, keys: replicaKey }) }),
    },
    objects: [],
  };
}

const failureTopic = {
  TopicConfigurations: [
    { TopicArn: `arn:aws:sns:eu-west-1:${SOURCE}:failures`, Events: ['s3:Replication:*' as const] },
  ],
};

const withoutOverride = [aRule({ ownerOverride: false })];
const specs: readonly (readonly [name: string, spec: Spec, observed?: State])[] = [
  ['across accounts', aSpec({ destinations: [aDestination({ rules: withoutOverride })] })],
  [
    'without Bucket Keys',
    aSpec({
      source: aSource({ bucketKey: false }),
      destinations: [aDestination({ bucketKey: false, rules: withoutOverride })],
    }),
  ],
  [
    'with owner override',
    aSpec(),
    {
      accounts: {
        [DESTINATION]: {
          roles: {},
          keys: {},
          buckets: { 'acme-invoices-replica': aBucket({ region: 'eu-central-1', ownership: 'ObjectWriter' }) },
        },
      },
    },
  ],
  ['in one account', aSpec({ destinations: [aDestination({ account: SOURCE, rules: withoutOverride })] })],
  [
    'with one key',
    aSpec({
      destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' }, rules: withoutOverride })],
    }),
  ],
];

/** Each made by sending what s3repl plans to a cloud without lag; what denies requests without TLS lets nothing replicate. */
export const setUps: readonly SetUp[] = specs.map(([name, own, observed = nothing]) => {
  const spec = { ...own, tlsOnly: false };
  const cloud = pureAws(observed);
  cloud.run(planApply(observed, spec).changes);
  return setUpOf(name, cloud.state, spec);
});

function setUpOf(name: string, state: State, spec: Spec): SetUp {
  const [destination] = spec.destinations;
  const here = accountOf(state, SOURCE);
  const [roleArn = '', role] = Object.entries(here.roles)[0] ?? [];
  const source = bucketOf(state, SOURCE, spec.source.bucket);
  const target = destination && bucketOf(state, destination.account, destination.bucket);
  const keyOf = (bucket: typeof source) =>
    bucket?.encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID ?? '';
  const keys = { ...here.keys, ...accountOf(state, DESTINATION).keys };
  const [sourceKey, replicaKey] = [keys[keyOf(source)], keys[keyOf(target)]];
  if (!destination || !role || !source || !target || !sourceKey || !replicaKey) throw new Error(`${name} is not whole`);
  const sharedKey = sourceKey === replicaKey;
  const permissions = Object.values(role.inlinePolicies)[0];
  if (!permissions) throw new Error(`${name} has no permissions policy`);
  return {
    name,
    owner: destination.account,
    destinationBucketKey: destination.bucketKey,
    ownerOverride: destination.rules.some((rule) => rule.ownerOverride),
    sharedKey,
    // rules.md 1.3 K2
    warnings: sharedKey ? ['Replicas are encrypted with key'] : [],
    arns: {
      role: roleArn,
      source: `arn:aws:s3:::${spec.source.bucket}`,
      destination: `arn:aws:s3:::${destination.bucket}`,
      sourceKey: keyOf(source),
      replicaKey: keyOf(target),
    },
    documents: {
      trust: role.trustPolicy,
      role: permissions,
      'source bucket policy': source.policy,
      'destination bucket policy': target.policy,
      'source key policy': sourceKey.policy,
      'replica key policy': sharedKey ? null : replicaKey.policy,
    },
    source: { ...bucketSnapshot(source), notification: failureTopic },
    destination: bucketSnapshot(target),
    sourceKey,
    replicaKey,
  };
}

function bucketSnapshot(bucket: NonNullable<ReturnType<typeof bucketOf>>): BucketSnapshot {
  const ownership = bucket.ownership as BucketSnapshot['ownership'];
  return { ...bucket, ownership, lifecycle: null, notification: null };
}

/** An object that is asked about, with what about it the rules tell apart. */
export interface Asked {
  readonly name: string;
  readonly object: ObjectSnapshot;
  readonly kms: boolean;
  readonly marker: boolean;
  readonly tagged: boolean;
}

export function askedOf({ arns }: SetUp): readonly Asked[] {
  const plain: ObjectSnapshot = {
    key: 'docs/a.txt',
    versionId: 'v1',
    size: 1,
    encryption: 'NONE',
    kmsKey: null,
    bucketKey: false,
    storageClass: 'STANDARD',
    tags: {},
    deleteMarker: false,
    owner: SOURCE,
    // Just written: S3 is at work.
    replicationStatus: 'PENDING',
    existedBeforeRule: false,
    retention: null,
    legalHold: null,
  };
  const encrypted = { ...plain, encryption: 'SSE-KMS' as const, kmsKey: arns.sourceKey };
  const objects: Readonly<Record<string, ObjectSnapshot>> = {
    'an object with a Bucket Key': { ...encrypted, bucketKey: true },
    'an object without one': encrypted,
    'a tagged object': { ...encrypted, bucketKey: true, tags: { team: 'billing' } },
    'an SSE-S3 object': { ...plain, encryption: 'SSE-S3' },
    'a plaintext object': plain,
    'a delete marker': { ...plain, size: 0, deleteMarker: true },
  };
  return Object.entries(objects).map(([name, object]) => ({
    name,
    object,
    kms: object.encryption === 'SSE-KMS',
    marker: object.deleteMarker === true,
    tagged: object.tags !== 'unknown' && Object.keys(object.tags).length > 0,
  }));
}
