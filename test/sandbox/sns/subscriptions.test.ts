import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { OTHER, SOURCE } from '../clients.ts';
import { attributes, attributesOf, makeTopic, messagesIn, type Sns, setPolicy, snsOf } from './sns-client.ts';

const HOUR = 3_600_000;
const MAIL = 'storage@example.com';
const QUEUE = `arn:aws:sqs:eu-west-1:${SOURCE}:failures`;

let sandbox: Sandbox;
let sns: Sns;
let TopicArn: string;

beforeEach(async () => {
  sandbox = await openSandbox();
  sns = snsOf(sandbox);
  TopicArn = await makeTopic(sandbox, 'alarms');
});

const subscribe = (Endpoint = MAIL, Protocol = 'email', more = {}) =>
  sns.call('Subscribe', { TopicArn, Protocol, Endpoint, ...more });
const listed = async () => (await sns.call('ListSubscriptionsByTopic', { TopicArn })).Subscriptions;
const counts = async () => {
  const { SubscriptionsConfirmed, SubscriptionsPending, SubscriptionsDeleted } = await attributesOf(sandbox, TopicArn);
  return [SubscriptionsConfirmed, SubscriptionsPending, SubscriptionsDeleted].map(Number);
};

describe('a mail address', () => {
  test('waits for its confirmation, and gets nothing before', async () => {
    expect(await subscribe()).toEqual({ SubscriptionArn: 'pending confirmation' });
    expect(await listed()).toEqual([
      { SubscriptionArn: 'PendingConfirmation', Owner: SOURCE, Protocol: 'email', Endpoint: MAIL, TopicArn },
    ]);
    expect(await counts()).toEqual([0, 1, 0]);
    await sns.call('Publish', { TopicArn, Message: 'too early' });
    expect(await sandbox.confirmEmail(MAIL)).toMatchObject([{ topic: TopicArn, endpoint: MAIL }]);
    expect(await sandbox.confirmEmail(MAIL)).toEqual([]);
    expect(await counts()).toEqual([1, 0, 0]);
    await sns.call('Publish', { TopicArn, Message: 'in time', Subject: 'Look' });
    expect(messagesIn(sandbox)).toMatchObject([
      { message: 'too early', deliveries: [] },
      { message: 'in time', subject: 'Look', deliveries: [{ protocol: 'email', endpoint: MAIL }] },
    ]);
  });

  test('is forgotten after 48 hours without confirmation, and can then subscribe again', async () => {
    await subscribe();
    await sandbox.clock.sleep(48 * HOUR - 1000);
    expect(await counts()).toEqual([0, 1, 0]);
    await sandbox.clock.sleep(1000);
    expect(await sandbox.confirmEmail(MAIL)).toEqual([]);
    expect([await listed(), await counts()]).toEqual(['', [0, 0, 0]]);
    await subscribe();
    expect(await counts()).toEqual([0, 1, 0]);
  });

  test('that subscribes again while it waits has two days from then', async () => {
    const first = await subscribe(MAIL, 'email', { ReturnSubscriptionArn: 'true' });
    await sandbox.clock.sleep(47 * HOUR);
    expect(await subscribe(MAIL, 'email', { ReturnSubscriptionArn: 'true' })).toEqual(first);
    await sandbox.clock.sleep(47 * HOUR);
    expect(await counts()).toEqual([0, 1, 0]);
  });

  test('that is confirmed stays, and keeps its ARN when it subscribes again', async () => {
    const arn = await subscribe(MAIL, 'email', { ReturnSubscriptionArn: 'true' });
    await sandbox.confirmEmail(MAIL);
    await sandbox.clock.sleep(72 * HOUR);
    expect(await subscribe()).toEqual(arn);
    expect(await listed()).toMatchObject([arn]);
  });

  test('is confirmed by the token of its message, too', async () => {
    const { SubscriptionArn } = await subscribe(MAIL, 'email', { ReturnSubscriptionArn: 'true' });
    const [{ token: Token = '' } = {}] = Object.values(sandbox.state.sns.subscriptions);
    expect(await sns.refusal('ConfirmSubscription', { TopicArn, Token: 'nonsense' })).toBe(
      '400 InvalidParameter: Invalid token',
    );
    expect(await sns.refusal('ConfirmSubscription', { TopicArn, Token: 'a'.repeat(256) })).toBe(
      '400 InvalidParameter: Invalid parameter: Token',
    );
    expect(await sns.call('ConfirmSubscription', { TopicArn, Token })).toEqual({ SubscriptionArn });
    expect(await counts()).toEqual([1, 0, 0]);
  });

  test('has attributes, and none once it has unsubscribed', async () => {
    const { SubscriptionArn = '' } = await subscribe(MAIL, 'email', { ReturnSubscriptionArn: 'true' });
    const named = { SubscriptionArn: String(SubscriptionArn) };
    const common = {
      Endpoint: MAIL,
      Owner: SOURCE,
      Protocol: 'email',
      RawMessageDelivery: 'false',
      SubscriptionArn,
      TopicArn,
    };
    expect((await sns.call('GetSubscriptionAttributes', named)).Attributes).toEqual({
      ...common,
      ConfirmationWasAuthenticated: 'false',
      PendingConfirmation: 'true',
      SubscriptionPrincipal: `arn:aws:iam::${SOURCE}:user/sandbox-admin`,
    });
    expect(await sns.refusal('Unsubscribe', named)).toContain(
      'Cannot unsubscribe a subscription that is pending confirmation',
    );
    await sandbox.confirmEmail(MAIL);
    expect((await sns.call('GetSubscriptionAttributes', named)).Attributes).toMatchObject({
      PendingConfirmation: 'false',
    });
    expect(await snsOf(sandbox, OTHER).refusal('Unsubscribe', named)).toContain('403 AuthorizationError');
    await sns.call('Unsubscribe', named);
    await sns.call('Unsubscribe', named);
    expect(await sns.refusal('GetSubscriptionAttributes', named)).toBe('404 NotFound: Subscription does not exist');
    expect(await counts()).toEqual([0, 0, 1]);
  });
});

test('a mail address that gets more than ten messages in a second has to confirm again', async () => {
  await subscribe();
  await subscribe(QUEUE, 'sqs');
  await sandbox.confirmEmail(MAIL);
  for (let n = 0; n < 12; n += 1) await sns.call('Publish', { TopicArn, Message: `${n}` });
  const mailed = messagesIn(sandbox).filter(({ deliveries }) => deliveries.some(({ endpoint }) => endpoint === MAIL));
  expect(mailed).toHaveLength(10);
  expect(await counts()).toEqual([1, 1, 0]);
  await sandbox.confirmEmail(MAIL);
  await sandbox.clock.sleep(1000);
  await sns.call('Publish', { TopicArn, Message: 'slow' });
  expect(messagesIn(sandbox).at(-1)?.deliveries).toHaveLength(2);
  expect(await counts()).toEqual([2, 0, 0]);
});

describe('a queue', () => {
  test('of the account that subscribes it is confirmed at once', async () => {
    const { SubscriptionArn } = await subscribe(QUEUE, 'sqs', attributes({ RawMessageDelivery: 'true' }));
    expect(SubscriptionArn).toMatch(new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`));
    await sns.call('Publish', { TopicArn, Message: 'hello' });
    expect(messagesIn(sandbox)).toMatchObject([{ deliveries: [{ protocol: 'sqs', endpoint: QUEUE }] }]);
    expect(
      await sns.refusal('Subscribe', {
        TopicArn,
        Protocol: 'sqs',
        Endpoint: QUEUE,
        ...attributes({ RawMessageDelivery: 'false' }),
      }),
    ).toBe(
      '400 InvalidParameter: Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    );
  });

  test('of another account waits', async () => {
    await subscribe(QUEUE.replace(SOURCE, OTHER), 'sqs');
    expect(await counts()).toEqual([0, 1, 0]);
  });
});

test('whoever may subscribe by the topic policy owns the subscription, and sees it among its own', async () => {
  const other = snsOf(sandbox, OTHER);
  const mail = { TopicArn, Protocol: 'email', Endpoint: MAIL };
  expect(await other.refusal('Subscribe', mail)).toContain('403 AuthorizationError');
  const Condition = { StringLike: { 'sns:Endpoint': '*@example.com' }, StringEquals: { 'sns:Protocol': 'email' } };
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: OTHER },
    Action: 'SNS:Subscribe',
    Resource: TopicArn,
    Condition,
  };
  await setPolicy(sandbox, TopicArn, statement);
  expect(await other.refusal('Subscribe', { ...mail, Endpoint: 'a@example.net' })).toContain('403 AuthorizationError');
  await other.call('Subscribe', mail);
  expect((await other.call('ListSubscriptions')).Subscriptions).toMatchObject([{ Owner: OTHER, TopicArn }]);
  expect(await sns.call('ListSubscriptions')).toEqual({ Subscriptions: '' });
});

test.each([
  ['pigeon', MAIL, '400 InvalidParameter: Invalid parameter: Amazon SNS does not support this protocol string: pigeon'],
  ['email', 'nobody', '400 InvalidParameter: Invalid parameter: Email address'],
  ['sqs', 'https://sqs.eu-west-1.amazonaws.com/1/a', '400 InvalidParameter: Invalid parameter: SQS endpoint ARN'],
  [
    'lambda',
    `arn:aws:lambda:eu-west-1:${SOURCE}:function:f`,
    '501 NotImplemented: The sandbox does not have sns:Subscribe.',
  ],
])('%s of %s is refused', async (Protocol, Endpoint, refusal) => {
  expect(await sns.refusal('Subscribe', { TopicArn, Protocol, Endpoint })).toBe(refusal);
});

test.each([
  [{ Message: '' }, 'Empty message'],
  [{ Message: 'x'.repeat(262_145) }, 'Message too long'],
  [{ Message: 'x', Subject: '' }, 'Subject'],
  [{ Message: 'x', MessageStructure: 'json' }, 'Message Structure - JSON message body failed to parse'],
  [{ Message: '{"email":"x"}', MessageStructure: 'json' }, 'Message Structure - No default entry in JSON message body'],
])('a message is refused where AWS does: %#', async (message, reason) => {
  expect(await sns.refusal('Publish', { TopicArn, ...message })).toBe(
    `400 InvalidParameter: Invalid parameter: ${reason}`,
  );
});

test('a message may have a text for each protocol', async () => {
  await subscribe(QUEUE, 'sqs');
  await subscribe();
  await sandbox.confirmEmail(MAIL);
  const Message = JSON.stringify({ default: 'all', email: 'for people' });
  await sns.call('Publish', { TopicArn, Message, MessageStructure: 'json' });
  expect(messagesIn(sandbox)).toMatchObject([
    { message: 'all', deliveries: [{ endpoint: QUEUE }, { endpoint: MAIL, message: 'for people' }] },
  ]);
});
