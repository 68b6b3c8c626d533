import type { Replica } from '../../model/verdict.ts';
import { defaultRetention } from '../s3/object-lock.ts';
import { findVersion, putReplica, type ReplicaChanges, updateVersion } from '../s3/object-store.ts';
import type { ObjectEncryption, ObjectVersion, StoredObject } from '../s3/stored-object.ts';
import type { Bucket } from '../store/state.ts';
import type { ChangedPart } from './replication-state.ts';

/** By the model's verdict (rules.md 1.4; recorded facts 43, 49, 50, 62, 66). Gives how the replica is encrypted; undefined for a delete marker. */
export function copyVersion(
  destination: Bucket,
  source: ObjectVersion,
  replica: Replica,
  now: number,
): ObjectEncryption | undefined {
  if (source.deleteMarker) {
    putReplica(destination, source, replica.owner === 'unknown' ? {} : { owner: replica.owner });
    return undefined;
  }
  // The source's upload does not exist at the destination.
  const { uploadId: _, ...content } = source;
  const changes = changesOf(destination, source, replica, now);
  putReplica(destination, content, changes);
  return changes.encryption;
}

function changesOf(destination: Bucket, source: StoredObject, replica: Replica, now: number): ReplicaChanges {
  const { owner, storageClass } = replica;
  const hasLock = source.retention !== undefined || source.legalHold !== undefined;
  const retention = hasLock || destination.objectLock === undefined ? undefined : defaultRetention(destination, now);
  return {
    encryption: encryptionOf(destination, source.encryption, replica),
    ...(owner === 'unknown' || owner === source.owner ? {} : { owner, acl: 'private' as const }),
    ...(storageClass === 'unknown' ? {} : { storageClass }),
    ...(replica.tags === false ? { tags: [] } : {}),
    ...(retention === undefined ? {} : { retention }),
  };
}

/** A source with a KMS key keeps its Bucket Key setting, on or off; any other takes the destination's (rules.md 1.4). */
function encryptionOf(
  destination: Bucket,
  source: ObjectEncryption,
  { encryption, kmsKey }: Replica,
): ObjectEncryption {
  switch (encryption) {
    case 'SSE-KMS':
    case 'DSSE-KMS': {
      const byDefault = destination.encryption.Rules.some((rule) => rule.BucketKeyEnabled === true);
      const bucketKey = encryption === 'SSE-KMS' && ('keyArn' in source ? source.bucketKey : byDefault);
      return { type: encryption, keyArn: kmsKey ?? '', bucketKey, context: {} };
    }
    case 'SSE-C':
      return source;
    case 'SSE-S3':
    case 'NONE':
      return { type: 'SSE-S3' };
  }
}

/** Gives whether there is a replica. */
export function changeReplica(destination: Bucket, source: StoredObject, part: ChangedPart): boolean {
  const replica = findVersion(destination, source.key, source.versionId);
  if (replica === undefined || replica.deleteMarker || replica.replication !== 'REPLICA') return false;
  switch (part) {
    case 'tags':
      updateVersion(destination, replica, { tags: source.tags });
      break;
    case 'acl':
      // Owner override: the ACL of a replica with another owner is not the source's to change.
      if (replica.owner === source.owner) updateVersion(destination, replica, { acl: source.acl });
      break;
    case 'retention':
      updateVersion(destination, replica, { retention: source.retention });
      break;
    case 'legal-hold':
      updateVersion(destination, replica, { legalHold: source.legalHold });
      break;
  }
  return true;
}
