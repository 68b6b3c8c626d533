import { type Answer, s3Document, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Codec } from '../wire/xml-codec.ts';
import { withAllSettings } from './public-policy.ts';
import { type BucketOperation, type BucketRequest, document, invalidArgument, malformedXml } from './request.ts';
import {
  type BucketEncryption,
  encryptionShape,
  objectLockShape,
  ownershipShape,
  publicAccessBlockShape,
  requestPaymentShape,
  taggingShape,
  versioningShape,
} from './shapes.ts';
import { checkTags } from './tags.ts';

/** New buckets block SSE-C (S3 User Guide, "Blocking SSE-C"). */
export const defaultEncryption: BucketEncryption = {
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
      BucketKeyEnabled: false,
      BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
    },
  ],
};

export const settingOperations: Readonly<Record<string, BucketOperation>> = {
  GetBucketVersioning: {
    action: 's3:GetBucketVersioning',
    run: ({ bucket: { versioning: Status } }) =>
      answerDocument('VersioningConfiguration', versioningShape, Status === undefined ? {} : { Status }),
  },
  PutBucketVersioning: { action: 's3:PutBucketVersioning', run: putVersioning },
  GetBucketEncryption: {
    action: 's3:GetEncryptionConfiguration',
    run: ({ bucket }) => answerDocument('ServerSideEncryptionConfiguration', encryptionShape, bucket.encryption),
  },
  PutBucketEncryption: { action: 's3:PutEncryptionConfiguration', run: putEncryption },
  DeleteBucketEncryption: {
    action: 's3:PutEncryptionConfiguration',
    run: ({ bucket }) => {
      bucket.encryption = defaultEncryption;
      return s3Empty(204);
    },
  },
  GetPublicAccessBlock: {
    action: 's3:GetBucketPublicAccessBlock',
    run: ({ bucket }) => {
      const missing = [
        'NoSuchPublicAccessBlockConfiguration',
        'The public access block configuration was not found',
      ] as const;
      const value = requireExisting(bucket.publicAccessBlock, bucket.name, ...missing);
      return answerDocument('PublicAccessBlockConfiguration', publicAccessBlockShape, value);
    },
  },
  PutPublicAccessBlock: {
    action: 's3:PutBucketPublicAccessBlock',
    run: (request) => {
      const put = document(request, 'PublicAccessBlockConfiguration', publicAccessBlockShape);
      request.bucket.publicAccessBlock = withAllSettings(put);
      return s3Empty(200);
    },
  },
  DeletePublicAccessBlock: {
    action: 's3:PutBucketPublicAccessBlock',
    run: ({ bucket }) => {
      delete bucket.publicAccessBlock;
      return s3Empty(204);
    },
  },
  GetBucketOwnershipControls: {
    action: 's3:GetBucketOwnershipControls',
    run: ({ bucket }) => {
      const missing = ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'] as const;
      const ObjectOwnership = requireExisting(bucket.ownership, bucket.name, ...missing);
      return answerDocument('OwnershipControls', ownershipShape, { Rules: [{ ObjectOwnership }] });
    },
  },
  PutBucketOwnershipControls: {
    action: 's3:PutBucketOwnershipControls',
    run: (request) => {
      const [rule] = document(request, 'OwnershipControls', ownershipShape).Rules;
      if (rule !== undefined) request.bucket.ownership = rule.ObjectOwnership;
      return s3Empty(200);
    },
  },
  DeleteBucketOwnershipControls: {
    action: 's3:PutBucketOwnershipControls',
    run: ({ bucket }) => {
      delete bucket.ownership;
      return s3Empty(204);
    },
  },
  GetBucketTagging: {
    action: 's3:GetBucketTagging',
    run: ({ bucket }) => {
      const tags = requireExisting(bucket.tags, bucket.name, 'NoSuchTagSet', 'The TagSet does not exist');
      return answerDocument('Tagging', taggingShape, { TagSet: { Tags: tags } });
    },
  },
  PutBucketTagging: {
    action: 's3:PutBucketTagging',
    run: (request) => {
      const { Tags } = document(request, 'Tagging', taggingShape).TagSet;
      checkTags(Tags);
      if (Tags.length === 0) delete request.bucket.tags;
      else request.bucket.tags = [...Tags];
      return s3Empty(204);
    },
  },
  DeleteBucketTagging: {
    action: 's3:PutBucketTagging',
    run: ({ bucket }) => {
      delete bucket.tags;
      return s3Empty(204);
    },
  },
  GetObjectLockConfiguration: {
    action: 's3:GetBucketObjectLockConfiguration',
    run: ({ bucket }) => {
      const missing = [
        'ObjectLockConfigurationNotFoundError',
        'Object Lock configuration does not exist for this bucket',
      ] as const;
      return answerDocument(
        'ObjectLockConfiguration',
        objectLockShape,
        requireExisting(bucket.objectLock, bucket.name, ...missing),
      );
    },
  },
  PutObjectLockConfiguration: { action: 's3:PutBucketObjectLockConfiguration', run: putObjectLock },
  GetBucketRequestPayment: {
    action: 's3:GetBucketRequestPayment',
    run: ({ bucket }) => answerDocument('RequestPaymentConfiguration', requestPaymentShape, { Payer: bucket.payer }),
  },
  PutBucketRequestPayment: {
    action: 's3:PutBucketRequestPayment',
    run: (request) => {
      request.bucket.payer = document(request, 'RequestPaymentConfiguration', requestPaymentShape).Payer;
      return s3Empty(200);
    },
  },
};

export function answerDocument<T>(name: string, codec: Codec<T>, value: T): Answer {
  return s3Document(name, codec.encode(name, value));
}

/** @throws AwsError `code`, 404, where it is absent. */
export function requireExisting<T>(value: T | undefined, bucket: string, code: string, message: string): T {
  if (value === undefined) throw new AwsError(code, 404, message, { BucketName: bucket });
  return value;
}

function invalidBucketState(message: string): AwsError {
  return new AwsError('InvalidBucketState', 409, message);
}

function putVersioning(request: BucketRequest): Answer {
  const { bucket } = request;
  const { Status } = document(request, 'VersioningConfiguration', versioningShape);
  if (Status === undefined) {
    const message = 'The Versioning element must be specified';
    throw new AwsError('IllegalVersioningConfigurationException', 400, message);
  }
  if (Status === 'Suspended' && bucket.objectLock !== undefined) {
    throw invalidBucketState(
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  }
  if (Status === 'Suspended' && bucket.replication !== undefined) {
    throw invalidBucketState(
      'A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration.',
    );
  }
  bucket.versioning = Status;
  return s3Empty(200);
}

function putEncryption(request: BucketRequest): Answer {
  const { Rules } = document(request, 'ServerSideEncryptionConfiguration', encryptionShape);
  for (const { ApplyServerSideEncryptionByDefault: byDefault } of Rules) {
    if (byDefault?.SSEAlgorithm === 'AES256' && byDefault.KMSMasterKeyID !== undefined) {
      throw invalidArgument(
        'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
        'ApplyServerSideEncryptionByDefault',
      );
    }
  }
  request.bucket.encryption = { Rules: Rules.map((rule) => ({ BucketKeyEnabled: false, ...rule })) };
  return s3Empty(200);
}

function putObjectLock(request: BucketRequest): Answer {
  const put = document(request, 'ObjectLockConfiguration', objectLockShape);
  const retention = put.Rule?.DefaultRetention;
  if (retention !== undefined && (retention.Days === undefined) === (retention.Years === undefined))
    throw malformedXml();
  checkPeriod('Days', retention?.Days, 36_500);
  checkPeriod('Years', retention?.Years, 100);
  if (request.bucket.versioning !== 'Enabled') {
    throw invalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
  }
  request.bucket.objectLock = put;
  return s3Empty(200);
}

/** One day to a hundred years (S3 API Reference, DefaultRetention; S3 User Guide, Object Lock). */
function checkPeriod(name: string, period: number | undefined, longest: number): void {
  if (period === undefined || (period >= 1 && period <= longest)) return;
  const fault = period < 1 ? 'must be a positive integer value.' : 'too large.';
  throw invalidArgument(`Default retention period ${fault}`, name, String(period));
}
