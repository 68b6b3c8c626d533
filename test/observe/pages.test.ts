import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keysThatFit, listBuckets } from '../../src/observe/discover.ts';
import { readOwnKeys } from '../../src/observe/key.ts';
import { listVersions } from '../../src/observe/list-versions.ts';
import { pagesOf } from '../../src/observe/pages.ts';
import { readRole } from '../../src/observe/role.ts';

const options = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
const at = { kms: new KMSClient(options), iam: new IAMClient(options), s3: new S3Client(options) };

/** Every answer names a next page. */
function endless(token: () => string) {
  const AssumeRolePolicyDocument = encodeURIComponent('{"Statement":[]}');
  for (const client of Object.values(at)) {
    const mock = mockClient(client as S3Client);
    onTestFinished(() => mock.restore());
    mock.onAnyCommand().callsFake(async () => {
      const Marker = token();
      return {
        ...{ Truncated: true, IsTruncated: true, NextMarker: Marker, Marker, ContinuationToken: Marker },
        ...{ NextKeyMarker: Marker, Keys: [], Aliases: [], PolicyNames: [], AttachedPolicies: [], Buckets: [] },
        ...{ Versions: [{ Key: Marker, VersionId: Marker }], Role: { Arn: 'arn', AssumeRolePolicyDocument } },
      };
    });
  }
}

const lists: Record<string, () => Promise<unknown>> = {
  ListKeys: () => readOwnKeys(at, 'invoices'),
  'ListKeys, ListAliases': () => keysThatFit(at),
  'ListRolePolicies, ListAttachedRolePolicies': () => readRole(at, 'replication'),
  ListBuckets: async () => {
    for await (const page of listBuckets(at)) expect(page).toEqual([]);
  },
};

describe.each(Object.entries(lists))('%s', (_, list) => {
  it('that names the same next page for ever ends', async () => {
    endless(() => 'again');
    await expect(list()).rejects.toMatchObject({
      code: 'endless-list',
      message: expect.stringMatching(/never ends: the same/),
    });
  });

  it('that names two pages in turn for ever ends', async () => {
    let count = 0;
    endless(() => {
      count += 1;
      return String(count % 2);
    });
    await expect(list()).rejects.toMatchObject({ code: 'endless-list' });
  });
});

it('a list of ever new pages ends', async () => {
  let count = 0;
  endless(() => {
    count += 1;
    return String(count);
  });
  await expect(readRole(at, 'replication')).rejects.toMatchObject({
    message: expect.stringMatching(/there are more than 100 pages/),
  });
  expect(count).toBeLessThan(500);
});

it('a list of versions without an end is known not to be complete', async () => {
  let count = 0;
  endless(() => {
    count += 1;
    return String(count);
  });
  const { versions, complete } = await listVersions(at, { Bucket: 'acme', ExpectedBucketOwner: '111111111111' });
  expect(complete).toBe(false);
  expect(versions).toHaveLength(10);
});

it('every page of a list that ends is given', async () => {
  async function* pages() {
    yield { NextMarker: 'b', n: 1 };
    yield { NextMarker: '', n: 2 };
    yield { n: 3 };
  }
  const given: number[] = [];
  for await (const { n } of pagesOf<{ NextMarker?: string; n: number }>(pages(), { list: 'all', most: 3 }))
    given.push(n);
  expect(given).toEqual([1, 2, 3]);
});
