import { Readable } from 'node:stream';
import { PutMetricAlarmCommand, type PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/transport';
import type { HttpRequest } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/connect/connect.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { snapshotText } from '../../src/files/snapshot-file.ts';
import type { AccountSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import { readSnapshot } from '../../src/observe/snapshot.ts';
import { anApplied, aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { makeTopic, snsOf } from '../sandbox/sns/sns-client.ts';

const spec = aSpec();
const unmeasured = aSpec({
  destinations: [aDestination({ rules: [aRule({ metrics: false, replicationTimeControl: false })] })],
});
const topicArn = `arn:aws:sns:eu-west-1:${SOURCE}:ops`;
const name = 'failures';
const alarmArn = `arn:aws:cloudwatch:eu-west-1:${SOURCE}:alarm:${name}`;

async function read(practice: Practice, { of = spec, alerts = true, signedIn = true } = {}) {
  const connections = await practice.connect(of);
  const destinations = signedIn ? of.destinations.map(({ id }) => connections.get(id)) : [];
  practice.requests.length = 0;
  try {
    return await readSnapshot({ source: connections.get('source'), destinations }, of.source.bucket, {
      takenAt: new Date(practice.sandbox.clock.now()),
      noOrganization: true,
      alerts,
    });
  } finally {
    connections.close();
  }
}

function accountIn({ accounts }: Snapshot, id = SOURCE): Partial<AccountSnapshot> {
  const account = accounts === 'unknown' ? 'unknown' : (accounts[id] ?? 'unknown');
  if (account === 'unknown') throw new Error(`account ${id} is unknown`);
  return account;
}

const dimensions = (RuleId = 's3repl.invoices-dr.all') =>
  Object.entries({ SourceBucket: 'acme-invoices', DestinationBucket: 'acme-invoices-replica', RuleId }).map(
    ([Name, Value]) => ({ Name, Value }),
  );

async function putAlarm(
  { sandbox }: Practice,
  more: Partial<PutMetricAlarmCommandInput> = {},
  [account, region] = [SOURCE, 'eu-west-1'],
): Promise<void> {
  // Three a second.
  await sandbox.clock.sleep(1000);
  await clientsOf(sandbox, account, region).cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      AlarmActions: [topicArn],
      Namespace: 'AWS/S3',
      MetricName: 'OperationsFailedReplication',
      Dimensions: dimensions(),
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      ...more,
    }),
  );
}

async function withAlarm(): Promise<Practice> {
  const practice = await anApplied(spec);
  await makeTopic(practice.sandbox, 'ops');
  await putAlarm(practice);
  return practice;
}

const subscribe = ({ sandbox }: Practice, Endpoint: string) =>
  snsOf(sandbox).call('Subscribe', { TopicArn: topicArn, Protocol: 'email', Endpoint });

const asked = ({ requests }: Practice, service: string) =>
  requests
    .filter((one) => one.service === service)
    .map(({ operation, account, region }) => `${operation} ${account} ${region}`);

describe('a snapshot for doctor', () => {
  it('has the alarms on the replication of the bucket, and their topics, without anybody’s address', async () => {
    const practice = await withAlarm();
    await subscribe(practice, 'ops@example.com');
    await subscribe(practice, 'dev@example.com');
    await practice.sandbox.confirmEmail('ops@example.com');
    const { snapshot } = await read(practice);
    expect(accountIn(snapshot)).toMatchObject({
      alarms: { [alarmArn]: { AlarmName: name, AlarmActions: [topicArn], Dimensions: dimensions() } },
      topics: { [topicArn]: { kmsKey: null, confirmed: 1, pending: 1, policy: { Statement: [expect.any(Object)] } } },
    });
    expect(snapshotText(snapshot)).not.toContain('@example.com');
    expect(snapshotText(snapshot)).not.toContain('StateValue');
    const { checks } = diagnose(snapshot);
    expect(checks.filter(({ check }) => /C34|C39|C40/.test(check)).map(({ status }) => status)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });

  it('asks for the subscriptions only where none is confirmed, and goes by their number where AWS refuses', async () => {
    const practice = await withAlarm();
    await subscribe(practice, 'ops@example.com');
    const numbers = async () => {
      const { topics } = accountIn((await read(practice)).snapshot);
      const topic = topics === undefined || topics === 'unknown' ? null : topics[topicArn];
      return topic && topic !== 'unknown' ? [topic.confirmed, topic.pending] : topic;
    };
    expect(await numbers()).toEqual([0, 1]);
    expect(asked(practice, 'sns')).toContain(`ListSubscriptionsByTopic ${SOURCE} eu-west-1`);
    practice.fault = ({ operation }) =>
      operation === 'ListSubscriptionsByTopic' ? { code: 'AuthorizationError', status: 403 } : undefined;
    expect(await numbers()).toEqual([0, 1]);
    practice.fault = () => undefined;
    await practice.sandbox.confirmEmail('ops@example.com');
    expect(await numbers()).toEqual([1, 0]);
    expect(asked(practice, 'sns')).toEqual([`GetTopicAttributes ${SOURCE} eu-west-1`]);
  });

  it('leaves out alarms on other buckets and other metrics', async () => {
    const practice = await withAlarm();
    const others = [
      { Dimensions: dimensions().map((one) => (one.Name === 'SourceBucket' ? { ...one, Value: 'other' } : one)) },
      { Namespace: 'AWS/S3', MetricName: '4xxErrors', Dimensions: [{ Name: 'BucketName', Value: 'acme-invoices' }] },
      { Namespace: 'Own', MetricName: 'OperationsFailedReplication' },
    ];
    for (const [index, more] of others.entries()) await putAlarm(practice, { AlarmName: `other-${index}`, ...more });
    const { alarms } = accountIn((await read(practice)).snapshot);
    expect(Object.keys(alarms ?? {})).toEqual([alarmArn]);
  });

  it('asks in the Regions of both buckets, and in the account of the destination; once each, and beside the other reads', async () => {
    const practice = await withAlarm();
    const { snapshot } = await read(practice);
    expect(asked(practice, 'monitoring').sort()).toEqual([
      `DescribeAlarms ${SOURCE} eu-central-1`,
      `DescribeAlarms ${SOURCE} eu-west-1`,
      `DescribeAlarms ${DESTINATION} eu-central-1`,
    ]);
    expect(asked(practice, 'sns')).toEqual([
      `GetTopicAttributes ${SOURCE} eu-west-1`,
      `ListSubscriptionsByTopic ${SOURCE} eu-west-1`,
    ]);
    expect(accountIn(snapshot, DESTINATION)).toMatchObject({ alarms: {} });
  });

  it('asks neither CloudWatch nor SNS where no rule has metrics, nor where nobody wants to know', async () => {
    const practice = await anApplied(unmeasured);
    const { snapshot } = await read(practice, { of: unmeasured });
    expect([...asked(practice, 'monitoring'), ...asked(practice, 'sns')]).toEqual([]);
    expect(accountIn(snapshot)).not.toHaveProperty('alarms');
    expect(accountIn(snapshot)).not.toHaveProperty('topics');
    const measured = await withAlarm();
    const without = await read(measured, { alerts: false });
    expect(asked(measured, 'monitoring')).toEqual([]);
    expect(accountIn(without.snapshot)).not.toHaveProperty('alarms');
  });

  it('finds an alarm in the Region and in the account of the destination', async () => {
    const practice = await withAlarm();
    await putAlarm(practice, { AlarmActions: [] }, [SOURCE, 'eu-central-1']);
    await putAlarm(practice, { AlarmActions: [] }, [DESTINATION, 'eu-central-1']);
    const { causes } = diagnose((await read(practice)).snapshot);
    const found = causes.filter(({ check }) => check === 'C39').map(({ evidence }) => evidence.arn);
    expect(found.sort()).toEqual([
      `arn:aws:cloudwatch:eu-central-1:${SOURCE}:alarm:${name}`,
      `arn:aws:cloudwatch:eu-central-1:${DESTINATION}:alarm:${name}`,
    ]);
  });

  it('has null for a topic that is gone, which the notification names', async () => {
    const practice = await withAlarm();
    const { s3 } = clientsOf(practice.sandbox);
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'acme-invoices',
        SkipDestinationValidation: true,
        NotificationConfiguration: {
          TopicConfigurations: [
            { TopicArn: `${topicArn}-gone`, Events: ['s3:Replication:*'] },
            { TopicArn: `${topicArn}-other`, Events: ['s3:ObjectCreated:*'] },
          ],
        },
      }),
    );
    const { topics } = accountIn((await read(practice)).snapshot);
    expect(topics).toEqual({ [topicArn]: expect.any(Object), [`${topicArn}-gone`]: null });
  });

  it('has the key of a topic, by its alias; and asks for none of the AWS managed key', async () => {
    const practice = await withAlarm();
    const { kms } = clientsOf(practice.sandbox);
    const { KeyMetadata: { Arn: arn = '', KeyId } = {} } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/ops', TargetKeyId: KeyId }));
    const encryptWith = (AttributeValue: string) =>
      snsOf(practice.sandbox).call('SetTopicAttributes', {
        ...{ TopicArn: topicArn, AttributeName: 'KmsMasterKeyId', AttributeValue },
      });
    await encryptWith('alias/ops');
    expect(accountIn((await read(practice)).snapshot).topics).toMatchObject({
      [topicArn]: {
        kmsKey: 'alias/ops',
        key: { arn, keyState: 'Enabled', keyManager: 'CUSTOMER', policy: { Statement: expect.anything() } },
      },
    });
    await encryptWith('alias/aws/sns');
    const { topics } = accountIn((await read(practice)).snapshot);
    expect(topics).toMatchObject({ [topicArn]: { kmsKey: 'alias/aws/sns', key: 'unknown' } });
    expect(practice.requests.filter(({ operation }) => operation === 'DescribeKey')).toHaveLength(2);
  });
});

describe('where AWS refuses', () => {
  const refuse = (practice: Practice, operation: string, code = 'AccessDenied', status = 403) => {
    practice.fault = (request) => (request.operation === operation ? { code, status } : undefined);
  };

  it('DescribeAlarms, alarms are unknown with the reason, once an account, and the verdict is the same', async () => {
    const practice = await withAlarm();
    const before = diagnose((await read(practice)).snapshot);
    refuse(practice, 'DescribeAlarms');
    const { snapshot, refused } = await read(practice);
    expect(accountIn(snapshot)).toMatchObject({ alarms: 'unknown', topics: {} });
    const after = diagnose(snapshot);
    expect(after.outcome).toBe(before.outcome);
    expect(after.checks.find(({ check }) => check === 'C39')).toMatchObject({ status: 'unknown' });
    expect(new Set(refused.map(({ action, account }) => `${action} ${account}`))).toEqual(
      new Set([`cloudwatch:DescribeAlarms ${SOURCE}`, `cloudwatch:DescribeAlarms ${DESTINATION}`]),
    );
  });

  it('DescribeAlarms in the Region of the destination alone, those where failures are counted are known', async () => {
    const practice = await withAlarm();
    practice.fault = ({ operation, region }) =>
      operation === 'DescribeAlarms' && region === 'eu-central-1' ? { code: 'AccessDenied', status: 403 } : undefined;
    const { snapshot } = await read(practice);
    expect(Object.keys(accountIn(snapshot).alarms ?? {})).toEqual([alarmArn]);
    expect(accountIn(snapshot, DESTINATION).alarms).toBe('unknown');
    expect(snapshot.unreadable).toContainEqual({
      path: `accounts["${SOURCE}"].alarms`,
      reason: `cloudwatch:DescribeAlarms in account ${SOURCE}: AccessDenied`,
    });
  });

  it('GetTopicAttributes, the topic is unknown with the reason', async () => {
    const practice = await withAlarm();
    refuse(practice, 'GetTopicAttributes', 'AuthorizationError');
    const { snapshot } = await read(practice);
    expect(accountIn(snapshot).topics).toEqual({ [topicArn]: 'unknown' });
    expect(snapshot.unreadable).toContainEqual({
      path: `accounts["${SOURCE}"].topics["${topicArn}"]`,
      reason: `sns:GetTopicAttributes in account ${SOURCE}: AuthorizationErrorException`,
    });
  });

  it.each([
    ['does not know the credentials', 'UnrecognizedClientException', 403],
    ['has no such operation', 'UnknownOperationException', 404],
    ['has no such service', 'InvalidAction', 400],
  ])('as what %s does, alarms are unknown, and all else is read', async (_, code, status) => {
    const practice = await withAlarm();
    refuse(practice, 'DescribeAlarms', code, status);
    const { snapshot } = await read(practice);
    expect(accountIn(snapshot).alarms).toBe('unknown');
    expect(diagnose(snapshot).outcome).toBe('healthy');
  });

  it.each([
    ['a page', 200, 'text/html', '<html><body>Console</body></html>'],
    ['nothing', 200, 'text/plain', ''],
    [
      'an error of S3',
      405,
      'application/xml',
      '<?xml version="1.0"?><Error><Code>MethodNotAllowed</Code><Message>Not allowed</Message></Error>',
    ],
    ['an error without a body', 400, 'text/plain', ''],
    ['an error that is a page', 400, 'text/html', '<html>Bad Request</html>'],
    ['another JSON', 200, 'application/json', '{"message":"hello"}'],
  ])(
    'nothing, and something else answers with %s, alarms and topics are unknown, and all else is read',
    async (_, statusCode, type, body) => {
      const practice = await withAlarm();
      const { requestHandler } = practice.sandbox;
      const strange = {
        ...requestHandler,
        handle: (request: HttpRequest) =>
          /^(monitoring|sns)\./.test(request.hostname)
            ? Promise.resolve({
                response: new HttpResponse({
                  statusCode,
                  headers: { 'content-type': type },
                  body: Readable.from([body]),
                }),
              })
            : requestHandler.handle(request as never),
      };
      const elsewhere: Practice = {
        ...practice,
        connect: (of) => connect(of, { ...practice.surroundings, requestHandler: strange }),
      };
      const { snapshot } = await read(elsewhere);
      expect(accountIn(snapshot).alarms).toBe('unknown');
      expect(diagnose(snapshot).outcome).toBe('healthy');
      const { s3 } = clientsOf(practice.sandbox);
      await s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket: 'acme-invoices',
          SkipDestinationValidation: true,
          NotificationConfiguration: { TopicConfigurations: [{ TopicArn: topicArn, Events: ['s3:Replication:*'] }] },
        }),
      );
      const again = await read(elsewhere);
      expect(accountIn(again.snapshot).topics).toEqual({ [topicArn]: 'unknown' });
    },
  );

  it('credentials that have run out, that is an error', async () => {
    const practice = await withAlarm();
    refuse(practice, 'DescribeAlarms', 'ExpiredToken', 403);
    await expect(read(practice)).rejects.toThrow();
  });

  it('what nobody is signed in to, a topic of another account is left out', async () => {
    const practice = await withAlarm();
    await putAlarm(practice, { AlarmActions: [`arn:aws:sns:eu-west-1:333333333333:theirs`] });
    const { snapshot } = await read(practice);
    expect(accountIn(snapshot).topics).toEqual({});
    expect(Object.keys(snapshot.accounts)).not.toContain('333333333333');
    const { causes } = diagnose(snapshot);
    expect(causes.map(({ check, level }) => `${check} ${level}`)).toContain('C34 note');
  });
});

it('a practice without a bucket asks for no alarms', async () => {
  const practice = await aPractice();
  await read(practice);
  expect(asked(practice, 'monitoring')).toEqual([]);
});
