/** What a person can fix on the way to AWS: certificates, proxies, and endpoints without TLS. */
import type { Env } from '../config/substitute-env.ts';
import { proxyFor } from './proxies.ts';
import { ProxyError } from './tunnel.ts';

export interface NetworkProblem {
  readonly code: 'certificate' | 'proxy' | 'tls';
  readonly message: string;
  readonly fix: string;
}

/** Node's codes for certificates (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const certificateCodes =
  /^(ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|CRL_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_\w+|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/;

/** For errors that keep only the text, as those of IAM Identity Center's provider do. */
const certificateTexts: readonly (readonly [RegExp, string])[] = [
  [/self-signed certificate in certificate chain/, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/self-signed certificate/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/unable to verify the first certificate/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/unable to get local issuer certificate/, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  [/unable to get issuer certificate/, 'UNABLE_TO_GET_ISSUER_CERT'],
  [/certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/certificate is not yet valid/, 'CERT_NOT_YET_VALID'],
  [/does not match certificate's altnames/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
];

/** @param error as a client or a credential provider raises it, or one that wraps it. */
export function networkProblem(error: unknown, env: Env): NetworkProblem | undefined {
  const chain = causes(error);
  const refused = chain.find((one) => certificateCode(one) !== undefined);
  const proxyError = chain.find((one) => one instanceof ProxyError);
  if (refused) return certificateProblem(refused, proxyError, env);
  if (chain.some(isNoTls)) return noTlsProblem(proxyError, env);
  if (proxyError) return { code: 'proxy', message: proxyError.message, fix: proxyFix(proxyError) };
  const text = chain.map(({ message }) => /^ProxyError: (.*)$/s.exec(message)?.[1]).find((one) => one !== undefined);
  return text === undefined ? undefined : { code: 'proxy', message: text, fix: 'check HTTPS_PROXY and NO_PROXY' };
}

function certificateProblem(refused: Error, proxyError: ProxyError | undefined, env: Env): NetworkProblem {
  const code = certificateCode(refused) ?? '';
  const whose = proxyError ? `the proxy ${proxyError.proxy.url.host}` : 'the endpoint';
  return {
    code: 'certificate',
    message: `the certificate of ${whose} is not trusted: ${refused.message.replace(/^Error: /, '')} (${code})`,
    fix: certificateFix(code, env),
  };
}

/** OpenSSL's words for bytes that are not TLS (ssl/record/ssl3_record.c). */
function isNoTls({ message }: Error): boolean {
  return /SSL routines:[^:]*:(wrong version number|packet length too long|http request)/.test(message);
}

function noTlsProblem(proxyError: ProxyError | undefined, env: Env): NetworkProblem {
  if (proxyError) {
    const { from, url } = proxyError.proxy;
    const fix = `set ${from} to http://${url.host}`;
    return { code: 'tls', message: `the proxy ${url.host} does not speak TLS`, fix };
  }
  const variable = Object.keys(env).find((name) => /^AWS_ENDPOINT_URL/.test(name) && /^https:/i.test(env[name] ?? ''));
  const fix = variable
    ? `${variable} begins with https://: if that endpoint has no TLS, write http://`
    : networkFix(env);
  return { code: 'tls', message: 'the endpoint does not speak TLS', fix };
}

export function networkFix(env: Env): string {
  const proxy = proxyFor('https', env);
  return proxy
    ? `check the network, the Region, AWS_ENDPOINT_URL and the proxy ${proxy.url.host} (${proxy.from})`
    : 'check the network, the Region and AWS_ENDPOINT_URL; behind a proxy, set HTTPS_PROXY';
}

function certificateFix(code: string, env: Env): string {
  if (/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/.test(code))
    return 'check the clock of this machine; if it is right, ask the owners of the proxy or the endpoint (AWS_ENDPOINT_URL) to renew the certificate';
  if (/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/.test(code))
    return 'it is for another host: check AWS_ENDPOINT_URL and HTTPS_PROXY';
  const bundle = env.AWS_CA_BUNDLE;
  const how = bundle
    ? `AWS_CA_BUNDLE is ${bundle}: that file must hold the certificate of the authority`
    : 'set AWS_CA_BUNDLE to a PEM file with the certificate of that authority (NODE_EXTRA_CA_CERTS works as well)';
  return `a company proxy that inspects TLS signs with its own authority. ${how}`;
}

function proxyFix({ proxy: { from, url }, target, status }: ProxyError): string {
  if (status === undefined) return `check ${from}; list hosts that need no proxy in NO_PROXY`;
  if (status === 407)
    return `set ${from} to ${url.protocol}//USER:PASSWORD@${url.host}, special characters percent-encoded; only the Basic scheme works`;
  return `ask the owners of the proxy to allow CONNECT to ${target.host}:${target.port}, or put ${target.host} into NO_PROXY if this machine can reach it directly`;
}

function causes(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let one = error; one instanceof Error && !chain.includes(one); one = one.cause) chain.push(one);
  return chain;
}

function certificateCode(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  if (certificateCodes.test(code)) return code;
  return error.name === 'CredentialsProviderError'
    ? certificateTexts.find(([text]) => text.test(error.message))?.[1]
    : undefined;
}
