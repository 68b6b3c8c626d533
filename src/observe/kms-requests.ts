import { kmsUsage } from '../aws/kms-rate.ts';
import { required } from '../aws/required.ts';
import type { Connection } from '../connect/connection.ts';
import type { Unknown } from '../model/decision.ts';
import { orUnknown } from './reading.ts';

const minuteSeconds = 60;
const hourMs = 3_600_000;

/**
 * Cryptographic requests a second with symmetric keys, in the busiest minute of the last hour, by CloudWatch's usage metric (AWS Security Blog,
 * manage-your-aws-kms-api-request-rates). Seconds may have had more: KMS throttles by the second.
 *
 * @param at the account that calls KMS, in the Region of the keys. @returns unknown where it may not be read.
 * @throws Failure at the deadline, by Ctrl-C, without credentials, and where something answers in AWS's place.
 */
export function readKmsRequests(at: Pick<Connection, 'cloudWatch'>, now: Date): Promise<number | Unknown> {
  return orUnknown(['kmsRequests'], readBusiestMinute(at, now));
}

async function readBusiestMinute({ cloudWatch }: Pick<Connection, 'cloudWatch'>, now: Date): Promise<number> {
  const { GetMetricDataCommand } = required('@aws-sdk/client-cloudwatch');
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        {
          Id: 'requests',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Usage',
              MetricName: 'CallCount',
              Dimensions: Object.entries(kmsUsage).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: minuteSeconds,
            Stat: 'Sum',
          },
        },
      ],
      StartTime: new Date(now.getTime() - hourMs),
      EndTime: now,
    }),
  );
  // A minute without requests has no value.
  const { Values = [] } = MetricDataResults?.[0] ?? {};
  return Math.max(0, ...Values) / minuteSeconds;
}
