import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDirect, proxyFor } from '../../src/connect/proxies.ts';
import { Failure } from '../../src/events/failure.ts';

describe('the proxy of a protocol', () => {
  it.each([
    ['https', {}, undefined],
    ['https', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https', { HTTPS_PROXY: ' ' }, undefined],
    ['https', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/ HTTPS_PROXY'],
    ['https', { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/ HTTPS_PROXY'],
    ['https', { HTTPS_PROXY: 'https://u:s%40x@p' }, 'https://u:s%40x@p/ HTTPS_PROXY'],
    ['https', { HTTPS_PROXY: 'http://upper', https_proxy: 'http://lower' }, 'http://lower/ https_proxy'],
    ['https', { HTTPS_PROXY: 'http://upper', https_proxy: '' }, 'http://upper/ HTTPS_PROXY'],
    ['http', { HTTP_PROXY: 'HTTP://p' }, 'http://p/ HTTP_PROXY'],
  ] as const)('for %s with %o is %s', (protocol, env, expected) => {
    const proxy = proxyFor(protocol, env);
    expect(proxy && `${proxy.url} ${proxy.from}`).toBe(expected);
  });

  it.each([
    ['socks5://user:geheim@p:1080', 'a proxy of type socks5://, which s3repl does not support'],
    ['http://user:geheim@p:port', 'not a URL'],
    ['http://user:geheim%@p', 'not a URL'],
  ])('is refused where it is %s, and its password is not told', (value, why) => {
    const failure = new Promise(() => proxyFor('https', { HTTPS_PROXY: value })).catch((error: unknown) => error);
    return failure.then((error) => {
      expect(error).toBeInstanceOf(Failure);
      expect(error).toMatchObject({ outcome: 'invalid', code: 'proxy', message: `HTTPS_PROXY is ${why}` });
      expect(JSON.stringify(error) + String(error)).not.toContain('geheim');
    });
  });
});

describe('a request goes past the proxy', () => {
  const s3 = 's3.eu-west-1.amazonaws.com';

  it.each([
    ['127.0.0.1', ''],
    ['127.9.9.9', ''],
    ['localhost', ''],
    ['bucket.localhost', ''],
    ['::1', ''],
    ['[::1]', ''],
    ['[::ffff:7f00:1]', ''],
    [s3, '*'],
    [s3, s3],
    [s3, `${s3}.`],
    [s3, 'S3.EU-WEST-1.amazonaws.com'],
    [s3, 'amazonaws.com'],
    [s3, '.amazonaws.com'],
    [s3, '*.amazonaws.com'],
    [s3, 'other.example, amazonaws.com'],
    [s3, 'other.example amazonaws.com'],
    [s3, 'amazonaws.com:443'],
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.1:443'],
    ['fd00::1', 'fd00::1'],
    ['fd00::1', '[fd00::1]:443'],
  ])('to %s with NO_PROXY=%s', (host, value) => {
    expect(isDirect({ host, port: 443 }, { NO_PROXY: value })).toBe(true);
  });

  it.each([
    [s3, ''],
    [s3, ' , '],
    [s3, 'aws.com'],
    [s3, 'amazonaws.com:8443'],
    [s3, 'x.s3.eu-west-1.amazonaws.com'],
    [s3, '.'],
    ['notlocalhost', ''],
    ['localhost.example.com', ''],
    ['10.0.0.1', '10.0.0.0/8'],
    ['10.0.0.1', '0.0.1'],
    ['127.0.0.1.example.com', ''],
  ])('but not to %s with NO_PROXY=%s', (host, value) => {
    expect(isDirect({ host, port: 443 }, { NO_PROXY: value })).toBe(false);
  });

  it('by the lower-case variable before the other', () => {
    expect(isDirect({ host: s3, port: 443 }, { no_proxy: 'example.com', NO_PROXY: '*' })).toBe(false);
  });

  const label = fc.stringMatching(/^[a-z][a-z\d]{0,8}$/);
  const name = fc.array(label, { minLength: 2, maxLength: 5 }).map((labels) => labels.join('.'));
  it('for a name and everything below it, and for no other name that ends in the same letters', () => {
    fc.assert(
      fc.property(name, label, fc.constantFrom('', '.', '*.'), (listed, more, before) => {
        const env = { NO_PROXY: `x.example,${before}${listed}` };
        expect(isDirect({ host: `${more}.${listed}`, port: 443 }, env)).toBe(true);
        expect(isDirect({ host: `${more}${listed}`, port: 443 }, env)).toBe(false);
      }),
    );
  });

  it('whatever NO_PROXY holds, the answer comes at once', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (host, value) => {
        expect(typeof isDirect({ host, port: 443 }, { NO_PROXY: value })).toBe('boolean');
      }),
    );
    const long = ':'.repeat(100_000);
    expect(isDirect({ host: s3, port: 443 }, { NO_PROXY: `${long}x` })).toBe(false);
  });
});
