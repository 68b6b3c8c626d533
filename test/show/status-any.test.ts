/** What holds for the screen of any status. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import { columnsOf } from '../../src/show/columns.ts';
import { statusJson } from '../../src/show/status-json.ts';
import { reasonLine, statusLine, statusRows } from '../../src/show/status-text.ts';
import type { RuleStatus, Status, StatusReason } from '../../src/status/replication-status.ts';
import { statusTotals } from '../../src/status/status-totals.ts';
import { branded } from '../plain.ts';
import { aFailed, aJob, aKms, aLatency, anAlarm, aPending, aSample, aStatus, day, now } from './status-builders.ts';

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('\u001b[2J', 'x'.repeat(1024), 'a b\nc', '\u202eevil', '名'.repeat(99), 'arn:aws:sns:eu-west-1:1:t'),
);
const time = fc.integer({ min: now - day, max: now });
const count = fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: 10 ** 12 }));
const line = fc.array(fc.option(count), { minLength: 24, maxLength: 24 });
const region = fc.constantFrom('eu-west-1', 'ap-southeast-2', 'us-gov-west-1').map((one) => branded<Region>(one));
const known = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant('unknown' as const) });
const metered = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 1, arbitrary: fc.constantFrom('off' as const, 'none' as const) },
    { weight: 1, arbitrary: fc.record({ unread: name }) },
  );

const rule: fc.Arbitrary<RuleStatus> = fc.record({
  rule: name,
  destination: name,
  region: known(region),
  state: fc.constantFrom('enabled', 'enabled', 'disabled', 'missing'),
  counts: fc.boolean(),
  failed: metered(
    fc
      .record({ count, operations: count, recent: count, first: fc.option(time), last: fc.option(time), line })
      .map(aFailed),
  ),
  pending: metered(
    fc
      .record({
        operations: count,
        bytes: known(count),
        asOf: time,
        worst: count,
        worstAt: time,
        line,
        gaps: fc.array(fc.record({ from: time, to: time }), { maxLength: 6 }),
        isStale: fc.boolean(),
      })
      .map(aPending),
  ),
  latency: metered(fc.record({ seconds: count, asOf: time, worst: count, worstAt: time, line }).map(aLatency)),
  heard: known(fc.boolean()),
});

const version = fc.record({
  key: name,
  versionId: name,
  status: fc.constantFrom('PENDING' as const, 'FAILED' as const, 'COMPLETED' as const, null, 'unknown' as const),
  modified: time,
});
const reason: fc.Arbitrary<StatusReason> = fc.oneof(
  fc.record({ kind: fc.constant('failed' as const), rule: name, destination: name, count, last: time }),
  fc.record({ kind: fc.constant('sample-failed' as const), key: name, versionId: name, modified: time }),
  fc.record({ kind: fc.constant('no-status' as const), key: name, versionId: name, modified: time }),
  fc.record({ kind: fc.constant('differs' as const), changes: count }),
  fc.record({ kind: fc.constant('metrics-unread' as const), rule: name, destination: name, why: name }),
  fc.record({ kind: fc.constant('metrics-stopped' as const), rule: name, destination: name, last: fc.option(time) }),
  fc.record({ kind: fc.constant('unread' as const), what: fc.constant('sample' as const), why: name }),
);
const alarm = fc
  .record({
    name,
    arn: name,
    region: name,
    state: fc.constantFrom('OK' as const, 'ALARM' as const, 'unknown' as const),
    metrics: fc.array(name, { maxLength: 3 }),
    actions: fc.array(
      fc.record({ arn: name, faults: fc.constantFrom([], [{ kind: 'key-state' as const, state: 'Disabled' }]) }),
      { maxLength: 3 },
    ),
    isOff: fc.boolean(),
  })
  .map(anAlarm);

const status: fc.Arbitrary<Status> = fc
  .record({
    outcome: fc.constantFrom('healthy' as const, 'blocked' as const, 'unknown' as const),
    reasons: fc.array(reason, { maxLength: 8 }),
    rules: fc.array(rule, { maxLength: 20 }),
    sample: known(
      fc
        .record({
          newest: fc.option(version),
          oldestPending: fc.option(version),
          newestFailed: fc.option(version),
          isAll: fc.boolean(),
          isNewest: fc.boolean(),
        })
        .map(aSample),
    ),
    jobs: known(
      fc.array(fc.record({ id: name, status: name, total: count, succeeded: count, failed: count }).map(aJob), {
        maxLength: 5,
      }),
    ),
    alarms: known(fc.array(alarm, { maxLength: 8 })),
    kms: fc.array(
      fc.record({ region, quotaUnread: fc.array(name, { maxLength: 2 }), isCrowded: fc.boolean() }).map(aKms),
      { maxLength: 3 },
    ),
    unread: fc.array(fc.record({ path: name, reason: name }), { maxLength: 8 }),
  })
  .map(aStatus);

// biome-ignore lint/suspicious/noControlCharactersInRegex: no such character may reach a terminal
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('for any status', () => {
  it('no line is wider than the screen, and no character of a name steers it', () => {
    fc.assert(
      fc.property(status, fc.integer({ min: 40, max: 80 }), fc.boolean(), (one, width, ascii) => {
        const rows = statusRows(one, { width, ascii, mark: '[sandbox] ' });
        const ofLog = [statusLine(one, { ascii }), reasonLine(one, { ascii }) ?? ''];
        for (const row of [...rows, ...ofLog]) {
          expect(row).not.toMatch(unsafe);
          if (ascii) expect(row).toMatch(/^[ -~]*$/);
        }
        for (const row of rows) expect(columnsOf(row)).toBeLessThanOrEqual(width);
        for (const line of ofLog) expect(columnsOf(line)).toBeLessThanOrEqual(80);
      }),
    );
  });

  it('a narrower terminal than 40 columns gets the screen of 40', () => {
    expect(statusRows(aStatus(), { width: 7, ascii: false })).toEqual(
      statusRows(aStatus(), { width: 40, ascii: false }),
    );
  });

  it('the JSON lines have all rules, jobs, alarms and Regions, and no time as a number', () => {
    fc.assert(
      fc.property(status, (one) => {
        const lines = statusJson(one);
        const typed = (type: string) => lines.filter((each) => 'type' in each && each.type === type);
        expect(typed('replication')).toHaveLength(one.rules.length);
        expect(typed('kms')).toHaveLength(one.kms.length);
        expect(typed('job')).toHaveLength(one.jobs === 'unknown' ? 1 : one.jobs.length);
        expect(typed('alarm')).toHaveLength(one.alarms === 'unknown' ? 1 : one.alarms.length);
        expect(typed('sample')).toHaveLength(1);
        const isTime = (value: unknown) => typeof value === 'number' && value >= now - day && value <= now;
        JSON.parse(JSON.stringify(lines), (member, value) => {
          if (isTime(value)) throw new Error(`${member} is ${value}`);
          return value;
        });
      }),
    );
  });

  it('no sum is known where a rule that counts has no number, unless there is a least one', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), (rules) => {
        const counted = rules.filter(({ counts }) => counts);
        const { pending } = statusTotals(rules);
        const values = counted.map((one) =>
          typeof one.pending === 'object' && 'operations' in one.pending && !one.pending.isStale
            ? one.pending.operations
            : undefined,
        );
        const sum = values.reduce<number>((all, value) => all + (value ?? 0), 0);
        const isWhole = values.length > 0 && values.every((value) => value !== undefined);
        expect(pending).toEqual(isWhole ? sum : sum > 0 ? { atLeast: sum } : 'unknown');
      }),
    );
  });
});
