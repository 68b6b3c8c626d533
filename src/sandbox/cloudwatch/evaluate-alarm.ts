/** What an alarm becomes, by the tables of the CloudWatch User Guide, alarms-and-missing-data. */

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type Comparison = keyof typeof comparisons;

export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface Limits {
  readonly comparison: Comparison;
  readonly threshold: number;
  /** N of "M out of N". */
  readonly evaluationPeriods: number;
  /** M of "M out of N". */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingData;
}

export interface Datapoint {
  /** When its period begins, in virtual milliseconds. */
  readonly time: number;
  readonly value: number;
}

export interface Evaluation {
  /** Undefined: the alarm retains its state. */
  readonly state: AlarmState | undefined;
  /** Those that counted; the oldest first. */
  readonly evaluated: readonly Datapoint[];
  /** How many had to be filled in. */
  readonly filled: number;
}

export const comparisons = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
} as const;

/** How many periods CloudWatch looks at: of an alarm on 3 periods, 5 (alarms-and-missing-data). That it is two more for every alarm is inferred. */
export function countRetrieved(evaluationPeriods: number): number {
  return evaluationPeriods + 2;
}

/** @param range the periods of the evaluation range, the oldest first; undefined: without data. */
export function evaluateAlarm(limits: Limits, range: readonly (Datapoint | undefined)[]): Evaluation {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = limits;
  const real = range.filter((one) => one !== undefined);
  const evaluated = real.slice(-evaluationPeriods);
  const filled = evaluationPeriods - evaluated.length;
  const breaching = evaluated.filter(({ value }) => breaches(limits, value)).length;
  const most = treatMissingData === 'breaching' ? breaching + filled : breaching;
  if (most >= datapointsToAlarm) return { state: 'ALARM', evaluated, filled };
  const isCertain = filled === 0 || treatMissingData === 'breaching' || treatMissingData === 'notBreaching';
  if (isCertain || breaching < evaluated.length) return { state: 'OK', evaluated, filled };
  if (treatMissingData === 'ignore') return { state: undefined, evaluated, filled };
  return { state: isOldEnough(limits, range) ? 'ALARM' : 'INSUFFICIENT_DATA', evaluated, filled };
}

export function breaches({ comparison, threshold }: Limits, value: number): boolean {
  return comparisons[comparison](value, threshold);
}

/**
 * Few data, and all of it breaching: "premature alarm state" where the oldest is at least as many periods old as Datapoints to Alarm.
 * What a younger one does (`- - - - X`) only older editions of the page say: INSUFFICIENT_DATA.
 */
function isOldEnough({ datapointsToAlarm }: Limits, range: readonly (Datapoint | undefined)[]): boolean {
  const oldest = range.findIndex((one) => one !== undefined);
  return oldest >= 0 && range.length - oldest >= datapointsToAlarm;
}
