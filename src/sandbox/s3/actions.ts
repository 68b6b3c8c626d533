import { matches, wildcardPattern } from '../../model/evaluation/pattern.ts';

/** Without `s3:`. */
const objectActions = `
  AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion
  DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention
  GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes
  GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication
  ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold
  PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject
  ReplicateTags RestoreObject UpdateObjectEncryption`;

const bucketActions = `
  CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
  GetAnalyticsConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
  GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration
  GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock
  GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
  GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration
  GetReplicationConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions
  PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAcl PutBucketCORS PutBucketLogging
  PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy
  PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite
  PutEncryptionConfiguration PutIntelligentTieringConfiguration PutInventoryConfiguration
  PutLifecycleConfiguration PutMetricsConfiguration PutReplicationConfiguration`;

const onObjects = namesOf(objectActions);
const onBuckets = namesOf(bucketActions);

function namesOf(list: string): readonly string[] {
  return list
    .trim()
    .split(/\s+/)
    .map((name) => `s3:${name}`.toLowerCase());
}

/** `action` may be a pattern. */
export function isS3Action(action: string): boolean {
  return action === '*' || covers(action, onObjects) || covers(action, onBuckets);
}

/** True: an object's ARN; false: a bucket's; undefined: either. */
export function needsObjectResource(action: string): boolean | undefined {
  const objects = action === '*' || covers(action, onObjects);
  const buckets = action === '*' || covers(action, onBuckets);
  return objects === buckets ? undefined : objects;
}

function covers(action: string, names: readonly string[]): boolean {
  if (!/^s3:/i.test(action)) return false;
  const pattern = wildcardPattern(action.toLowerCase());
  return names.some((name) => matches(pattern, name));
}
