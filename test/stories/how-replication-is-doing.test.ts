import {
  DeleteBucketCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  ListObjectVersionsCommand,
  PutBucketReplicationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type ReplicationRule,
} from '@aws-sdk/client-s3';
import { UpdateJobStatusCommand } from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, it } from 'vitest';
import { anApplied, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { makeOurJobRole, putOldObject, startOurJob } from '../sandbox/jobs/our-job.ts';
import { makeBucket } from '../sandbox/make-bucket.ts';
import { hourMs, type LookOptions, lookAt, minuteMs, sleepUntil } from '../status/look.ts';
import { changePolicy } from './change-policy.ts';

const spec = aSpec();
const Bucket = spec.source.bucket;
const replicas = 'acme-invoices-replica';
const ours = 's3repl.invoices-dr.all';

let practice: Practice;
beforeEach(async () => {
  practice = await anApplied(spec);
});

const source = () => clientsOf(practice.sandbox, SOURCE).s3;
const destination = () => clientsOf(practice.sandbox, DESTINATION, 'eu-central-1').s3;
const pass = (ms: number) => practice.sandbox.clock.sleep(ms);
const look = async (options: LookOptions = {}) => (await lookAt(practice.sandbox, spec, options)).status;

/** With the time that replication takes, and the end of its minute. */
async function put(...keys: readonly string[]): Promise<void> {
  for (const Key of keys) await source().send(new PutObjectCommand({ Bucket, Key, Body: 'content' }));
  await pass(2 * minuteMs);
}

async function changeRules(change: (rules: readonly ReplicationRule[]) => readonly ReplicationRule[]): Promise<void> {
  const { ReplicationConfiguration: now } = await source().send(new GetBucketReplicationCommand({ Bucket }));
  const ReplicationConfiguration = { Role: now?.Role, Rules: [...change(now?.Rules ?? [])] };
  await source().send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
}

const withMetrics = (Status: 'Enabled' | 'Disabled') =>
  changeRules((rules) =>
    rules.map((rule) => {
      const { ReplicationTime: _, ...rest } = rule.Destination ?? { Bucket: '' };
      return { ...rule, Destination: { ...rest, Bucket: rule.Destination?.Bucket, Metrics: { Status } } };
    }),
  );

/** Lets the destination deny an action, while something is done. */
async function denying(Action: string, work: () => Promise<void>): Promise<void> {
  const deny = { Sid: 'NotNow', Effect: 'Deny', Principal: '*', Action, Resource: `arn:aws:s3:::${replicas}/*` };
  await changePolicy(destination(), replicas, (statements) => [...statements, deny]);
  await work();
  await changePolicy(destination(), replicas, (statements) => statements.filter(({ Sid }) => Sid !== 'NotNow'));
}

describe('the newest versions', () => {
  it('one that FAILED is a reason, also where nothing failed in the last hour by the metrics', async () => {
    await put('a');
    await denying('s3:ReplicateObject', () => put('b'));
    await pass(2 * hourMs);
    expect(await look()).toMatchObject({
      outcome: 'blocked',
      reasons: [{ kind: 'sample-failed', key: 'b' }],
      sample: { counts: { COMPLETED: 1, FAILED: 1 }, newest: { key: 'b', status: 'FAILED' } },
      rules: [{ failed: { count: 1, operations: 2, recent: 0 } }],
    });
  });

  it('show what lost only its tags, which no metric counts as failed', async () => {
    await denying('s3:ReplicateTags', async () => {
      await source().send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'content', Tagging: 'team=a' }));
      await pass(2 * minuteMs);
    });
    const status = await look();
    expect(status.rules).toMatchObject([{ failed: { count: 0, operations: 1 } }]);
    expect(status).toMatchObject({ outcome: 'blocked', reasons: [{ kind: 'sample-failed', key: 'a' }] });
  });

  it('one whose tags were changed and did not arrive is FAILED, too', async () => {
    await put('a');
    await denying('s3:ReplicateTags', async () => {
      const Tagging = { TagSet: [{ Key: 'team', Value: 'b' }] };
      await source().send(new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging }));
      await pass(2 * minuteMs);
    });
    expect(await look()).toMatchObject({ outcome: 'blocked', sample: { newest: { key: 'a', status: 'FAILED' } } });
  });

  it('are without delete markers, which have no status, and which the metrics count', async () => {
    await put('a');
    await source().send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    await pass(2 * minuteMs);
    expect(await look()).toMatchObject({
      outcome: 'healthy',
      sample: { counts: { COMPLETED: 1, none: 0 }, newest: { key: 'a' } },
      rules: [{ failed: { count: 0, operations: 2 } }],
    });
  });

  it('show what waits longest', async () => {
    practice = await anApplied(spec, { objectReplicated: hourMs });
    await source().send(new PutObjectCommand({ Bucket, Key: 'first', Body: 'content' }));
    await pass(10 * minuteMs);
    await source().send(new PutObjectCommand({ Bucket, Key: 'second', Body: 'more content' }));
    await pass(10 * minuteMs);
    const status = await look();
    expect(status).toMatchObject({
      outcome: 'healthy',
      sample: { counts: { PENDING: 2 }, oldestPending: { key: 'first' } },
      rules: [{ failed: 'none', pending: { operations: 2, bytes: 19, worst: 2, isStale: false } }],
    });
    const [rule] = status.rules;
    expect(rule).toMatchObject({ latency: { seconds: expect.any(Number) } });
    const waited = rule?.latency as { readonly seconds: number };
    expect(waited.seconds).toBeGreaterThan(18 * 60);
    expect(waited.seconds).toBeLessThanOrEqual(20 * 60);
  });
});

describe('the configuration', () => {
  it('a rule that somebody has disabled is a reason, and counts nothing', async () => {
    await put('a');
    await changeRules((rules) => rules.map((rule) => ({ ...rule, Status: 'Disabled' })));
    expect(await look()).toMatchObject({
      outcome: 'blocked',
      reasons: [{ kind: 'rule-off', rule: ours, state: 'disabled' }, { kind: 'differs' }],
      rules: [{ state: 'disabled', failed: 'off', pending: 'off', latency: 'off' }],
    });
    // Without repl.yaml nobody says that it is meant to be enabled.
    expect(await look({ bucket: Bucket })).toMatchObject({ outcome: 'blocked', reasons: [{ kind: 'no-rule' }] });
  });

  it('a rule that somebody has deleted is missing, and a bucket without any rule is one without replication', async () => {
    await put('a');
    await source().send(new DeleteBucketReplicationCommand({ Bucket }));
    expect(await look()).toMatchObject({
      outcome: 'blocked',
      reasons: [{ kind: 'rule-off', rule: ours, state: 'missing' }, { kind: 'differs' }],
      rules: [{ rule: ours, destination: replicas, state: 'missing', failed: 'off' }],
    });
    expect(await look({ bucket: Bucket })).toMatchObject({ outcome: 'blocked', reasons: [{ kind: 'no-rule' }] });
  });

  it("a neighbor's rule that fails is shown, and does not count beside ours", async () => {
    const own = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'ours/' })] })] });
    practice = await anApplied(own);
    await makeBucket(practice.sandbox, 'theirs', { versioning: 'Enabled' });
    const SseKmsEncryptedObjects = { Status: 'Enabled' } as const;
    const ReplicaKmsKeyID = `arn:aws:kms:eu-west-1:${SOURCE}:key/11111111-2222-3333-4444-555555555555`;
    const theirs: ReplicationRule = {
      ID: 'theirs',
      Priority: 99,
      Status: 'Enabled',
      Filter: { Prefix: 'theirs/' },
      DeleteMarkerReplication: { Status: 'Disabled' },
      SourceSelectionCriteria: { SseKmsEncryptedObjects },
      Destination: {
        Bucket: 'arn:aws:s3:::theirs',
        Metrics: { Status: 'Enabled' },
        EncryptionConfiguration: { ReplicaKmsKeyID },
      },
    };
    await changeRules((rules) => [...rules, theirs]);
    await put('ours/a', 'theirs/a', 'theirs/b');
    const beside = (await lookAt(practice.sandbox, own)).status;
    expect(beside).toMatchObject({ outcome: 'healthy', reasons: [] });
    expect(beside.rules.toSorted((a, b) => (a.rule < b.rule ? -1 : 1))).toMatchObject([
      { rule: ours, counts: true, failed: { count: 0, operations: 1 } },
      { rule: 'theirs', destination: 'theirs', counts: false, failed: { count: 2, operations: 2, recent: 2 } },
    ]);
    // Of the bucket as it is, every rule counts.
    const all = (await lookAt(practice.sandbox, own, { bucket: Bucket })).status;
    expect(all.outcome).toBe('blocked');
    expect(all.reasons[0]).toMatchObject({ kind: 'failed', rule: 'theirs', count: 2 });
  });

  it('of two destinations, one whose account nobody is signed in to is not compared, and its numbers are there', async () => {
    const far = aDestination({ id: 'destinations[1]', account: '333333333333', region: 'us-east-2', bucket: 'far' });
    const two = aSpec({ destinations: [aDestination(), { ...far, rules: [aRule({ id: 'far' })] }] });
    practice = await anApplied(two);
    await put('a');
    expect((await lookAt(practice.sandbox, two)).status).toMatchObject({ outcome: 'healthy' });
    const { status } = await lookAt(practice.sandbox, two, { without: 'destinations[1]' });
    expect(status).toMatchObject({
      outcome: 'unknown',
      reasons: [{ kind: 'unread', what: 'configuration', why: 'nobody is signed in to account 333333333333' }],
    });
    expect(status.rules).toHaveLength(2);
    for (const rule of status.rules)
      expect(rule).toMatchObject({ failed: { count: 0, operations: 1 }, pending: { operations: 0 } });
    expect(status.rules.map(({ region }) => region).sort()).toEqual(['eu-central-1', 'us-east-2']);
  });
});

describe('the metrics', () => {
  it('switched off at noon are off, and switched on again at one leave a gap', async () => {
    await sleepUntil(practice.sandbox, '11:00');
    await put('a');
    await sleepUntil(practice.sandbox, '12:00');
    await withMetrics('Disabled');
    await put('b');
    await sleepUntil(practice.sandbox, '13:00');
    const off = await look({ bucket: Bucket });
    expect(off).toMatchObject({ outcome: 'healthy', rules: [{ failed: 'off', pending: 'off', heard: false }] });
    await withMetrics('Enabled');
    await pass(30 * minuteMs);
    const on = await look({ bucket: Bucket });
    const noon = Math.floor(on.period.to / (24 * hourMs)) * 24 * hourMs + 12 * hourMs;
    expect(on.rules).toMatchObject([
      {
        failed: { count: 0, operations: 1 },
        pending: { operations: 0, isStale: false, gaps: [{}, { from: noon, to: noon + hourMs }] },
      },
    ]);
  });

  it('switched off are a gap in what is known, where not every version of the last hour was looked at', async () => {
    await withMetrics('Disabled');
    for (let at = 0; at < 101; at++) await source().send(new PutObjectCommand({ Bucket, Key: `${at}`, Body: 'x' }));
    await pass(2 * minuteMs);
    expect(await look({ bucket: Bucket })).toMatchObject({
      outcome: 'unknown',
      reasons: [{ kind: 'no-metrics', rule: ours }],
      sample: { isAll: false, counts: { COMPLETED: 100 } },
    });
    await pass(hourMs);
    await put('one more');
    expect(await look({ bucket: Bucket })).toMatchObject({ outcome: 'healthy', reasons: [] });
  });

  it('of a destination bucket that is gone cannot be read, and are not zero', async () => {
    await put('a');
    await deleteReplicas();
    await pass(hourMs);
    const status = await look({ bucket: Bucket });
    expect(status).toMatchObject({ outcome: 'unknown', reasons: [{ kind: 'metrics-unread', rule: ours }] });
    expect(status.rules).toMatchObject([{ region: 'unknown', pending: { unread: expect.any(String) } }]);
    // By repl.yaml the Region is known: nothing is published there any more.
    expect((await look()).rules).toMatchObject([{ region: 'eu-central-1', pending: { isStale: true } }]);
  });
});

it('a job of S3 Batch Replication is there while it runs, and after', async () => {
  const { sandbox } = practice;
  await putOldObject(sandbox, 'old');
  await startOurJob(sandbox, spec, await makeOurJobRole(sandbox, spec));
  expect((await look()).jobs).toMatchObject([{ status: 'Preparing' }]);
  await pass(minuteMs);
  const [job] = Object.values(sandbox.state.jobs);
  await clientsOf(sandbox).s3Control.send(
    new UpdateJobStatusCommand({ AccountId: SOURCE, JobId: job?.id, RequestedJobStatus: 'Ready' }),
  );
  await pass(10 * minuteMs);
  expect(await look()).toMatchObject({
    outcome: 'healthy',
    jobs: [{ status: 'Complete', total: 1, succeeded: 1, failed: 0 }],
    rules: [{ failed: { count: 0, operations: 1 } }],
  });
  await pass(25 * hourMs);
  expect((await look()).jobs).toEqual([]);
});

async function deleteReplicas(): Promise<void> {
  const { Versions = [] } = await destination().send(new ListObjectVersionsCommand({ Bucket: replicas }));
  for (const { Key, VersionId } of Versions)
    await destination().send(new DeleteObjectCommand({ Bucket: replicas, Key, VersionId }));
  await destination().send(new DeleteBucketCommand({ Bucket: replicas }));
}
