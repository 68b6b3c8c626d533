import type { HttpRequest } from '@smithy/core/transport';
import type { BucketName, Region } from '../../aws/brand.ts';
import { unsignedRegion } from '../iam/identity.ts';
import { isControlPath, routeS3Control } from '../s3/route-control.ts';
import { routeS3 } from '../s3/route-s3.ts';
import { type Partition, partitionOf } from './partition.ts';
import { readSignature, type Signature, serviceOfUnsigned } from './signature.ts';

export interface Call {
  /** A `ServiceName`, or the signing name of a service that the sandbox does not have. */
  readonly service: string;
  readonly operation: string;
  readonly region: Region;
  readonly partition: Partition;
  readonly signatureVersion: Signature['version'];
  readonly accessKeyId: string | undefined;
  readonly sessionToken: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Empty for an object's content. */
  readonly body: string;
  readonly content: Buffer;
  readonly bucket?: BucketName;
  readonly key?: string;
  /** The ID of a job of S3 Control. */
  readonly job?: string;
}

const contentOperations: ReadonlySet<string> = new Set(['PutObject', 'UploadPart']);

/** @param regionOf the Region of a bucket, for signatures that do not name one. */
export async function readCall(
  request: HttpRequest,
  regionOf: (bucket: string) => Region | undefined = () => undefined,
): Promise<Call> {
  const query = queryOf(request);
  const headers = headersOf(request, query);
  const content = await bytesOf(request.body);
  const { version, accessKeyId, ...signed } = readSignature(headers, query);
  const service = signed.service ?? serviceOfUnsigned(headers, content.toString());
  const isS3 = service === 's3' && !isControlPath(request.path);
  const target = isS3 ? routeS3(request.method, request.hostname, request.path, query, headers) : undefined;
  const region = signed.region ?? regionOf(target?.bucket ?? '') ?? unsignedRegion;
  const common = {
    service,
    region,
    partition: partitionOf(region),
    signatureVersion: version,
    accessKeyId,
    sessionToken: headers['x-amz-security-token'],
    headers,
    query,
    content,
  };
  if (target !== undefined) {
    const body = contentOperations.has(target.operation) ? '' : content.toString();
    return { ...common, body, ...target };
  }
  const body = content.toString();
  if (service === 's3')
    return { ...common, service: 's3-control', body, ...routeS3Control(request.method, request.path) };
  return { ...common, body, operation: readOperation(request, headers, body) };
}

/** S3 also takes headers from a presigned URL's query (`x-amz-meta-…`; recorded, `test_put_url_metadata_with_sig_s3v4`). */
function headersOf(request: HttpRequest, query: Readonly<Record<string, string>>): Record<string, string> {
  const lowerNames = (entries: readonly (readonly [string, string])[]) =>
    entries.map(([name, value]) => [name.toLowerCase(), value] as const);
  const carried = lowerNames(Object.entries(query)).filter(([name]) => name.startsWith('x-amz-'));
  return Object.fromEntries([...carried, ...lowerNames(Object.entries(request.headers))]);
}

function queryOf(request: HttpRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.query ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join() : (value ?? ''),
    ]),
  );
}

/** A REST protocol names the operation only by method and path. */
function readOperation(request: HttpRequest, headers: Readonly<Record<string, string>>, body: string): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return target.slice(target.lastIndexOf('.') + 1);
  return new URLSearchParams(body).get('Action') ?? `${request.method} ${request.path}`;
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    const chunks: Buffer[] = [];
    for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }
  return Buffer.from(String(body));
}

/** Whether it changes anything that its caller would call a resource. */
export function isWrite(operation: string): boolean {
  return !/^(Get|List|Head|Describe|AssumeRole|Select)/.test(operation);
}

/** On objects, of which any number can be written at once, not on their bucket. */
export function isOnObjects(call: Call): boolean {
  return call.key !== undefined || call.operation === 'DeleteObjects';
}
