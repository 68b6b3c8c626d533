import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import { reasonLine, type StatusStyle, statusLine, statusRows } from '../../src/show/status-text.ts';
import type { RuleStatus, Status } from '../../src/status/replication-status.ts';
import { branded } from '../plain.ts';
import {
  aFailed,
  aJob,
  aKms,
  aLatency,
  aLine,
  anAlarm,
  aPending,
  aRuleStatus,
  aSample,
  aStatus,
  at,
  now,
  topic,
} from './status-builders.ts';

function screenOf(status: Status, style: Partial<StatusStyle> = {}): string {
  return `${statusRows(status, { width: 80, ascii: false, ...style }).join('\n')}\n`;
}

const unmetered = { failed: 'off', pending: 'off', latency: 'off' } as const;
const version = { key: '2026/11/invoice-4711.pdf', versionId: 'OGkTFeev58sTLgHIrXe.djxP0tiGcK0D' };
const way = { rule: 's3repl.invoices-dr.all', destination: 'acme-invoices-replica' };

const failing = aStatus({
  outcome: 'blocked',
  reasons: [
    { kind: 'failed', ...way, count: 41, last: at(14, 5) },
    { kind: 'sample-failed', ...version, modified: at(14, 5) },
  ],
  rules: [
    aRuleStatus({
      failed: aFailed({
        count: 212,
        recent: 41,
        first: at(12, 1),
        last: at(14, 5),
        line: aLine({ 0: null, 21: 80, 22: 91, 23: 41 }),
      }),
      pending: aPending({ operations: 1, bytes: 4096, gaps: [{ from: at(13, 3), to: at(13, 40) }] }),
      latency: aLatency({ seconds: 95 }),
    }),
  ],
  sample: aSample({
    counts: { COMPLETED: 12, PENDING: 3, FAILED: 5, REPLICA: 0, none: 1, unread: 0 },
    newest: { ...version, status: 'FAILED', modified: at(14, 5) },
    oldestPending: { key: 'late.csv', versionId: 'v', status: 'PENDING', modified: at(13) },
    newestFailed: { ...version, status: 'FAILED', modified: at(14, 5) },
  }),
  alarms: [
    anAlarm({
      state: 'ALARM',
      actions: [
        { arn: topic, subscribers: { confirmed: 0, pending: 1 }, faults: [{ kind: 'unconfirmed', pending: 1 }] },
      ],
    }),
    anAlarm({ name: 's3repl.invoices-dr.all.latency', actions: [] }),
  ],
  kms: [aKms({ use: { perSecond: 83_000, at: at(12, 1), line: aLine({ 21: 83_000 }) }, share: 0.83, isCrowded: true })],
  bucketKeys: { sampled: 20, without: 20, operations: 1022 },
});

const unread = aStatus({
  source: { ...aStatus().source, region: 'unknown' },
  outcome: 'unknown',
  reasons: [
    { kind: 'unread', what: 'replication', why: 'account 111111111111 does not allow s3:GetReplicationConfiguration' },
    { kind: 'unread', what: 'configuration', why: 'nobody is signed in to account 222222222222' },
    { kind: 'unread', what: 'sample', why: 'account 111111111111 does not allow s3:ListBucketVersions' },
  ],
  configured: { kind: 'unknown', why: 'nobody is signed in to account 222222222222' },
  rules: [],
  sample: 'unknown',
  jobs: 'unknown',
  alarms: 'unknown',
  kms: [
    aKms({
      use: 'unknown',
      share: 'unknown',
      quota: { perSecond: 100_000, origin: 'published' },
      quotaUnread: ['account 111111111111 does not allow servicequotas:GetServiceQuota'],
    }),
  ],
  bucketKeys: { sampled: 0, without: 0, operations: 'unknown' },
  unread: [{ path: 'objects', reason: 'account 111111111111 does not allow s3:ListBucketVersions' }],
});

const second: Partial<RuleStatus> = {
  rule: 's3repl.invoices-dr.archive',
  destination: 'acme-archive',
  region: branded<Region>('us-west-2'),
};

const twoDestinations = aStatus({
  outcome: 'unknown',
  reasons: [
    { kind: 'metrics-stopped', rule: 's3repl.invoices-dr.archive', destination: 'acme-archive', last: at(12, 3) },
  ],
  rules: [
    aRuleStatus({
      ...second,
      pending: aPending({ operations: 7, asOf: at(12, 3), isStale: true, gaps: [{ from: at(12, 3), to: now }] }),
      latency: aLatency({ asOf: at(12, 3) }),
      failed: 'none',
      heard: 'unknown',
    }),
    aRuleStatus(),
  ],
  kms: [aKms(), aKms({ region: branded<Region>('us-west-2') })],
});

const jobs = aStatus({
  jobs: [
    aJob(),
    aJob({ id: 'a1', status: 'Preparing', created: '2026-11-29T14:30:00Z', succeeded: 0, failed: 0, total: 0 }),
    aJob({ id: 'a2', status: 'Complete', ended: '2026-11-29T13:00:00Z', succeeded: 1000, failed: 0 }),
    aJob({ id: 'a3' }),
  ],
});

const hostile = '\u001b[2J\n✔ healthy \u202e\u0007 名前 🔒 é ' as const;
const named = aStatus({
  outcome: 'blocked',
  reasons: [{ kind: 'sample-failed', key: hostile.repeat(40), versionId: hostile, modified: at(14) }],
  rules: [aRuleStatus({ rule: hostile, destination: 'd'.repeat(63), ...unmetered })],
  sample: aSample({ newest: { key: hostile, versionId: hostile, status: 'FAILED', modified: at(14) } }),
  jobs: [aJob({ id: hostile, status: hostile, reasons: [{ code: 'x', reason: hostile }] })],
  alarms: [anAlarm({ name: hostile, state: 'ALARM', metrics: [hostile], actions: [{ arn: hostile, faults: [] }] })],
  events: [{ name: hostile, events: [hostile], action: { arn: hostile, faults: [] } }],
  unread: [{ path: hostile, reason: hostile }],
});

const screens: Readonly<Record<string, string>> = {
  healthy: screenOf(aStatus()),
  failing: screenOf(failing),
  'no-metrics': screenOf(
    aStatus({
      outcome: 'unknown',
      reasons: [{ kind: 'no-metrics', ...way }],
      configured: { kind: 'not-compared' },
      rules: [aRuleStatus({ ...unmetered, heard: false }), aRuleStatus({ ...second, ...unmetered, state: 'disabled' })],
      alarms: [],
    }),
  ),
  'two-destinations': screenOf(twoDestinations),
  'job-running': screenOf(jobs),
  '60-columns': screenOf(failing, { width: 60 }),
  '40-columns': screenOf(failing, { width: 40 }),
  ascii: screenOf(failing, { ascii: true }),
  unread: screenOf(unread),
  'hostile-names': screenOf(named),
  'hostile-names-ascii': screenOf(named, { ascii: true }),
  'many-rules': screenOf(
    aStatus({
      outcome: 'blocked',
      reasons: [{ kind: 'failed', rule: 'team-0', destination: 'acme-invoices-replica', count: 1, last: at(14) }],
      rules: Array.from({ length: 50 }, (_, index) =>
        aRuleStatus({ rule: `team-${index}`, ...(index === 0 && { failed: aFailed({ count: 1, recent: 1 }) }) }),
      ),
    }),
  ),
  'look-failed': screenOf(aStatus(), {
    mark: '[sandbox] ',
    failedLook: { at: now + 120_000, message: 'no answer to S3 GetBucketReplication: it timed out.' },
  }),
};

describe('the screen of the status', () => {
  it.each(Object.entries(screens))('is what people get: %s', async (name, screen) => {
    await expect(screen).toMatchFileSnapshot(`status-screens/${name}.txt`);
  });

  it('fits 24 lines of 80 columns with its result, where all is well under one rule', () => {
    const lines = (screens.healthy ?? '').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });
});

describe('the line of a look', () => {
  it('has the time, the outcome, and the three numbers of all rules that count', () => {
    const quiet = aRuleStatus({ counts: false, failed: aFailed({ count: 9 }) });
    expect(statusLine(aStatus({ rules: [aRuleStatus(), quiet] }), { ascii: false })).toBe(
      '2026-11-29 14:32 UTC  ✔ healthy  pending 0, latency 1 s, failed 0',
    );
    expect(statusLine(failing, { ascii: true })).toBe(
      '2026-11-29 14:32 UTC  x blocked  pending 1, latency 2 min, failed 212',
    );
  });

  it('says what is not known, and never takes it for nothing', () => {
    expect(statusLine(unread, { ascii: false })).toBe(
      '2026-11-29 14:32 UTC  ? unknown  pending ?, latency ?, failed ?',
    );
    const [, other] = twoDestinations.rules;
    const more = {
      ...twoDestinations,
      rules: [...twoDestinations.rules, { ...other, ...aRuleStatus({ pending: aPending({ operations: 3 }) }) }],
    };
    expect(statusLine(more, { ascii: false })).toContain('pending 3+, latency 1 s+, failed ?');
  });

  it('has nothing failed where S3 has published no failure, while it publishes what is pending', () => {
    const idle = aStatus({ rules: [aRuleStatus({ failed: 'none' })] });
    expect(statusLine(idle, { ascii: false })).toContain('failed 0');
    const silent = aStatus({ rules: [aRuleStatus({ failed: 'none', pending: 'none' })] });
    expect(statusLine(silent, { ascii: false })).toContain('failed ?');
  });

  it('keeps its numbers in 80 columns, however large they are', () => {
    const rule = aRuleStatus({
      pending: aPending({ operations: 999_999_999 }),
      latency: aLatency({ seconds: 47 * 3600 + 59 * 60 }),
      failed: aFailed({ count: 12_345 }),
    });
    const lacking = aRuleStatus({ ...unmetered });
    expect(statusLine(aStatus({ rules: [rule, lacking] }), { ascii: false })).toBe(
      '2026-11-29 14:32 UTC  ✔ healthy  pending 1B+, latency 47 h+, failed 12.3K+',
    );
  });

  it('has the first reason below it where it is not healthy, and nothing where it is', () => {
    expect(reasonLine(aStatus(), { ascii: false })).toBeUndefined();
    expect(reasonLine(failing, { ascii: false })).toBe(
      '  41 operations failed in the last hour under rule s3repl.invoices-dr.all to ac…',
    );
    expect(reasonLine(failing, { ascii: true })).toMatch(/^ {2}[ -~]+\.\.\.$/);
    const failedLook = { at: now + 60_000, message: 'no answer' };
    expect(reasonLine(failing, { ascii: false, failedLook })).toBeUndefined();
  });

  it('says that the look failed, and how it was before, in 80 columns', () => {
    const failedLook = { at: now + 60_000, message: `no answer to S3 GetBucketReplication, ${'x'.repeat(90)}` };
    const line = statusLine(aStatus(), { ascii: false, failedLook });
    expect(line).toBe('2026-11-29 14:33 UTC  ? not read: no answer t… (2026-11-29 14:32 UTC: ✔ healthy)');
    expect(line).toHaveLength(80);
  });
});
