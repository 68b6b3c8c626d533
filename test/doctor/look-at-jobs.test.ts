import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import type { JobSnapshot, Known, ObjectSnapshot, RoleSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import { aSpec } from '../builders.ts';
import { deny, healthy, plus, policy, rule, snapshotOf, source } from '../model/replication/world.ts';

const role = `arn:aws:iam::${source}:role/jobs`;
const reports = 's3://reports/r/job-1/';

function aJob(more: Partial<JobSnapshot> = {}): JobSnapshot {
  return {
    ...{ id: '1', status: 'Active', description: 'by hand', role },
    ...{ total: 10, succeeded: 3, failed: 0, reasons: [] },
    ...more,
  };
}

const trusting: Statement = {
  Effect: 'Allow',
  Principal: { Service: 'batchoperations.s3.amazonaws.com' },
  Action: 'sts:AssumeRole',
};
const initiates: Statement = { Effect: 'Allow', Action: 's3:InitiateReplication', Resource: 'arn:aws:s3:::src/*' };
const lists: Statement = {
  Effect: 'Allow',
  Action: ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'],
  Resource: 'arn:aws:s3:::src',
};

function aRole(more: Partial<RoleSnapshot> = {}): RoleSnapshot {
  return {
    trustPolicy: policy(trusting),
    inlinePolicies: { own: policy(initiates, lists) },
    attachedPolicies: {},
    permissionsBoundary: null,
    tags: {},
    ...more,
  };
}

interface Case {
  readonly jobs?: Known<readonly JobSnapshot[]>;
  readonly role?: RoleSnapshot | null | 'unknown';
  readonly objects?: readonly Partial<ObjectSnapshot>[];
  readonly bucketPolicy?: Statement;
}

const old: Partial<ObjectSnapshot> = { key: 'old', existedBeforeRule: 'unknown', replicationStatus: null };

function snapshotWith({ jobs, role: value = aRole(), objects = [old], bucketPolicy }: Case): Snapshot {
  const world = healthy();
  world.rules = [
    rule({ Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', Metrics: { Status: 'Enabled' } } }),
  ];
  world.src.notification = { QueueConfigurations: [{ Events: ['s3:Replication:*'] as never, QueueArn: 'q' }] };
  if (bucketPolicy) world.src.policy = plus(policy(), bucketPolicy);
  const snapshot = snapshotOf(world);
  const accounts = snapshot.accounts === 'unknown' ? {} : snapshot.accounts;
  const own = accounts[source];
  if (own === undefined || own === 'unknown' || own.roles === 'unknown') throw new Error('no account');
  return {
    ...snapshot,
    accounts: { ...accounts, [source]: { ...own, roles: { ...own.roles, [role]: value } } },
    objects: objects.map((more) => ({ ...world.object, ...more })),
    ...(jobs && { jobs }),
  };
}

const jobCauses = ({ causes }: Diagnosis) => causes.filter(({ check }) => check === 'C32');
const causesWith = (one: Case) => jobCauses(diagnose(snapshotWith(one)));
const statusWith = (one: Case) => diagnose(snapshotWith(one)).checks.find(({ check }) => check === 'C32')?.status;

describe('a job that is not over', () => {
  it.each<[Partial<JobSnapshot>, 'note' | 'warning', RegExp]>([
    [{ status: 'New' }, 'note', /^Job 1 of S3 Batch Replication is still listing the objects/],
    [{ status: 'Preparing' }, 'note', /is still listing the objects/],
    [{ status: 'Ready', succeeded: 0 }, 'note', /is about to copy objects of this bucket: 0 of 10 done, 0 failed\.$/],
    [{ status: 'Active' }, 'note', /is copying objects of this bucket: 3 of 10 done, 0 failed\.$/],
    [{ status: 'Active', failed: 2 }, 'warning', /: 5 of 10 done, 2 failed\.$/],
    [{ status: 'Completing', total: 1200 }, 'note', /: 3 of 1,200 done, 0 failed\.$/],
    [{ status: 'Cancelling' }, 'note', /^Job 1 of S3 Batch Replication is Cancelling: 3 of 10 done, 0 failed\.$/],
    [{ status: 'Draining' }, 'note', /^Job 1 of S3 Batch Replication is Draining: 3 of 10 done, 0 failed\.$/],
    [{ status: 'Paused' }, 'note', /is paused, because another job of the account has a higher priority: 3 of 10/],
    [
      { status: 'Suspended' },
      'warning',
      /waits for confirmation. Until somebody confirms it, it copies none of its 10 objects/,
    ],
  ])('%o is told as a %s', (more, level, summary) => {
    expect(causesWith({ jobs: [aJob(more)] })).toMatchObject([{ level, summary: expect.stringMatching(summary) }]);
    expect(statusWith({ jobs: [aJob(more)] })).toBe(level === 'note' ? 'ok' : 'warning');
  });

  it('and waits to be confirmed goes on with backfill where s3repl made it', () => {
    const job = aJob({ status: 'Suspended', description: 's3repl invoices-dr 0123456789ab' });
    expect(causesWith({ jobs: [job] })).toMatchObject([{ fix: expect.stringMatching(/^Run s3repl backfill/) }]);
    const theirs = aJob({ status: 'Suspended' });
    expect(causesWith({ jobs: [theirs] })).toMatchObject([{ fix: expect.stringMatching(/^Ask whoever created it/) }]);
  });

  it('goes before one that is over, unless it only waits', () => {
    const over = aJob({ id: '0', status: 'Complete', succeeded: 9, failed: 1 });
    expect(causesWith({ jobs: [aJob(), over] })).toHaveLength(1);
    expect(causesWith({ jobs: [aJob({ status: 'Suspended' }), over] })).toHaveLength(2);
  });

  it('is told of an object that was asked about', () => {
    const snapshot = snapshotWith({ jobs: [aJob()] });
    const objects = snapshot.objects === 'unknown' ? [] : snapshot.objects;
    expect(jobCauses(diagnose(snapshot, { objects }))).toHaveLength(1);
  });
});

describe('the last job that is over', () => {
  it.each<[string, Partial<JobSnapshot>]>([
    ['has copied all', { status: 'Complete', succeeded: 10 }],
    [
      'had nothing to do',
      {
        status: 'Failed',
        reasons: [{ code: 'X', reason: 'Manifest generation found no keys matching the filter criteria.' }],
      },
    ],
  ])('is not told of where it %s', (_, more) => {
    expect(causesWith({ jobs: [aJob(more)] })).toEqual([]);
    expect(statusWith({ jobs: [aJob(more)] })).toBe('ok');
  });

  it('has failures: their number, the report, and the way on', () => {
    const job = aJob({
      status: 'Complete',
      succeeded: 7,
      failed: 3,
      ended: '2026-11-20T10:00:00.000Z',
      report: reports,
    });
    expect(causesWith({ jobs: [job] })).toMatchObject([
      {
        level: 'warning',
        summary: 'Job 1 of S3 Batch Replication ended on 2026-11-20 (Complete) with failures: 10 of 10 done, 3 failed.',
        fix: expect.stringMatching(
          /^Its report in s3:\/\/reports\/r\/job-1\/ has a code.*s3repl backfill --status failed\.$/,
        ),
      },
    ]);
    const ours = { ...job, description: 's3repl invoices-dr 0123456789ab' };
    expect(causesWith({ jobs: [ours] })).toMatchObject([
      {
        fix: expect.stringMatching(
          /^Run s3repl backfill --explain 1: it says which .* s3repl backfill --status failed\.$/,
        ),
      },
    ]);
    const { report: _, ...without } = job;
    expect(causesWith({ jobs: [without] })).toMatchObject([
      { fix: expect.stringMatching(/^It writes no report: run s3repl doctor --object KEY/) },
    ]);
  });

  it('failed as a whole: why, and what fixes that', () => {
    const reasons = [{ code: 'SrcBucketInvalidRegion', reason: 'Bucket src is not in the Region of the job.' }];
    expect(causesWith({ jobs: [aJob({ status: 'Failed', succeeded: 0, reasons })] })).toMatchObject([
      {
        summary:
          'Job 1 of S3 Batch Replication failed: SrcBucketInvalidRegion: Bucket src is not in the Region of the job.',
        fix: 'Create the job in the Region of the source bucket, as s3repl backfill does.',
      },
    ]);
    expect(causesWith({ jobs: [aJob({ status: 'Failed', succeeded: 0 })] })).toMatchObject([
      { summary: expect.stringMatching(/: AWS gives no reason\.$/), fix: expect.stringContaining('s3repl backfill') },
    ]);
  });

  it('was canceled: a note with what it has done', () => {
    expect(causesWith({ jobs: [aJob({ status: 'Cancelled' })] })).toMatchObject([
      { level: 'note', summary: 'Job 1 of S3 Batch Replication was canceled: 3 of 10 done, 0 failed.' },
    ]);
  });

  it('is the newest of them', () => {
    const failed = aJob({ id: '0', status: 'Complete', failed: 1 });
    expect(causesWith({ jobs: [aJob({ status: 'Complete', succeeded: 10 }), failed] })).toEqual([]);
  });
});

describe('jobs that nobody could list', () => {
  it('are unknown, and nothing is said of them', () => {
    expect(causesWith({ jobs: 'unknown' })).toEqual([]);
    expect(statusWith({ jobs: 'unknown' })).toBe('unknown');
  });

  it('and those that there are not, or that nobody looked for, make no line', () => {
    expect(statusWith({})).toBeUndefined();
    expect(statusWith({ jobs: [] })).toBeUndefined();
  });

  it('do not change the outcome', () => {
    for (const jobs of ['unknown', [aJob({ status: 'Failed' })]] as const)
      expect(diagnose(snapshotWith({ jobs })).outcome).toBe('healthy');
  });
});

it.each<[string, Partial<ObjectSnapshot>, boolean]>([
  ['FAILED', { replicationStatus: 'FAILED' }, true],
  ['are older than the rule', { existedBeforeRule: true }, true],
  ['have no status', old, true],
  ['have replicated', { replicationStatus: 'COMPLETED' }, false],
  ['are replicas', { replicationStatus: 'REPLICA' }, false],
])('jobs are told of where objects %s: %o %s', (_, object, isTold) => {
  expect(causesWith({ jobs: [aJob()], objects: [object] })).toHaveLength(isTold ? 1 : 0);
});

describe('the role of a job', () => {
  const over = [aJob({ status: 'Complete', succeeded: 10 })];
  const running = [aJob()];
  const faults = (one: Case) => causesWith({ jobs: over, ...one });

  it('is not told of where it has what it needs, or could not be read', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ role: 'unknown' })).toEqual([]);
    expect(faults({ role: aRole({ trustPolicy: 'unknown', inlinePolicies: 'unknown' }) })).toEqual([]);
  });

  it('is gone, which counts only while the job runs', () => {
    expect(faults({ role: null })).toEqual([]);
    expect(faults({ role: null, jobs: running })).toMatchObject(
      [
        { level: 'note' },
        { level: 'warning', summary: `Role ${role} of job 1 does not exist: the job cannot continue.` },
      ].toReversed(),
    );
  });

  it('does not trust S3 Batch Operations: with the statement, or backfill where s3repl made it', () => {
    const trustPolicy = policy({ ...trusting, Principal: { Service: 's3.amazonaws.com' } });
    expect(faults({ role: aRole({ trustPolicy }) })).toMatchObject([
      {
        summary: expect.stringContaining(
          'does not let S3 Batch Operations (batchoperations.s3.amazonaws.com) assume it',
        ),
        fix: expect.stringContaining('Allow sts:AssumeRole'),
        remedy: { kind: 'statement', into: { kind: 'trust', of: role }, statement: trusting },
      },
    ]);
    expect(faults({ role: aRole({ trustPolicy, tags: { s3repl: 'x' } }) })).toMatchObject([
      { fix: expect.stringMatching(/^Run s3repl backfill/) },
    ]);
  });

  it.each<[string, NonNullable<Statement['Condition']>, number]>([
    ['the account', { StringEquals: { 'aws:SourceAccount': source } }, 0],
    ['jobs', { ArnLike: { 'aws:SourceArn': `arn:aws:s3:us-east-1:${source}:job/*` } }, 0],
    ['the bucket', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::src' } }, 0],
    ['another account', { StringEquals: { 'aws:SourceAccount': '999999999999' } }, 1],
  ])('under a condition on %s: what AWS may send is no fault', (_, Condition, count) => {
    expect(faults({ role: aRole({ trustPolicy: policy({ ...trusting, Condition }) }) })).toHaveLength(count);
  });

  it('may not start replication: with the statement that it lacks', () => {
    const inlinePolicies = { own: policy(lists) };
    expect(faults({ role: aRole({ inlinePolicies }) })).toMatchObject([
      {
        summary: expect.stringMatching(/may not use s3:InitiateReplication.*InitiateReplicationNotPermitted\.$/),
        fix: 'Add the statement to a policy of the role.',
        remedy: { into: { kind: 'permissions', of: role }, statement: initiates },
      },
    ]);
  });

  it('may start it for some objects that wait: that may be meant', () => {
    const some = { ...initiates, Resource: 'arn:aws:s3:::src/logs/*' };
    const objects = [old, { ...old, key: 'logs/a' }];
    expect(faults({ role: aRole({ inlinePolicies: { own: policy(some, lists) } }), objects })).toEqual([]);
  });

  it('may not make the list of objects: what is missing, by name', () => {
    const inlinePolicies = { own: policy(initiates, { ...lists, Action: 's3:GetReplicationConfiguration' }) };
    expect(faults({ role: aRole({ inlinePolicies }) })).toMatchObject([
      { summary: expect.stringContaining('s3:PutInventoryConfiguration'), remedy: { statement: lists } },
    ]);
  });

  it('is limited by a boundary, or by a Deny, which has no statement to add', () => {
    const [byBoundary] = faults({ role: aRole({ permissionsBoundary: policy(lists) }) });
    expect(byBoundary).toMatchObject({
      summary: expect.stringContaining('which its permissions boundary does not allow: each object'),
      fix: 'Allow it in the permissions boundary of the role.',
    });
    expect(byBoundary).not.toHaveProperty('remedy');
    const bucketPolicy = deny('s3:InitiateReplication', { Principal: '*', Resource: 'arn:aws:s3:::src/*' });
    const [byDeny] = faults({ bucketPolicy });
    expect(byDeny).toMatchObject({
      summary: expect.stringMatching(/, because .* denies it: /),
      fix: expect.stringMatching(/^Narrow/),
    });
    expect(byDeny).not.toHaveProperty('remedy');
  });

  it('may be refused by a condition that nobody knows of: no fault', () => {
    const Condition = { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } };
    expect(
      faults({ bucketPolicy: deny('s3:*', { Principal: '*', Resource: 'arn:aws:s3:::src/*', Condition }) }),
    ).toEqual([]);
  });

  it('of the configuration counts without a job, and apply does not fix it', () => {
    const spec = aSpec({ backfill: { ...aSpec().backfill, role: 'jobs' } });
    const snapshot = snapshotWith({ jobs: [], role: aRole({ inlinePolicies: {} }) });
    expect(jobCauses(diagnose(snapshot))).toEqual([]);
    expect(jobCauses(diagnose(snapshot, { spec }))).toMatchObject([
      { fix: expect.stringMatching(/^Run s3repl backfill: it writes the policy/), fixedByApply: false },
    ]);
  });
});
