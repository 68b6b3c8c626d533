import { arnParts } from '../../aws/arn.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import { addToHistory } from './alarm-history.ts';
import { type AlarmRequest, arnOfAlarm, authorizeAlarm, tagsIn } from './alarm-request.ts';
import type { Alarm, AlarmSettings } from './cloudwatch-state.ts';
import type { Comparison, MissingData } from './evaluate-alarm.ts';
import { uncheckedReason } from './explain-evaluation.ts';
import {
  choiceIn,
  type Input,
  invalid,
  numberIn,
  objectsIn,
  requireNumber,
  requireText,
  textIn,
  textsIn,
} from './input.ts';
import { statistics } from './statistics.ts';
import { throttleAlarms } from './throttle-alarms.ts';

const hour = 3600;
const day = 24 * hour;

/** For each state (API: PutMetricAlarm). */
const mostActions = 5;

/** What makes an alarm another one than of a metric: metric math, queries, percentiles, anomaly detection, PromQL. */
const notHere = [
  'Metrics',
  'ExtendedStatistic',
  'EvaluateLowSampleCountPercentile',
  'ThresholdMetricId',
  'EvaluationCriteria',
  'EvaluationInterval',
];

const treatments: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** Replaces the settings whole; the state stays, and so do the tags (API: PutMetricAlarm). */
export function putMetricAlarm(request: AlarmRequest): void {
  const { state, call, caller, input, now } = request;
  throttleAlarms(request);
  const name = requireText(input, 'AlarmName');
  const tags = tagsIn(input);
  const actions = ['OKActions', 'AlarmActions', 'InsufficientDataActions'].flatMap((member) => textsIn(input, member));
  authorizeAlarm(request, { name, tags, actions });
  if (tags.length > 0) authorizeAlarm(request, { action: 'TagResource', name, tags });
  if (notHere.some((member) => input[member] !== undefined)) throw notImplemented(call);
  const settings = readSettings(request, name);
  const arn = arnOfAlarm(request, name);
  const existing = state.cloudWatch.alarms[arn];
  if (existing !== undefined) {
    existing.settings = settings;
    existing.configured = now;
    tellConfiguration(request, existing, 'updated');
    return;
  }
  const status = { state: 'INSUFFICIENT_DATA', reason: uncheckedReason, since: now } as const;
  const alarm = { arn, account: caller.account, region: call.region, settings, configured: now, status, tags };
  state.cloudWatch.alarms[arn] = alarm;
  tellConfiguration(request, alarm, 'created');
}

export function tellConfiguration(
  { state }: AlarmRequest,
  alarm: Alarm,
  what: 'created' | 'updated' | 'deleted',
): void {
  const { AlarmName } = alarm.settings;
  const type = { created: 'Create', updated: 'Update', deleted: 'Delete' }[what];
  const summary = `Alarm "${AlarmName}" ${what}`;
  addToHistory(state, alarm, {
    type: 'ConfigurationUpdate',
    summary,
    data: { type, [`${what}Alarm`]: { ...alarm.settings, AlarmArn: alarm.arn } },
  });
}

function readSettings(request: AlarmRequest, AlarmName: string): AlarmSettings {
  const { input } = request;
  if (AlarmName.length > 255) throw invalid('An AlarmName has 1 to 255 characters.');
  const description = textIn(input, 'AlarmDescription');
  const unit = textIn(input, 'Unit');
  const treatment = choiceIn(input, 'TreatMissingData', treatments);
  return {
    AlarmName,
    ...(description !== undefined && { AlarmDescription: description }),
    ActionsEnabled: input.ActionsEnabled !== false,
    OKActions: actionsIn(request, 'OKActions'),
    AlarmActions: actionsIn(request, 'AlarmActions'),
    InsufficientDataActions: actionsIn(request, 'InsufficientDataActions'),
    MetricName: requireText(input, 'MetricName'),
    Namespace: requireText(input, 'Namespace'),
    Statistic: requireChoice(input, 'Statistic', Object.keys(statistics)),
    Dimensions: objectsIn(input, 'Dimensions').map((one) => ({
      Name: requireText(one, 'Name'),
      Value: requireText(one, 'Value'),
    })),
    ...(unit !== undefined && { Unit: unit }),
    ...readPeriods(request),
    Threshold: requireNumber(input, 'Threshold'),
    ComparisonOperator: requireChoice<Comparison>(input, 'ComparisonOperator', [
      'GreaterThanOrEqualToThreshold',
      'GreaterThanThreshold',
      'LessThanOrEqualToThreshold',
      'LessThanThreshold',
    ]),
    ...(treatment !== undefined && { TreatMissingData: treatment }),
  };
}

function readPeriods({ input, call }: AlarmRequest) {
  const [Period, EvaluationPeriods] = [requireNumber(input, 'Period'), requireNumber(input, 'EvaluationPeriods')];
  const DatapointsToAlarm = numberIn(input, 'DatapointsToAlarm');
  if ([10, 20, 30].includes(Period)) throw notImplemented(call);
  if (Period < 60 || Period % 60 !== 0) throw invalid('Period must be 10, 20, 30 or a multiple of 60.');
  if (!Number.isInteger(EvaluationPeriods) || EvaluationPeriods < 1)
    throw invalid('EvaluationPeriods must be greater than zero.');
  const length = Period * EvaluationPeriods;
  if (Period < hour && length > day)
    throw invalid('Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).');
  if (length > 7 * day) throw invalid('Metrics cannot be checked across more than seven days.');
  if (DatapointsToAlarm === undefined) return { Period, EvaluationPeriods };
  if (!Number.isInteger(DatapointsToAlarm) || DatapointsToAlarm < 1 || DatapointsToAlarm > EvaluationPeriods)
    throw invalid('DatapointsToAlarm must be between 1 and EvaluationPeriods.');
  return { Period, EvaluationPeriods, DatapointsToAlarm };
}

/** An action must be in the alarm's Region (recorded: "Invalid region … specified. Only … is supported."). */
function actionsIn({ input, call }: AlarmRequest, member: string): readonly string[] {
  const actions = textsIn(input, member);
  if (actions.length > mostActions) throw invalid(`${member} takes ${mostActions} actions at most.`);
  for (const action of actions) {
    const parts = arnParts(action);
    if (parts === undefined) throw invalid(`Invalid arn syntax: ${action}`);
    if (parts.region !== call.region)
      throw invalid(`Invalid region ${parts.region} specified. Only ${call.region} is supported.`);
  }
  return actions;
}

function requireChoice<T extends string>(input: Input, name: string, allowed: readonly T[]): T {
  const found = choiceIn(input, name, allowed);
  if (found === undefined) throw invalid(`The parameter ${name} is required.`);
  return found;
}
