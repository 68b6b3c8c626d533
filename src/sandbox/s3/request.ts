import { isAccountId } from '../../aws/arn.ts';
import type { Bucket } from '../store/state.ts';
import type { Answer } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { requireVersion } from '../wire/signature.ts';
import { parseXml, type XmlElement } from '../wire/xml.ts';
import { type Codec, XmlShapeError } from '../wire/xml-codec.ts';
import { authorizeS3 } from './authorize-s3.ts';

export interface BucketRequest extends Operation {
  readonly bucket: Bucket;
}

export interface BucketOperation {
  readonly action: string;
  readonly run: (request: BucketRequest) => Answer;
}

/** S3 refuses by default with this or `InvalidArgument`; both are status 400. */
export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequest', 400, message);
}

export function invalidArgument(message: string, name?: string, value?: string): AwsError {
  const members = {
    ...(name === undefined ? {} : { ArgumentName: name }),
    ...(value === undefined ? {} : { ArgumentValue: value }),
  };
  return new AwsError('InvalidArgument', 400, message, members);
}

/** `standard` where none is given. @throws AwsError `InvalidArgument` for anything but digits. */
export function wholeNumber(name: string, given: string | undefined, standard: number): number {
  if (given === undefined || /^\d+$/.test(given)) return Number(given ?? standard);
  throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, given);
}

/** At most 1,000 entries; as many by default. */
export function pageLimit(name: string, given: string | undefined): number {
  return Math.min(wholeNumber(name, given, 1000), 1000);
}

export function malformedXml(): AwsError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema';
  return new AwsError('MalformedXML', 400, message);
}

export function accessDenied(message = 'Access Denied', headers: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError('AccessDenied', 403, message, {}, headers);
}

export function noSuchBucket(name: string): AwsError {
  return new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: name });
}

/** In bytes (S3 API Reference, PutBucketReplication: "maximum size … 2 MB"). */
const documentLimit = 2 * 2 ** 20;

/** In bytes; for lists of up to 1,000 objects or 10,000 parts. */
export const listLimit = 8 * 2 ** 20;

/** @throws AwsError what `rootOf` throws, and `MalformedXML` for the wrong shape. */
export function document<T>(operation: Operation, name: string, codec: Codec<T>, limit = documentLimit): T {
  const root = rootOf(operation, name, limit);
  try {
    return codec.decode(root);
  } catch (error) {
    throw error instanceof XmlShapeError ? malformedXml() : error;
  }
}

/** @throws AwsError `MalformedXML`; above `limit` bytes, before reading, `MaxMessageLengthExceeded` (S3 API Reference, "Error responses"). */
export function rootOf({ call }: Operation, name: string, limit = documentLimit): XmlElement {
  if (call.content.length > limit) throw new AwsError('MaxMessageLengthExceeded', 400, 'Your request was too large.');
  const root = parseXml(call.body);
  if (root?.name !== name) throw malformedXml();
  return root;
}

/** @throws AwsError what `locateBucket` throws, and `AccessDenied` where the policies do not allow the action. */
export function openBucket(operation: Operation, action: string): Bucket {
  const { call, caller } = operation;
  const bucket = locateBucket(operation);
  authorizeS3(operation, bucket, action);
  if (caller.account === bucket.account) return bucket;
  if (action.endsWith('BucketPolicy')) {
    throw new AwsError('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {
      Method: call.operation.startsWith('Get') ? 'GET' : 'PUT',
      ResourceType: 'BUCKETPOLICY',
    });
  }
  return bucket;
}

/** It is in the Region that was asked (otherwise 301), and belongs to the expected owner. */
export function locateBucket({ state, call }: Operation): Bucket {
  const bucket = state.buckets[call.bucket ?? ''];
  if (bucket === undefined || bucket.partition !== call.partition) throw noSuchBucket(call.bucket ?? '');
  if (bucket.region !== call.region) throw wrongRegion(bucket);
  requireVersion(call.signatureVersion, bucket.region);
  const expected = call.headers['x-amz-expected-bucket-owner'];
  if (expected !== undefined && !isAccountId(expected)) {
    const message = `The value of the expected bucket owner parameter must be an AWS Account ID... [${expected}]`;
    throw new AwsError('InvalidBucketOwnerAWSAccountID', 400, message);
  }
  if (expected !== undefined && expected !== bucket.account) {
    throw accessDenied('Access Denied', { 'x-amz-bucket-region': bucket.region });
  }
  return bucket;
}

function wrongRegion(bucket: Bucket): AwsError {
  return new AwsError(
    'PermanentRedirect',
    301,
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
    { 'x-amz-bucket-region': bucket.region },
  );
}
