/** A company's network on this machine: the only way out is a CONNECT proxy, and it signs every certificate with its own authority. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { listen } from '../../src/sandbox/wire/http.ts';

const names = [
  'localhost',
  '*.amazonaws.com',
  ...['eu-west-1', 'eu-central-1'].flatMap((region) =>
    ['', 's3.', 's3-control.', 'sso.'].map((service) => `*.${service}${region}.amazonaws.com`),
  ),
  '*.us-east-1.amazonaws.com',
];

export interface Authority {
  /** Certificates of it in PEM format. */
  readonly bundle: string;
  readonly server: { readonly key: Buffer; readonly cert: Buffer };
  /** Removes the files. */
  remove(): void;
}

/** A certificate authority that nobody knows, and a certificate of it for AWS's hosts and `localhost`. */
export function anAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-authority-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Acme Inspection');
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=aws');
  writeFileSync(join(folder, 'names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join()},IP:192.0.2.1\n`);
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem');
  const read = (file: string) => readFileSync(join(folder, file));
  return {
    bundle: join(folder, 'ca.pem'),
    server: { key: read('server.key'), cert: read('server.pem') },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface Wishes {
  /** `user:password` that the proxy asks for. */
  readonly login?: string;
  /** A status that it refuses everything with. */
  readonly refusal?: string;
  /** Whether it is spoken to by TLS. */
  readonly tls?: boolean;
  /** Answers for what the sandbox does not have, by host and path; undefined: the sandbox's turn. */
  readonly answer?: (host: string, path: string, body: string) => object | string | undefined;
}

/** Everything goes with the test. */
export async function aCompanyNetwork({ server }: Authority, { login, refusal, tls, answer }: Wishes = {}) {
  const sandbox: Sandbox = await openSandbox({ ticking: true, lag: { roleVisible: 0 } });
  const served = await listen(0, () => undefined);
  served.answerWith({ ...sandbox, status: () => ({}) });

  const sockets = new Set<Socket>();
  const aws = createHttps(server, (message, response) => void answered(message, response));
  const answered = async (message: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const own = answer?.(message.headers.host ?? '', message.url ?? '', String(body));
    if (own !== undefined) {
      response.end(typeof own === 'string' ? own : JSON.stringify(own));
      return;
    }
    const { method, headers, url } = message;
    request(`${served.url}${url}`, { method, headers }, (inner) => {
      response.writeHead(inner.statusCode ?? 0, inner.headers);
      inner.pipe(response);
    }).end(body);
  };

  const asked: string[] = [];
  const logins = new Set<string | undefined>();
  const proxy = tls ? createHttps(server) : createHttp();
  proxy.on('connect', ({ url = '', headers }: IncomingMessage, client: Socket) => {
    asked.push(url);
    logins.add(headers['proxy-authorization']);
    const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`;
    const status = refusal ?? (wanted && headers['proxy-authorization'] !== wanted ? '407 Log in' : undefined);
    if (status !== undefined) {
      client.end(`HTTP/1.1 ${status}\r\ncontent-length: 12\r\n\r\n<html></html>`);
      return;
    }
    const upstream = connect(url.endsWith(':80') ? Number(new URL(served.url).port) : portOf(aws), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
  });
  for (const one of [aws, proxy]) {
    one.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  }
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    aws.close();
    proxy.close();
    await served.close();
    await sandbox.close();
  });
  return {
    sandbox,
    /** Where AWS answers without the proxy. */
    aws: `https://localhost:${portOf(aws)}`,
    /** The proxy's host and port. */
    proxy: `localhost:${portOf(proxy)}`,
    /** `HOST:PORT` of every CONNECT. */
    asked,
    /** What it was logged in to with. */
    logins,
  };
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as { readonly port: number }).port;
}
