/** Signature Version 4, and for S3 also Version 2, each in a header or in the query string. */
import { brand, type Region } from '../../aws/brand.ts';
import { AwsError } from './errors.ts';
import { serviceNamedBy } from './services.ts';

type Texts = Readonly<Record<string, string>>;

/** The signature itself is not checked. */
export interface Signature {
  /** Absent: not signed. */
  readonly version?: 2 | 4;
  readonly accessKeyId?: string;
  /** Version 2 does not name a Region. */
  readonly region?: Region;
  readonly service?: string;
}

/** Header names are in lower case. */
export function readSignature(headers: Texts, query: Texts): Signature {
  const header = headers.authorization ?? '';
  const scope = /Credential=([^,\s]+)/.exec(header)?.[1] ?? query['X-Amz-Credential'];
  if (scope !== undefined) {
    const [accessKeyId = '', , region, service] = scope.split('/');
    return { version: 4, accessKeyId, ...(region && { region: brand<Region>(region) }), ...(service && { service }) };
  }
  const accessKeyId = /^AWS ([^:\s]+):/.exec(header)?.[1] ?? query.AWSAccessKeyId;
  return accessKeyId === undefined ? {} : { version: 2, accessKeyId, service: 's3' };
}

/** Its target or API version names the service; otherwise it is S3, the only one that answers anonymous requests. */
export function serviceOfUnsigned(headers: Texts, body: string): string {
  const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const version = form ? new URLSearchParams(body).get('Version') : null;
  return serviceNamedBy(headers['x-amz-target'] ?? '', version) ?? 's3';
}

const v2Parameters = ['AWSAccessKeyId', 'Signature', 'Expires'];
const v4Parameters = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'].map(
  (name) => `X-Amz-${name}`,
);

/** In seconds (S3 User Guide, "Sharing objects with presigned URLs"). */
const longestSeconds = 604_800;

/**
 * Refuses a URL that is incomplete or has expired, in the words recorded (`test_s3_presigned_url_expired`,
 * `test_s3_put_presigned_url_missing_sig_param`, `test_presigned_double_encoded_credentials`).
 * @param now real milliseconds: clients sign with the real time, and the sandbox's clock may be ahead of it.
 * @throws AwsError `AccessDenied`, `AuthorizationQueryParametersError`
 */
export function checkPresigned(query: Texts, now: number): void {
  const has = (name: string) => name in query;
  if (['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature'].some(has)) checkV4(query, now);
  else if (['AWSAccessKeyId', 'Signature'].some(has)) checkV2(query, now);
}

function checkV4(query: Texts, now: number): void {
  if (v4Parameters.some((name) => !(name in query))) {
    throw badParameters(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (query['X-Amz-Credential']?.split('/').length !== 5) {
    throw badParameters(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const seconds = Number(query['X-Amz-Expires']);
  if (!(seconds >= 0)) throw badParameters('X-Amz-Expires should be a number');
  if (seconds > longestSeconds) {
    throw badParameters(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${longestSeconds} seconds`,
    );
  }
  const signed = signingTime(query['X-Amz-Date'] ?? '');
  if (Number.isNaN(signed))
    throw badParameters("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  refuseExpired(signed + seconds * 1000, now, { 'X-Amz-Expires': String(seconds) });
}

/** `20261121T101500Z`, in milliseconds. */
function signingTime(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function checkV2(query: Texts, now: number): void {
  const expires = Number(query.Expires);
  if (v2Parameters.some((name) => !(name in query)) || Number.isNaN(expires)) {
    const message = 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters';
    throw new AwsError('AccessDenied', 403, message);
  }
  refuseExpired(expires * 1000, now, {});
}

function refuseExpired(expires: number, now: number, members: Texts): void {
  if (now < expires) return;
  throw new AwsError('AccessDenied', 403, 'Request has expired', {
    ...members,
    Expires: new Date(expires).toISOString(),
    ServerTime: new Date(now).toISOString(),
  });
}

function badParameters(message: string): AwsError {
  return new AwsError('AuthorizationQueryParametersError', 400, message);
}

/** Those that S3 had before 2014 (S3 API Reference, "Authenticating Requests: AWS Signature Version 4"). */
const v2Regions: ReadonlySet<string> = new Set([
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'us-gov-west-1',
  'eu-west-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'sa-east-1',
]);

export function requireVersion(version: Signature['version'], region: string): void {
  if (version !== 2 || v2Regions.has(region)) return;
  const message = 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
  throw new AwsError('InvalidRequest', 400, message);
}
