import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { required } from '../../aws/required.ts';
import type { AwsError } from './errors.ts';
import { type ServiceName, type Speech, speechOf } from './services.ts';
import { escapeXml, toXml } from './xml.ts';

const { HttpResponse } = required('@smithy/core/transport');

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const xmlHeaders = { 'content-type': 'application/xml' };
const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function s3Empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: '' };
}

/** @param xml begins with `<name>`. */
export function s3Document(name: string, xml: string): Answer {
  const namespaced = xml.replace(`<${name}>`, `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`);
  return { status: 200, headers: xmlHeaders, body: xmlDeclaration + namespaced };
}

export function queryAnswer(service: ServiceName, operation: string, result: unknown): Answer {
  const requestId = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
  const content = result === undefined ? '' : `<${operation}Result>${toXml(result)}</${operation}Result>`;
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `${openingTag(`${operation}Response`, service)}${content}${requestId}</${operation}Response>`,
  };
}

/** @param version of the JSON protocol that the service speaks. */
export function jsonAnswer(result: unknown, version: '1.0' | '1.1' = '1.1'): Answer {
  const body = result === undefined ? '' : JSON.stringify(result);
  return { status: 200, headers: { 'content-type': `application/x-amz-json-${version}` }, body };
}

function openingTag(name: string, service: string): string {
  const speech = speechOf(service);
  return speech?.protocol === 'query' ? `<${name} xmlns="${speech.namespace}">` : `<${name}>`;
}

export function errorAnswer(service: string, fault: AwsError, headOnly: boolean): Answer {
  const { status, code, message, members, headers } = fault;
  const speech = speechOf(service);
  if (speech?.protocol === 'json') {
    const body = JSON.stringify({ __type: code, message, ...members });
    const contentType = `application/x-amz-json-${speech.version}`;
    return { status, headers: { ...headers, ...queryCode(speech, fault), 'content-type': contentType }, body };
  }
  if (speech?.protocol === 'query') {
    const type = status >= 500 ? 'Receiver' : 'Sender';
    const detail = toXml({ Error: { Type: type, Code: code, Message: message, ...members }, RequestId: randomUUID() });
    const body = `${openingTag('ErrorResponse', service)}${detail}</ErrorResponse>`;
    return { status, headers: { ...headers, 'content-type': 'text/xml' }, body };
  }
  if (headOnly || status === 304) return { status, headers: { ...headers, ...xmlHeaders }, body: '' };
  const requestId = newS3RequestId();
  const error = { Code: code, Message: message, ...members };
  const ids = { RequestId: requestId, HostId: newHostId() };
  const body = speech?.wrapsErrors
    ? `${xmlDeclaration}<ErrorResponse>${toXml({ Error: error, ...ids })}</ErrorResponse>`
    : `${xmlDeclaration}<Error>${toXml({ ...error, ...ids })}</Error>`;
  return { status, headers: { ...headers, ...xmlHeaders, 'x-amz-request-id': requestId }, body };
}

/** API: Common Errors, of services that speak the query protocol and of those that speak JSON. */
const queryCodes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
  InvalidFormatFault: 'InvalidFormat',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  InvalidParameterValueException: 'InvalidParameterValue',
  LimitExceededFault: 'LimitExceeded',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  ThrottlingException: 'Throttling',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ValidationException: 'ValidationError',
};

/** The query protocol has codes of its own (Smithy, awsQueryCompatible trait). */
function queryCode(speech: Speech, { code, status }: AwsError): Readonly<Record<string, string>> {
  if (speech.protocol !== 'json' || speech.alsoQuery !== true) return {};
  return { 'x-amzn-query-error': `${queryCodes[code] ?? code};${status >= 500 ? 'Receiver' : 'Sender'}` };
}

export function newS3RequestId(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}

export function newHostId(): string {
  return randomBytes(57).toString('base64');
}

/** No Date header: with it, the SDK would sign by the virtual clock. */
export function toHttpResponse(service: string, answer: Answer): InstanceType<typeof HttpResponse> {
  const ids: Record<string, string> =
    speechOf(service)?.protocol === 'rest'
      ? { 'x-amz-request-id': newS3RequestId(), 'x-amz-id-2': newHostId() }
      : { 'x-amzn-requestid': randomUUID() };
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  return new HttpResponse({
    statusCode: answer.status,
    headers: { ...ids, 'content-length': String(body.length), ...answer.headers },
    body: Readable.from(body.length === 0 ? [] : [body]),
  });
}

export function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** @param time virtual milliseconds; S3 shows objects' times in whole seconds. */
export function timeElement(name: string, time: number): string {
  return `<${name}>${new Date(Math.floor(time / 1000) * 1000).toISOString()}</${name}>`;
}
