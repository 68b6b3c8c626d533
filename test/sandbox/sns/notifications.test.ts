import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  type TopicConfiguration,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { OTHER, SOURCE } from '../clients.ts';
import { granted, type Pair, replicatingPair, SRC } from '../replicating.ts';
import { makeTopic, messagesIn, setPolicy, snsOf } from './sns-client.ts';

const EVENT = 's3:Replication:OperationFailedReplication';

let sandbox: Sandbox;
let pair: Pair;
let topic: string;

/** What S3 may publish from the source bucket. */
const fromBucket = (Resource: string, account = SOURCE) => ({
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'SNS:Publish',
  Resource,
  Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:s3:::${SRC}` }, StringEquals: { 'aws:SourceAccount': account } },
});

beforeEach(async () => {
  sandbox = await openSandbox();
  pair = await replicatingPair(sandbox);
  topic = await makeTopic(sandbox, 'failures');
  await setPolicy(sandbox, topic, fromBucket(topic));
});

const put = (NotificationConfiguration: NotificationConfiguration, SkipDestinationValidation?: boolean) =>
  pair.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: SRC,
      NotificationConfiguration,
      ...(SkipDestinationValidation === undefined ? {} : { SkipDestinationValidation }),
    }),
  );
const entry = (more: Partial<TopicConfiguration> = {}): TopicConfiguration => ({
  Id: 'ours',
  TopicArn: topic,
  Events: [EVENT],
  ...more,
});
const putTopics = (...TopicConfigurations: TopicConfiguration[]) => put({ TopicConfigurations });

async function get(): Promise<NotificationConfiguration> {
  const { $metadata, ...found } = await pair.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: SRC }));
  return found;
}

/** How a call was refused: the message, and the other members of S3's error. */
async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    const { name, message, $fault, $metadata, $response, Code, RequestId, HostId, ...members } = Object(error);
    return { code: name, message, ...members };
  }
  return {};
}

const unable = (arn: string, reason: string) => ({
  code: 'InvalidArgument',
  message: 'Unable to validate the following destination configurations',
  ArgumentName1: arn,
  ArgumentValue1: reason,
});

describe('a notification configuration', () => {
  test('comes back whole, and its topics get a test message', async () => {
    const whole: NotificationConfiguration = {
      TopicConfigurations: [
        entry(),
        entry({
          Id: 'theirs',
          Events: ['s3:ObjectCreated:*'],
          Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] } },
        }),
      ],
      EventBridgeConfiguration: {},
    };
    await put(whole);
    expect(await get()).toEqual(whole);
    const [{ message = '', ...others } = {}, ...more] = messagesIn(sandbox);
    expect([others, more]).toMatchObject([{ topic, from: 's3.amazonaws.com', subject: 'Amazon S3 Notification' }, []]);
    expect(JSON.parse(message)).toEqual({
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      Bucket: SRC,
      RequestId: expect.stringMatching(/^[0-9A-F]{16}$/),
      HostId: expect.stringMatching(/.{20}/),
    });
  });

  test('gets IDs where it has none', async () => {
    await putTopics({ TopicArn: topic, Events: [EVENT] });
    const { TopicConfigurations } = await get();
    expect(TopicConfigurations).toMatchObject([{ Id: expect.stringMatching(/^.{48}$/) }]);
  });

  test('of a topic that is not there is refused, and kept where nobody is to look', async () => {
    const TopicArn = `${topic}-not`;
    const call = putTopics(entry({ TopicArn }));
    expect(await refusal(call)).toEqual(unable(TopicArn, 'The destination topic does not exist'));
    expect(await get()).toEqual({});
    await put({ TopicConfigurations: [entry({ TopicArn })] }, true);
    expect(await get()).toEqual({ TopicConfigurations: [entry({ TopicArn })] });
    expect(messagesIn(sandbox)).toEqual([]);
  });

  test('of a topic that was deleted since keeps every other change out', async () => {
    await putTopics(entry());
    await snsOf(sandbox).call('DeleteTopic', { TopicArn: topic });
    const other = await makeTopic(sandbox, 'other');
    await setPolicy(sandbox, other, fromBucket(other));
    const changed = putTopics(entry(), entry({ Id: 'new', TopicArn: other, Events: ['s3:ObjectTagging:Put'] }));
    expect(await refusal(changed)).toEqual(unable(topic, 'The destination topic does not exist'));
  });

  test.each([
    ['that says nothing of S3', () => []],
    ['for another account', () => [fromBucket(topic, OTHER)]],
    ['with a Deny', () => [fromBucket(topic), { ...fromBucket(topic), Effect: 'Deny' }]],
  ])('is refused by a topic policy %s', async (_, statements) => {
    const owner = { ...fromBucket(topic), Principal: { AWS: SOURCE } };
    await setPolicy(sandbox, topic, owner, ...statements());
    const reason = 'Permissions on the destination topic do not allow S3 to publish notifications from this bucket';
    expect(await refusal(putTopics(entry()))).toEqual(unable(topic, reason));
  });

  test('may name a topic of another account, whose policy decides', async () => {
    const other = snsOf(sandbox, OTHER);
    const TopicArn = String((await other.call('CreateTopic', { Name: 'theirs' })).TopicArn);
    expect(await refusal(putTopics(entry({ TopicArn })))).toMatchObject({ ArgumentName1: TopicArn });
    const AttributeValue = JSON.stringify({ Statement: [fromBucket(TopicArn)] });
    await other.call('SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
    await putTopics(entry({ TopicArn }));
    expect(messagesIn(sandbox)).toMatchObject([{ topic: TopicArn, from: 's3.amazonaws.com' }]);
  });

  test('is refused where the key of the topic shuts S3 out', async () => {
    const encrypted = { TopicArn: topic, AttributeName: 'KmsMasterKeyId', AttributeValue: 'alias/aws/sns' };
    await snsOf(sandbox).call('SetTopicAttributes', encrypted);
    expect(await refusal(putTopics(entry()))).toMatchObject({ ArgumentName1: topic });
  });

  test('names every destination that S3 cannot send to', async () => {
    const QueueArn = `arn:aws:sqs:eu-west-1:${SOURCE}:queue`;
    const LambdaFunctionArn = `arn:aws:lambda:eu-west-1:${SOURCE}:function:f`;
    const fifo = await makeTopic(sandbox, 'a.fifo', { FifoTopic: 'true' });
    const call = put({
      TopicConfigurations: [entry({ TopicArn: fifo })],
      QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'] }],
      LambdaFunctionConfigurations: [{ LambdaFunctionArn, Events: ['s3:ObjectRemoved:*'] }],
    });
    expect(await refusal(call)).toEqual({
      ...unable(fifo, 'FIFO SNS topics are not supported'),
      ArgumentName2: QueueArn,
      ArgumentValue2: 'The destination queue does not exist',
      ArgumentName3: LambdaFunctionArn,
      ArgumentValue3: 'The destination Lambda function does not exist',
    });
  });

  const invalid = (message: string, more = {}) => ({ code: 'InvalidArgument', message, ...more });
  const filtered = (Name: string, Value: string) => ({ Key: { FilterRules: [{ Name: Name as 'prefix', Value }] } });

  test.each([
    [
      { TopicArn: 'invalid-topic' },
      invalid('The ARN could not be parsed', { ArgumentName: 'Topic', ArgumentValue: 'invalid-topic' }),
    ],
    [{ TopicArn: `arn:aws:sqs:eu-west-1:${SOURCE}:a` }, { message: 'The ARN could not be parsed' }],
    [{ TopicArn: `arn:aws:sns:us-east-1:${SOURCE}:a` }, { message: expect.stringContaining('region is not valid') }],
    [
      { Events: ['s3:Nothing' as typeof EVENT] },
      invalid('The event is not supported for notifications', { ArgumentName: 'Event', ArgumentValue: 's3:Nothing' }),
    ],
    [
      { Filter: filtered('infix', 'a') },
      invalid('filter rule name must be either prefix or suffix', {
        ArgumentName: 'FilterRule.Name',
        ArgumentValue: 'infix',
      }),
    ],
  ])('is refused, also without a look at destinations: %j', async (more, expected) => {
    for (const skips of [false, true])
      expect(await refusal(put({ TopicConfigurations: [entry(more)] }, skips))).toMatchObject(expected);
  });

  test.each([
    ['one event twice', {}, 'Configurations overlap'],
    ['all events of a kind', { Events: ['s3:Replication:*' as const] }, 'Configurations overlap'],
    ['one event under a prefix', { Filter: filtered('prefix', 'in/') }, 'ambiguously defined'],
    ['another event of the kind', { Events: ['s3:Replication:OperationNotTracked' as const] }, undefined],
  ])('%s', async (_, more, message) => {
    const { message: found } = await refusal(putTopics(entry(), entry({ Id: 'second', ...more })));
    if (message === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(message);
  });

  test('may have one event under prefixes that do not overlap', async () => {
    const under = (Id: string) => entry({ Id, Filter: filtered('prefix', `${Id}/`) });
    await putTopics(under('a'), under('b'));
    expect(await refusal(putTopics(under('a'), under('a/b')))).toMatchObject({ code: 'InvalidArgument' });
    expect(await refusal(putTopics(under('a'), { ...under('b'), Id: 'a' }))).toMatchObject({ code: 'InvalidArgument' });
  });
});

describe('a failed object', () => {
  beforeEach(async () => {
    await putTopics(entry());
    await pair.setPolicy({ ...granted(), Effect: 'Deny' });
  });

  const told = () =>
    messagesIn(sandbox)
      .map(({ message }) => JSON.parse(message))
      .filter((message) => 'Records' in message)
      .flatMap(({ Records }) => Records);

  test('is told with the reason, as AWS does', async () => {
    const versionId = await pair.put('a folder/ä&b');
    expect(await pair.status(versionId, 'a folder/ä&b')).toBe('FAILED');
    expect(told()).toEqual([
      {
        eventVersion: '2.6',
        eventSource: 'aws:s3',
        awsRegion: 'eu-west-1',
        eventTime: expect.stringMatching(/Z$/),
        eventName: 'Replication:OperationFailedReplication',
        userIdentity: { principalId: 's3.amazonaws.com' },
        requestParameters: { sourceIPAddress: 's3.amazonaws.com' },
        responseElements: {
          'x-amz-request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
          'x-amz-id-2': expect.stringMatching(/.{20}/),
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'ours',
          bucket: { name: SRC, ownerIdentity: { principalId: expect.any(String) }, arn: `arn:aws:s3:::${SRC}` },
          object: {
            key: 'a+folder/%C3%A4%26b',
            versionId,
            size: 7,
            eTag: '9a0364b9e99bb480dd25e1f0284c8555',
            sequencer: expect.stringMatching(/^[0-9A-F]{16}$/),
          },
        },
        replicationEventData: {
          replicationRuleId: 'rule',
          destinationBucket: 'arn:aws:s3:::dst',
          s3Operation: 'OBJECT_PUT',
          requestTime: expect.stringMatching(/Z$/),
          failureReason: 'DstPutObjectNotPermitted',
        },
      },
    ]);
  });

  test('is not told once the topic policy shuts S3 out, or the topic is gone', async () => {
    await setPolicy(sandbox, topic, { ...fromBucket(topic), Effect: 'Deny' });
    await pair.put();
    await snsOf(sandbox).call('DeleteTopic', { TopicArn: topic });
    await pair.put();
    expect([pair.reasons.length, told()]).toEqual([2, []]);
  });

  test('is told only where its key is asked for', async () => {
    await putTopics(entry({ Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.csv' }] } } }));
    await pair.put('a.txt');
    await pair.put('a.csv');
    expect(told()).toMatchObject([{ s3: { object: { key: 'a.csv' } } }]);
    expect(pair.events.map(({ sentTo }) => sentTo)).toEqual([[], [topic]]);
  });
});
