/** Which versions a generated manifest lists. */
import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { aReplicationRule, makeKey, type Pair, SRC } from '../replicating.ts';
import { backfillingPair, putOld, startJob, updateStatus } from './backfilling.ts';

let sandbox: Sandbox;
let pair: Pair;

beforeEach(async () => {
  sandbox = await openSandbox();
  pair = await backfillingPair(sandbox, { source: { customerKeys: true } });
});

/** The keys that a job lists, once for each version. */
async function listed(Filter: JobManifestGeneratorFilter): Promise<readonly string[]> {
  const id = await startJob(sandbox, { Filter, ConfirmationRequired: true });
  await sandbox.clock.sleep(20_000);
  const keys = sandbox.state.jobs[id]?.tasks?.map(([key]) => key) ?? [];
  if (keys.length > 0) await updateStatus(sandbox, id, 'Cancelled');
  await sandbox.clock.sleep(5000);
  return keys;
}

const key = Buffer.alloc(32, 'k');
const customerKey = {
  SSECustomerAlgorithm: 'AES256',
  SSECustomerKey: key.toString('base64'),
  SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
};

describe('a manifest lists', () => {
  test('versions by their status, and replicas only where REPLICA is asked for', async () => {
    const [, replica = ''] = await putOld(pair, ['none', 'replica']);
    await pair.put('completed');
    await pair.setPolicy({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:ReplicateObject',
      Resource: 'arn:aws:s3:::dst/*',
    });
    await pair.put('failed');
    const objects = sandbox.state.buckets.src?.objects.replica;
    const [version] = objects ?? [];
    expect(version?.versionId).toBe(replica);
    if (objects !== undefined && version !== undefined) objects[0] = { ...version, replication: 'REPLICA' };
    const hasStatus = (...statuses: ('NONE' | 'FAILED' | 'COMPLETED' | 'REPLICA')[]) =>
      listed({ ObjectReplicationStatuses: statuses });
    expect(await hasStatus('NONE')).toEqual(['none']);
    expect(await hasStatus('FAILED', 'COMPLETED')).toEqual(['completed', 'failed']);
    expect(await hasStatus('REPLICA')).toEqual(['replica']);
    expect(await listed({})).toEqual(['completed', 'failed', 'none']);
  });

  test('what is PENDING only where no status is asked for', async () => {
    sandbox = await openSandbox({ lag: { objectReplicated: 3_600_000 } });
    pair = await backfillingPair(sandbox);
    await pair.put('pending');
    expect(await listed({})).toEqual(['pending']);
    expect(await listed({ ObjectReplicationStatuses: ['NONE', 'FAILED', 'COMPLETED', 'REPLICA'] })).toEqual([]);
  });

  test('noncurrent versions too', async () => {
    await putOld(pair, ['key', 'key', 'other']);
    expect(await listed({})).toEqual(['key', 'key', 'other']);
  });

  test('what its rules would replicate, where only that is asked for', async () => {
    const key = await makeKey(sandbox);
    const rules = [
      aReplicationRule({ Filter: { Prefix: 'in/' } }),
      aReplicationRule({ ID: 'off', Priority: 2, Filter: { Prefix: 'off/' }, Status: 'Disabled' }),
      aReplicationRule({ ID: 'tag', Priority: 3, Filter: { Tag: { Key: 'a', Value: 'b' } } }),
    ];
    const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key } as const;
    const objects = [
      'in/plain',
      'out/plain',
      'off/plain',
      { Key: 'out/tagged', Tagging: 'a=b' },
      { Key: 'in/kms', ...kms },
      { Key: 'in/glacier', StorageClass: 'GLACIER' },
      { Key: 'in/deep', StorageClass: 'DEEP_ARCHIVE' },
      { Key: 'in/instant', StorageClass: 'GLACIER_IR' },
    ] as const;
    await putOld(pair, objects, rules);
    expect(await listed({ EligibleForReplication: true })).toEqual(['in/instant', 'in/plain', 'out/tagged']);
    expect(await listed({ EligibleForReplication: false })).toHaveLength(objects.length);
    expect(await listed({})).toHaveLength(objects.length);
  });

  test('delete markers, where a rule replicates them', async () => {
    await putOld(pair, ['key']);
    await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'key' }));
    const eligible = () => listed({ EligibleForReplication: true });
    expect(await eligible()).toEqual(['key']);
    await pair.setRules(aReplicationRule({ DeleteMarkerReplication: { Status: 'Enabled' } }));
    expect(await eligible()).toEqual(['key', 'key']);
    expect(await listed({ ObjectSizeGreaterThanBytes: 0 })).toEqual(['key']);
    expect(await listed({ MatchAnyStorageClass: ['STANDARD'] })).toEqual(['key']);
  });

  test('what was created between two times', async () => {
    await putOld(pair, ['first']);
    await sandbox.clock.sleep(60_000);
    const after = new Date(Math.ceil(sandbox.clock.now() / 1000) * 1000);
    await sandbox.clock.sleep(60_000);
    await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'second', Body: 'x' }));
    expect(await listed({ CreatedAfter: after })).toEqual(['second']);
    expect(await listed({ CreatedBefore: after })).toEqual(['first']);
  });

  test('keys by prefix, suffix and what is in between', async () => {
    await putOld(pair, ['logs/a.gz', 'logs/b.txt', 'x/a.gz', 'x/logs/c.gz']);
    const named = (KeyNameConstraint: JobManifestGeneratorFilter['KeyNameConstraint']) => listed({ KeyNameConstraint });
    expect(await named({ MatchAnyPrefix: ['logs/'] })).toEqual(['logs/a.gz', 'logs/b.txt']);
    expect(await named({ MatchAnySuffix: ['.gz'] })).toEqual(['logs/a.gz', 'x/a.gz', 'x/logs/c.gz']);
    expect(await named({ MatchAnySubstring: ['/logs/'] })).toEqual(['x/logs/c.gz']);
    expect(await named({ MatchAnyPrefix: ['logs/'], MatchAnySuffix: ['.gz'] })).toEqual(['logs/a.gz']);
  });

  test('sizes above and below, without the limits', async () => {
    const sized = [1, 5, 10].map((size) => ({ Key: `size-${size}`, Body: 'x'.repeat(size) }));
    await putOld(pair, sized);
    expect(await listed({ ObjectSizeGreaterThanBytes: 5 })).toEqual(['size-10']);
    expect(await listed({ ObjectSizeLessThanBytes: 5 })).toEqual(['size-1']);
    expect(await listed({ ObjectSizeGreaterThanBytes: 1, ObjectSizeLessThanBytes: 10 })).toEqual(['size-5']);
  });

  test('storage classes', async () => {
    await putOld(pair, [
      'standard',
      { Key: 'ia', StorageClass: 'STANDARD_IA' },
      { Key: 'ice', StorageClass: 'GLACIER' },
    ]);
    expect(await listed({ MatchAnyStorageClass: ['STANDARD_IA', 'GLACIER'] })).toEqual(['ia', 'ice']);
  });

  test('encryptions, keys and Bucket Keys', async () => {
    const [one, two] = [await makeKey(sandbox), await makeKey(sandbox)];
    const kms = (Key: string, SSEKMSKeyId: string, BucketKeyEnabled = false) =>
      ({ Key, ServerSideEncryption: 'aws:kms', SSEKMSKeyId, BucketKeyEnabled }) as const;
    const objects = [
      'plain',
      kms('one', one),
      kms('one-bucket-key', one, true),
      kms('two', two),
      { Key: 'dsse', ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: one },
      { Key: 'customer', ...customerKey },
    ] as const;
    await putOld(pair, objects);
    type Encryption = NonNullable<JobManifestGeneratorFilter['MatchAnyObjectEncryption']>[number];
    const encrypted = (encryption: Encryption) => listed({ MatchAnyObjectEncryption: [encryption] });
    expect(await encrypted({ SSES3: {} })).toEqual(['plain']);
    expect(await encrypted({ SSEC: {} })).toEqual(['customer']);
    expect(await encrypted({ DSSEKMS: {} })).toEqual(['dsse']);
    expect(await encrypted({ NOTSSE: {} })).toEqual([]);
    expect(await encrypted({ SSEKMS: {} })).toEqual(['one', 'one-bucket-key', 'two']);
    expect(await encrypted({ SSEKMS: { KmsKeyArn: one, BucketKeyEnabled: true } })).toEqual(['one-bucket-key']);
    expect(await encrypted({ SSEKMS: { KmsKeyArn: two } })).toEqual(['two']);
  });
});
