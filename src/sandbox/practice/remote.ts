import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as send } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpRequest } from '@smithy/core/transport';
import { required } from '../../aws/required.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Subscription, TopicMessage } from '../sns/sns-state.ts';
import { SandboxGoneError } from '../wire/errors.ts';
import { clockPath, confirmPath, messagesPath, rolePath, statusPath } from '../wire/http.ts';
import { timeoutError } from './faults.ts';
import type { AccountStatus } from './sandbox-status.ts';

const { HttpResponse } = required('@smithy/core/transport');

/** What works without the state in this process. */
export type UsedSandbox = Omit<Sandbox, 'state'> & {
  status(): Promise<readonly AccountStatus[]>;
};

/** After so many milliseconds without data from the server, a request has failed. */
const silenceMs = 30_000;

/** @param url where `s3repl sandbox serve` answers. */
export async function remoteSandbox(url: string): Promise<UsedSandbox> {
  const ask = async (path: string, question?: object) => {
    const init = question === undefined ? {} : { method: 'POST', body: JSON.stringify(question) };
    const answer = await fetch(url + path, { ...init, signal: AbortSignal.timeout(silenceMs) }).catch(
      (error: Error) => {
        throw isGone(error.cause) ? new SandboxGoneError(url, error) : error;
      },
    );
    if (!answer.ok) throw new Error(`the sandbox at ${url} answered ${answer.status} to ${path}`);
    return (await answer.json()) as unknown;
  };
  // The served clock runs with the real one, and jumps where somebody lets time pass.
  let offset = 0;
  const follow = (answer: unknown) => {
    offset = Number((answer as { readonly now: number }).now) - Date.now();
  };
  follow(await ask(clockPath));
  return {
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async (request, { abortSignal } = {}) => ({
        response: await forward(request, url, abortSignal as AbortSignal | undefined),
      }),
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    },
    clock: {
      now: () => Date.now() + offset,
      sleep: async (milliseconds) => follow(await ask(clockPath, { sleep: milliseconds })),
    },
    ensureRole: async (role, trusted) => (await ask(rolePath, { role, trusted })) === true,
    confirmEmail: async (email) => (await ask(confirmPath, { email })) as readonly Subscription[],
    listMessages: async () => (await ask(messagesPath)) as readonly TopicMessage[],
    status: async () => (await ask(statusPath)) as readonly AccountStatus[],
    close: async () => undefined,
  };
}

/** The Host header tells the server which service the request is for. */
async function forward(request: HttpRequest, url: string, signal: AbortSignal | undefined) {
  const { hostname, port } = new URL(url);
  const query = new URLSearchParams(
    Object.entries(request.query ?? {}).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one ?? '']),
    ),
  ).toString();
  const sent = send({
    hostname,
    port,
    method: request.method,
    path: query === '' ? request.path : `${request.path}?${query}`,
    headers: { ...request.headers, host: request.headers.host ?? request.hostname },
    timeout: silenceMs,
    ...(signal === undefined ? {} : { signal }),
  });
  sent.on('timeout', () => sent.destroy(timeoutError()));
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  const [[message]] = await Promise.all([answered, write(sent, request.body)]).catch((error: unknown) => {
    throw isGone(error) ? new SandboxGoneError(url, error) : error;
  });
  const headers = Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join()]);
  return new HttpResponse({
    statusCode: message.statusCode ?? 500,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: message,
  });
}

/** A connection that only breaks may be a fault on demand: the SDK retries and learns more. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

async function write(sent: ClientRequest, body: unknown): Promise<void> {
  if (typeof body === 'object' && body !== null && !(body instanceof Uint8Array))
    await pipeline(Readable.from(body as AsyncIterable<Uint8Array>), sent);
  else sent.end(body ?? undefined);
}
