import type { AlarmSettings } from '../aws/alert-documents.ts';
import { alarmArn, regionOf } from '../aws/arn.ts';
import { isSameJson } from '../aws/json.ts';
import type { Spec } from '../config/spec.ts';
import {
  alarmPrefix,
  alarmsFor,
  alarmsIn,
  alertRegions,
  hasSeries,
  metricOf,
  regionsOfAlerts,
  topicFor,
  type WantedAlarm,
} from '../state/alerts.ts';
import { type Call, type Change, type Finding, phase, turn } from '../state/change.ts';
import { addOurTags, ruleIdPrefix } from '../state/names.ts';
import { destroying, planning } from '../state/need.ts';
import { put, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { unwrapSingle } from './scope.ts';

/** CloudWatch's alarms on the metrics of our rules: ours by the name alone, and replaced whole. */
export const alarmsStep: Step<'PutMetricAlarm' | 'DeleteAlarms'> = {
  id: 'alarms',
  phase: phase.alerts,

  writes: {
    PutMetricAlarm: {},
    DeleteAlarms: { doneBefore: /not (exist|found)/i },
  },

  documents: {},

  /** Rates: CloudWatch User Guide, cloudwatch_limits. */
  asks: {
    CloudWatch: {
      DeleteAlarms: { perSecond: 3 },
      DescribeAlarms: { answer: { member: 'MetricAlarms' } },
      ListMetrics: { answer: { member: 'Metrics' } },
      PutMetricAlarm: { actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource'], perSecond: 3 },
    },
  },

  needs: {
    alerts(spec) {
      if (spec.alerts === undefined) return [];
      const inRegions = (name: string) =>
        unwrapSingle(regionsOfAlerts(spec).map((region) => alarmArn({ ...spec.source, region }, name)));
      const ours = { sid: 'Alarms', on: inRegions(`${alarmPrefix(spec)}*`) };
      const isLate = alarmsFor(spec).some(({ kind }) => kind !== 'failures');
      return [
        { sid: 'SeeAlarms', on: inRegions('*'), actions: ['cloudwatch:DescribeAlarms'], for: planning },
        { ...ours, actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource'], for: ['apply'] },
        { ...ours, actions: ['cloudwatch:DeleteAlarms'], for: ['apply', ...destroying] },
        { ...ours, actions: ['cloudwatch:DescribeAlarmHistory', 'cloudwatch:SetAlarmState'], for: ['verify'] },
        ...(isLate ? [{ sid: 'SeeMetrics', on: '*', actions: ['cloudwatch:ListMetrics'], for: planning }] : []),
        { sid: 'SeeMuteRules', on: '*', actions: ['cloudwatch:ListAlarmMuteRules'], for: ['verify'] },
      ];
    },
  },

  addOurs(observed, spec) {
    const { account } = spec.source;
    const present = alarmsIn(observed, account);
    const wanted = alarmsFor(spec).filter((one) => canBeMade(observed, one, spec));
    const kept = removeAlarms(observed, spec, (arn) => !wanted.some((one) => one.arn === arn));
    return wanted.reduce((state, one) => {
      const settings = settingsFor(one, spec);
      const before = present[one.arn];
      return before && isSameAlarm(before, settings) ? state : put(state, account, 'alarms', one.arn, settings);
    }, kept);
  },

  removeOurs: (observed, spec) => removeAlarms(observed, spec, () => true),

  diff(from, to, spec) {
    const { account } = spec.source;
    return Object.entries(alarmsIn(to, account)).flatMap(([arn, after]) =>
      changesOf(arn, alarmsIn(from, account)[arn] ?? null, after, spec),
    );
  },

  findings(observed, spec) {
    if (spec.alerts === undefined) return [];
    return [...blindRules(spec), ...pendingAlarms(observed, spec)];
  },
};

function removeAlarms(state: State, { source }: Spec, isGone: (arn: string) => boolean): State {
  return Object.keys(alarmsIn(state, source.account))
    .filter(isGone)
    .reduce((next, arn) => put(next, source.account, 'alarms', arn, null), state);
}

/** Failed operations are counted from the first one on; the other metrics come minutes after the first object, and stay. */
function canBeMade(observed: State, alarm: WantedAlarm, spec: Spec): boolean {
  return (
    alarm.kind === 'failures' ||
    Boolean(alarmsIn(observed, spec.source.account)[alarm.arn]) ||
    hasSeries(observed, spec, alarm)
  );
}

/**
 * Failures: one minute with one failure is enough, and minutes without data are good: with `ignore`, one old failure would hide all later ones. AWS's own
 * advice, 5 of 5 minutes, misses a single failure (CloudWatch User Guide, alarms-and-missing-data). The others are published also while nothing is pending.
 */
const conditions = {
  failures: {
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  },
  latency: {
    Statistic: 'Maximum',
    Period: 300,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'ignore',
  },
  silence: {
    Statistic: 'Maximum',
    Period: 300,
    EvaluationPeriods: 3,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  },
} as const;

/** As AWS gives it back. */
export function settingsFor(alarm: WantedAlarm, spec: Spec): AlarmSettings {
  const { kind, name, region, rule, side, limit } = alarm;
  const actions = [topicFor(spec, region)];
  const condition = conditions[kind];
  return {
    AlarmName: name,
    AlarmDescription: describe(alarm, spec),
    ActionsEnabled: true,
    OKActions: actions,
    AlarmActions: actions,
    InsufficientDataActions: [],
    Namespace: 'AWS/S3',
    MetricName: metricOf[kind],
    Dimensions: [
      { Name: 'DestinationBucket', Value: side.bucket },
      { Name: 'RuleId', Value: ruleIdPrefix(spec) + rule.id },
      { Name: 'SourceBucket', Value: spec.source.bucket },
    ],
    ...condition,
    DatapointsToAlarm: condition.EvaluationPeriods,
    Threshold: limit,
  };
}

function describe({ kind, rule, side, limit }: WantedAlarm, { source, name }: Spec): string {
  const what = `${source.bucket} to ${side.bucket}, rule ${rule.id}`;
  const told = {
    failures: `Objects failed to replicate (${what}); S3 does not retry them. To find the cause, run: s3repl doctor`,
    latency: `Replication takes more than ${limit / 60} minutes (${what}). To find the cause, run: s3repl doctor`,
    silence: `The replication metrics have stopped (${what}): the rule, its metrics or the destination may no longer exist. To find the cause, run: s3repl doctor`,
  }[kind];
  return `${told}. Made by s3repl for ${name}.`;
}

/** AWS may list dimensions in another order. */
function isSameAlarm(a: AlarmSettings, b: AlarmSettings): boolean {
  return isSameJson(inOrder(a), inOrder(b));
}

function inOrder(settings: AlarmSettings) {
  const { Dimensions = [], ...others } = settings;
  const sorted = [...Dimensions].sort((a, b) => ((a.Name ?? '') < (b.Name ?? '') ? -1 : 1));
  return { ...others, Dimensions: sorted };
}

function changesOf(
  arn: string,
  before: AlarmSettings | null,
  after: AlarmSettings | null,
  spec: Spec,
): readonly Change[] {
  if (isSameJson(before, after)) return [];
  const region = regionOf(arn);
  const name = (after ?? before)?.AlarmName ?? '';
  const where = { side: 'source', region, service: 'CloudWatch', turn: turn.grants } as const;
  const call: Call = after
    ? { ...where, operation: 'PutMetricAlarm', input: { ...after, AlarmName: name, ...(before ? {} : tagsFor(spec)) } }
    : { ...where, operation: 'DeleteAlarms', input: { AlarmNames: [name] } };
  return [
    {
      step: 'alarms',
      phase: phase.alerts,
      side: 'source',
      account: spec.source.account,
      region,
      action: !before ? 'create' : after ? 'change' : 'remove',
      resource: `alarm ${name} in ${region}`,
      before,
      after,
      calls: [call],
      target: arn,
    },
  ];
}

/** They count for new alarms only (API: PutMetricAlarm). */
function tagsFor(spec: Spec) {
  return { Tags: Object.entries(addOurTags(spec)).map(([Key, Value]) => ({ Key, Value })) };
}

function blindRules({ destinations }: Spec): readonly Finding[] {
  const blind = destinations.flatMap(({ rules }) => rules.filter(({ metrics }) => !metrics));
  return blind.map(({ id }) => ({
    level: 'warning',
    step: 'alarms',
    code: 'rule-without-metrics',
    side: 'source',
    message: `rule ${id} has no replication metrics: no alarm can see its failures`,
    fix: `write metrics: true in rule ${id}`,
  }));
}

function pendingAlarms(observed: State, spec: Spec): readonly Finding[] {
  const pending = alarmsFor(spec).filter((one) => !canBeMade(observed, one, spec));
  if (pending.length === 0) return [];
  const names = pending.map(({ name }) => name).join(', ');
  const regions = alertRegions(spec).filter((region) => pending.some((one) => one.region === region));
  return [
    {
      level: 'warning',
      step: 'alarms',
      code: 'alarms-pending',
      side: 'source',
      message: `CloudWatch in ${regions.join(', ')} does not yet have the metrics for ${names}: S3 publishes them some minutes after the first object`,
      fix: 'run s3repl apply again once objects have replicated. If source and destination are two accounts, AWS does not document which account has these metrics: s3repl looks in the source account',
    },
  ];
}
