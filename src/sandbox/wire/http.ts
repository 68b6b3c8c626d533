/** For tools in other processes, on this machine only. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { HttpResponse } from '@smithy/core/transport';
import { required } from '../../aws/required.ts';
import type { Sandbox } from '../sandbox.ts';
import { errorAnswer, jsonAnswer, toHttpResponse } from './answer.ts';
import { AwsError } from './errors.ts';

const { HttpRequest } = required('@smithy/core/transport');

/** In bytes; larger objects come in parts. */
const bodyLimit = 64 * 2 ** 20;

const loopback = '127.0.0.1';

const ownPaths = '/_s3repl/';

/** No bucket has such a name. */
export const statusPath = '/_s3repl/status';

/** GET tells the virtual time; POST `{"sleep": MILLISECONDS}` lets time pass first. */
export const clockPath = '/_s3repl/clock';

/** POST `{"role": ARN, "trusted": [ARN, …]}` makes a role to sign in with; answers whether it is new. */
export const rolePath = '/_s3repl/role';

/** POST `{"email": ADDRESS}` confirms its subscriptions; answers with them. */
export const confirmPath = '/_s3repl/confirm';

/** Messages that topics got. */
export const messagesPath = '/_s3repl/messages';

export interface Served
  extends Pick<Sandbox, 'requestHandler' | 'clock' | 'ensureRole' | 'confirmEmail' | 'listMessages'> {
  /** Answered at `statusPath`, as JSON. */
  status(): unknown;
}

/** Listens, and does not answer yet. */
export interface Listening {
  readonly url: string;
  /** Answers waiting requests first. */
  answerWith(served: Served): void;
  /** Ends when requests under way are answered and all connections are closed. */
  close(): Promise<void>;
}

/** Listens on the loopback address; port 0 takes any free port. `onError` gets bugs and failures to save the state. @throws the system's error, such as `EADDRINUSE`. */
export async function listen(port: number, onError: (error: unknown) => void): Promise<Listening> {
  let begin: (served: Served) => void = () => {};
  const begun = new Promise<Served>((resolve) => {
    begin = resolve;
  });
  const server = createServer(
    // A client that is silent this long is gone, or means to use up connections.
    { headersTimeout: 15_000, requestTimeout: 120_000, keepAliveTimeout: 60_000, connectionsCheckingInterval: 5_000 },
    (request, response) => void begun.then((served) => serve(served, onError, request, response)),
  );
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!isTooLarge(request)) response.writeContinue();
    server.emit('request', request, response);
  });
  server.listen(port, loopback);
  await once(server, 'listening');
  return {
    url: `http://${loopback}:${(server.address() as AddressInfo).port}`,
    answerWith: begin,
    close: () => closeServer(server),
  };
}

/** Milliseconds that an answer under way may take at the end. */
const partingMs = 3_000;

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const ended = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), partingMs);
  await ended;
  clearTimeout(timer);
}

async function serve(
  served: Served,
  onError: (error: unknown) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await send(refusalOf(request) ?? (await answerTo(served, request)), response);
  } catch (error) {
    // Silence was asked for: the client ends it.
    if (error instanceof Error && error.name === 'TimeoutError') return;
    if (isBroken(error) || response.headersSent) {
      response.destroy();
      return;
    }
    onError(error);
    const message = error instanceof Error ? error.message : String(error);
    await send(refuse('InternalError', 500, message), response).catch(() => response.destroy());
  }
}

/** On demand, or because the client left. */
function isBroken(fault: unknown): boolean {
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

async function answerTo(served: Served, message: IncomingMessage): Promise<HttpResponse> {
  const body = await bodyOf(message);
  if (body === undefined) return entityTooLarge();
  const [path = '/', query = ''] = (message.url ?? '/').split(/\?(.*)/s);
  if (path.startsWith(ownPaths)) return answerOwn(served, path, body);
  try {
    const request = new HttpRequest({
      method: message.method ?? 'GET',
      hostname: hostOf(message),
      path,
      query: queryOf(new URLSearchParams(query)),
      headers: headersOf(message),
      body,
    });
    return (await served.requestHandler.handle(request)).response;
  } catch (error) {
    if (error instanceof URIError) return refuse('InvalidURI', 400, "Couldn't parse the specified URI.");
    throw error;
  }
}

/** For `--sandbox` in other processes; no AWS service has it. */
async function answerOwn(served: Served, path: string, body: Buffer): Promise<HttpResponse> {
  const { status, clock, ensureRole, confirmEmail, listMessages } = served;
  const given = body.length === 0 ? {} : jsonObject(body.toString());
  const { sleep = 0, role, trusted, email }: Readonly<Record<string, unknown>> = given ?? {};
  if (path === statusPath) return toHttpResponse('', jsonAnswer(status()));
  if (path === clockPath && given && isTime(sleep)) {
    if (sleep > 0) await clock.sleep(sleep);
    return toHttpResponse('', jsonAnswer({ now: clock.now() }));
  }
  if (path === rolePath && typeof role === 'string' && Array.isArray(trusted))
    return toHttpResponse('', jsonAnswer(await ensureRole(role, trusted.map(String))));
  if (path === confirmPath && typeof email === 'string')
    return toHttpResponse('', jsonAnswer(await confirmEmail(email)));
  if (path === messagesPath) return toHttpResponse('', jsonAnswer(await listMessages()));
  return refuse('InvalidRequest', 400, `The sandbox does not know what to do with ${path} and this body.`);
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds, at most a day: no command waits longer at once. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 24 * 3_600_000;
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

/** Refuses browsers, since secret keys are not checked and any web page could send requests. A page shows by `Origin`, `Sec-Fetch-Site` or a host name other than ours. */
function refusalOf(request: IncomingMessage): HttpResponse | undefined {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const host = hostOf(request);
  // Clients of S3 Control put the account before the host name.
  const isHere = /^((\d{12}\.)?127\.0\.0\.1|\[::1\]|(.+\.)?localhost|(.+\.)?amazonaws\.com(\.cn)?)$/.test(host);
  if (isHere && origin === undefined && (site === undefined || site === 'none')) return undefined;
  return refuse('AccessDenied', 403, 'The sandbox answers tools on this machine, and not web pages.');
}

function isTooLarge({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > bodyLimit;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (isTooLarge(request)) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function entityTooLarge(): HttpResponse {
  const message = `A request to the sandbox may have ${bodyLimit} bytes; upload larger objects in parts.`;
  const answer = refuse('EntityTooLarge', 400, message);
  // What else the client sends is not read.
  answer.headers.connection = 'close';
  return answer;
}

function refuse(code: string, status: number, message: string): HttpResponse {
  return toHttpResponse('s3', errorAnswer('s3', new AwsError(code, status, message), false));
}

async function send(answer: HttpResponse, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode, answer.headers);
  await pipeline(answer.body, response);
}
