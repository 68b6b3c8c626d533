import { closeSync, openSync, readSync } from 'node:fs';
import * as tls from 'node:tls';
import type { Env } from '../config/substitute-env.ts';
import { Failure } from '../events/failure.ts';
import { refuseUnusableEndpoints } from './own-endpoint.ts';
import { isDirect, proxyFor } from './proxies.ts';
import { tunnelAgent } from './tunnel.ts';

/** Milliseconds of silence before the SDK counts an attempt as failed: for a connection, the head of an answer, and more of its body. */
const silence = {
  connectionTimeout: 5_000,
  requestTimeout: 30_000,
  socketTimeout: 30_000,
  throwOnRequestTimeout: true,
} as const;

/** Of a file of certificates; all authorities that Node trusts take 0.3 MB. */
const mostBytes = 16 * 2 ** 20;

/**
 * For our clients, and for those that the SDK's credential providers make for STS and IAM Identity Center. The providers for instance metadata and containers
 * do not use it, and go past any proxy.
 * @throws Failure `invalid` where a variable cannot be used.
 */
export function networkHandler(env: Env) {
  refuseUnusableEndpoints(env);
  const secureContext = readTrust(env);
  const agentFor = (protocol: 'http' | 'https') => {
    const proxy = proxyFor(protocol, env);
    return proxy && tunnelAgent({ protocol, proxy, isDirect: (target) => isDirect(target, env), secureContext });
  };
  const httpAgent = agentFor('http');
  const httpsAgent = agentFor('https') ?? (secureContext && { secureContext });
  return { ...silence, ...(httpAgent && { httpAgent }), ...(httpsAgent && { httpsAgent }) };
}

/** Node's certificates and those of AWS_CA_BUNDLE (https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html); undefined without it. */
function readTrust(env: Env): tls.SecureContext | undefined {
  const bundle = env.AWS_CA_BUNDLE?.trim();
  if (!bundle) return undefined;
  const pem = certificatesIn('AWS_CA_BUNDLE', bundle);
  try {
    return tls.createSecureContext({ ca: [...nodeCertificates(env), pem] });
  } catch (error) {
    throw unusable('AWS_CA_BUNDLE', bundle, error instanceof Error ? error.message : String(error));
  }
}

/** Node trusts only the list that it is given, so the list must hold its own authorities too. */
function nodeCertificates(env: Env): readonly string[] {
  // From Node 22.15 on, this includes what --use-system-ca and the like ask for.
  if ('getCACertificates' in tls && typeof tls.getCACertificates === 'function') return tls.getCACertificates();
  const extra = env.NODE_EXTRA_CA_CERTS;
  return extra ? [...tls.rootCertificates, certificatesIn('NODE_EXTRA_CA_CERTS', extra)] : tls.rootCertificates;
}

function certificatesIn(variable: string, file: string): string {
  try {
    const text = readBounded(file);
    if (text === undefined) throw unusable(variable, file, `it is larger than ${mostBytes / 2 ** 20} MiB`);
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unusable(variable, file, String((error as NodeJS.ErrnoException).code));
  }
  throw unusable(variable, file, 'it contains no "-----BEGIN CERTIFICATE-----"');
}

/** A device never ends, so this reads up to a bound. */
function readBounded(file: string): string | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(2 ** 16);
    const chunks: Buffer[] = [];
    for (let total = 0; total <= mostBytes; ) {
      const read = readSync(descriptor, buffer);
      if (read === 0) return Buffer.concat(chunks).toString('utf8');
      chunks.push(Buffer.from(buffer.subarray(0, read)));
      total += read;
    }
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

function unusable(variable: string, file: string, why: string): Failure {
  return new Failure(
    'invalid',
    'certificates',
    `s3repl cannot use ${file}, which ${variable} names: ${why}`,
    `set ${variable} to a file of certificates in PEM format, or unset it`,
  );
}
