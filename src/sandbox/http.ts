/** The sandbox over HTTP, on this machine only, for tools that are not in this process. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { HttpRequest, type HttpResponse } from '@smithy/core/transport';
import { errorAnswer, toHttpResponse } from './answer.ts';
import { AwsError } from './errors.ts';
import type { SandboxRequestHandler } from './sandbox.ts';

/** The largest body that a request may have, in bytes: larger objects come in parts. */
export const BODY_LIMIT = 64 * 2 ** 20;

const LOOPBACK = '127.0.0.1';

/** A port that listens, and does not answer yet. */
export interface Listening {
  readonly url: string;
  /** Answers requests from now on, those that wait already first. */
  answerWith(handler: SandboxRequestHandler): void;
  /** Ends when the requests that are under way are answered and all connections are closed. */
  close(): Promise<void>;
}

/**
 * Listens on the loopback address.
 *
 * @param port 0: any that is free.
 * @throws the system's error, `EADDRINUSE` where the port is in use.
 */
export async function listen(port: number): Promise<Listening> {
  let begin: (handler: SandboxRequestHandler) => void = () => {};
  const begun = new Promise<SandboxRequestHandler>((resolve) => {
    begin = resolve;
  });
  const server = createServer(
    // A client that is silent this long has gone, or means to use up the connections.
    { headersTimeout: 15_000, requestTimeout: 120_000, keepAliveTimeout: 60_000, connectionsCheckingInterval: 5_000 },
    (request, response) => void begun.then((handler) => serve(handler, request, response)),
  );
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!isTooLarge(request)) response.writeContinue();
    server.emit('request', request, response);
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    answerWith: begin,
    close: () => closed(server),
  };
}

/** How long an answer that is under way may take at the end, in milliseconds. */
const PARTING = 3_000;

async function closed(server: Server): Promise<void> {
  const ended = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), PARTING);
  await ended;
  clearTimeout(timer);
}

async function serve(
  handler: SandboxRequestHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const answer = refusalOf(request) ?? (await answerTo(handler, request));
    await send(answer, response);
  } catch (fault) {
    // Silence is what was asked for: the client ends it.
    if (fault instanceof Error && fault.name === 'TimeoutError') return;
    response.destroy();
  }
}

async function answerTo(handler: SandboxRequestHandler, message: IncomingMessage): Promise<HttpResponse> {
  const body = await bodyOf(message);
  if (body === undefined) return tooLarge();
  const { pathname, searchParams } = new URL(`http://sandbox${message.url ?? '/'}`);
  try {
    const request = new HttpRequest({
      method: message.method ?? 'GET',
      hostname: hostOf(message),
      path: pathOf(message, pathname),
      query: queryOf(searchParams),
      headers: headersOf(message),
      body,
    });
    return (await handler.handle(request)).response;
  } catch (fault) {
    if (fault instanceof URIError) return refused('InvalidURI', 400, "Couldn't parse the specified URI.");
    throw fault;
  }
}

/** The path as it came: `URL` would take `..` for a way up, which in S3 is a part of a key. */
function pathOf({ url = '/' }: IncomingMessage, parsed: string): string {
  return url.startsWith('/') ? url.replace(/[?#].*$/s, '') : parsed;
}

function queryOf(parameters: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const [first = '', ...more] = parameters.getAll(name);
      return [name, more.length === 0 ? first : [first, ...more]];
    }),
  );
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join() : (value ?? '')]),
  );
}

function hostOf({ headers }: IncomingMessage): string {
  return (headers.host ?? '').replace(/:\d*$/, '').toLowerCase();
}

/**
 * Keeps browsers out: any page could send requests here, and secrets are not checked. A page names itself in `Origin` or
 * `Sec-Fetch-Site`, and one that has its own host name point here is told by that name.
 */
function refusalOf(request: IncomingMessage): HttpResponse | undefined {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const host = hostOf(request);
  const isHere = /^(127\.0\.0\.1|\[::1\]|(.+\.)?localhost|(.+\.)?amazonaws\.com(\.cn)?)$/.test(host);
  if (isHere && origin === undefined && (site === undefined || site === 'none')) return undefined;
  return refused('AccessDenied', 403, 'The sandbox answers tools on this machine, and not web pages.');
}

function isTooLarge({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > BODY_LIMIT;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (isTooLarge(request)) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): HttpResponse {
  const message = `A request to the sandbox may have ${BODY_LIMIT} bytes; upload larger objects in parts.`;
  const answer = refused('EntityTooLarge', 400, message);
  // What the client goes on sending is not read.
  answer.headers.connection = 'close';
  return answer;
}

function refused(code: string, status: number, message: string): HttpResponse {
  return toHttpResponse('s3', errorAnswer('s3', new AwsError(code, status, message), false));
}

async function send(answer: HttpResponse, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode, answer.headers);
  await pipeline(answer.body, response);
}
