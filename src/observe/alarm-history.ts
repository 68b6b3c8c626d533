import type { AlarmHistoryItem, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { required } from '../aws/required.ts';
import type { Connection } from '../connect/connection.ts';

const { DescribeAlarmHistoryCommand, DescribeAlarmsCommand } = required('@aws-sdk/client-cloudwatch');

type Where = Pick<Connection, 'cloudWatch'>;

/** What became of the latest actions of an alarm, the newest first (API: DescribeAlarmHistory). */
export async function readLatestActions(at: Where, AlarmName: string): Promise<readonly AlarmHistoryItem[]> {
  const ask = { AlarmName, HistoryItemType: 'Action', ScanBy: 'TimestampDescending', MaxRecords: 20 } as const;
  const { AlarmHistoryItems = [] } = await at.cloudWatch.send(new DescribeAlarmHistoryCommand(ask));
  return AlarmHistoryItems;
}

/** @param abortSignal replaces the deadline of the run. @returns undefined where there is none. */
export async function readAlarm(
  at: Where,
  name: string,
  abortSignal: AbortSignal | undefined,
): Promise<MetricAlarm | undefined> {
  const ask = new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm'] });
  const { MetricAlarms = [] } = await at.cloudWatch.send(ask, abortSignal ? { abortSignal } : {});
  return MetricAlarms[0];
}
