import { type BucketName, brand } from '../../aws/brand.ts';

export interface S3Target {
  readonly operation: string;
  readonly bucket?: BucketName;
  readonly key?: string;
}

type Query = Readonly<Record<string, string>>;

const verbs: Readonly<Record<string, string>> = {
  GET: 'Get',
  PUT: 'Put',
  DELETE: 'Delete',
  POST: 'Post',
  HEAD: 'Head',
};

/** What follows the verb, by the query parameter that selects it. */
const bucketSubresources: Readonly<Record<string, string>> = {
  abac: 'BucketAbac',
  accelerate: 'BucketAccelerateConfiguration',
  acl: 'BucketAcl',
  analytics: 'BucketAnalyticsConfiguration',
  cors: 'BucketCors',
  encryption: 'BucketEncryption',
  'intelligent-tiering': 'BucketIntelligentTieringConfiguration',
  inventory: 'BucketInventoryConfiguration',
  lifecycle: 'BucketLifecycleConfiguration',
  location: 'BucketLocation',
  logging: 'BucketLogging',
  metadataConfiguration: 'BucketMetadataConfiguration',
  metadataTable: 'BucketMetadataTableConfiguration',
  metrics: 'BucketMetricsConfiguration',
  notification: 'BucketNotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'BucketOwnershipControls',
  policy: 'BucketPolicy',
  policyStatus: 'BucketPolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  replication: 'BucketReplication',
  requestPayment: 'BucketRequestPayment',
  tagging: 'BucketTagging',
  versioning: 'BucketVersioning',
  website: 'BucketWebsite',
};

/** Names that do not follow from verb and parameter. */
const bucketExceptions: Readonly<Record<string, string>> = {
  'DELETE lifecycle': 'DeleteBucketLifecycle',
  'GET session': 'CreateSession',
  'GET uploads': 'ListMultipartUploads',
  'GET versions': 'ListObjectVersions',
  'POST delete': 'DeleteObjects',
};

const objectSubresources: Readonly<Record<string, string>> = {
  acl: 'ObjectAcl',
  attributes: 'ObjectAttributes',
  'legal-hold': 'ObjectLegalHold',
  retention: 'ObjectRetention',
  tagging: 'ObjectTagging',
  torrent: 'ObjectTorrent',
};

const objectExceptions: Readonly<Record<string, string>> = {
  'POST restore': 'RestoreObject',
  'POST select': 'SelectObjectContent',
  'POST uploads': 'CreateMultipartUpload',
  'POST uploadId': 'CompleteMultipartUpload',
  'PUT uploadId': 'UploadPart',
  'DELETE uploadId': 'AbortMultipartUpload',
  'GET uploadId': 'ListParts',
};

/** @param path begins with a slash. */
export function routeS3(method: string, host: string, path: string, query: Query, headers: Query): S3Target {
  const hosted = bucketOfHost(host);
  const [first = '', ...rest] = path.slice(1).split('/');
  const bucket = brand<BucketName>(hosted ?? decodeURIComponent(first));
  const key = decodeURIComponent(hosted === undefined ? rest.join('/') : path.slice(1));
  if (bucket === '') return { operation: 'ListBuckets' };
  if (key === '') return { operation: bucketOperation(method, query), bucket };
  return { operation: objectOperation(method, query, 'x-amz-copy-source' in headers), bucket, key };
}

function bucketOfHost(host: string): string | undefined {
  return /^(.+?)\.(?:s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?|localhost)$/.exec(host)?.[1];
}

function bucketOperation(method: string, query: Query): string {
  const exception = findOperation(method, query, bucketExceptions);
  if (exception !== undefined) return exception;
  const parameter = Object.keys(query).find((name) => Object.hasOwn(bucketSubresources, name));
  if (parameter !== undefined) {
    const name = bucketSubresources[parameter];
    const listed = method === 'GET' && listedSettings.has(parameter) && !('id' in query);
    return listed ? `List${name}s` : `${verbs[method] ?? `${method} `}${name}`;
  }
  if (method === 'GET') return query['list-type'] === '2' ? 'ListObjectsV2' : 'ListObjects';
  return bucketOperations[method] ?? `${method} Bucket`;
}

/** A POST is a browser's form (S3 API Reference, POST Object). */
const bucketOperations: Readonly<Record<string, string>> = {
  PUT: 'CreateBucket',
  DELETE: 'DeleteBucket',
  HEAD: 'HeadBucket',
  POST: 'PostObject',
};

const listedSettings: ReadonlySet<string> = new Set(['analytics', 'inventory', 'intelligent-tiering', 'metrics']);

function objectOperation(method: string, query: Query, copies: boolean): string {
  const exception = findOperation(method, query, objectExceptions);
  if (exception !== undefined) return exception === 'UploadPart' && copies ? 'UploadPartCopy' : exception;
  const parameter = Object.keys(query).find((name) => Object.hasOwn(objectSubresources, name));
  if (parameter !== undefined) return `${verbs[method] ?? `${method} `}${objectSubresources[parameter]}`;
  return method === 'PUT' && copies ? 'CopyObject' : `${verbs[method] ?? `${method} `}Object`;
}

function findOperation(method: string, query: Query, names: Readonly<Record<string, string>>): string | undefined {
  const parameter = Object.keys(query).find((name) => Object.hasOwn(names, `${method} ${name}`));
  return parameter === undefined ? undefined : names[`${method} ${parameter}`];
}
