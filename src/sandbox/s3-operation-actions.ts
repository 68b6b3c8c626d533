import type { Call } from './route.ts';

/** The IAM actions that an S3 operation needs: the same for every request, or by what the request has. */
type Actions = string | ((call: Call) => readonly string[]);

const versioned = (onCurrent: string, onVersion: string) => (call: Call) => [
  `s3:${'versionId' in call.query ? onVersion : onCurrent}`,
];

/** Writing an object, and what its headers ask for besides (S3 User Guide, "Required permissions for S3 API operations"). */
function putting(call: Call): readonly string[] {
  const has = (name: string) => call.headers[name] !== undefined;
  const grants = Object.keys(call.headers).some((name) => name === 'x-amz-acl' || name.startsWith('x-amz-grant-'));
  return [
    's3:PutObject',
    ...(has('x-amz-tagging') ? ['s3:PutObjectTagging'] : []),
    ...(grants ? ['s3:PutObjectAcl'] : []),
    ...(has('x-amz-object-lock-mode') || has('x-amz-object-lock-retain-until-date') ? ['s3:PutObjectRetention'] : []),
    ...(has('x-amz-object-lock-legal-hold') ? ['s3:PutObjectLegalHold'] : []),
  ];
}

/** Where a request asks to pass over retention in governance mode. */
function bypassing({ headers }: Call): readonly string[] {
  return headers['x-amz-bypass-governance-retention'] === 'true' ? ['s3:BypassGovernanceRetention'] : [];
}

function creating({ headers }: Call): readonly string[] {
  const locked = headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true';
  return [
    's3:CreateBucket',
    ...(headers['x-amz-object-ownership'] === undefined ? [] : ['s3:PutBucketOwnershipControls']),
    ...(locked ? ['s3:PutBucketObjectLockConfiguration', 's3:PutBucketVersioning'] : []),
  ];
}

/**
 * The IAM actions of S3's operations on objects and on buckets as a whole (Service Authorization Reference, Amazon S3). The
 * operations on a bucket's configurations name theirs themselves, `CreateBucket` with tags `s3:TagResource`. `DeleteObjects` asks for each object by itself, and the source
 * of a copy is asked for by itself.
 */
const OPERATION_ACTIONS: Readonly<Record<string, Actions>> = {
  ListBuckets: 's3:ListAllMyBuckets',
  CreateBucket: creating,
  ListObjects: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
  DeleteObjects: () => [],
  GetObject: versioned('GetObject', 'GetObjectVersion'),
  HeadObject: versioned('GetObject', 'GetObjectVersion'),
  SelectObjectContent: 's3:GetObject',
  GetObjectAttributes: (call) =>
    'versionId' in call.query
      ? ['s3:GetObjectVersion', 's3:GetObjectVersionAttributes']
      : ['s3:GetObject', 's3:GetObjectAttributes'],
  PutObject: putting,
  CopyObject: putting,
  CreateMultipartUpload: putting,
  UploadPart: 's3:PutObject',
  UploadPartCopy: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  ListParts: 's3:ListMultipartUploadParts',
  DeleteObject: (call) => [...versioned('DeleteObject', 'DeleteObjectVersion')(call), ...bypassing(call)],
  GetObjectTagging: versioned('GetObjectTagging', 'GetObjectVersionTagging'),
  PutObjectTagging: versioned('PutObjectTagging', 'PutObjectVersionTagging'),
  DeleteObjectTagging: versioned('DeleteObjectTagging', 'DeleteObjectVersionTagging'),
  GetObjectAcl: versioned('GetObjectAcl', 'GetObjectVersionAcl'),
  PutObjectAcl: versioned('PutObjectAcl', 'PutObjectVersionAcl'),
  GetObjectRetention: 's3:GetObjectRetention',
  PutObjectRetention: (call) => ['s3:PutObjectRetention', ...bypassing(call)],
  GetObjectLegalHold: 's3:GetObjectLegalHold',
  PutObjectLegalHold: 's3:PutObjectLegalHold',
  GetObjectTorrent: 's3:GetObject',
  RestoreObject: 's3:RestoreObject',
};

/** The IAM actions that an S3 request needs; nothing where the operation itself says which. */
export function s3ActionsOf(call: Call): readonly string[] | undefined {
  const actions = Object.hasOwn(OPERATION_ACTIONS, call.operation) ? OPERATION_ACTIONS[call.operation] : undefined;
  return typeof actions === 'string' ? [actions] : actions?.(call);
}
