import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import { checkLikeS3 } from '../../src/apply/emulator.ts';
import { readBack } from '../../src/apply/read-back.ts';
import { Versions } from '../../src/apply/versions.ts';
import { foreignEndpoint } from '../../src/connect/own-endpoint.ts';
import { observe } from '../../src/observe/observe.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { BucketState, State } from '../../src/state/state.ts';
import { aBucket, aSpec, nothing } from '../builders.ts';
import { aPractice } from './in-sandbox.ts';

describe('an emulator that does not give back what it was sent', () => {
  it('leaves unknown what is in place, and is not waited for as AWS is', async () => {
    const practice = await aPractice({ replication: { requests: 1000 } });
    const spec = aSpec();
    const surroundings = { ...practice.surroundings, endpoint: 'http://127.0.0.1:5000' };
    const connections = await practice.connect(spec);
    const { changes } = planApply(await observe(connections, spec), spec);
    const written = { versions: new Versions(), signal: new AbortController().signal };
    await applyChanges(changes, { connections, surroundings, ...written });
    const started = practice.sandbox.clock.now();
    await expect(readBack(spec, connections, surroundings, planApply, written)).rejects.toMatchObject({
      outcome: 'unknown',
      code: 'not-kept',
      message: expect.stringContaining('http://127.0.0.1:5000 does not return it as sent'),
    });
    expect(practice.sandbox.clock.now() - started).toBeLessThan(30_000);
  });
});

describe('an endpoint that answers GetBucketRequestPayment with another document', () => {
  const spec = aSpec();
  const { account, bucket } = spec.source;
  const observed = (requestPayment: BucketState['requestPayment']): State => ({
    accounts: { [account]: { roles: {}, keys: {}, buckets: { [bucket]: aBucket({ requestPayment }) } } },
  });

  it.each([
    ['is named before the first write', 'unknown', 'http://127.0.0.1:5000', 'not-like-s3'],
    ['is left alone where it answers as S3 does', 'BucketOwner', 'http://127.0.0.1:5000', undefined],
    ['is left alone where the requester pays', 'Requester', 'http://127.0.0.1:5000', undefined],
    ["is left alone where it is AWS's", 'unknown', undefined, undefined],
  ] as const)('%s', (_, requestPayment, endpoint, code) => {
    expect(checkLikeS3(observed(requestPayment), spec, endpoint)?.code).toBe(code);
  });

  it('cannot be known where no bucket is there yet', () => {
    expect(checkLikeS3(nothing, spec, 'http://127.0.0.1:5000')).toBeUndefined();
  });
});

describe('who answers in the place of AWS', () => {
  it.each([
    [{}, undefined],
    [{ AWS_ENDPOINT_URL: 'http://user:secret@localhost:4566/x' }, 'http://localhost:4566'],
    [
      { AWS_ENDPOINT_URL: 'http://localhost:1', AWS_ENDPOINT_URL_S3: 'https://minio.example:9000' },
      'https://minio.example:9000',
    ],
    [{ AWS_ENDPOINT_URL_S3: 'https://bucket.vpce-1a2b-3c4d.s3.eu-west-1.vpce.amazonaws.com' }, undefined],
    [{ AWS_ENDPOINT_URL: 'https://s3.cn-north-1.amazonaws.com.cn' }, undefined],
    [{ AWS_ENDPOINT_URL: 'no URL' }, undefined],
    [{ AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_ENDPOINT_URL_S3: '' }, 'http://localhost:4566'],
  ])('%j: %s', (env, origin) => {
    expect(foreignEndpoint(env)).toBe(origin);
  });
});
