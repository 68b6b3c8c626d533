import { describe, expect, it } from 'vitest';
import { gapsIn, highestOf, lineOf, lineParts, type Point, sumOf } from '../../src/status/points.ts';
import fc from '../fast-check.ts';

const minuteMs = 60_000;
const day = { from: 0, to: 24 * 60 * minuteMs, step: minuteMs };

/** A value a minute, but for those left out. */
const minutesWithout = (...left: readonly (readonly [from: number, to: number])[]): readonly Point[] =>
  Array.from({ length: 24 * 60 }, (_, minute) => ({ at: minute * minuteMs, value: 1 })).filter(
    ({ at }) => !left.some(([from, to]) => at >= from * minuteMs && at < to * minuteMs),
  );

describe('values of a metric over a period', () => {
  it('are all in its line, once each', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 24 * 60 - 1 }), fc.nat(1000)));
    fc.assert(
      fc.property(values, (drawn) => {
        const points = drawn.map(([minute, value]) => ({ at: minute * minuteMs, value }));
        const line = lineOf(points, day, sumOf);
        expect(line).toHaveLength(lineParts);
        expect(sumOf(line.map((part) => part ?? 0))).toBe(sumOf(points.map(({ value }) => value)));
      }),
    );
  });

  it('are in the hour that they belong to, and an hour without any is none', () => {
    const line = lineOf(
      [
        { at: 0, value: 2 },
        { at: 59 * minuteMs, value: 3 },
        { at: 60 * minuteMs, value: 4 },
      ],
      day,
      sumOf,
    );
    expect(line.slice(0, 3)).toEqual([5, 4, null]);
  });

  it.each<[string, readonly Point[], readonly (readonly [number, number])[]]>([
    ['all minutes', minutesWithout(), []],
    ['all but five minutes, which may be late', minutesWithout([100, 105]), []],
    ['all but six minutes', minutesWithout([100, 106]), [[100, 106]]],
    [
      'none before ten, and none after twenty',
      minutesWithout([0, 600], [1200, 1440]),
      [
        [0, 600],
        [1200, 1440],
      ],
    ],
    ['none at all', [], [[0, 1440]]],
  ])('have the gaps of %s', (_, points, gaps) => {
    expect(gapsIn(points, day)).toEqual(gaps.map(([from, to]) => ({ from: from * minuteMs, to: to * minuteMs })));
  });

  it('have the last of the highest as the highest', () => {
    expect(
      highestOf([
        { at: 1, value: 3 },
        { at: 2, value: 3 },
        { at: 3, value: 1 },
      ]),
    ).toEqual({ at: 2, value: 3 });
    expect(highestOf([])).toBeUndefined();
  });
});
