import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyReplication } from '../../src/verify/verify.ts';
import { aDestination, aRule, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';
import { FakeS3, Refused, replicaKey, setUp, spec, withRule } from './fake-s3.ts';

let aws: FakeS3;
beforeEach(() => {
  aws = new FakeS3();
});
afterEach(() => aws.mock.restore());

const verify = (change = {}) => verifyReplication(aws.work(change), '.s3repl-canary/');
const told = (type: string) => aws.events.filter((event) => event.type === type);

describe('a canary that arrives', () => {
  it('is written with the default encryption and its checksum, waited for, looked at, and removed on both sides', async () => {
    expect(await verify()).toMatchObject({
      outcome: 'verified',
      summary: '2 objects were written, arrived as configured, and removed again',
    });
    const { Key, Body, ...input } = aws.mock.commandCalls(PutObjectCommand)[0]?.args[0].input ?? {};
    expect(Key).toMatch(/^\.s3repl-canary\/[0-9a-f]{24}$/);
    expect(input).toEqual({
      Bucket: 'acme-invoices',
      ContentType: 'text/plain',
      ChecksumSHA256: createHash('sha256').update(String(Body)).digest('base64'),
      ExpectedBucketOwner: SOURCE,
    });
    const calls = aws.calls().filter((call, index, all) => call !== all[index - 1]);
    expect(calls).toEqual([
      'PutObject acme-invoices',
      'HeadObject acme-invoices v1',
      'HeadObject acme-invoices-replica v1',
      'DeleteObject acme-invoices',
      'ListObjectVersions acme-invoices-replica',
      'ListObjectVersions acme-invoices',
      'DeleteObject acme-invoices v3',
      'DeleteObject acme-invoices v1',
      'ListObjectVersions acme-invoices-replica',
      'DeleteObject acme-invoices-replica v3',
      'DeleteObject acme-invoices-replica v1',
    ]);
    expect(aws.left()).toEqual([]);
  });

  it('is told with the time that it and its delete marker took, and while it is waited for', async () => {
    await verify();
    const common = { rule: 'all', destination: 'acme-invoices-replica', outcome: 'replicated', seconds: 13 };
    expect(told('canary')).toMatchObject([{ ...common, deleteMarkerSeconds: 13 }, common]);
    expect(told('pending').slice(1, 3)).toMatchObject([
      { resource: 'tagged canary of rule all', seconds: 0 },
      { resource: 'canary of rule all', seconds: 1 },
    ]);
  });

  it('has one beside it with our tag, which arrives with it, and puts no delete marker', async () => {
    expect((await verify()).outcome).toBe('verified');
    expect(aws.mock.commandCalls(PutObjectCommand)[1]?.args[0].input.Tagging).toBe('s3repl=invoices-dr');
    expect(aws.calls(aws.keys()[1])).toContain('GetObjectTagging acme-invoices-replica v2');
    expect(aws.calls(aws.keys()[1])).not.toContain('DeleteObject acme-invoices');
    expect(told('canary')[1]).toMatchObject({ tags: { s3repl: 'invoices-dr' }, outcome: 'replicated' });
    expect(told('canary')[1]).not.toHaveProperty('deleteMarkerSeconds');
  });

  it('leaves something unproven, which is said', async () => {
    const { notTried } = (await verify()) as { notTried?: readonly string[] };
    expect(notTried).toEqual([
      'objects with other keys or other tags',
      'encryption that a writer asks for instead of the default',
      'objects without an S3 Bucket Key',
      'large objects (multipart uploads)',
      'objects with Object Lock settings',
    ]);
  });

  it.each(['a*/', '/x/'])('under the prefix %s proves no more than what begins so', async (prefix) => {
    expect(await verify(withRule(aRule({ prefix }), { Prefix: prefix }))).toMatchObject({
      outcome: 'verified',
      summary: expect.stringMatching(/removed again; rule all was tested only for keys that begin with "[^"]+"$/),
    });
  });

  it('has no delete marker where the rule replicates none, and the tags of the rule', async () => {
    const rule = aRule({ deleteMarkers: false, tags: { team: 'tax & billing' } });
    const { spec: tagged, state } = withRule(rule, { Tag: { Key: 'team', Value: 'tax & billing' } });
    expect(await verify({ spec: tagged, state })).toMatchObject({ outcome: 'verified' });
    expect(aws.mock.commandCalls(PutObjectCommand)[0]?.args[0].input.Tagging).toBe(
      's3repl=invoices-dr&team=tax%20%26%20billing',
    );
    expect(aws.keys()).toHaveLength(1);
    expect(aws.calls()).not.toContain('DeleteObject acme-invoices');
  });

  it('is looked at without its checksum by who may not decrypt it: the ETag says whether it is the same', async () => {
    aws.refuse = (operation, bucket, input) =>
      operation === 'HeadObject' && bucket === 'acme-invoices-replica' && input.ChecksumMode
        ? new Refused(403)
        : undefined;
    expect((await verify()).outcome).toBe('verified');
    aws.replica = { ETag: '"another"' };
    expect((await verify()).outcome).toBe('blocked');
  });
});

describe('a canary that does not arrive', () => {
  it('and is FAILED, is diagnosed while it is still there, and then removed: blocked', async () => {
    aws.status = 'FAILED';
    expect(await verify()).toMatchObject({ outcome: 'blocked', error: { code: 'canary-failed' } });
    expect(aws.diagnosed.toSorted()).toEqual(['v1 true', 'v2 true']);
    expect(aws.left()).toEqual([]);
    expect(told('canary')).toMatchObject([{ outcome: 'failed' }, { outcome: 'failed' }]);
  });

  it('and is still PENDING at the time limit, says nothing: unknown, and what may still come is named', async () => {
    aws.seconds = 10_000;
    expect(await verify()).toMatchObject({ outcome: 'unknown', error: { code: 'canary-pending' } });
    expect(aws.now).toBe(900_000);
    expect(aws.left()).toEqual([]);
    expect(told('warning')).toMatchObject(
      ['v1', 'v2'].map((id) => ({
        code: 'canary-left',
        message: expect.stringContaining('its replica, should it still arrive'),
        fix: `run in account ${DESTINATION}:`,
        paste: expect.stringMatching(
          `^aws s3api delete-object --bucket acme-invoices-replica --key \\S+ --version-id ${id} --region eu-central-1$`,
        ),
      })),
    );
  });

  it('and has no status, was not selected: blocked after a minute, not after the time limit', async () => {
    aws.status = undefined;
    expect(await verify()).toMatchObject({ outcome: 'blocked' });
    expect(aws.now).toBeLessThan(80_000);
    expect(told('canary')).toMatchObject([{ outcome: 'not-selected' }, { outcome: 'not-selected' }]);
  });

  it('but its delete marker does not: unknown', async () => {
    aws.onSleep = () => {
      const marked = aws.mock.commandCalls(DeleteObjectCommand).some(({ args: [{ input }] }) => !input.VersionId);
      if (marked) aws.seconds = 10_000;
    };
    expect(await verify()).toMatchObject({
      outcome: 'unknown',
      error: { message: expect.stringMatching(/by rule all$/) },
    });
    expect(told('canary')[0]).toMatchObject({ outcome: 'delete-marker-pending' });
    expect(aws.left()).toEqual([]);
  });
});

describe('a replica that is not as it should be', () => {
  it.each([
    ['is no replica', { ReplicationStatus: undefined }],
    ['is encrypted with another key', { SSEKMSKeyId: `${replicaKey.slice(0, -1)}0` }],
    ['is not encrypted with KMS', { ServerSideEncryption: 'AES256', SSEKMSKeyId: undefined }],
    ['has another content', { ChecksumSHA256: 'other' }],
  ] as const)('blocks, and is removed: it %s', async (_, replica) => {
    aws.replica = replica as typeof aws.replica;
    expect(await verify()).toMatchObject({ outcome: 'blocked', error: { code: 'canary-failed' } });
    expect(aws.left()).toEqual([]);
  });

  it('blocks where it belongs to the account of the source in spite of the owner override', async () => {
    const bucket = bucketOf(setUp, DESTINATION, 'acme-invoices-replica');
    if (!bucket) throw new Error('no bucket');
    const withAcls = { ...bucket, ownership: 'ObjectWriter' as const };
    const state = put(setUp, DESTINATION, 'buckets', 'acme-invoices-replica', withAcls);
    expect((await verify({ state })).outcome).toBe('verified');
    aws.owners['acme-invoices-replica'] = 'source-id';
    expect((await verify({ state })).outcome).toBe('blocked');
    expect(told('canary').at(-1)).toMatchObject({ faults: [expect.stringContaining('owner override')] });
  });
});

describe('what was written is removed', () => {
  it('after Ctrl-C, by calls that Ctrl-C does not stop', async () => {
    aws.onSleep = () => aws.controller.abort();
    await expect(verify()).rejects.toMatchObject({ outcome: 'cancelled' });
    expect(aws.left()).toEqual([]);
  });

  it('and where nothing was written yet when the run was stopped, that it was stopped is what is told', async () => {
    aws.controller.abort();
    await expect(verify()).rejects.toMatchObject({ outcome: 'cancelled' });
    expect(aws.mock.commandCalls(PutObjectCommand)).toEqual([]);
  });

  it('after an error in between, which is the one that is told', async () => {
    aws.refuse = (operation, bucket) =>
      operation === 'HeadObject' && bucket === 'acme-invoices-replica' ? new Refused(403) : undefined;
    await expect(verify()).rejects.toThrow('refused with 403');
    expect(aws.left()).toEqual([]);
  });

  it('after an answer that was lost: whatever bears the random key', async () => {
    const put = aws.mock.commandCalls(PutObjectCommand);
    aws.refuse = (operation) => {
      if (operation !== 'PutObject' || put.length > 1) return undefined;
      aws.buckets.get('acme-invoices')?.push({
        id: 'lost',
        key: String(aws.mock.commandCalls(PutObjectCommand)[0]?.args[0].input.Key),
        marker: false,
        at: 0,
      });
      return Object.assign(new Error('reset'), { name: 'TimeoutError' });
    };
    await expect(verify()).rejects.toThrow('reset');
    expect(aws.left()).toEqual([]);
  });

  it('by the version IDs that are known where nobody may list', async () => {
    aws.refuse = (operation) => (operation === 'ListObjectVersions' ? new Refused(403) : undefined);
    const unmarked = {
      spec: aSpec({
        ...spec,
        destinations: spec.destinations.map((side) => ({ ...side, rules: [aRule({ deleteMarkers: false })] })),
      }),
    };
    expect(await verify(unmarked)).toMatchObject({ outcome: 'verified' });
    expect(aws.left()).toEqual([]);
  });

  it('or is named with the command that removes it', async () => {
    aws.refuse = (operation, bucket, input) =>
      operation === 'DeleteObject' && bucket === 'acme-invoices-replica' && input.VersionId === 'v1'
        ? new Refused(403)
        : undefined;
    expect(await verify()).toMatchObject({ outcome: 'verified' });
    expect(told('warning')).toMatchObject([
      {
        code: 'canary-left',
        message: expect.stringContaining(`account ${DESTINATION}`),
        paste: expect.stringContaining('--version-id v1'),
      },
    ]);
  });

  it('and nothing is touched where nothing was written', async () => {
    aws.refuse = (operation) => (operation === 'PutObject' ? new Refused(403) : undefined);
    await expect(verify()).rejects.toThrow('refused with 403');
    expect(aws.keys().map((key) => aws.calls(key))).toEqual([['PutObject acme-invoices'], ['PutObject acme-invoices']]);
  });
});

describe('a canary is not written', () => {
  it('where the default retention of a bucket would keep it', async () => {
    const bucket = bucketOf(setUp, DESTINATION, 'acme-invoices-replica');
    if (!bucket) throw new Error('no bucket');
    const state = put(setUp, DESTINATION, 'buckets', 'acme-invoices-replica', { ...bucket, objectLock: 'Enabled' });
    aws.retention = true;
    await expect(verify({ state })).rejects.toMatchObject({
      outcome: 'blocked',
      code: 'default-retention',
      fix: expect.stringContaining('--no-canary'),
    });
    expect(aws.mock.commandCalls(PutObjectCommand)).toEqual([]);
    aws.retention = false;
    expect((await verify({ state })).outcome).toBe('verified');
  });

  it('where no rule is in force; and that proves nothing', async () => {
    const off = aSpec({ destinations: [aDestination({ rules: [aRule({ enabled: false })] })] });
    expect(await verify({ spec: off })).toMatchObject({ outcome: 'blocked', error: { code: 'no-rule-in-force' } });
  });
});

describe('several rules', () => {
  it('have their canaries side by side; the worst end counts', async () => {
    const rules = [aRule({ id: 'tax', prefix: 'tax/', priority: 2 }), aRule({ priority: 1 })];
    const two = aSpec({ ...spec, destinations: spec.destinations.map((side) => ({ ...side, rules })) });
    const bucket = bucketOf(setUp, SOURCE, 'acme-invoices');
    const [rule] = bucket?.replication?.Rules ?? [];
    if (!bucket?.replication || !rule) throw new Error('no rules');
    const tax = { ...rule, ID: 's3repl.invoices-dr.tax', Priority: 2, Filter: { Prefix: 'tax/' } };
    const replication = { ...bucket.replication, Rules: [tax, { ...rule, Priority: 1 }] };
    const state = put(setUp, SOURCE, 'buckets', 'acme-invoices', { ...bucket, replication });
    expect(await verify({ spec: two, state })).toMatchObject({
      outcome: 'verified',
      summary: expect.stringContaining('4 objects'),
    });
    expect(aws.now).toBeLessThan(60_000);
    expect(aws.left()).toEqual([]);

    aws.refuse = (operation, bucketName, input) =>
      operation === 'HeadObject' && bucketName === 'acme-invoices-replica' && String(input.Key).startsWith('tax/')
        ? new Refused(404)
        : undefined;
    expect(await verify({ spec: two, state })).toMatchObject({
      outcome: 'blocked',
      error: { message: expect.stringContaining('by rule tax') },
    });
    expect(told('canary').slice(4)).toMatchObject(
      ['failed', 'failed', 'replicated', 'replicated'].map((outcome) => ({ outcome })),
    );
  });
});
