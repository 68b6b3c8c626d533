import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backfillCost, moneyText, prices } from '../../src/plan/prices.ts';

const million = 1_000_000;

describe('the price of a backfill', () => {
  it('is that of the job, of its objects, and of the list of all objects in the bucket', () => {
    const { lines, members } = backfillCost({ jobs: 1, tasks: 1_234_567, objectsInBucket: 120 * million });
    expect(lines).toEqual([
      '1 job: $0.25',
      '1,234,567 object versions to replicate: $1.23 ($1.00 per million)',
      'the list of objects: about $1.80 ($0.015 per million objects in the bucket, including those that are not selected: 120,000,000)',
      'in all: $3.28',
      'These are the prices that AWS published for us-east-1 in December 2025; other Regions may differ.',
      'Not included: KMS requests, PUT requests, transfer between Regions, storage of the replicas.',
    ]);
    expect(members).toEqual({
      ...{ currency: 'USD', region: 'us-east-1', asOf: '2025-12', source: 'aws.amazon.com/s3/pricing' },
      ...{ jobs: 0.25, tasks: 1.2346, manifest: 1.8, total: 3.2846 },
      notIncluded: ['KMS requests', 'PUT requests', 'transfer between Regions', 'storage of the replicas'],
    });
  });

  it('makes a list for each job', () => {
    const { lines, members } = backfillCost({ jobs: 2, tasks: 300, objectsInBucket: 2 * million });
    expect(members).toMatchObject({ jobs: 0.5, tasks: 0.0003, manifest: 0.06, total: 0.5603 });
    expect(lines[0]).toBe('2 jobs: $0.50');
  });

  it('says how much it can be, before the objects are counted', () => {
    const { lines, members } = backfillCost({ jobs: 1, objectsInBucket: 3 * million });
    expect(lines.slice(0, 4)).toEqual([
      '1 job: $0.25',
      'object versions to replicate, not counted yet: $1.00 per million, at most about $3.00 for all of them',
      expect.stringMatching(/^the list of objects: about \$0\.045 .*: 3,000,000\)$/),
      expect.stringMatching(/^These are the prices/),
    ]);
    expect(members).toMatchObject({ jobs: 0.25, manifest: 0.045 });
    expect(Object.keys(members)).not.toContain('tasks');
    expect(Object.keys(members)).not.toContain('total');
  });

  it('names the rates where nothing is known', () => {
    const { lines, members } = backfillCost({ jobs: 1 });
    expect(lines.slice(1, 3)).toEqual([
      expect.stringMatching(/^object versions to replicate, .*: \$1\.00 per million$/),
      expect.stringMatching(/^the list of objects: \$0\.015 .*; their number is not known$/),
    ]);
    expect(Object.keys(members)).not.toContain('manifest');
  });

  it.each([
    [0, '$0.00'],
    [15, 'less than $0.0001'],
    [99_999, 'less than $0.0001'],
    [100_000, '$0.0001'],
    [1_234_000, '$0.0012'],
    [15_000_000, '$0.015'],
    [prices.job, '$0.25'],
    [999_940_000, '$0.9999'],
    [999_960_000, '$1.00'],
    [1_004_999_999, '$1.00'],
    [1_005_000_000, '$1.01'],
    [1_999_995_000_000, '$2,000.00'],
    [12_345_600_000_000, '$12,345.60'],
  ])('writes %d billionths as %s', (billionths, text) => {
    expect(moneyText(billionths)).toBe(text);
  });

  const number = fc.oneof(fc.nat({ max: 5_000 }), fc.integer({ min: 0, max: 20_000 * million }));
  const size = fc.record({ jobs: fc.integer({ min: 1, max: 6 }), tasks: number, objectsInBucket: number });

  it('has no more than four digits, is exact to a hundredth of a cent, and text and number agree', () => {
    fc.assert(
      fc.property(size, ({ jobs, tasks, objectsInBucket }) => {
        const { lines, members } = backfillCost({ jobs, tasks, objectsInBucket });
        // Whole numbers of any size, in billionths.
        const exact = {
          jobs: BigInt(jobs) * 250_000_000n,
          tasks: BigInt(tasks) * 1_000n,
          manifest: BigInt(jobs) * BigInt(objectsInBucket) * 15n,
        };
        const all = { ...exact, total: exact.jobs + exact.tasks + exact.manifest };
        for (const [name, billionths] of Object.entries(all)) {
          const shown = JSON.stringify(members[name as keyof typeof all]);
          expect(shown).toMatch(/^\d+(\.\d{1,4})?$/);
          expect(BigInt(Math.round(Number(shown) * 10_000))).toBe((billionths + 50_000n) / 100_000n);
        }
        for (const line of lines) {
          for (const [, whole = '', part = ''] of line.matchAll(/\$([\d,]+)\.(\d+)/g)) {
            expect(whole).toMatch(/^\d{1,3}(,\d{3})*$/);
            expect(part).toMatch(whole === '0' ? /^\d{2,4}$/ : /^\d{2}$/);
          }
        }
        const [, total = ''] = /^in all: \$([\d,.]+)$/.exec(lines[3] ?? '') ?? [];
        expect(Math.abs(Number(total.replaceAll(',', '')) - (members.total ?? 0))).toBeLessThanOrEqual(0.0051);
      }),
      { numRuns: 1000 },
    );
  });

  it('is never less for more jobs, objects or a larger bucket', () => {
    fc.assert(
      fc.property(size, fc.constantFrom('jobs', 'tasks', 'objectsInBucket'), number, (one, what, more) => {
        const larger = { ...one, [what]: one[what] + more };
        const [before, after] = [one, larger].map((each) => backfillCost(each).members.total ?? Number.NaN);
        expect(after).toBeGreaterThanOrEqual(before ?? Number.NaN);
      }),
      { numRuns: 1000 },
    );
  });
});
