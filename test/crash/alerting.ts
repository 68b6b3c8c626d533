/** Alerts of ours next to a topic, notifications and an alarm of others. */
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import type { AlertSpec } from '../../src/config/spec.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';
import { clientsOf } from '../sandbox/clients.ts';

const TopicArn = `arn:aws:sns:eu-west-1:${SOURCE}:theirs`;
const Bucket = 'acme-invoices';

/** Single failures go to the topic of theirs. */
export const alerts = branded<AlertSpec>({
  topics: [],
  emails: ['storage@example.com', 'Duty@example.com'],
  failures: true,
  silence: true,
  events: TopicArn,
});

/** A topic of theirs, which their entry in the notifications of the source bucket names; and their alarm. */
export async function theirAlerts(sandbox: Sandbox): Promise<void> {
  const { sns, s3, cloudWatch } = clientsOf(sandbox, SOURCE);
  await sns.send(new CreateTopicCommand({ Name: 'theirs' }));
  const AttributeValue = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TheirsFromS3',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: TopicArn,
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:s3:::${Bucket}` } },
      },
    ],
  });
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
  if (sandbox.state.buckets[Bucket] === undefined) {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        EventBridgeConfiguration: {},
        TopicConfigurations: [{ Id: 'theirs', TopicArn, Events: ['s3:ObjectCreated:*'] }],
      },
    }),
  );
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'theirs',
      AlarmActions: [TopicArn],
      Namespace: 'AWS/S3',
      MetricName: 'OperationsFailedReplication',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
}

/** After this, S3 has published all metrics of the rules: every alarm can be made. */
export async function untilMetrics(sandbox: Sandbox): Promise<void> {
  await clientsOf(sandbox, SOURCE).s3.send(new PutObjectCommand({ Bucket, Key: 'first', Body: 'first' }));
  await sandbox.clock.sleep(20 * 60_000);
}
