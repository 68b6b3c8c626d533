import type { BucketName } from '../aws/brand.ts';
import { required } from '../aws/required.ts';
import type { Connection } from '../connect/connection.ts';
import type { Unknown } from '../model/decision.ts';
import { orUnknown } from './reading.ts';

export interface ObjectCount {
  /** Current and noncurrent versions, delete markers, and the parts of uploads that are not complete. */
  readonly count: number;
  readonly asOf: Date;
}

const daySeconds = 24 * 3_600;
const dayMs = daySeconds * 1000;

/** S3 reports the metric once a day, and sometimes late. */
const daysBack = 3;

/**
 * CloudWatch's newest count of a bucket (S3 User Guide, metrics-dimensions: `NumberOfObjects`), which costs nothing to keep and stands for listing all objects.
 * Unknown where it may not be read, and for a bucket of which S3 has not reported yet.
 *
 * @param at the account of the bucket's owner, in the bucket's Region: the metric is nowhere else.
 * @throws Failure at the deadline, by Ctrl-C, without credentials, and where something answers in AWS's place.
 */
export function countObjects(
  at: Pick<Connection, 'cloudWatch'>,
  bucket: BucketName,
  now: Date,
): Promise<ObjectCount | Unknown> {
  return orUnknown(['objectCount'], readCount(at, bucket, now));
}

async function readCount(
  { cloudWatch }: Pick<Connection, 'cloudWatch'>,
  bucket: BucketName,
  now: Date,
): Promise<ObjectCount | Unknown> {
  const { GetMetricDataCommand } = required('@aws-sdk/client-cloudwatch');
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        {
          Id: 'objects',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/S3',
              MetricName: 'NumberOfObjects',
              Dimensions: [
                { Name: 'BucketName', Value: bucket },
                { Name: 'StorageType', Value: 'AllStorageTypes' },
              ],
            },
            Period: daySeconds,
            Stat: 'Average',
          },
        },
      ],
      StartTime: new Date(today - daysBack * dayMs),
      EndTime: new Date(today + dayMs),
      ScanBy: 'TimestampDescending',
    }),
  );
  const { Timestamps: [asOf] = [], Values: [count] = [] } = MetricDataResults?.[0] ?? {};
  return asOf === undefined || count === undefined ? 'unknown' : { count, asOf };
}
