import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { Account } from './account.ts';
import type { Moto } from './moto.ts';
import { aConfig, folderWith, SOURCE } from './s3repl.ts';

const topic = `arn:aws:sns:eu-west-1:${SOURCE}:ops`;

/** What an emulator that others wrote has of alarms and topics is read as AWS's. */
export function alarmsOfOthers(moto: Moto): void {
  test('doctor sees alarms and topics that somebody has made', async () => {
    await moto.reset();
    const { s3repl } = await folderWith(aConfig(), moto);
    expect((await s3repl('apply', '--yes')).exit).toBe(0);
    const { credentials } = await Account.signIn(moto, SOURCE);
    const as = { endpoint: moto.url, region: 'eu-west-1', credentials };
    const [cloudWatch, sns] = [new CloudWatchClient(as), new SNSClient(as)];
    await sns.send(new CreateTopicCommand({ Name: 'ops' }));
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'failures',
        AlarmActions: [topic],
        Namespace: 'AWS/S3',
        MetricName: 'OperationsFailedReplication',
        Dimensions: [
          { Name: 'SourceBucket', Value: 'acme-orders' },
          { Name: 'DestinationBucket', Value: 'acme-orders-replica' },
          { Name: 'RuleId', Value: 's3repl.orders.all' },
        ],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    );
    const hearing = async () => {
      const { exit, lines } = await s3repl('doctor', '--json');
      expect(exit).toBe(0);
      return lines.flatMap(({ check, status }) => (/^C(39|40)$/.test(`${check}`) ? [`${check} ${status}`] : []));
    };
    expect(await hearing()).toEqual(['C39 ok', 'C40 warning']);
    const Endpoint = `arn:aws:sqs:eu-west-1:${SOURCE}:queue`;
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint }));
    expect(await hearing()).toEqual(['C39 ok', 'C40 ok']);
  });
}
