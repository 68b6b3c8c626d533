/** Published at once for a minute (a statistic set): S3 tells of replication with minimum, maximum and sum alike (recorded: watch.md 1.2). */
export interface Sample {
  /** Virtual milliseconds. */
  readonly time: number;
  /** Minimum, maximum and sum. */
  readonly value: number;
  /** How many samples it stands for; absent: one. */
  readonly count?: number;
}

export type Statistic = (samples: readonly Sample[]) => number;

const add = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
const sum: Statistic = (samples) => add(samples.map(({ value }) => value));
const countSamples: Statistic = (samples) => add(samples.map(({ count = 1 }) => count));

/** CloudWatch User Guide, Statistics-definitions, without percentiles and means of parts. */
export const statistics: Readonly<Record<string, Statistic>> = {
  Average: (samples) => sum(samples) / countSamples(samples),
  Maximum: (samples) => Math.max(...samples.map(({ value }) => value)),
  Minimum: (samples) => Math.min(...samples.map(({ value }) => value)),
  SampleCount: countSamples,
  Sum: sum,
};

export function findStatistic(name: unknown): Statistic | undefined {
  return typeof name === 'string' && Object.hasOwn(statistics, name) ? statistics[name] : undefined;
}
