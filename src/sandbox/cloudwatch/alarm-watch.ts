import { samplePending } from '../replication/replication-metrics.ts';
import type { SandboxState } from '../store/state.ts';
import { changeState } from './change-state.ts';
import type { Alarm, AlarmSettings } from './cloudwatch-state.ts';
import { countRetrieved, type Datapoint, evaluateAlarm, type Limits } from './evaluate-alarm.ts';
import { explainEvaluation } from './explain-evaluation.ts';
import { samplesOf } from './metrics.ts';
import { findStatistic } from './statistics.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** At each minute of the virtual clock, publishes what replication has pending and evaluates the alarms. */
export class AlarmWatch {
  readonly #state: SandboxState;

  constructor(state: SandboxState) {
    this.#state = state;
  }

  /** @param pass lets the clock go on to a time, and gives whether anything was due. Gives whether anything was, or a minute was looked at. */
  passUntil(end: number, pass: (end: number) => boolean): boolean {
    let worked = false;
    let changed = this.#state.now;
    const first = Math.floor(changed / minuteMs) * minuteMs + minuteMs;
    for (let minute = first; minute <= end && !this.#isEmpty(); minute += minuteMs) {
      // What is due meanwhile belongs to the minute that ends.
      const isDue = pass(minute - 1);
      if (pass(minute) || isDue) changed = minute;
      const isQuiet = !this.#isReplicating() && minute - changed > this.#longest();
      if (isQuiet && Object.keys(this.#state.jobs).length === 0) break;
      if (isQuiet) continue;
      samplePending(this.#state);
      for (const alarm of Object.values(this.#state.cloudWatch.alarms)) evaluateNow(this.#state, alarm);
      worked = true;
    }
    return pass(end) || worked;
  }

  #isEmpty(): boolean {
    const { alarms, series } = this.#state.cloudWatch;
    return Object.keys(alarms).length + Object.keys(series).length === 0;
  }

  /** What waits is pending in each minute, and falls behind. */
  #isReplicating(): boolean {
    return Object.keys(this.#state.replication.queue).length > 0;
  }

  /** After so long without a change no alarm changes any more. */
  #longest(): number {
    const ranges = Object.values(this.#state.cloudWatch.alarms).map(
      ({ settings }) => (countRetrieved(settings.EvaluationPeriods) + 1) * settings.Period * 1000,
    );
    return Math.max(hourMs, ...ranges) + hourMs;
  }
}

function evaluateNow(state: SandboxState, alarm: Alarm): void {
  const { settings } = alarm;
  const { now } = state;
  // Alarms on more than a day are evaluated once an hour (CloudWatch User Guide, alarm-evaluation).
  const isHourly = settings.EvaluationPeriods * settings.Period * 1000 > dayMs;
  if (isHourly && now % hourMs !== 0) return;
  const limits = limitsOf(settings);
  const evaluation = evaluateAlarm(limits, datapointsOf(state, alarm));
  if (evaluation.state === undefined || evaluation.state === alarm.status.state) return;
  const explained = explainEvaluation({ settings, limits, evaluation, state: evaluation.state, now });
  changeState(state, alarm, { state: evaluation.state, ...explained });
}

function limitsOf(settings: AlarmSettings): Limits {
  return {
    comparison: settings.ComparisonOperator,
    threshold: settings.Threshold,
    evaluationPeriods: settings.EvaluationPeriods,
    datapointsToAlarm: settings.DatapointsToAlarm ?? settings.EvaluationPeriods,
    treatMissingData: settings.TreatMissingData ?? 'missing',
  };
}

/** Periods end with the minute of the evaluation (recorded: periods of alarms begin at any minute). */
function datapointsOf(state: SandboxState, { account, region, settings }: Alarm): readonly (Datapoint | undefined)[] {
  const { now } = state;
  const periodMs = settings.Period * 1000;
  const count = countRetrieved(settings.EvaluationPeriods);
  const from = now - count * periodMs;
  const metric = {
    namespace: settings.Namespace,
    name: settings.MetricName,
    dimensions: Object.fromEntries(settings.Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
  const samples = samplesOf({ state, account, region }, metric, { from, to: now }, settings.Unit);
  const statistic = findStatistic(settings.Statistic);
  return Array.from({ length: count }, (_, index) => {
    const time = from + index * periodMs;
    const within = samples.filter((sample) => sample.time >= time && sample.time < time + periodMs);
    return within.length === 0 || statistic === undefined ? undefined : { time, value: statistic(within) };
  });
}
