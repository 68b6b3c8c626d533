import type { HttpRequest } from '@smithy/core/transport';
import { type Partition, partitionOf } from './arn.ts';
import { UNSIGNED_REGION } from './identity.ts';
import { routeS3 } from './route-s3.ts';

/** The services that the sandbox answers for. */
export type ServiceName = 's3' | 's3-control' | 'kms' | 'iam' | 'sts' | 'organizations';

/** A request, as the services see it. */
export interface Call {
  /** One of `ServiceName`, or the signing name of a service that the sandbox does not have. */
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly partition: Partition;
  readonly accessKeyId: string | undefined;
  readonly sessionToken: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The body as text; empty where it is an object's content. */
  readonly body: string;
  /** The body as it came. */
  readonly content: Buffer;
  readonly bucket?: string;
  readonly key?: string;
}

const CONTENT_OPERATIONS: ReadonlySet<string> = new Set(['PutObject', 'UploadPart']);

/** Reads a request: which service, which operation, who signed it, and its body. */
export async function readCall(request: HttpRequest): Promise<Call> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const content = await bytesOf(request.body);
  const query = queryOf(request);
  const [accessKeyId, , region = UNSIGNED_REGION, service = ''] = credentialScope(headers, query);
  const common = {
    service,
    region,
    partition: partitionOf(region),
    accessKeyId,
    sessionToken: headers['x-amz-security-token'] ?? query['X-Amz-Security-Token'],
    headers,
    query,
    content,
  };
  if (service === 's3' || service === '') {
    if (request.path.startsWith('/v20180820/')) {
      return { ...common, service: 's3-control', body: content.toString(), operation: controlOperation(request) };
    }
    const target = routeS3(request.method, request.hostname, request.path, query, 'x-amz-copy-source' in headers);
    const body = CONTENT_OPERATIONS.has(target.operation) ? '' : content.toString();
    return { ...common, service: 's3', body, ...target };
  }
  const body = content.toString();
  return { ...common, body, operation: namedOperation(request, headers, body) };
}

function credentialScope(headers: Readonly<Record<string, string>>, query: Readonly<Record<string, string>>) {
  const signed = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1];
  return (signed ?? query['X-Amz-Credential'])?.split('/') ?? [undefined];
}

function queryOf(request: HttpRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.query ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join() : (value ?? ''),
    ]),
  );
}

/** Services with a REST protocol name their operation by method and path only. */
function namedOperation(request: HttpRequest, headers: Readonly<Record<string, string>>, body: string): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return target.slice(target.lastIndexOf('.') + 1);
  return new URLSearchParams(body).get('Action') ?? `${request.method} ${request.path}`;
}

/** The operations of S3 Control that the sandbox has are about an account; any other goes by its method and path. */
function controlOperation({ method, path }: HttpRequest): string {
  const [, , ...rest] = path.split('/');
  const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[method];
  const asked = rest.join('/');
  return verb && asked === 'configuration/publicAccessBlock' ? `${verb}PublicAccessBlock` : `${method} ${asked}`;
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

/** Whether an operation changes anything that its caller would call a resource. */
export function isWrite(operation: string): boolean {
  return !/^(Get|List|Head|Describe|AssumeRole|Select)/.test(operation);
}

/** Whether an operation is on objects, of which any number can be written at once, and not on their bucket. */
export function isOnObjects(call: Call): boolean {
  return call.key !== undefined || call.operation === 'DeleteObjects';
}
