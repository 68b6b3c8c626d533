/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case. */
import { isIP } from 'node:net';
import type { Env } from '../config/substitute-env.ts';
import { Failure } from '../events/failure.ts';

export interface HttpProxy {
  readonly url: URL;
  readonly from: string;
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Lower case wins, as in curl and the AWS CLI; no scheme means http (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html).
 * @throws Failure `invalid` where the value is no proxy; it does not repeat the value, which may hold a password.
 */
export function proxyFor(protocol: 'http' | 'https', env: Env): HttpProxy | undefined {
  const names = [`${protocol}_proxy`, `${protocol.toUpperCase()}_PROXY`];
  const from = names.find((name) => env[name]?.trim());
  if (from === undefined) return undefined;
  const value = env[from]?.trim() ?? '';
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && isDecodable(url)) return { url, from };
  const why =
    url && !/^https?:$/.test(url.protocol)
      ? `a proxy of type ${url.protocol}//, which s3repl does not support`
      : 'not a URL';
  throw new Failure(
    'invalid',
    'proxy',
    `${from} is ${why}`,
    `set it to http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host if the proxy needs them (special characters percent-encoded), or unset it`,
  );
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/**
 * NO_PROXY lists host names (with the names below them), with or without a port, or `*`, by commas or spaces; not address ranges. This machine is always
 * direct. (The rules of Go's httpproxy package, which agree with curl: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config)
 */
export function isDirect({ host, port }: Target, env: Env): boolean {
  if (isLoopback(host)) return true;
  const name = normalizeHost(host);
  const entries = (env.no_proxy?.trim() ? env.no_proxy : (env.NO_PROXY ?? '')).split(/[\s,]+/).filter(Boolean);
  return entries.some((entry) => {
    if (entry === '*') return true;
    const [, bracketed, plain = '', ofPort] = /^(?:\[(.+)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
    if (ofPort !== undefined && Number(ofPort) !== port) return false;
    const suffix = normalizeHost(bracketed ?? plain).replace(/^\*?\./, '');
    return suffix !== '' && (name === suffix || (isIP(name) === 0 && name.endsWith(`.${suffix}`)));
  });
}

/** For a host as `URL` writes it: RFC 6761 6.3 (localhost), RFC 1122 3.2.1.3 (127.0.0.0/8), RFC 4291 2.5.3 (::1) and 2.5.5.2 (IPv4 in IPv6). */
export function isLoopback(host: string): boolean {
  return /^(.+\.)?localhost$|^127(\.\d+){3}$|^::1$|^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(normalizeHost(host));
}

function normalizeHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
