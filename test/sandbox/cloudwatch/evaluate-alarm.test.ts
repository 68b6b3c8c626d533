import { describe, expect, test } from 'vitest';
import {
  type Comparison,
  countRetrieved,
  type Datapoint,
  evaluateAlarm,
  type Limits,
  type MissingData,
} from '../../../src/sandbox/cloudwatch/evaluate-alarm.ts';

/** `0` does not breach, `X` does, `-` is missing; the oldest first, as in AWS's tables. */
function rangeOf(text: string): readonly (Datapoint | undefined)[] {
  return text
    .split(' ')
    .map((one, index) => (one === '-' ? undefined : { time: index * 60_000, value: one === 'X' ? 1 : 0 }));
}

function outOf(datapointsToAlarm: number, evaluationPeriods: number, treatMissingData: MissingData): Limits {
  return {
    comparison: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData,
  };
}

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

const RETAIN = undefined;
const NO_DATA = 'INSUFFICIENT_DATA';

interface Row {
  readonly data: string;
  readonly filled: number;
  /** In the order of `treatments`. */
  readonly states: readonly unknown[];
  readonly source: string;
}

const row = (data: string, filled: number, states: readonly unknown[], source: string): Row => ({
  data,
  filled,
  states,
  source,
});
const always = (state: string) => [state, state, state, state];

const page = 'CloudWatch User Guide, alarms-and-missing-data';
const before = 'its edition of 2018 (awsdocs/amazon-cloudwatch-user-guide, AlarmThatSendsEmail.md)';

const threeOfThree: readonly Row[] = [
  row('0 - X - X', 0, always('OK'), `${page}, first table, row 1`),
  row('0 - - - -', 2, always('OK'), `${page}, first table, row 2`),
  row('- - - - -', 3, [NO_DATA, RETAIN, 'ALARM', 'OK'], `${page}, first table, row 3`),
  row('0 X X - X', 0, always('ALARM'), `${page}, first table, row 4`),
  row('- - X - -', 2, ['ALARM', RETAIN, 'ALARM', 'OK'], `${page}, first table, row 5`),
  row('- - - - X', 2, [NO_DATA, RETAIN, 'ALARM', 'OK'], `${before}, first table, row 5`),
  row('X - - - -', 2, ['ALARM', RETAIN, 'ALARM', 'OK'], 'its edition of 2019, first table, row 6'),
  row('- - - X -', 2, [NO_DATA, RETAIN, 'ALARM', 'OK'], `${page}, "does not go immediately into ALARM state"`),
];

const twoOfThree: readonly Row[] = [
  row('0 - X - X', 0, always('ALARM'), `${page}, second table, row 1`),
  row('0 0 X 0 X', 0, always('ALARM'), `${page}, second table, row 2`),
  row('0 - X - -', 1, ['OK', 'OK', 'ALARM', 'OK'], `${page}, second table, row 3`),
  row('- - - - 0', 2, ['OK', 'OK', 'ALARM', 'OK'], `${page}, second table, row 4`),
  row('- - - X -', 2, ['ALARM', RETAIN, 'ALARM', 'OK'], `${page}, second table, row 5`),
  row('- - - - X', 2, [NO_DATA, RETAIN, 'ALARM', 'OK'], `${before}, second table, row 5`),
];

describe.each([
  ['3 out of 3', 3, threeOfThree],
  ['2 out of 3', 2, twoOfThree],
])('%s', (_, datapoints, rows) => {
  test.each(rows)('$data: $states ($source)', ({ data, filled, states }) => {
    const ends = treatments.map((treatment) => evaluateAlarm(outOf(datapoints, 3, treatment), rangeOf(data)));
    expect(ends.map(({ state }) => state)).toEqual(states);
    expect(ends.map((end) => end.filled)).toEqual([filled, filled, filled, filled]);
  });
});

describe('an isolated failure among minutes without data', () => {
  /** The failure at each age that it has in the evaluation range, the youngest first. */
  const agesIn = (periods: number) => {
    const range = countRetrieved(periods);
    return Array.from({ length: range }, (_, age) =>
      Array.from({ length: range }, (_, at) => (at === range - 1 - age ? 'X' : '-')).join(' '),
    );
  };
  const statesOf = (limits: Limits) =>
    agesIn(limits.evaluationPeriods).map((range) => evaluateAlarm(limits, rangeOf(range)).state);

  test('fires with 1 of 1, notBreaching, as long as it is in the evaluation range', () => {
    expect(statesOf(outOf(1, 1, 'notBreaching'))).toEqual(['ALARM', 'ALARM', 'ALARM']);
    expect(evaluateAlarm(outOf(1, 1, 'notBreaching'), rangeOf('- - -')).state).toBe('OK');
    // A minute with successes only ends it.
    expect(evaluateAlarm(outOf(1, 1, 'notBreaching'), rangeOf('- X 0')).state).toBe('OK');
  });

  test("never fires with 5 of 5, which AWS's page of recommended alarms says, and ignore", () => {
    const unchanged = [RETAIN, RETAIN, RETAIN, RETAIN, RETAIN, RETAIN, RETAIN];
    expect(statesOf(outOf(5, 5, 'ignore'))).toEqual(unchanged);
    expect(statesOf(outOf(5, 5, 'notBreaching'))).toEqual(unchanged.map(() => 'OK'));
  });

  test('mutes all later ones with 1 of 1 and ignore: nothing ends it but a success', () => {
    expect(evaluateAlarm(outOf(1, 1, 'ignore'), rangeOf('- - X')).state).toBe('ALARM');
    expect(evaluateAlarm(outOf(1, 1, 'ignore'), rangeOf('- - -')).state).toBe(RETAIN);
  });
});

test.each<[Comparison, string]>([
  ['GreaterThanThreshold', 'no no yes'],
  ['GreaterThanOrEqualToThreshold', 'no yes yes'],
  ['LessThanThreshold', 'yes no no'],
  ['LessThanOrEqualToThreshold', 'yes yes no'],
])('%s breaches at 1, 2, 3 with threshold 2: %s', (comparison, answers) => {
  const limits = { ...outOf(1, 1, 'missing'), comparison, threshold: 2 };
  const found = [1, 2, 3].map((value) => evaluateAlarm(limits, [{ time: 0, value }]).state);
  expect(found).toEqual(answers.split(' ').map((one) => (one === 'yes' ? 'ALARM' : 'OK')));
});

test('only the most recent points count, and those that counted are told', () => {
  const { evaluated } = evaluateAlarm(outOf(2, 2, 'missing'), rangeOf('X 0 - X'));
  expect(evaluated.map(({ time }) => time)).toEqual([60_000, 180_000]);
});
