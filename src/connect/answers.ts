/** An answer must be AWS's: a proxy's page with status 200 must never be taken for "there is no such document". */
import { Readable } from 'node:stream';
import type { DeserializeHandler, HandlerExecutionContext } from '@smithy/types';
import { Failure } from '../events/failure.ts';
import type { Shape } from '../state/operation.ts';
import { callIn, type Output, type Plugin } from './sdk-client.ts';
import { operationOf } from './services.ts';
import type { Caller } from './trace.ts';

/** Something in between answered in AWS's place, or AWS's answer came in pieces. */
export class NotAws extends Failure {
  constructor(what: string, why: string) {
    super(
      'failed',
      'not-aws',
      `the answer to ${what} is not from AWS: ${why}`,
      'a proxy, a login page of the network or a wrong AWS_ENDPOINT_URL may have answered instead',
    );
  }
}

/** A whole document of the wrong kind, as emulators may send: moto lists objects for GetBucketRequestPayment. */
export class StrangeAnswer extends NotAws {}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

function shapeProblem(shape: Shape, { text, headers }: Answer, operation: string): string | undefined {
  if (shape === 'json') return /^\s*\{/.test(text) ? undefined : 'it is not a JSON object';
  if (shape === 'result') return rootProblem(text, operation, `${operation}Response`, `<${operation}Result`);
  if ('root' in shape) return rootProblem(text, operation, shape.root);
  if ('header' in shape) return headers[shape.header] ? undefined : `it has no ${shape.header} header`;
  const value: unknown = tryParse(text);
  if (typeof value !== 'object' || value === null) return 'it is not a JSON object';
  return Object.hasOwn(value, shape.member) ? undefined : `it has no ${shape.member}`;
}

function rootProblem(text: string, operation: string, expected: string, inside = ''): string | undefined {
  const { element, name, isWhole } = readRoot(text);
  // Imitations of AWS (moto) may name it after the operation.
  if (name !== expected && name !== `${operation}Response`)
    return name === undefined ? 'it is not XML' : `it is <${name}>, not <${expected}>`;
  if (!isWhole) return 'its end is missing';
  return element.includes(inside) ? undefined : `it has no ${inside}>`;
}

/** In bytes, more than any answer: a thousand versions of objects with the longest names take less than a third of it. */
const largest = 16 * 2 ** 20;
const largestError = 2 ** 18;

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body?: unknown;
}

/** Leaves to the SDK what may be over soon (5xx): it sends the call again. @throws NotAws from the call. */
export function requireAws({ account, region, identity }: Caller): Plugin {
  const check =
    <I extends object, O extends Output>(
      next: DeserializeHandler<I, O>,
      context: HandlerExecutionContext,
    ): DeserializeHandler<I, O> =>
    async (args) => {
      const passed = await next(args);
      const response = passed.response as Response;
      const { service, operation } = callIn(context);
      const refuse = (why: string, Kind = NotAws) => {
        const what = `${service} ${operation} in account ${account}, ${region}, as ${identity}`;
        throw new Kind(what, `HTTP ${response.statusCode}, and ${why}`);
      };
      const bytes = await read(response.body, response.statusCode < 300 ? largest : largestError);
      if (bytes === undefined) return refuse('it is larger than any answer of AWS');
      if (response.body !== undefined) response.body = bodyOf(operation, bytes);
      const text = bytes.toString();
      const fault = faultIn({ status: response.statusCode, headers: response.headers, text }, service, operation);
      if (fault === undefined) return passed;
      return refuse(fault, kindOf(response, text));
    };
  return {
    // Next to the request, before the SDK parses the answer.
    applyToStack: (stack) =>
      stack.add(check, { step: 'deserialize', name: 's3replOnlyAws', priority: 'low', override: true }),
  };
}

function kindOf({ statusCode }: Response, text: string): typeof NotAws {
  return statusCode < 300 && isWholeDocument(text) ? StrangeAnswer : NotAws;
}

function faultIn(answer: Answer, service: string, operation: string): string | undefined {
  const { status, headers, text } = answer;
  if (status >= 500) return undefined;
  const isHead = operation.startsWith('Head');
  const ours = Object.keys(headers).some((name) => /^x-amzn?-/i.test(name));
  if (status >= 300 && status < 400 && (isHead ? !ours : text.trim() === '')) return 'it redirects to another address';
  // A part of an object that was asked for may begin with anything.
  if (status !== 206 && /^[\ufeff\s]*(<!doctype|<html)/i.test(text)) return 'it is an HTML page';
  if (status >= 300) return /^\s*([<{]|$)/.test(text) ? undefined : 'it is neither XML nor JSON';
  const { answer: shape } = operationOf(service, operation);
  return shape && shapeProblem(shape, answer, operation);
}

function isWholeDocument(text: string): boolean {
  const { name, isWhole } = readRoot(text);
  return isWhole && !/^html$/i.test(name ?? '');
}

function readRoot(text: string) {
  const element = text.replace(/^\s*<\?xml[^>]*>/, '').trim();
  const [, name] = /^<([\w.:-]{1,60})(?=[\s/>])/.exec(element) ?? [];
  return {
    element,
    name,
    isWhole: name !== undefined && (element.endsWith(`</${name}>`) || /^<[^>]*\/>$/.test(element)),
  };
}

/** The SDK hands the content of an object on as a stream, and takes no bytes in its place. */
function bodyOf(operation: string, bytes: Buffer): Buffer | Readable {
  if (operation !== 'GetObject') return bytes;
  return Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
}

async function read(body: unknown, most: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const parts = typeof body === 'string' || body instanceof Uint8Array ? [body] : (body ?? []);
  for await (const part of parts as AsyncIterable<string | Uint8Array>) {
    const chunk = typeof part === 'string' ? Buffer.from(part) : part;
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
