import { CloudWatchClient, PutMetricAlarmCommand, type PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aSetUp, ending, type People, SOURCE } from './by-hand.ts';
import { type Ended, invoices } from './cli.ts';

const rule = 's3repl.invoices-dr.all';
const topic = 'arn:aws:sns:eu-west-1:111111111111:ops';

const as = ({ sandbox }: People, region = 'eu-west-1') => ({
  requestHandler: sandbox.requestHandler,
  credentials: sandboxCredentials('111111111111'),
  region,
  maxAttempts: 1,
});
const snsOf = (people: People) => new SNSClient(as(people));

const dimensionsOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([Name, Value]) => ({ Name, Value }));
const all = { SourceBucket: SOURCE, DestinationBucket: `${SOURCE}-replica`, RuleId: rule };

async function putAlarm(people: People, more: Partial<PutMetricAlarmCommandInput>, region?: string): Promise<void> {
  await new CloudWatchClient(as(people, region)).send(
    new PutMetricAlarmCommand({
      AlarmName: 'failures',
      AlarmActions: [topic],
      Namespace: 'AWS/S3',
      MetricName: 'OperationsFailedReplication',
      Dimensions: dimensionsOf(all),
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      ...more,
    }),
  );
  await people.sandbox.clock.sleep(1000);
}

/** The checks about who hears of failures, with what is wrong. */
function hearing({ lines }: Ended): Readonly<Record<string, readonly string[]>> {
  const about = lines.filter(({ type, check }) => type === 'check' && /^C(34|39|40)$/.test(`${check}`));
  return Object.fromEntries(
    about.map(({ check, status, causes }) => [
      `${check} ${status}`,
      (causes as readonly { readonly summary: string }[]).map(({ summary }) => summary),
    ]),
  );
}

function commandsIn({ lines }: Ended, id: string): readonly string[] {
  const causes = lines.flatMap(({ check, causes: found }) =>
    check === id ? (found as readonly { readonly commands?: readonly string[] }[]) : [],
  );
  return causes.flatMap(({ commands }) => commands ?? []);
}

/** What the AWS CLI would do. */
async function obey(people: People, command: string): Promise<void> {
  const [, region, json = ''] =
    /^aws cloudwatch put-metric-alarm --region (\S+) --cli-input-json '(.*)'$/m.exec(command) ?? [];
  await new CloudWatchClient(as(people, region)).send(new PutMetricAlarmCommand(JSON.parse(json)));
  await people.sandbox.clock.sleep(1000);
}

it('an alarm made by hand, link by link, until somebody would hear of an object that fails', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0 });
  const nothing = await s3repl('doctor');
  expect(ending(nothing)).toMatchObject({ code: 0, outcome: 'healthy' });
  expect(hearing(nothing)).toEqual({
    'C34 warning': [`Nobody is notified when an object of bucket ${SOURCE} fails to replicate.`],
  });

  // As much public Terraform has it: two dimensions, five periods, and a topic that nobody has made.
  await byHand((people) =>
    putAlarm(people, {
      Dimensions: dimensionsOf({ SourceBucket: SOURCE, RuleId: rule }),
      EvaluationPeriods: 5,
      TreatMissingData: 'ignore',
    }),
  );
  const blind = await s3repl('doctor');
  expect(ending(blind)).toMatchObject({ code: 0, outcome: 'healthy' });
  expect(hearing(blind)).toEqual({
    'C34 warning': [
      `Nobody is notified when an object of bucket ${SOURCE} fails to replicate under ${rule}: alarm failures never fires, or notifies nobody.`,
    ],
    'C39 warning': [expect.stringContaining('it watches a metric that does not exist')],
    'C40 warning': [`Topic ${topic} does not exist: alarm failures reaches nobody.`],
  });

  await byHand(async (people) => {
    for (const command of commandsIn(blind, 'C39')) await obey(people, command);
    await snsOf(people).send(new CreateTopicCommand({ Name: 'ops' }));
    const email = { TopicArn: topic, Protocol: 'email', Endpoint: 'ops@example.com' };
    await snsOf(people).send(new SubscribeCommand(email));
  });
  const deaf = await s3repl('doctor');
  expect(hearing(deaf)).toEqual({
    'C34 warning': [
      `Nobody is notified when an object of bucket ${SOURCE} fails to replicate under ${rule}: topic ${topic} of alarm failures waits for its subscribers to confirm.`,
    ],
    'C39 warning': [expect.stringContaining('it waits for failures in 5 of 5 periods')],
    'C40 warning': [`Topic ${topic} has no confirmed subscriber (1 not confirmed yet): alarm failures reaches nobody.`],
  });

  expect((await folder.s3repl(['sandbox', 'confirm', 'ops@example.com', '--json'])).code).toBe(0);
  await byHand(async (people) => {
    for (const command of commandsIn(deaf, 'C39')) await obey(people, command);
  });
  const heard = await s3repl('doctor');
  expect(hearing(heard)).toEqual({ 'C34 ok': [], 'C39 ok': [], 'C40 ok': [] });
});

it('a topic that somebody breaks is named, with the statement that mends it', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(async (people) => {
    const sns = snsOf(people);
    await sns.send(new CreateTopicCommand({ Name: 'ops' }));
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'email', Endpoint: 'ops@example.com' }));
    await putAlarm(people, {});
  });
  await folder.s3repl(['sandbox', 'confirm', 'ops@example.com', '--json']);
  expect(hearing(await s3repl('doctor'))).toEqual({ 'C34 ok': [], 'C39 ok': [], 'C40 ok': [] });

  const policyWith = (statement: unknown) =>
    new SetTopicAttributesCommand({
      TopicArn: topic,
      AttributeName: 'Policy',
      AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    });
  const forS3 = {
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'SNS:Publish',
    Resource: topic,
  };
  await byHand((people) => snsOf(people).send(policyWith(forS3)));
  const refused = await s3repl('doctor');
  expect(hearing(refused)).toMatchObject({
    'C40 warning': [`CloudWatch may not publish to topic ${topic}: alarm failures reaches nobody.`],
  });
  const causes = refused.lines.find(({ check }) => check === 'C40')?.causes as readonly {
    readonly remedy: { readonly into: string; readonly statement: unknown };
  }[];
  expect(causes[0]?.remedy.into).toBe(`the topic policy of ${topic}`);
  await byHand((people) => snsOf(people).send(policyWith(causes[0]?.remedy.statement)));
  expect(hearing(await s3repl('doctor'))).toEqual({ 'C34 ok': [], 'C39 ok': [], 'C40 ok': [] });

  // In its place S3 tells of each failure; then the topic is gone.
  await byHand(async (people) => {
    await snsOf(people).send(policyWith(forS3));
    await people.source.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: SOURCE,
        NotificationConfiguration: {
          TopicConfigurations: [
            { Id: 'failed', TopicArn: topic, Events: ['s3:Replication:OperationFailedReplication'] },
          ],
        },
      }),
    );
  });
  expect(hearing(await s3repl('doctor'))).toEqual({
    'C34 ok': [],
    'C39 ok': [],
    'C40 warning': [`CloudWatch may not publish to topic ${topic}: alarm failures reaches nobody.`],
  });
  await byHand((people) => snsOf(people).send(new DeleteTopicCommand({ TopicArn: topic })));
  expect(hearing(await s3repl('doctor'))).toMatchObject({
    'C34 warning': [
      `Nobody is notified when an object of bucket ${SOURCE} fails to replicate under ${rule}: topic ${topic} of alarm failures does not exist; topic ${topic} of notification failed does not exist.`,
    ],
    'C40 warning': [`Topic ${topic} does not exist: alarm failures, notification failed reach nobody.`],
  });
});

it('what s3repl makes itself is heard, once somebody has confirmed', async () => {
  const { s3repl, folder } = aSetUp();
  folder.write('repl.yaml', `${invoices}alerts:\n  emails: [ops@example.com]\n`);
  await s3repl('apply', '--yes');
  expect(hearing(await s3repl('doctor'))).toMatchObject({
    'C34 warning': [expect.stringContaining('waits for its subscribers to confirm')],
    'C39 ok': [],
  });
  await folder.s3repl(['sandbox', 'confirm', 'ops@example.com', '--json']);
  const heard = await s3repl('doctor');
  expect(ending(heard)).toMatchObject({ code: 0, outcome: 'healthy' });
  expect(hearing(heard)).toEqual({ 'C34 ok': [], 'C39 ok': [], 'C40 ok': [] });
});
