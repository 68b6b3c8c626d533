// biome-ignore-all format: made by `npm run action-keys`
/**
 * The condition keys that AWS lists for an action or for the type of its resource; `*` stands for the rest of a name (Service
 * Authorization Reference, Amazon S3 and AWS KMS). As of 2026-09-26. Made by `npm run action-keys`: do not edit.
 */
export const actionKeys: Readonly<Record<string, readonly string[]>> = {
  'kms:Decrypt': [
    'aws:ResourceTag/*', 'kms:CallerAccount', 'kms:EncryptionAlgorithm', 'kms:EncryptionContext:*',
    'kms:EncryptionContextKeys', 'kms:KeyOrigin', 'kms:KeySpec', 'kms:KeyUsage', 'kms:MultiRegion',
    'kms:MultiRegionKeyType', 'kms:RecipientAttestation:*', 'kms:RequestAlias', 'kms:ResourceAliases',
    'kms:ViaService',
  ],
  'kms:Encrypt': [
    'aws:ResourceTag/*', 'kms:CallerAccount', 'kms:EncryptionAlgorithm', 'kms:EncryptionContext:*',
    'kms:EncryptionContextKeys', 'kms:KeyOrigin', 'kms:KeySpec', 'kms:KeyUsage', 'kms:MultiRegion',
    'kms:MultiRegionKeyType', 'kms:RequestAlias', 'kms:ResourceAliases', 'kms:ViaService',
  ],
  'kms:GenerateDataKey': [
    'aws:ResourceTag/*', 'kms:CallerAccount', 'kms:EncryptionAlgorithm', 'kms:EncryptionContext:*',
    'kms:EncryptionContextKeys', 'kms:KeyOrigin', 'kms:KeySpec', 'kms:KeyUsage', 'kms:MultiRegion',
    'kms:MultiRegionKeyType', 'kms:RecipientAttestation:*', 'kms:RequestAlias', 'kms:ResourceAliases',
    'kms:ViaService',
  ],
  's3:GetObjectLegalHold': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:GetObjectRetention': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:GetObjectVersion': [
    'aws:ResourceTag/*', 's3:AccessGrantsInstanceArn', 's3:BucketTag/*', 's3:ExistingObjectTag/*',
    's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge', 's3:signatureversion', 's3:versionid',
    's3:x-amz-content-sha256',
  ],
  's3:GetObjectVersionAcl': [
    'aws:ResourceTag/*', 's3:AccessGrantsInstanceArn', 's3:BucketTag/*', 's3:ExistingObjectTag/*',
    's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge', 's3:signatureversion', 's3:versionid',
    's3:x-amz-content-sha256',
  ],
  's3:GetObjectVersionAnnotationForReplication': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:GetObjectVersionForReplication': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:GetObjectVersionTagging': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ExistingObjectTag/*', 's3:ResourceAccount', 's3:TlsVersion',
    's3:authType', 's3:signatureAge', 's3:signatureversion', 's3:versionid', 's3:x-amz-content-sha256',
  ],
  's3:GetReplicationConfiguration': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:ListBucket': [
    'aws:ResourceTag/*', 's3:AccessGrantsInstanceArn', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion',
    's3:authType', 's3:delimiter', 's3:max-keys', 's3:prefix', 's3:signatureAge', 's3:signatureversion',
    's3:x-amz-content-sha256',
  ],
  's3:ObjectOwnerOverrideToBucketOwner': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:PutObject': [
    'aws:ResourceTag/*', 's3:AccessGrantsInstanceArn', 's3:BucketTag/*', 's3:ObjectCreationOperation',
    's3:RequestObjectTag/*', 's3:RequestObjectTagKeys', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType',
    's3:if-match', 's3:if-none-match', 's3:object-lock-event-hold', 's3:object-lock-event-hold-duration-days',
    's3:object-lock-legal-hold', 's3:object-lock-mode', 's3:object-lock-remaining-retention-days',
    's3:object-lock-retain-until-date', 's3:signatureAge', 's3:signatureversion', 's3:x-amz-acl',
    's3:x-amz-content-sha256', 's3:x-amz-copy-source', 's3:x-amz-grant-full-control', 's3:x-amz-grant-read',
    's3:x-amz-grant-read-acp', 's3:x-amz-grant-write', 's3:x-amz-grant-write-acp', 's3:x-amz-metadata-directive',
    's3:x-amz-object-annotation-directive', 's3:x-amz-server-side-encryption',
    's3:x-amz-server-side-encryption-aws-kms-key-id', 's3:x-amz-server-side-encryption-customer-algorithm',
    's3:x-amz-storage-class', 's3:x-amz-website-redirect-location',
  ],
  's3:PutObjectLegalHold': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType',
    's3:object-lock-legal-hold', 's3:signatureAge', 's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:PutObjectRetention': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType',
    's3:object-lock-event-hold', 's3:object-lock-event-hold-duration-days', 's3:object-lock-mode',
    's3:object-lock-remaining-retention-days', 's3:object-lock-retain-until-date', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:ReplicateDelete': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
  's3:ReplicateObject': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType',
    's3:object-lock-event-hold', 's3:object-lock-event-hold-duration-days', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256', 's3:x-amz-server-side-encryption',
    's3:x-amz-server-side-encryption-aws-kms-key-id', 's3:x-amz-server-side-encryption-customer-algorithm',
  ],
  's3:ReplicateTags': [
    'aws:ResourceTag/*', 's3:BucketTag/*', 's3:ResourceAccount', 's3:TlsVersion', 's3:authType', 's3:signatureAge',
    's3:signatureversion', 's3:x-amz-content-sha256',
  ],
};
