import { isAccountId } from '../../aws/arn.ts';
import type { Bucket } from '../store/state.ts';
import type { Answer } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { requireVersion } from '../wire/signature.ts';
import { parseXml, type XmlElement } from '../wire/xml.ts';
import { type Codec, XmlShapeError } from '../wire/xml-codec.ts';
import { authorizeS3 } from './authorize-s3.ts';

/** A request on a bucket that exists and that the caller may use. */
export interface BucketRequest extends Operation {
  readonly bucket: Bucket;
}

/** An operation on a bucket, and the IAM action that it needs. */
export interface BucketOperation {
  readonly action: string;
  readonly run: (request: BucketRequest) => Answer;
}

/** S3's names for its default of "no": `InvalidRequest` and `InvalidArgument` are both status 400. */
export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequest', 400, message);
}

/** The answer to a value that S3 does not accept. */
export function invalidArgument(message: string, name?: string, value?: string): AwsError {
  const members = {
    ...(name === undefined ? {} : { ArgumentName: name }),
    ...(value === undefined ? {} : { ArgumentValue: value }),
  };
  return new AwsError('InvalidArgument', 400, message, members);
}

/** A number that a request gives in a parameter or header, or the standard one. Throws `InvalidArgument` for anything else. */
export function wholeNumber(name: string, given: string | undefined, standard: number): number {
  if (given === undefined || /^\d+$/.test(given)) return Number(given ?? standard);
  throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, given);
}

/** How many entries a page of a list may have: a thousand at most, and as many if the request does not say. */
export function pageLimit(name: string, given: string | undefined): number {
  return Math.min(wholeNumber(name, given, 1000), 1000);
}

/** The answer to a document that does not have the right shape. */
export function malformedXml(): AwsError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema';
  return new AwsError('MalformedXML', 400, message);
}

/** The answer to a caller who has no right. */
export function accessDenied(message = 'Access Denied', headers: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError('AccessDenied', 403, message, {}, headers);
}

/** The answer to a bucket that does not exist. */
export function noSuchBucket(name: string): AwsError {
  return new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: name });
}

/** The largest document that S3 takes, in bytes (S3 API Reference, PutBucketReplication: "maximum size … 2 MB"). */
const documentLimit = 2 * 2 ** 20;

/** The same for lists of objects and parts, of which there may be a thousand and ten thousand. */
export const listLimit = 8 * 2 ** 20;

/** Reads the request's document. Throws what `rootOf` throws, and `MalformedXML` where it is not of the right shape. */
export function document<T>(operation: Operation, name: string, codec: Codec<T>, limit = documentLimit): T {
  const root = rootOf(operation, name, limit);
  try {
    return codec.decode(root);
  } catch (error) {
    throw error instanceof XmlShapeError ? malformedXml() : error;
  }
}

/**
 * The root element of the request's document. Throws `MalformedXML`, and where there are more than `limit` bytes, before they are
 * read, `MaxMessageLengthExceeded` (S3 API Reference, "Error responses").
 */
export function rootOf({ call }: Operation, name: string, limit = documentLimit): XmlElement {
  if (call.content.length > limit) throw new AwsError('MaxMessageLengthExceeded', 400, 'Your request was too large.');
  const root = parseXml(call.body);
  if (root?.name !== name) throw malformedXml();
  return root;
}

/**
 * The request's bucket, if the policies allow the action on it. Throws
 * what `locateBucket` throws, and `AccessDenied`.
 */
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

/** The request's bucket: it is in the Region that was asked (301 otherwise), and belongs to the expected owner. */
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
