import { copyObject } from './copy-object.ts';
import { uploadPartCopy } from './copy-part.ts';
import { deleteActions, deleteObject } from './delete-object.ts';
import { getObjectAttributes } from './get-attributes.ts';
import { getObject, headObject, readActions } from './get-object.ts';
import { listObjects, listObjectsV2, listObjectVersions } from './list-objects.ts';
import { listMultipartUploads, listParts } from './list-uploads.ts';
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, uploadPart } from './multipart.ts';
import { objectAclOperations } from './object-acl.ts';
import { writeActions } from './object-attributes.ts';
import { objectLockOperations } from './object-lock.ts';
import { type ObjectOperation, onVersion } from './object-request.ts';
import { objectTagOperations } from './object-tags.ts';
import { putObject } from './put-object.ts';
import type { BucketOperation } from './request.ts';

const puts = () => ['s3:PutObject'];

export const objectOperations: Readonly<Record<string, ObjectOperation>> = {
  PutObject: { actions: writeActions, run: putObject },
  CopyObject: { actions: writeActions, run: copyObject },
  GetObject: { actions: readActions, run: getObject },
  HeadObject: { actions: readActions, run: headObject },
  GetObjectAttributes: {
    actions: (call) => [
      ...readActions(call),
      ...onVersion('s3:GetObjectAttributes', 's3:GetObjectVersionAttributes')(call),
    ],
    run: getObjectAttributes,
  },
  DeleteObject: { actions: deleteActions, run: deleteObject },
  CreateMultipartUpload: { actions: writeActions, run: createMultipartUpload },
  UploadPart: { actions: puts, run: uploadPart },
  UploadPartCopy: { actions: puts, run: uploadPartCopy },
  CompleteMultipartUpload: { actions: puts, run: completeMultipartUpload },
  AbortMultipartUpload: { actions: () => ['s3:AbortMultipartUpload'], run: abortMultipartUpload },
  ListParts: { actions: () => ['s3:ListMultipartUploadParts'], run: listParts },
  ...objectAclOperations,
  ...objectLockOperations,
  ...objectTagOperations,
};

export const objectListOperations: Readonly<Record<string, BucketOperation>> = {
  ListObjects: { action: 's3:ListBucket', run: listObjects },
  ListObjectsV2: { action: 's3:ListBucket', run: listObjectsV2 },
  ListObjectVersions: { action: 's3:ListBucketVersions', run: listObjectVersions },
  ListMultipartUploads: { action: 's3:ListBucketMultipartUploads', run: listMultipartUploads },
};
