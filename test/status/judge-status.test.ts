import { describe, expect, it } from 'vitest';
import { brand, type Region } from '../../src/aws/brand.ts';
import { judgeStatus } from '../../src/status/judge-status.ts';
import type { Status } from '../../src/status/replication-status.ts';
import type { StatusFacts } from '../../src/status/status-facts.ts';
import {
  hourMs,
  minuteMs,
  minutesAgo,
  now,
  period,
  quiet,
  rule,
  series,
  someFacts,
  type Told,
  version,
} from './facts.ts';

const kinds = ({ outcome, reasons }: Status) => [outcome, ...reasons.map(({ kind }) => kind)];
const judge = (told: Told = {}) => judgeStatus(someFacts(told));
const wantedRule = { rule: 'all', destination: 'replicas', region: brand<Region>('eu-central-1'), except: [] };
const ours = { wanted: [wantedRule] };
/** A rule of others to the same bucket, which takes precedence. */
const besideTheirs = { rules: [rule('all'), rule('theirs', { Priority: 7, Filter: { Prefix: 'tax/' } }, false)] };
/** The rule of these tests names no key for replicas, so that it leaves out what is under a KMS key. */
const selected = { encryption: 'SSE-S3' } as const;
const byHand = { configured: { kind: 'not-compared' } } as const;

describe('the outcome of status', () => {
  it.each<[string, Told, readonly string[]]>([
    ['healthy where S3 counts no failure', {}, ['healthy']],
    ['healthy where nothing was written yet, and so nothing is published', { series: series('all', {}) }, ['healthy']],
    [
      'healthy where something failed more than an hour ago',
      { series: quiet('all', { failed: minutesAgo([90, 3]) }) },
      ['healthy'],
    ],
    [
      'blocked by a failure of the last hour',
      { series: quiet('all', { failed: minutesAgo([90, 3], [60, 1]) }) },
      ['blocked', 'failed'],
    ],
    [
      'blocked by the newest version that FAILED',
      { objects: [version('a', 3, 'COMPLETED'), version('b', 2, 'FAILED')] },
      ['blocked', 'sample-failed'],
    ],
    [
      'healthy where a newer version than the FAILED one was replicated',
      { objects: [version('a', 3, 'FAILED'), version('b', 2, 'COMPLETED')] },
      ['healthy'],
    ],
    [
      'healthy where the newest FAILED version is of no rule that counts',
      { rules: [rule('all', { Filter: { Prefix: 'x/' } })], objects: [version('a', 2, 'FAILED')] },
      ['healthy'],
    ],
    [
      'blocked by the newest FAILED version of one rule, though a newer one of another arrived',
      {
        rules: [rule('all', { Filter: { Prefix: 'a/' } }), rule('b', { Filter: { Prefix: 'b/' } })],
        series: [...quiet('all'), ...quiet('b')],
        objects: [version('a/1', 300, 'FAILED'), version('b/1', 2, 'COMPLETED')],
      },
      ['blocked', 'sample-failed'],
    ],
    [
      'blocked where a rule of others takes precedence and fails, though a newer version arrived by ours',
      {
        ...besideTheirs,
        rest: ours,
        objects: [version('tax/1', 300, 'FAILED'), version('a', 2, 'COMPLETED')],
      },
      ['blocked', 'sample-failed'],
    ],
    [
      'blocked where a version of the last hour FAILED by a rule of others, though a newer one arrived by it',
      {
        ...besideTheirs,
        rest: ours,
        objects: [version('tax/1', 30, 'FAILED'), version('tax/2', 2, 'COMPLETED')],
      },
      ['blocked', 'sample-failed'],
    ],
    [
      'unknown where a rule of others takes precedence and gives no status to what ours selects',
      { ...besideTheirs, rest: ours, objects: [version('tax/1', 9, null, selected), version('a', 2, 'COMPLETED')] },
      ['unknown', 'no-status'],
    ],
    [
      'healthy where repl.yaml has an exception for what a rule of others does not replicate',
      {
        ...besideTheirs,
        rest: { wanted: [{ ...wantedRule, except: [{ key: 'tax/*', why: 'theirs' }] }] },
        objects: [version('tax/1', 9, 'FAILED'), version('tax/2', 8, null, selected), version('a', 2, 'COMPLETED')],
      },
      ['healthy'],
    ],
    [
      'healthy where all that ours selects arrives by a rule of others without metrics',
      { ...besideTheirs, rest: ours, series: series('all', {}), objects: [version('tax/1', 30, 'COMPLETED')] },
      ['healthy'],
    ],
    [
      'unknown where the newest version under a rule was not taken, though an earlier one was',
      { objects: [version('a', 9, 'COMPLETED'), version('b', 2, null)] },
      ['unknown', 'no-status'],
    ],
    [
      'healthy where no version under a rule was ever taken: they may be older than the rule',
      { objects: [version('a', 9, null), version('b', 2, null)] },
      ['healthy'],
    ],
    [
      'blocked by a rule that differs',
      { rest: { configured: { kind: 'differs', changes: 2, ofAlerts: 1, problems: 0 } } },
      ['blocked', 'differs'],
    ],
    [
      'healthy where only alarms are still to be made',
      { rest: { configured: { kind: 'differs', changes: 2, ofAlerts: 2, problems: 0 } } },
      ['healthy'],
    ],
    [
      'blocked by a rule of repl.yaml that is disabled',
      {
        rules: [rule('all', { Status: 'Disabled' })],
        rest: { ...ours, configured: { kind: 'differs', changes: 1, ofAlerts: 0, problems: 0 } },
      },
      ['blocked', 'rule-off', 'differs'],
    ],
    [
      'blocked by a rule of repl.yaml that is gone',
      { rules: [], rest: { ...ours, configured: { kind: 'unknown', why: 'no right' } } },
      ['blocked', 'rule-off', 'unread'],
    ],
    ['blocked by a bucket without rules', { rules: null, rest: byHand }, ['blocked', 'no-rule']],
    [
      'blocked by a bucket in which every rule is disabled',
      { rules: [rule('all', { Status: 'Disabled' })], rest: byHand },
      ['blocked', 'no-rule'],
    ],
    ['unknown where the rules cannot be read', { rules: 'unknown', rest: byHand }, ['unknown', 'unread']],
    [
      'unknown where it is not known whether it is as configured',
      { rest: { configured: { kind: 'unknown', why: 'no right' } } },
      ['unknown', 'unread'],
    ],
    ['unknown where the newest versions cannot be read', { objects: 'unknown' }, ['unknown', 'unread']],
    [
      'unknown where failures cannot be read',
      { series: quiet('all', { failed: { unread: 'no right' } }) },
      ['unknown', 'metrics-unread'],
    ],
    [
      'unknown where what is pending cannot be read',
      { series: quiet('all', { pending: { unread: 'no right' } }) },
      ['unknown', 'metrics-unread'],
    ],
    [
      'unknown where the Region of the destination is not known',
      { series: quiet('all').filter(({ metric }) => metric === 'failed' || metric === 'operations') },
      ['unknown', 'metrics-unread'],
    ],
    [
      'unknown where the metrics have stopped',
      { series: quiet('all', { pending: minutesAgo([20, 0], [17, 0]) }) },
      ['unknown', 'metrics-stopped'],
    ],
    [
      'healthy where the metrics are a few minutes late',
      { series: quiet('all', { pending: minutesAgo([20, 0], [16, 0]) }) },
      ['healthy'],
    ],
    [
      'unknown where versions were replicated and nothing is published',
      { series: series('all', {}), objects: [version('a', 16, 'COMPLETED')] },
      ['unknown', 'metrics-stopped'],
    ],
    [
      'healthy where the first version is too new for metrics',
      { series: series('all', {}), objects: [version('a', 14, 'COMPLETED')] },
      ['healthy'],
    ],
    [
      'unknown where the newest version that a rule takes has no status',
      { objects: [version('a', 3, 'COMPLETED'), version('b', 2, null, selected)] },
      ['unknown', 'no-status'],
    ],
    [
      'healthy where a newer version than the one without a status has one',
      { objects: [version('a', 3, null, selected), version('b', 2, 'PENDING')] },
      ['healthy'],
    ],
    [
      'healthy where what has no status is older than an hour',
      { objects: [version('a', 61, null, selected)] },
      ['healthy'],
    ],
    [
      'healthy where S3 gives none to what the rule does not replicate',
      { objects: [version('a', 2, null, { ...selected, storageClass: 'GLACIER' })] },
      ['healthy'],
    ],
    [
      'unknown where only such a version is newer than the one without a status',
      { objects: [version('a', 3, null, selected), version('b', 2, null, { ...selected, storageClass: 'GLACIER' })] },
      ['unknown', 'no-status'],
    ],
    [
      'healthy without metrics where all versions of the last hour are sampled',
      { rules: [rule('all', {}, false)], series: [], objects: [version('a', 3, 'COMPLETED')] },
      ['healthy'],
    ],
    [
      'unknown without metrics where there may be more versions of the last hour',
      { rules: [rule('all', {}, false)], series: [], objects: [version('a', 3, 'COMPLETED')], rest: { isAll: false } },
      ['unknown', 'no-metrics'],
    ],
    [
      'healthy without metrics where the sample reaches back an hour',
      {
        rules: [rule('all', {}, false)],
        series: [],
        objects: [version('a', 61, 'COMPLETED'), version('b', 1, 'COMPLETED')],
        rest: { isAll: false },
      },
      ['healthy'],
    ],
    [
      'unknown without metrics where not all versions were listed',
      {
        rules: [rule('all', {}, false)],
        series: [],
        objects: [version('a', 61, 'COMPLETED')],
        rest: { isAll: false, isNewest: false },
      },
      ['unknown', 'no-metrics'],
    ],
    [
      'unknown without metrics where a status of the last hour could not be read',
      { rules: [rule('all', {}, false)], series: [], objects: [version('a', 3, 'unknown')] },
      ['unknown', 'no-metrics'],
    ],
    [
      'blocked without metrics by any version of the last hour that FAILED',
      {
        rules: [rule('all', {}, false)],
        series: [],
        objects: [version('a', 30, 'FAILED'), version('b', 2, 'COMPLETED')],
      },
      ['blocked', 'sample-failed'],
    ],
  ])('is %s', (_, told, expected) => {
    expect(kinds(judge(told))).toEqual(expected);
  });

  it('does not count what fails under a rule of somebody else, and shows it', () => {
    const failing = quiet('theirs', { failed: minutesAgo([5, 7]) });
    const rules = [rule('all'), rule('theirs', { Priority: 2, Filter: { Prefix: 'theirs/' } })];
    const status = judge({ rules, series: [...quiet('all'), ...failing], rest: ours });
    expect(kinds(status)).toEqual(['healthy']);
    expect(status.rules).toMatchObject([{ rule: 'all' }, { rule: 'theirs', counts: false, failed: { recent: 7 } }]);
    expect(kinds(judge({ rules, series: [...quiet('all'), ...failing], rest: byHand }))).toEqual(['blocked', 'failed']);
  });
});

describe('the numbers of status', () => {
  it('are those of the metrics, with the time of each', () => {
    const { rules } = judge({
      series: series('all', {
        failed: minutesAgo([300, 2], [200, 0], [100, 1]),
        operations: minutesAgo([300, 5], [200, 4], [100, 3]),
        pending: minutesAgo([3, 9], [2, 4]),
        bytes: minutesAgo([3, 900], [2, 400]),
        latency: minutesAgo([3, 70], [2, 40]),
      }),
    });
    expect(rules).toMatchObject([
      {
        failed: { count: 3, operations: 12, recent: 0, first: now - 300 * minuteMs, last: now - 100 * minuteMs },
        pending: { operations: 4, bytes: 400, asOf: now - minuteMs, worst: 9, worstAt: now - 3 * minuteMs },
        latency: { seconds: 40, asOf: now - minuteMs, worst: 70, worstAt: now - 3 * minuteMs },
      },
    ]);
  });

  it('are none for a rule that S3 counts nothing of, and bytes of another minute are not those of this one', () => {
    const rules = [rule('all', {}, false), rule('off', { Status: 'Disabled', Priority: 2 })];
    expect(judge({ rules, series: [] }).rules).toMatchObject([
      { failed: 'off' },
      { state: 'disabled', pending: 'off' },
    ]);
    const late = quiet('all', { bytes: minutesAgo([2, 5]) });
    expect(judge({ series: late }).rules).toMatchObject([{ pending: { bytes: 'unknown' } }]);
  });

  it('of KMS are those of the busiest minute, against the quota', () => {
    const kms = (more: Partial<StatusFacts['kms'][number]>) =>
      judge({
        rest: {
          kms: [
            {
              region: brand<Region>('eu-west-1'),
              minutes: [],
              quota: { perSecond: 100, origin: 'applied' },
              quotaUnread: [],
              ...more,
            },
          ],
        },
      }).kms;
    expect(kms({ minutes: minutesAgo([90, 4800], [30, 4860], [3, 60]) })).toMatchObject([
      { use: { perSecond: 81, at: now - 30 * minuteMs }, share: 0.81, isCrowded: true },
    ]);
    expect(kms({ minutes: minutesAgo([90, 4800]) })).toMatchObject([{ share: 0.8, isCrowded: false }]);
    expect(kms({})).toMatchObject([{ use: { perSecond: 0, at: null }, share: 0 }]);
    expect(kms({ minutes: { unread: 'no right' } })).toMatchObject([
      { use: 'unknown', share: 'unknown', isCrowded: false },
    ]);
  });

  it('of Bucket Keys are of the sampled versions under KMS keys, and of the operations that metrics count', () => {
    const objects = [
      version('a', 1, 'COMPLETED'),
      version('b', 1, 'COMPLETED', { bucketKey: false }),
      version('c', 1, 'COMPLETED', { encryption: 'DSSE-KMS', bucketKey: false }),
      version('d', 1, 'COMPLETED', { encryption: 'SSE-S3', bucketKey: false }),
    ];
    expect(judge({ objects }).bucketKeys).toEqual({ sampled: 2, without: 1, operations: 1440 });
    expect(judge({ objects, series: quiet('all', { failed: { unread: 'no' } }) }).bucketKeys.operations).toBe(
      'unknown',
    );
  });

  it('of the sample name the newest, the oldest that waits and the newest that failed, of versions that a rule takes', () => {
    const objects = [
      version('x/new', 1, 'PENDING'),
      version('x/old', 9, 'PENDING'),
      version('x/bad', 5, 'FAILED'),
      version('x/worse', 7, 'FAILED'),
      version('y', 0, null),
    ];
    const { sample } = judge({ rules: [rule('all', { Filter: { Prefix: 'x/' } })], objects });
    expect(sample).toMatchObject({
      counts: { PENDING: 2, FAILED: 2, none: 1, COMPLETED: 0 },
      newest: { key: 'x/new' },
      oldestPending: { key: 'x/old' },
      newestFailed: { key: 'x/bad' },
    });
  });

  it('of jobs are of those that run, and of those that ended in the period', () => {
    const job = (id: string, status: string, ended?: number) => ({
      ...{ id, status, description: '', role: '', succeeded: 0, failed: 0, reasons: [] },
      ...(ended !== undefined && { ended: new Date(period.from + ended * hourMs).toISOString() }),
    });
    const jobs = [job('runs', 'Active'), job('ended', 'Complete', 1), job('long ago', 'Complete', -1)];
    const facts = someFacts();
    const { jobs: found } = judgeStatus({ ...facts, snapshot: { ...facts.snapshot, jobs } });
    expect(found).toMatchObject([{ id: 'runs' }, { id: 'ended' }]);
  });
});
