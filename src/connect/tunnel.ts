/** Requests through a proxy by CONNECT: the proxy sees host and port only. */
import type { ClientRequest } from 'node:http';
import { isIP, connect as plainConnect, type Socket } from 'node:net';
import {
  checkServerIdentity as checkIdentity,
  type PeerCertificate,
  type SecureContext,
  connect as tlsConnect,
} from 'node:tls';
import type { HttpsProxyAgent } from 'https-proxy-agent';
import { required } from '../aws/required.ts';
import type { HttpProxy, Target } from './proxies.ts';

export interface Way {
  readonly protocol: 'http' | 'https';
  readonly proxy: HttpProxy;
  readonly isDirect: (target: Target) => boolean;
  /** Trust for TLS, both at the proxy and behind it; absent: Node's. */
  readonly secureContext: SecureContext | undefined;
}

export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** HTTP status; absent where the proxy was not reached. */
  readonly status: number | undefined;
  readonly proxy: HttpProxy;
  readonly target: Target;

  constructor(message: string, { proxy, target, status, cause }: ProxyErrorDetails) {
    super(`the proxy ${proxy.url.host} (${proxy.from}) ${message}`, { cause });
    this.proxy = proxy;
    this.target = target;
    this.status = status;
    // The SDK retries an error with these codes.
    if (cause instanceof Error && 'code' in cause) Object.assign(this, { code: cause.code });
    if (status !== undefined && status >= 500) Object.assign(this, { $retryable: {} });
  }
}

interface ProxyErrorDetails {
  readonly proxy: HttpProxy;
  readonly target: Target;
  readonly status?: number;
  readonly cause?: unknown;
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** Loads `https-proxy-agent`, which nothing else does. */
export function tunnelAgent({ protocol, proxy, isDirect, secureContext }: Way) {
  const { HttpsProxyAgent } = required('https-proxy-agent');
  const trust = secureContext ? { secureContext } : {};

  class Tunnel extends HttpsProxyAgent<string> {
    override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
      const target = { host: String(options.host), port: Number(options.port) };
      if (isDirect(target)) return connectDirectly(options);
      let answered: { readonly statusCode: number; readonly statusText: string } | undefined;
      request.once('proxyConnect', (answer) => {
        answered = answer;
      });
      // Without it, the certificate of an address would have to be for localhost.
      const checkServerIdentity = (_: string, cert: PeerCertificate) => checkIdentity(target.host, cert);
      const checked = options.secureEndpoint ? { ...options, ...trust, checkServerIdentity } : options;
      const socket = await super.connect(request, checked).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new ProxyError(`cannot be reached: ${why}`, { proxy, target, cause });
      });
      const { statusCode: status = 0, statusText = '' } = answered ?? {};
      if (status === 200) return socket;
      // Data that comes with it is the proxy's page, not AWS's.
      socket.destroy();
      const said = Number.isNaN(status) ? 'what is not HTTP' : `${status} ${statusText}`.trim();
      const what = `answered ${said} to CONNECT ${target.host}:${target.port}`;
      throw new ProxyError(what, { proxy, target, ...(Number.isNaN(status) ? {} : { status }) });
    }

    /** The base class looks at the call stack, which differs when a connection is returned, so it would never reuse one. */
    override isSecureEndpoint(): boolean {
      return protocol === 'https';
    }

    /** Several clients share this agent: when one is destroyed, the requests of the others go on. */
    override destroy(): void {
      for (const socket of Object.values(this.freeSockets).flat()) socket?.destroy();
    }
  }

  const connectDirectly = (options: ConnectOptions): Socket => {
    if (!options.secureEndpoint) return plainConnect(options);
    const name = options.servername ?? (isIP(options.host ?? '') === 0 ? options.host : undefined);
    return tlsConnect({ ...options, ...trust, ...(name === undefined ? {} : { servername: name }) });
  };

  return new Tunnel(proxy.url, { keepAlive: true, maxSockets: 50, ...trust });
}
