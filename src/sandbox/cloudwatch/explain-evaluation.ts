/** Reasons of states, in the words recorded in alarms, histories and messages of AWS. */
import type { AlarmSettings, AlarmStatus } from './cloudwatch-state.ts';
import { breaches, type Datapoint, type Evaluation, type Limits } from './evaluate-alarm.ts';

export const uncheckedReason = 'Unchecked: Initial alarm creation';

const comparisonWords = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanOrEqualToThreshold: 'less than or equal to',
  LessThanThreshold: 'less than',
} as const;

const treatedAs = { breaching: 'Breaching', notBreaching: 'NonBreaching', missing: 'Missing', ignore: 'Ignored' };

export interface Explained {
  readonly settings: AlarmSettings;
  readonly limits: Limits;
  readonly evaluation: Evaluation;
  readonly state: AlarmStatus['state'];
  /** Virtual milliseconds. */
  readonly now: number;
}

export function explainEvaluation(explained: Explained): Pick<AlarmStatus, 'reason' | 'reasonData'> {
  return { reason: reasonOf(explained), reasonData: JSON.stringify(reasonDataOf(explained)) };
}

function reasonOf({ settings, limits, evaluation: { evaluated, filled }, state }: Explained): string {
  const { evaluationPeriods, treatMissingData } = limits;
  const missing = countOf(filled, 'datapoint');
  if (state === 'INSUFFICIENT_DATA') return `Insufficient Data: ${missing} ${was(filled)} unknown.`;
  const filledIn = `${missing.replace('datapoint', 'missing datapoint')} ${was(filled)} treated as [${treatedAs[treatMissingData]}]`;
  if (evaluated.length === 0)
    return `Threshold Crossed: no datapoints were received for ${countOf(evaluationPeriods, 'period')} and ${filledIn}.`;
  const isAlarm = state === 'ALARM';
  const told = evaluated.filter(({ value }) => breaches(limits, value) === isAlarm).toReversed();
  const which =
    settings.DatapointsToAlarm === undefined
      ? countOf(told.length, 'datapoint')
      : `${told.length} out of the last ${evaluationPeriods} datapoints`;
  const relation = `${was(told.length)} ${isAlarm ? '' : 'not '}${comparisonWords[limits.comparison]}`;
  const threshold = `the threshold (${decimal(limits.threshold)})`;
  const and = filled === 0 ? '' : ` and ${filledIn}`;
  return `Threshold Crossed: ${which} [${told.map(pointOf).join(', ')}] ${relation} ${threshold}${and}${leastOf(settings, limits, isAlarm)}.`;
}

/** Only of alarms with Datapoints to Alarm; whatever the state was before. */
function leastOf({ DatapointsToAlarm }: AlarmSettings, limits: Limits, isAlarm: boolean): string {
  if (DatapointsToAlarm === undefined) return '';
  const least = isAlarm ? DatapointsToAlarm : limits.evaluationPeriods - DatapointsToAlarm + 1;
  return ` (minimum ${countOf(least, 'datapoint')} for ${isAlarm ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`;
}

function reasonDataOf({ settings, limits, evaluation: { evaluated }, now }: Explained) {
  const [oldest] = evaluated;
  return {
    version: '1.0',
    queryDate: alarmTime(now),
    ...(oldest && { startDate: alarmTime(oldest.time) }),
    ...(settings.Unit !== undefined && { unit: settings.Unit }),
    statistic: settings.Statistic,
    period: settings.Period,
    recentDatapoints: evaluated.map(({ value }) => value),
    threshold: limits.threshold,
    evaluatedDatapoints: evaluated.toReversed().map(({ time, value }) => ({ timestamp: alarmTime(time), value })),
  };
}

/** Like `2019-11-21T04:18:51.691+0000`. */
export function alarmTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}

/** Like `2.0 (21/11/19 04:12:00)`. */
function pointOf({ time, value }: Datapoint): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${decimal(value)} (${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)})`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}
