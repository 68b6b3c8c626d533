import { accountIn, arnParts, bucketNameIn, namesKey } from '../../aws/arn.ts';
import type { PolicyDocument } from '../../aws/policy.ts';
import type {
  BucketSnapshot,
  Found,
  KeySnapshot,
  ObjectSnapshot,
  RoleSnapshot,
  Snapshot,
} from '../../model/snapshot.ts';
import { awsManagedPolicy } from '../iam/identity-policy.ts';
import { showPrincipals } from '../iam/principals.ts';
import { reshapePolicy, type StoredPolicy } from '../iam/stored-policy.ts';
import { describeGrants } from '../kms/grants.ts';
import type { BucketReplication } from '../s3/shapes.ts';
import type { ObjectVersion } from '../s3/stored-object.ts';
import { emptyRecord } from '../store/record.ts';
import type { Bucket, Key, Role, SandboxState } from '../store/state.ts';

type Things = Record<
  string,
  { roles: Record<string, unknown>; buckets: Record<string, unknown>; keys: Record<string, unknown> }
>;

/** As AWS would show it: role, buckets and all keys. `null`: the configuration names what does not exist, which the sandbox knows. */
export function replicationSnapshot(state: SandboxState, source: Bucket, configuration: BucketReplication): Snapshot {
  const things: Things = {};
  const thingsOf = (account: string) => {
    // No prototype: `constructor` is a valid bucket name too.
    things[account] ??= { roles: {}, buckets: emptyRecord(), keys: {} };
    return things[account];
  };
  thingsOf(source.account).buckets[source.name] = bucketSnapshot(state, source, configuration);
  for (const key of Object.values(state.keys)) thingsOf(key.account).keys[key.arn] = keySnapshot(state, key);
  addRole(state, configuration.Role, source.account, thingsOf);
  for (const { Destination } of configuration.Rules) {
    const name = bucketNameIn(Destination.Bucket);
    const bucket = state.buckets[name];
    thingsOf(bucket?.account ?? source.account).buckets[name] ??=
      bucket === undefined ? null : bucketSnapshot(state, bucket, bucket.replication);
    addMissingKey(Destination.EncryptionConfiguration?.ReplicaKmsKeyID, thingsOf);
    for (const rule of bucket?.encryption.Rules ?? []) {
      addMissingKey(rule.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID, thingsOf);
    }
  }
  const accounts = Object.entries(things).map(
    ([account, all]) => [account, { ...all, ...accountSnapshot(state, account) }] as const,
  );
  return {
    version: 1,
    takenAt: new Date(state.now).toISOString(),
    partition: source.partition,
    source: { account: source.account, bucket: source.name },
    accounts: Object.fromEntries(accounts) as Snapshot['accounts'],
    objects: [],
  };
}

function accountSnapshot({ accounts }: SandboxState, account: string) {
  const { publicAccessBlock = null, organization } = accounts[account] ?? {};
  return {
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    publicAccessBlock,
    organization: organization === undefined ? null : { id: organization.id },
  };
}

/** Status null: no rule has taken it in. */
export function objectSnapshot(version: ObjectVersion): ObjectSnapshot {
  const common = {
    key: version.key,
    versionId: version.versionId,
    owner: version.owner,
    replicationStatus: version.replication ?? null,
    existedBeforeRule: false,
    deleteMarker: version.deleteMarker,
  };
  if (version.deleteMarker) {
    return {
      ...common,
      size: 0,
      encryption: 'NONE',
      kmsKey: null,
      bucketKey: false,
      storageClass: 'STANDARD',
      tags: {},
    };
  }
  const { encryption, size, storageClass, tags, retention, legalHold } = version;
  const byKms = 'keyArn' in encryption ? encryption : undefined;
  return {
    ...common,
    size,
    storageClass,
    encryption: encryption.type,
    kmsKey: byKms?.keyArn ?? null,
    bucketKey: byKms?.bucketKey ?? false,
    tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    retention:
      retention === undefined ? null : { mode: retention.mode, until: new Date(retention.until).toISOString() },
    legalHold: legalHold ?? null,
  };
}

function addRole(state: SandboxState, arn: string, owner: string, thingsOf: (account: string) => Things[string]): void {
  const account = arnParts(arn)?.account ?? owner;
  const role = Object.values(state.accounts[account]?.roles ?? {}).find((one) => one.arn === arn);
  thingsOf(account).roles[arn] = role === undefined ? null : roleSnapshot(state, role, account);
}

function addMissingKey(id: string | undefined, thingsOf: (account: string) => Things[string]): void {
  if (id !== undefined && namesKey(id)) thingsOf(accountIn(id)).keys[id] ??= null;
}

function bucketSnapshot(
  state: SandboxState,
  bucket: Bucket,
  replication: BucketReplication | undefined,
): BucketSnapshot {
  return {
    region: bucket.region,
    versioning: bucket.versioning ?? null,
    encryption: bucket.encryption as unknown as BucketSnapshot['encryption'],
    policy: bucket.policy === undefined ? null : showPolicy(state, bucket.policy, bucket.partition),
    replication: (replication ?? null) as unknown as BucketSnapshot['replication'],
    ownership: bucket.ownership ?? null,
    publicAccessBlock: bucket.publicAccessBlock ?? null,
    objectLock: bucket.objectLock === undefined ? null : 'Enabled',
    objectLockRetention: bucket.objectLock?.Rule?.DefaultRetention ?? null,
    requestPayment: bucket.payer,
    // Only warnings need these, and nobody sees warnings here.
    lifecycle: null,
    notification: null,
  };
}

function roleSnapshot(state: SandboxState, role: Role, account: string): RoleSnapshot {
  const readManaged = (arn: string) =>
    parseDocument(state.accounts[account]?.policies[arn]?.document ?? awsManagedPolicy(arn));
  const inline = Object.entries(role.inline).map(([name, text]) => [name, parseDocument(text)]);
  return {
    trustPolicy: showPolicy(state, role.trust, arnParts(role.arn)?.partition),
    inlinePolicies: Object.fromEntries(inline),
    attachedPolicies: Object.fromEntries(role.attached.map((arn) => [arn, readManaged(arn)])),
    permissionsBoundary: role.boundary === undefined ? null : readManaged(role.boundary),
    roleId: role.id,
    tags: Object.fromEntries(role.tags.map(({ Key, Value }) => [Key, Value])),
  };
}

function parseDocument(text: string | undefined): PolicyDocument | 'unknown' {
  return text === undefined ? 'unknown' : JSON.parse(text);
}

function keySnapshot(state: SandboxState, key: Key): Found<KeySnapshot> {
  if (key.state === 'PendingDeletion' && (key.deletionDate ?? state.now) <= state.now) return null;
  const aliases = Object.values(state.aliases).filter(({ keyId }) => keyId === key.id);
  return {
    metadata: {
      Arn: key.arn,
      AWSAccountId: key.account,
      KeyState: key.state,
      KeySpec: key.spec,
      KeyUsage: key.usage,
      KeyManager: key.manager,
    },
    policy: showPolicy(state, key.policy, arnParts(key.arn)?.partition),
    aliases: aliases.map(({ name }) => name),
    rotation: key.rotation !== undefined,
    grants: describeGrants(state, key) as unknown as NonNullable<KeySnapshot['grants']>,
  };
}

/** With ARNs of existing roles; IDs of deleted ones stay and match nobody (rules.md 1.5 (9)). */
function showPolicy(state: SandboxState, policy: StoredPolicy, partition: string | undefined) {
  return reshapePolicy(showPrincipals(policy, state, partition as Bucket['partition']));
}
