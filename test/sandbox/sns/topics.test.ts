import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { OTHER, SOURCE, sessionOf } from '../clients.ts';
import { allow, policyOf } from '../replicating.ts';
import { attributes, attributesOf, makeTopic, messagesIn, type Sns, setPolicy, snsOf, tags } from './sns-client.ts';

const ARN = `arn:aws:sns:eu-west-1:${SOURCE}:alarms`;

let sandbox: Sandbox;
let sns: Sns;

beforeEach(async () => {
  sandbox = await openSandbox();
  sns = snsOf(sandbox);
});

describe('a new topic', () => {
  test('has what AWS gives it', async () => {
    expect(await makeTopic(sandbox, 'alarms')).toBe(ARN);
    const { Policy = '', EffectiveDeliveryPolicy = '', ...others } = await attributesOf(sandbox, ARN);
    expect(others).toEqual({
      DisplayName: '',
      Owner: SOURCE,
      SubscriptionsConfirmed: '0',
      SubscriptionsDeleted: '0',
      SubscriptionsPending: '0',
      TopicArn: ARN,
    });
    expect(JSON.parse(EffectiveDeliveryPolicy)).toHaveProperty('http.defaultHealthyRetryPolicy.numRetries', 3);
    expect(JSON.parse(Policy)).toEqual({
      Version: '2008-10-17',
      Id: '__default_policy_ID',
      Statement: [
        {
          Sid: '__default_statement_ID',
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: [
            'SNS:GetTopicAttributes',
            'SNS:SetTopicAttributes',
            'SNS:AddPermission',
            'SNS:RemovePermission',
            'SNS:DeleteTopic',
            'SNS:Subscribe',
            'SNS:ListSubscriptionsByTopic',
            'SNS:Publish',
          ],
          Resource: ARN,
          Condition: { StringEquals: { 'AWS:SourceOwner': SOURCE } },
        },
      ],
    });
  });

  test('is made once, and refused with other attributes or tags', async () => {
    const made = { Name: 'alarms', ...attributes({ DisplayName: 'Alarms' }), ...tags({ team: 'a', env: 'b' }) };
    await sns.call('CreateTopic', made);
    for (const again of [made, { Name: 'alarms' }, { Name: 'alarms', ...tags({ env: 'b' }) }])
      expect(await sns.call('CreateTopic', again)).toEqual({ TopicArn: ARN });
    expect(await sns.refusal('CreateTopic', { Name: 'alarms', ...attributes({ DisplayName: 'B' }) })).toBe(
      '400 InvalidParameter: Invalid parameter: Attributes Reason: Topic already exists with different attributes',
    );
    expect(await sns.refusal('CreateTopic', { Name: 'alarms', ...tags({ team: 'c' }) })).toBe(
      '400 InvalidParameter: Invalid parameter: Tags Reason: Topic already exists with different tags',
    );
  });

  test.each([
    ['a b', {}, 'Topic Name'],
    ['a.fifo', {}, 'Topic Name'],
    ['a', { FifoTopic: 'true' }, 'Fifo Topic names must end with .fifo'],
    ['a', { Colour: 'red' }, 'Attributes Reason: Unknown attribute Colour'],
  ])('is refused as %s with %o', async (Name, values, reason) => {
    const refusal = await sns.refusal('CreateTopic', { Name, ...attributes(values) });
    expect(refusal).toContain(`400 InvalidParameter: Invalid parameter: ${reason}`);
  });

  test('may be a FIFO topic, which takes no mail', async () => {
    const TopicArn = await makeTopic(sandbox, 'a.fifo', { FifoTopic: 'true' });
    expect(await attributesOf(sandbox, TopicArn)).toMatchObject({ FifoTopic: 'true' });
    const mail = { TopicArn, Protocol: 'email', Endpoint: 'a@example.com' };
    expect(await sns.refusal('Subscribe', mail)).toContain('Invalid protocol type: email');
    expect(await sns.refusal('Publish', { TopicArn, Message: 'x' })).toContain('MessageGroupId');
  });
});

describe('a topic', () => {
  beforeEach(() => makeTopic(sandbox, 'alarms'));

  test('is gone with its subscriptions once deleted, and may be deleted again', async () => {
    await sns.call('Subscribe', { TopicArn: ARN, Protocol: 'email', Endpoint: 'a@example.com' });
    await sns.call('DeleteTopic', { TopicArn: ARN });
    await sns.call('DeleteTopic', { TopicArn: ARN });
    expect(await sns.refusal('GetTopicAttributes', { TopicArn: ARN })).toBe('404 NotFound: Topic does not exist');
    expect(sandbox.state.sns).toMatchObject({ topics: {}, subscriptions: {} });
  });

  test('is listed in its account and Region only, a hundred a page', async () => {
    for (let n = 0; n < 100; n += 1) await makeTopic(sandbox, `t${n}`);
    const first = await sns.call('ListTopics');
    const second = await sns.call('ListTopics', { NextToken: String(first.NextToken) });
    expect([first.Topics, second.Topics]).toMatchObject([{ length: 100 }, { length: 1 }]);
    expect(second.NextToken).toBeUndefined();
    expect(await snsOf(sandbox, OTHER).call('ListTopics')).toEqual({ Topics: '' });
    expect(await snsOf(sandbox, SOURCE, 'us-east-1').call('ListTopics')).toEqual({ Topics: '' });
  });

  test('gets and loses tags', async () => {
    await sns.call('TagResource', { ResourceArn: ARN, ...tags({ a: '1', b: '2' }) });
    await sns.call('TagResource', { ResourceArn: ARN, ...tags({ b: '3' }) });
    await sns.call('UntagResource', { ResourceArn: ARN, 'TagKeys.member.1': 'a' });
    expect(await sns.call('ListTagsForResource', { ResourceArn: ARN })).toEqual({ Tags: [{ Key: 'b', Value: '3' }] });
    expect(await sns.refusal('ListTagsForResource', { ResourceArn: `${ARN}x` })).toBe(
      '404 ResourceNotFound: Resource does not exist',
    );
    const twice = { 'Tags.member.1.Key': 'a', 'Tags.member.2.Key': 'a' };
    expect(await sns.refusal('TagResource', { ResourceArn: ARN, ...twice })).toBe(
      '400 InvalidParameter: Invalid parameter: Duplicated keys are not allowed.',
    );
  });

  test.each([
    ['malformed-topic', 'TopicArn Reason: An ARN must have at least 6 elements, not 1'],
    ['arn:aws', 'TopicArn Reason: An ARN must have at least 6 elements, not 2'],
    [`arn:aws:sns:us-east-1:${SOURCE}:alarms`, 'TopicArn'],
  ])('is not found as %s', async (TopicArn, reason) => {
    expect(await sns.refusal('GetTopicAttributes', { TopicArn })).toBe(
      `400 InvalidParameter: Invalid parameter: ${reason}`,
    );
  });

  test('takes a display name and gives it back, and refuses attributes that AWS does not have', async () => {
    const name = { TopicArn: ARN, AttributeName: 'DisplayName', AttributeValue: 'Alarms' };
    await sns.call('SetTopicAttributes', name);
    expect(await attributesOf(sandbox, ARN)).toMatchObject({ DisplayName: 'Alarms' });
    expect(await sns.refusal('SetTopicAttributes', { ...name, AttributeName: 'Owner' })).toBe(
      '400 InvalidParameter: Invalid parameter: AttributeName',
    );
  });

  const statement = { Effect: 'Allow', Principal: { AWS: OTHER }, Action: 'SNS:Publish', Resource: ARN };

  test('shows its policy as AWS reshapes it', async () => {
    await setPolicy(sandbox, ARN, { ...statement, Action: ['SNS:Publish'] });
    const { Policy = '' } = await attributesOf(sandbox, ARN);
    const Principal = { AWS: `arn:aws:iam::${OTHER}:root` };
    expect(JSON.parse(Policy)).toEqual({ Version: '2012-10-17', Statement: [{ ...statement, Principal }] });
  });

  test.each([
    ['no JSON', '{', 'Policy Error: null'],
    ['a statement without a principal', policyOf(allow(ARN, 'SNS:*')), 'Policy Error: null'],
    [
      'a wildcard action',
      JSON.stringify({ Statement: [{ ...statement, Action: 'sns:*' }] }),
      'Policy statement action out of service scope!',
    ],
    [
      'a role that is not there',
      JSON.stringify({ Statement: [{ ...statement, Principal: { AWS: `arn:aws:iam::${OTHER}:role/no` } }] }),
      'Policy Error: PrincipalNotFound',
    ],
  ])('refuses a policy with %s', async (_, AttributeValue, reason) => {
    const set = { TopicArn: ARN, AttributeName: 'Policy', AttributeValue };
    expect(await sns.refusal('SetTopicAttributes', set)).toBe(`400 InvalidParameter: Invalid parameter: ${reason}`);
  });

  describe('asks the policies', () => {
    const publish = { TopicArn: ARN, Message: 'hello' };

    test('of another account, which gets nothing without the topic policy', async () => {
      const other = snsOf(sandbox, OTHER);
      expect(await other.refusal('Publish', publish)).toBe(
        `403 AuthorizationError: User: arn:aws:iam::${OTHER}:user/sandbox-admin is not authorized to perform: SNS:Publish on resource: ${ARN} because no resource-based policy allows the SNS:Publish action`,
      );
      expect(await other.refusal('GetTopicAttributes', { TopicArn: `${ARN}x` })).toContain('403 AuthorizationError');
      await setPolicy(sandbox, ARN, statement);
      await other.call('Publish', publish);
      expect(messagesIn(sandbox)).toMatchObject([{ topic: ARN, message: 'hello', deliveries: [] }]);
    });

    test('of a role, whose own policy must allow it and which a Deny of the topic stops', async () => {
      const none = snsOf(sandbox, await sessionOf(sandbox, 'none'));
      expect(await none.refusal('Publish', publish)).toContain(
        'no identity-based policy allows the SNS:Publish action',
      );
      expect(await none.refusal('ListTopics')).toContain('403 AuthorizationError');
      const inline = { Version: '2012-10-17', Statement: [allow(ARN, 'sns:Publish')] };
      const publisher = snsOf(sandbox, await sessionOf(sandbox, 'publisher', { inline }));
      await publisher.call('Publish', publish);
      expect(await publisher.refusal('GetTopicAttributes', { TopicArn: ARN })).toContain('403 AuthorizationError');
      await setPolicy(sandbox, ARN, { ...statement, Effect: 'Deny', Principal: '*' });
      expect(await publisher.refusal('Publish', publish)).toContain('explicit deny in a resource-based policy');
    });

    test('of who makes one with tags: for the tags as well', async () => {
      const inline = { Version: '2012-10-17', Statement: [allow('*', 'sns:CreateTopic')] };
      const maker = snsOf(sandbox, await sessionOf(sandbox, 'maker', { inline }));
      await maker.call('CreateTopic', { Name: 'plain' });
      expect(await maker.refusal('CreateTopic', { Name: 'tagged', ...tags({ a: 'b' }) })).toContain('SNS:TagResource');
    });
  });
});

test('an operation that the sandbox does not have is told', async () => {
  expect(await sns.refusal('CreatePlatformApplication')).toContain('501 NotImplemented');
});

test('what is missing is named', async () => {
  expect(await sns.refusal('Publish', { Message: 'x' })).toBe(
    '400 InvalidParameter: Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
  );
  expect(await sns.refusal('CreateTopic')).toContain(
    "400 ValidationError: 1 validation error detected: Value null at 'name'",
  );
});
