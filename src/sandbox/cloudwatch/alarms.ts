/** API: DescribeAlarms, DeleteAlarms, SetAlarmState, DescribeAlarmHistory, ListAlarmMuteRules. */
import { authorize } from '../iam/authorize-call.ts';
import { AwsError } from '../wire/errors.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import { type AlarmOperation, type AlarmRequest, alarmsOf, arnOfAlarm, authorizeAlarm } from './alarm-request.ts';
import { changeState } from './change-state.ts';
import type { Alarm, HistoryItem } from './cloudwatch-state.ts';
import { choiceIn, invalid, pageOf, requireText, textIn, textsIn, timeIn } from './input.ts';
import { putMetricAlarm, tellConfiguration } from './put-metric-alarm.ts';

/** Named in a request, and in an answer. */
const mostAlarms = 100;

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

export const alarmOperations: Readonly<Record<string, AlarmOperation>> = {
  PutMetricAlarm: putMetricAlarm,
  DescribeAlarms: describeAlarms,
  DeleteAlarms: deleteAlarms,
  SetAlarmState: setAlarmState,
  DescribeAlarmHistory: describeHistory,
  ListAlarmMuteRules: listMuteRules,
};

function describeAlarms(request: AlarmRequest): unknown {
  const { input, call } = request;
  const names = namesIn(request);
  if (names.length === 0) authorizeAlarm(request);
  for (const name of names) authorizeAlarm(request, { name });
  const prefix = textIn(input, 'AlarmNamePrefix');
  if (prefix !== undefined && names.length > 0) throw invalid('AlarmNames and AlarmNamePrefix exclude each other.');
  if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) throw notImplemented(call);
  const types = textsIn(input, 'AlarmTypes');
  const state = choiceIn(input, 'StateValue', states);
  const actionPrefix = textIn(input, 'ActionPrefix');
  const isAsked = ({ settings, status }: Alarm) =>
    (names.length === 0 || names.includes(settings.AlarmName)) &&
    settings.AlarmName.startsWith(prefix ?? '') &&
    status.state === (state ?? status.state) &&
    (actionPrefix === undefined || actionsOf(settings).some((action) => action.startsWith(actionPrefix)));
  // Without types, only metric alarms are returned (API: DescribeAlarms); there are no others here.
  const found = types.length === 0 || types.includes('MetricAlarm') ? alarmsOf(request).filter(isAsked) : [];
  const { page, NextToken } = pageOf(input, found, ({ arn }) => arn, mostAlarms);
  return { CompositeAlarms: [], MetricAlarms: page.map(describeAlarm), ...(NextToken && { NextToken }) };
}

function namesIn({ input }: AlarmRequest): readonly string[] {
  const names = textsIn(input, 'AlarmNames');
  if (names.length > mostAlarms) throw invalid(`AlarmNames takes ${mostAlarms} names at most.`);
  return names;
}

function actionsOf({ OKActions, AlarmActions, InsufficientDataActions }: Alarm['settings']): readonly string[] {
  return [...OKActions, ...AlarmActions, ...InsufficientDataActions];
}

function describeAlarm({ arn, settings, configured, status }: Alarm) {
  return {
    ...settings,
    AlarmArn: arn,
    AlarmConfigurationUpdatedTimestamp: configured / 1000,
    StateValue: status.state,
    StateReason: status.reason,
    ...(status.reasonData !== undefined && { StateReasonData: status.reasonData }),
    StateUpdatedTimestamp: status.since / 1000,
    StateTransitionedTimestamp: status.since / 1000,
  };
}

/** Those that exist are deleted, whatever else is named (API: DeleteAlarms). */
function deleteAlarms(request: AlarmRequest): void {
  const { state } = request;
  const names = namesIn(request);
  if (names.length === 0) throw invalid('The parameter AlarmNames is required.');
  for (const name of names) authorizeAlarm(request, { name });
  const { alarms } = state.cloudWatch;
  const found = names.flatMap((name) => alarms[arnOfAlarm(request, name)] ?? []);
  for (const alarm of found) {
    tellConfiguration(request, alarm, 'deleted');
    delete alarms[alarm.arn];
  }
  if (found.length < new Set(names).size) throw alarmNotFound();
}

/** Until the next evaluation (API: SetAlarmState). */
function setAlarmState(request: AlarmRequest): void {
  const { state, input } = request;
  const name = requireText(input, 'AlarmName');
  authorizeAlarm(request, { name });
  const value = choiceIn(input, 'StateValue', states);
  const reason = textIn(input, 'StateReason');
  if (value === undefined || reason === undefined)
    throw invalid('The parameters StateValue and StateReason are required.');
  if (reason.length > 1023) throw invalid('A StateReason has 1023 characters at most.');
  const reasonData = textIn(input, 'StateReasonData');
  if (reasonData !== undefined) checkJson(reasonData);
  const alarm = state.cloudWatch.alarms[arnOfAlarm(request, name)];
  if (alarm === undefined) throw alarmNotFound();
  changeState(state, alarm, { state: value, reason, ...(reasonData !== undefined && { reasonData }) });
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError('InvalidFormatFault', 400, 'StateReasonData is no JSON.');
  }
}

function describeHistory(request: AlarmRequest): unknown {
  const { state, input, caller, call } = request;
  const name = textIn(input, 'AlarmName');
  authorizeAlarm(request, { name });
  if (input.AlarmContributorId !== undefined) throw notImplemented(call);
  const [start = 0, end = Number.POSITIVE_INFINITY] = [timeIn(input, 'StartDate'), timeIn(input, 'EndDate')];
  const type = textIn(input, 'HistoryItemType');
  const types = textsIn(input, 'AlarmTypes');
  const isAsked = (item: HistoryItem) =>
    item.account === caller.account &&
    item.region === call.region &&
    item.alarm === (name ?? item.alarm) &&
    item.type === (type ?? item.type) &&
    item.time >= start &&
    item.time <= end;
  const isMetric = types.length === 0 || types.includes('MetricAlarm');
  const found = isMetric ? Object.entries(state.cloudWatch.history).filter(([, item]) => isAsked(item)) : [];
  const oldestFirst = choiceIn(input, 'ScanBy', ['TimestampDescending', 'TimestampAscending']) === 'TimestampAscending';
  const ordered = oldestFirst ? found : found.toReversed();
  const { page, NextToken } = pageOf(input, ordered, ([number]) => number, mostAlarms);
  return { AlarmHistoryItems: page.map(([, item]) => describeItem(item)), ...(NextToken && { NextToken }) };
}

function describeItem({ alarm, time, type, summary, data }: HistoryItem) {
  return {
    AlarmName: alarm,
    AlarmType: 'MetricAlarm',
    Timestamp: time / 1000,
    HistoryItemType: type,
    HistorySummary: summary,
    HistoryData: data,
  };
}

/** Nobody can make any here. */
function listMuteRules(request: AlarmRequest): unknown {
  authorize(request, { action: 'cloudwatch:ListAlarmMuteRules', resource: '*', account: request.caller.account });
  return { AlarmMuteRuleSummaries: [] };
}

function alarmNotFound(): AwsError {
  return new AwsError('ResourceNotFound', 404, 'The named alarm does not exist.');
}
