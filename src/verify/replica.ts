import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { required } from '../aws/required.ts';
import type { Spec } from '../config/spec.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connection, Connections } from '../connect/connection.ts';
import type { Report } from '../events/event.ts';
import { bucketOf, type State } from '../state/state.ts';
import type { Canary } from './canaries.ts';

const { GetObjectTaggingCommand, HeadObjectCommand, ListObjectVersionsCommand } = required('@aws-sdk/client-s3');

export interface Written {
  readonly versionId: string;
  readonly etag: string | undefined;
  /** SHA-256 in base64. */
  readonly checksum: string;
  readonly size: number;
}

interface Look {
  readonly spec: Spec;
  readonly state: State;
  readonly connections: Connections;
  readonly report: Report;
}

/** @returns what is wrong with the replica, as sentences that begin with "it"; empty where all is right. */
export async function faultsOfReplica(
  canary: Canary,
  written: Written,
  { spec, state, connections, report }: Look,
): Promise<readonly string[]> {
  const { destination, key, replicaKey } = canary;
  const at = connections.get(destination.id);
  const replica = await headReplica(at, destination.bucket, key, written.versionId, report);
  if (replica === null) return [`it is not in ${destination.bucket}, although S3 says that it was replicated`];
  const { ReplicationStatus: status, ServerSideEncryption: encryption, SSEKMSKeyId: usedKey } = replica;
  const faults: string[] = [];
  if (status !== 'REPLICA') faults.push(`it is not a replica (its replication status is ${status ?? 'not set'})`);
  if (!encryption?.startsWith('aws:kms') || usedKey !== replicaKey) {
    const how = usedKey === undefined ? `${encryption ?? 'nothing'}` : `the key ${usedKey}`;
    faults.push(`it is encrypted with ${how}, not with the key ${replicaKey}`);
  }
  // The answer has the checksum only where we may read it; the ETag of a replica is that of its source.
  const same = replica.ChecksumSHA256
    ? replica.ChecksumSHA256 === written.checksum
    : replica.ETag === written.etag && replica.ContentLength === written.size;
  if (!same) faults.push('its content differs from the source object');
  const [owner, tags] = await Promise.all([
    faultsOfOwner(canary, written, { spec, state, connections, report }),
    missingTags(canary, written, at, report),
  ]);
  if (tags.length > 0) faults.push(`it arrived without ${tagNames(tags)}`);
  return [...faults, ...owner];
}

/**
 * A FAILED replica may exist without its tags; S3 says so in neither event nor metric (recorded: replication.md 40, 41).
 * S3 also says FAILED where only another destination lacks it (47). @returns a sentence that begins with "S3" or "it".
 */
export async function faultOfFailed(
  canary: Canary,
  written: Written,
  { connections, report }: Pick<Look, 'connections' | 'report'>,
): Promise<string> {
  const { destination, key, tags } = canary;
  const failed = `S3 could not replicate it to ${destination.bucket}`;
  if (Object.keys(tags).length === 0) return failed;
  const at = connections.get(destination.id);
  const ask = { Bucket: destination.bucket, Key: key, VersionId: written.versionId, ExpectedBucketOwner: at.account };
  // A refused look tells no more than S3 has said.
  const arrived = await at.s3.send(new HeadObjectCommand(ask)).catch(() => undefined);
  if (arrived === undefined) return failed;
  const missing = await missingTags(canary, written, at, report).catch(() => []);
  return missing.length === 0
    ? `S3 says that replication failed, although a replica is in ${destination.bucket}`
    : `it arrived in ${destination.bucket} without ${tagNames(missing)}, which S3 counts as failed: the replication ` +
        'role is denied s3:ReplicateTags there, or s3:GetObjectVersionTagging at the source';
}

/** Gives none where the tags may not be read, and reports that. */
async function missingTags(
  { destination: { bucket }, key, tags }: Canary,
  { versionId }: Written,
  at: Connection,
  report: Report,
): Promise<readonly string[]> {
  const names = Object.keys(tags);
  if (names.length === 0) return [];
  const ask = { Bucket: bucket, Key: key, VersionId: versionId, ExpectedBucketOwner: at.account };
  const answer = await at.s3.send(new GetObjectTaggingCommand(ask)).catch((error: unknown) => {
    if (statusOf(error) !== 403) throw error;
  });
  if (answer === undefined) {
    report({
      type: 'warning',
      code: 'tags-unread',
      message: `s3repl has no permission to read the tags of the replica in ${bucket}, so it cannot tell whether they arrived`,
      fix: `allow s3:GetObjectVersionTagging on it to ${at.identity} in account ${at.account}`,
    });
    return [];
  }
  const there = new Map(answer.TagSet?.map(({ Key, Value }) => [Key, Value]));
  return names.filter((name) => there.get(name) !== tags[name]);
}

function tagNames(names: readonly string[]): string {
  return `${names.length === 1 ? 'its tag' : 'its tags'} ${names.join(', ')}`;
}

/** S3 shows the checksum of an encrypted object only to who may decrypt it (API: HeadObject, ChecksumMode). */
async function headReplica(
  at: Connection,
  Bucket: string,
  Key: string,
  VersionId: string,
  report: Report,
): Promise<HeadObjectCommandOutput | null> {
  const ask = { Bucket, Key, VersionId, ExpectedBucketOwner: at.account };
  const catch404 = (error: unknown) => {
    if (statusOf(error) === 404) return null;
    throw error;
  };
  const withoutChecksum = async () => {
    const replica = await at.s3.send(new HeadObjectCommand(ask)).catch(catch404);
    report({
      type: 'warning',
      code: 'checksum-unread',
      message: `s3repl has no permission to read the checksum of the replica in ${Bucket}: it compared the ETag instead`,
      fix: `allow kms:Decrypt on its key to ${at.identity} in account ${at.account}`,
    });
    return replica;
  };
  return at.s3
    .send(new HeadObjectCommand({ ...ask, ChecksumMode: 'ENABLED' }))
    .catch((error: unknown) => (statusOf(error) === 403 ? withoutChecksum() : catch404(error)));
}

/**
 * A bucket without ACLs owns all its objects. Elsewhere S3 shows the owner's canonical user ID: that tells whether it is the source's owner, but not
 * which account it is (S3 User Guide, about-object-ownership).
 */
async function faultsOfOwner(
  { destination, key, rule }: Canary,
  { versionId }: Written,
  { spec, state, connections }: Look,
): Promise<readonly string[]> {
  const { ownership } = bucketOf(state, destination.account, destination.bucket) ?? {};
  if (destination.account === spec.source.account || ownership === 'BucketOwnerEnforced') return [];
  const ownerAt = async (at: Connection, Bucket: string) => {
    const ask = { Bucket, Prefix: key, ExpectedBucketOwner: at.account };
    const { Versions = [] } = await at.s3.send(new ListObjectVersionsCommand(ask));
    return Versions.find(({ VersionId }) => VersionId === versionId)?.Owner?.ID;
  };
  const [writer, owner] = await Promise.all([
    ownerAt(connections.get('source'), spec.source.bucket),
    ownerAt(connections.get(destination.id), destination.bucket),
  ]);
  if (writer === undefined || owner === undefined || (writer !== owner) === rule.ownerOverride) return [];
  return [
    rule.ownerOverride
      ? 'it still belongs to the account of the source: the owner override did not work'
      : `it belongs to ${owner}, not to the account of the source`,
  ];
}
