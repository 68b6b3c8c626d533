import type { Alarm, AlarmStatus } from './cloudwatch-state.ts';
import { alarmTime } from './explain-evaluation.ts';

export interface AlarmMessage {
  readonly subject: string;
  /** JSON. */
  readonly message: string;
}

/** What CloudWatch publishes to a topic, as recorded in messages of AWS; but the Region has its code where AWS writes out its name. @param before the alarm's status until now. */
export function alarmMessage(alarm: Alarm, before: AlarmStatus): AlarmMessage {
  const { settings, status, account, region, arn, configured } = alarm;
  const message = {
    AlarmName: settings.AlarmName,
    AlarmDescription: settings.AlarmDescription ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: alarmTime(configured),
    NewStateValue: status.state,
    NewStateReason: status.reason,
    StateChangeTime: alarmTime(status.since),
    Region: region,
    AlarmArn: arn,
    OldStateValue: before.state,
    OKActions: settings.OKActions,
    AlarmActions: settings.AlarmActions,
    InsufficientDataActions: settings.InsufficientDataActions,
    Trigger: {
      MetricName: settings.MetricName,
      Namespace: settings.Namespace,
      StatisticType: 'Statistic',
      Statistic: settings.Statistic.toUpperCase(),
      Unit: settings.Unit ?? null,
      Dimensions: settings.Dimensions.map(({ Name, Value }) => ({ value: Value, name: Name })),
      Period: settings.Period,
      EvaluationPeriods: settings.EvaluationPeriods,
      ...(settings.DatapointsToAlarm !== undefined && { DatapointsToAlarm: settings.DatapointsToAlarm }),
      ComparisonOperator: settings.ComparisonOperator,
      Threshold: settings.Threshold,
      TreatMissingData: settings.TreatMissingData ?? '',
      EvaluateLowSampleCountPercentile: '',
    },
  };
  return { subject: `${status.state}: "${settings.AlarmName}" in ${region}`, message: JSON.stringify(message) };
}
