import { describe, expect, it } from 'vitest';
import { actionsOf } from '../../src/connect/services.ts';

describe('the IAM actions that an operation needs', () => {
  it.each([
    ['S3', 'HeadBucket', ['s3:ListBucket']],
    ['S3', 'CreateBucket', ['s3:CreateBucket', 's3:TagResource', 's3:PutBucketOwnershipControls']],
    ['S3', 'GetBucketEncryption', ['s3:GetEncryptionConfiguration']],
    ['S3', 'PutBucketEncryption', ['s3:PutEncryptionConfiguration']],
    ['S3', 'GetBucketReplication', ['s3:GetReplicationConfiguration']],
    ['S3', 'PutBucketReplication', ['s3:PutReplicationConfiguration', 'iam:PassRole']],
    ['S3', 'DeleteBucketReplication', ['s3:PutReplicationConfiguration']],
    ['S3', 'GetPublicAccessBlock', ['s3:GetBucketPublicAccessBlock']],
    ['S3', 'PutPublicAccessBlock', ['s3:PutBucketPublicAccessBlock']],
    ['S3', 'GetObjectLockConfiguration', ['s3:GetBucketObjectLockConfiguration']],
    ['S3', 'PutBucketPolicy', ['s3:PutBucketPolicy']],
    ['S3', 'GetBucketTagging', ['s3:GetBucketTagging']],
    ['S3', 'PutBucketVersioning', ['s3:PutBucketVersioning']],
    ['KMS', 'CreateKey', ['kms:CreateKey', 'kms:TagResource']],
    ['KMS', 'DescribeKey', ['kms:DescribeKey']],
    ['KMS', 'PutKeyPolicy', ['kms:PutKeyPolicy']],
    ['IAM', 'CreateRole', ['iam:CreateRole', 'iam:TagRole']],
    ['IAM', 'GetRolePolicy', ['iam:GetRolePolicy']],
    ['STS', 'AssumeRole', ['sts:AssumeRole']],
  ])('%s %s: %j', (service, operation, actions) => {
    expect(actionsOf(service, operation)).toEqual(actions);
  });

  it('are of the operation of that service only', () => {
    expect(actionsOf('IAM', 'CreateKey')).toEqual(['iam:CreateKey']);
  });
});
