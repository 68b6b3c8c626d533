/** Which IAM actions an operation needs, where its name does not say it (Service Authorization Reference, S3, KMS and IAM). */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  'S3 HeadBucket': ['s3:ListBucket'],
  'S3 CreateBucket': ['s3:CreateBucket', 's3:TagResource', 's3:PutBucketOwnershipControls'],
  'S3 GetBucketEncryption': ['s3:GetEncryptionConfiguration'],
  'S3 PutBucketEncryption': ['s3:PutEncryptionConfiguration'],
  'S3 GetBucketReplication': ['s3:GetReplicationConfiguration'],
  'S3 PutBucketReplication': ['s3:PutReplicationConfiguration', 'iam:PassRole'],
  'S3 DeleteBucketReplication': ['s3:PutReplicationConfiguration'],
  'S3 GetPublicAccessBlock': ['s3:GetBucketPublicAccessBlock'],
  'S3 PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  'S3 GetObjectLockConfiguration': ['s3:GetBucketObjectLockConfiguration'],
  'S3 GetBucketLifecycleConfiguration': ['s3:GetLifecycleConfiguration'],
  'S3 GetBucketNotificationConfiguration': ['s3:GetBucketNotification'],
  'S3 ListObjectVersions': ['s3:ListBucketVersions'],
  // Of a version, as s3repl asks for it.
  'S3 HeadObject': ['s3:GetObjectVersion'],
  'S3 GetObjectTagging': ['s3:GetObjectVersionTagging'],
  'S3 PutObject': ['s3:PutObject', 's3:PutObjectTagging'],
  'S3 DeleteObject': ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  'S3Control GetPublicAccessBlock': ['s3:GetAccountPublicAccessBlock'],
  'KMS CreateKey': ['kms:CreateKey', 'kms:TagResource'],
  'IAM CreateRole': ['iam:CreateRole', 'iam:TagRole'],
};

/** The IAM actions that an operation needs, the one that is named in a refusal first. */
export function actionsOf(service: string, operation: string): readonly string[] {
  return exceptions[`${service} ${operation}`] ?? [`${service.toLowerCase()}:${operation}`];
}
