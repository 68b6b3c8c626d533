/** In the words of recorded alarms. */
import { expect, test } from 'vitest';
import type { AlarmSettings } from '../../../src/sandbox/cloudwatch/cloudwatch-state.ts';
import { evaluateAlarm, type MissingData } from '../../../src/sandbox/cloudwatch/evaluate-alarm.ts';
import { explainEvaluation } from '../../../src/sandbox/cloudwatch/explain-evaluation.ts';

const minuteMs = 60_000;
const start = Date.parse('2019-11-21T04:12:00Z');

interface Asked {
  readonly points: readonly (number | undefined)[];
  readonly periods: number;
  readonly datapoints?: number;
  readonly treatment?: MissingData;
}

function reasonOf({ points, periods, datapoints, treatment = 'missing' }: Asked): string {
  const settings: AlarmSettings = {
    AlarmName: 'a',
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    MetricName: 'm',
    Namespace: 'n',
    Statistic: 'Sum',
    Dimensions: [],
    Period: 60,
    EvaluationPeriods: periods,
    ...(datapoints !== undefined && { DatapointsToAlarm: datapoints }),
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  };
  const limits = {
    comparison: settings.ComparisonOperator,
    threshold: 0,
    evaluationPeriods: periods,
    datapointsToAlarm: datapoints ?? periods,
    treatMissingData: treatment,
  };
  const range = points.map((value, at) => (value === undefined ? undefined : { time: start + at * minuteMs, value }));
  const evaluation = evaluateAlarm(limits, range);
  const { state = 'INSUFFICIENT_DATA' } = evaluation;
  return explainEvaluation({ settings, limits, evaluation, state, now: start + points.length * minuteMs }).reason;
}

test.each<[string, Asked]>([
  [
    'Threshold Crossed: 1 out of the last 1 datapoints [2.0 (21/11/19 04:12:00)] was greater than the threshold (0.0) (minimum 1 datapoint for OK -> ALARM transition).',
    { points: [2], periods: 1, datapoints: 1 },
  ],
  [
    'Threshold Crossed: 1 datapoint [7.25 (21/11/19 04:12:00)] was greater than the threshold (0.0).',
    { points: [7.25], periods: 1 },
  ],
  [
    'Threshold Crossed: 2 datapoints [3.0 (21/11/19 04:13:00), 2.0 (21/11/19 04:12:00)] were greater than the threshold (0.0).',
    { points: [2, 3], periods: 2 },
  ],
  [
    'Threshold Crossed: 3 out of the last 3 datapoints [0.0 (21/11/19 04:14:00), 0.0 (21/11/19 04:13:00), 0.0 (21/11/19 04:12:00)] were not greater than the threshold (0.0) (minimum 3 datapoints for ALARM -> OK transition).',
    { points: [0, 0, 0], periods: 3, datapoints: 1 },
  ],
  [
    'Threshold Crossed: 1 out of the last 20 datapoints [613.0 (21/11/19 04:12:00)] was greater than the threshold (0.0) and 19 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).',
    { points: [613], periods: 20, datapoints: 1, treatment: 'notBreaching' },
  ],
  [
    'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].',
    { points: [], periods: 3, treatment: 'notBreaching' },
  ],
  [
    'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
    { points: [], periods: 1, treatment: 'breaching' },
  ],
  ['Insufficient Data: 1 datapoint was unknown.', { points: [], periods: 1 }],
])('%s', (reason, asked) => {
  expect(reasonOf(asked)).toBe(reason);
});
