import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmSettings, ReplicationSeries } from '../aws/alert-documents.ts';
import { toJson } from '../aws/json.ts';
import { required } from '../aws/required.ts';
import type { Connection } from '../connect/connection.ts';
import { pagesOf } from './pages.ts';

const { paginateDescribeAlarms, paginateListMetrics } = required('@aws-sdk/client-cloudwatch');

type Where = Pick<Connection, 'cloudWatch' | 'region'>;

/** Of a Region: 5,000 alarms are the quota, which may be raised (General Reference, cw_region quotas), a hundred a page. */
const mostPages = 1_000;

/** Alarms on metrics, whose names begin so. */
export async function readAlarms(at: Where, AlarmNamePrefix?: string): Promise<readonly MetricAlarm[]> {
  const found: MetricAlarm[] = [];
  const asked = { AlarmTypes: ['MetricAlarm' as const], ...(AlarmNamePrefix && { AlarmNamePrefix }) };
  const pages = paginateDescribeAlarms({ client: at.cloudWatch, pageSize: 100 }, asked);
  for await (const { MetricAlarms = [] } of pagesOf(pages, {
    list: `the list of alarms in ${at.region}`,
    most: mostPages,
  }))
    found.push(...MetricAlarms);
  return found;
}

/** What PutMetricAlarm would take to make it again; an empty list of queries is none. */
export function settingsOf(alarm: MetricAlarm): AlarmSettings {
  const {
    AlarmArn: _,
    AlarmConfigurationUpdatedTimestamp: __,
    StateValue: ___,
    StateReason: ____,
    StateReasonData: _____,
    StateUpdatedTimestamp: ______,
    StateTransitionedTimestamp: _______,
    EvaluationState: ________,
    Metrics = [],
    ...settings
  } = alarm;
  return toJson<unknown>({ ...settings, ...(Metrics.length > 0 && { Metrics }) }) as AlarmSettings;
}

/** What CloudWatch has of the replication of a bucket, in one Region: metrics with data in the last two weeks (API: ListMetrics). */
export async function readSeries(at: Where, bucket: string): Promise<readonly ReplicationSeries[]> {
  const found: ReplicationSeries[] = [];
  const asked = { Namespace: 'AWS/S3', Dimensions: [{ Name: 'SourceBucket', Value: bucket }] };
  for await (const { Metrics = [] } of pagesOf(paginateListMetrics({ client: at.cloudWatch }, asked), {
    list: `the list of metrics in ${at.region}`,
    most: mostPages,
  })) {
    for (const { MetricName: metric = '', Dimensions = [] } of Metrics) {
      const of = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
      const { SourceBucket: source, DestinationBucket: destination, RuleId: rule } = of;
      if (source !== undefined && destination !== undefined && rule !== undefined)
        found.push({ region: at.region, metric, source, destination, rule });
    }
  }
  return found;
}
