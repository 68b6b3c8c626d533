import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import type { TopicKeySnapshot, TopicSnapshot } from '../../src/model/snapshot.ts';
import { doctorLines } from '../../src/show/doctor-text.ts';
import { plus, policy, rootStatement, source } from '../model/replication/world.ts';
import {
  alarmArn,
  anAlarm,
  aTopic,
  type Hearing,
  hearingOf,
  ownersPolicy,
  statusesOf,
  toldIn,
  topicArn,
} from './alarm-world.ts';

const fine = { C34: 'ok', C39: 'ok', C40: 'ok' };
const keyArn = `arn:aws:kms:us-east-1:${source}:key/33333333-3333-4333-8333-333333333333`;

const withTopic = (topic: Partial<TopicSnapshot> | null) => (hearing: Hearing) => {
  hearing.topics = { [topicArn]: topic && aTopic(topic) };
};
const allow = (Service: string, more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Principal: { Service },
  Action: 'SNS:Publish',
  Resource: topicArn,
  ...more,
});
const [cloudWatch, s3] = ['cloudwatch.amazonaws.com', 's3.amazonaws.com'];
const aKey = (...statements: readonly Statement[]): TopicKeySnapshot => ({
  arn: keyArn,
  keyState: 'Enabled',
  keyManager: 'CUSTOMER',
  policy: policy(rootStatement(source), ...statements),
});
const useOf = (Service: string): Statement => ({
  Effect: 'Allow',
  Principal: { Service },
  Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
  Resource: '*',
});
const encrypted = (key: TopicSnapshot['key'], kmsKey = keyArn) =>
  withTopic({ kmsKey, ...(key !== undefined && { key }) });

const ofAws = 'an AWS managed key, whose policy lets no service use it and cannot be changed';
const managed = 'is encrypted with the AWS managed key of SNS, which no service may use';
const unseen = 's3repl does not look into it, and cannot tell whether anybody is notified.';
const nobody = 'C34 warning: Nobody is notified when an object of bucket src fails to replicate';
const unheard = `${nobody} under all: topic ${topicArn} of alarm failures`;

describe('a topic that passes nothing on (C40)', () => {
  it('without a subscriber comes with the command that subscribes somebody, on one line for people', () => {
    const diagnosis = hearingOf(withTopic({ confirmed: 0 }));
    const paste = `aws sns subscribe --region us-east-1 --topic-arn ${topicArn} --protocol email --notification-endpoint ADDRESS`;
    expect(diagnosis.causes.find(({ check }) => check === 'C40')).toMatchObject({ paste, repair: { by: 'person' } });
    expect(doctorLines(diagnosis).map(({ text }) => text)).toContain(`  run      ${paste}`);
  });

  it.each<[string, (hearing: Hearing) => void, string, string]>([
    ['is gone', withTopic(null), 'does not exist', `Topic ${topicArn} does not exist: alarm failures reaches nobody.`],
    [
      'has no subscriber',
      withTopic({ confirmed: 0 }),
      'has no subscriber',
      `Topic ${topicArn} has no confirmed subscriber: alarm failures reaches nobody.`,
    ],
    [
      'has subscribers that have not confirmed',
      withTopic({ confirmed: 0, pending: 2 }),
      'waits for its subscribers to confirm',
      `Topic ${topicArn} has no confirmed subscriber (2 not confirmed yet): alarm failures reaches nobody.`,
    ],
    [
      'has a policy without CloudWatch',
      withTopic({ policy: policy(allow(s3 ?? '')) }),
      'does not let cloudwatch.amazonaws.com publish',
      `CloudWatch may not publish to topic ${topicArn}: alarm failures reaches nobody.`,
    ],
    [
      'has a policy for another alarm',
      withTopic({
        policy: policy(allow(cloudWatch ?? '', { Condition: { ArnEquals: { 'aws:SourceArn': `${alarmArn}-2` } } })),
      }),
      'does not let cloudwatch.amazonaws.com publish',
      `CloudWatch may not publish to topic ${topicArn}: alarm failures reaches nobody.`,
    ],
    [
      'has a policy that denies it',
      withTopic({ policy: plus(ownersPolicy, { ...allow(cloudWatch ?? ''), Sid: 'No', Effect: 'Deny' }) }),
      'does not let cloudwatch.amazonaws.com publish',
      `CloudWatch may not publish to topic ${topicArn}, because statement No of the policy of topic ${topicArn} denies it: alarm failures reaches nobody.`,
    ],
    [
      'is encrypted with the AWS managed key',
      encrypted(undefined, 'alias/aws/sns'),
      managed,
      `The topic ${topicArn} is encrypted with alias/aws/sns, ${ofAws}: alarm failures reaches nobody.`,
    ],
    [
      'is encrypted with the AWS managed key, by its ARN',
      encrypted({ ...aKey(useOf(cloudWatch ?? '')), keyManager: 'AWS' }),
      managed,
      `The topic ${topicArn} is encrypted with ${keyArn}, ${ofAws}: alarm failures reaches nobody.`,
    ],
    [
      'is encrypted with a key that is gone',
      encrypted(null),
      'is encrypted with a key that does not exist',
      `The topic ${topicArn} is encrypted with ${keyArn}, a key that does not exist: alarm failures reaches nobody.`,
    ],
    [
      'is encrypted with a disabled key',
      encrypted({ ...aKey(useOf(cloudWatch ?? '')), keyState: 'Disabled' }),
      'is encrypted with a key that is Disabled',
      `The topic ${topicArn} is encrypted with ${keyArn}, which cannot be used: it is Disabled: alarm failures reaches nobody.`,
    ],
    [
      'is encrypted with a key for others',
      encrypted(aKey(useOf(s3 ?? ''))),
      'is encrypted with a key that cloudwatch.amazonaws.com may not use',
      `CloudWatch may not use the key of topic ${topicArn}: alarm failures reaches nobody.`,
    ],
    [
      'is encrypted with a key that it may not decrypt with',
      encrypted(aKey({ ...useOf(cloudWatch ?? ''), Action: 'kms:GenerateDataKey*' })),
      'is encrypted with a key that cloudwatch.amazonaws.com may not use',
      `CloudWatch may not use the key of topic ${topicArn}: alarm failures reaches nobody.`,
    ],
  ])('%s', (_, change, broken, summary) => {
    const diagnosis = hearingOf(change);
    expect(toldIn(diagnosis)).toEqual([`${unheard} ${broken}.`, `C40 warning: ${summary}`]);
    expect(statusesOf(diagnosis)).toEqual({ C34: 'warning', C39: 'ok', C40: 'warning' });
    expect(diagnosis.outcome).toBe('healthy');
  });

  it.each<[string, (hearing: Hearing) => void]>([
    ['lets CloudWatch by name', withTopic({ policy: policy(allow(cloudWatch ?? '')) })],
    [
      'lets the alarms of the account',
      withTopic({
        policy: policy(
          allow(cloudWatch ?? '', {
            Condition: {
              ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:us-east-1:${source}:alarm:*` },
              StringEquals: { 'aws:SourceAccount': source },
            },
          }),
        ),
      }),
    ],
    ['has a key that CloudWatch may use', encrypted(aKey(useOf(cloudWatch ?? '')))],
    [
      'has a key that it may use for this topic',
      encrypted(
        aKey({
          ...useOf(cloudWatch ?? ''),
          Condition: { StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': topicArn } },
        }),
      ),
    ],
  ])('is not one that %s', (_, change) => {
    const diagnosis = hearingOf(change);
    expect(toldIn(diagnosis)).toEqual([]);
    expect(statusesOf(diagnosis)).toEqual(fine);
  });

  it('gets the statement that is missing, with which it does', () => {
    const { causes } = hearingOf(withTopic({ policy: policy() }));
    const remedy = causes.find(({ check }) => check === 'C40')?.remedy;
    expect(remedy).toMatchObject({ kind: 'statement', into: { kind: 'topic', of: topicArn } });
    const statement = remedy?.kind === 'statement' ? remedy.statement : allow('nobody');
    expect(toldIn(hearingOf(withTopic({ policy: policy(statement) })))).toEqual([]);
  });

  it('gets the statement that is missing of its key, with which it does', () => {
    const { causes } = hearingOf(encrypted(aKey()));
    const remedy = causes.find(({ check }) => check === 'C40')?.remedy;
    expect(remedy).toMatchObject({ kind: 'statement', into: { kind: 'key', of: keyArn } });
    const statement = remedy?.kind === 'statement' ? remedy.statement : useOf('nobody');
    expect(toldIn(hearingOf(encrypted(aKey(statement))))).toEqual([]);
  });

  it('has its key enabled by a command', () => {
    const { causes } = hearingOf(encrypted({ ...aKey(useOf(cloudWatch ?? '')), keyState: 'Disabled' }));
    expect(causes.find(({ check }) => check === 'C40')?.remedy).toEqual({
      kind: 'calls',
      calls: [
        { account: source, region: 'us-east-1', service: 'KMS', operation: 'EnableKey', input: { KeyId: keyArn } },
      ],
    });
  });

  it('is told once for all alarms and notifications, with all that is wrong with it', () => {
    const told = toldIn(
      hearingOf((hearing) => {
        hearing.alarms = { [alarmArn]: anAlarm(), [`${alarmArn}-late`]: anAlarm({ AlarmName: 'again' }) };
        hearing.topics = { [topicArn]: aTopic({ confirmed: 0, kmsKey: 'alias/aws/sns' }) };
      }),
    );
    expect(told.filter((one) => one.startsWith('C40'))).toEqual([
      `C40 warning: The topic ${topicArn} is encrypted with alias/aws/sns, ${ofAws}: alarm failures, alarm again reach nobody.`,
      `C40 warning: Topic ${topicArn} has no confirmed subscriber: alarm failures, alarm again reach nobody.`,
    ]);
  });

  it('is no matter for C34 where another one hears', () => {
    const second = `${topicArn}-2`;
    const diagnosis = hearingOf((hearing) => {
      hearing.alarms = { [alarmArn]: anAlarm({ AlarmActions: [topicArn, second] }) };
      hearing.topics = { [topicArn]: aTopic(), [second]: null };
    });
    expect(statusesOf(diagnosis)).toEqual({ ...fine, C40: 'warning' });
  });
});

const failed = 's3:Replication:OperationFailedReplication' as const;
const notified =
  (notification: NotificationConfiguration, topics: Hearing['topics'] = {}) =>
  (hearing: Hearing) => {
    hearing.world.src.notification = notification;
    hearing.alarms = {};
    hearing.topics = topics;
  };
const toTopic = (more: object = {}): NotificationConfiguration => ({
  TopicConfigurations: [{ Id: 'n', TopicArn: topicArn, Events: [failed], ...more }],
});
const fromBucket = allow(s3 ?? '', {
  Condition: {
    ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::src' },
    StringEquals: { 'aws:SourceAccount': source },
  },
});

describe('a notification', () => {
  it('to a topic that lets S3 publish is enough', () => {
    const diagnosis = hearingOf(notified(toTopic(), { [topicArn]: aTopic({ policy: policy(fromBucket) }) }));
    expect(toldIn(diagnosis)).toEqual([]);
    expect(statusesOf(diagnosis)).toEqual({ C34: 'ok', C40: 'ok' });
  });

  it('to a topic with the policy that SNS makes is lost: S3 does not act for the owner', () => {
    const diagnosis = hearingOf(notified(toTopic(), { [topicArn]: aTopic() }));
    expect(toldIn(diagnosis)).toEqual([
      `${nobody} under all: topic ${topicArn} of notification n does not let s3.amazonaws.com publish.`,
      `C40 warning: S3 may not publish to topic ${topicArn}: notification n reaches nobody.`,
    ]);
    const remedy = diagnosis.causes.find(({ check }) => check === 'C40')?.remedy;
    const statement = { Sid: 'ReplicationAlerts', ...fromBucket };
    expect(remedy).toEqual({ kind: 'statement', into: { kind: 'topic', of: topicArn }, statement });
  });

  it('to a topic that is gone is named', () => {
    const diagnosis = hearingOf(notified(toTopic(), { [topicArn]: null }));
    expect(toldIn(diagnosis)).toContain(
      `C40 warning: Topic ${topicArn} does not exist: notification n reaches nobody.`,
    );
    expect(statusesOf(diagnosis)).toEqual({ C34: 'warning', C40: 'warning' });
  });

  it('of other events to a topic that is gone is nobody’s matter here', () => {
    const created = { TopicConfigurations: [{ TopicArn: topicArn, Events: ['s3:ObjectCreated:*' as const] }] };
    expect(toldIn(hearingOf(notified(created, { [topicArn]: null })))).toEqual([`${nobody}.`]);
  });

  it.each([
    ['a prefix', 'Prefix', 'tax/', 'begin with tax/'],
    ['a suffix', 'suffix', '.csv', 'end with .csv'],
  ])('for %s leaves out the rest', (_, Name, Value, keys) => {
    const Filter = { Key: { FilterRules: [{ Name, Value }] } };
    const topics = { [topicArn]: aTopic({ policy: policy(fromBucket) }) };
    const told = toldIn(hearingOf(notified(toTopic({ Filter }), topics)));
    expect(told).toEqual([`${nobody} under all: notification n reports only keys that ${keys}.`]);
  });

  it.each([
    [
      'a queue',
      { QueueConfigurations: [{ QueueArn: 'arn:aws:sqs:us-east-1:1:q', Events: [failed] }] },
      'arn:aws:sqs:us-east-1:1:q',
    ],
    [
      'a function',
      {
        LambdaFunctionConfigurations: [
          { LambdaFunctionArn: 'arn:aws:lambda:us-east-1:1:function:f', Events: [failed] },
        ],
      },
      'arn:aws:lambda:us-east-1:1:function:f',
    ],
    [
      'a topic of an account without a sign-in',
      { TopicConfigurations: [{ TopicArn: 'arn:aws:sns:us-east-1:1:t', Events: [failed] }] },
      'arn:aws:sns:us-east-1:1:t',
    ],
  ])('to %s is taken for heard, and s3repl says that it does not see into it', (_, notification, arn) => {
    const diagnosis = hearingOf(notified(notification));
    expect(toldIn(diagnosis)).toEqual([`C34 note: Failures are sent to ${arn}. ${unseen}`]);
    expect(statusesOf(diagnosis)).toMatchObject({ C34: 'ok' });
  });
});

describe('a topic that could not be read', () => {
  it('may deliver: nothing is worse, and s3repl says that it did not see into it', () => {
    const diagnosis = hearingOf((hearing) => {
      hearing.topics = { [topicArn]: 'unknown' };
    });
    expect(statusesOf(diagnosis)).toEqual({ C34: 'ok', C39: 'ok', C40: 'unknown' });
    expect(toldIn(diagnosis)).toEqual([`C34 note: Failures are sent to ${topicArn}. ${unseen}`]);
  });

  it.each<[string, Partial<TopicSnapshot>]>([
    ['policy', { policy: 'unknown' }],
    ['key', { kmsKey: keyArn, key: 'unknown' }],
    ['key policy', { kmsKey: keyArn, key: { ...aKey(), policy: 'unknown' } }],
  ])('in its %s may deliver, but not to nobody', (_, topic) => {
    expect(statusesOf(hearingOf(withTopic(topic)))).toMatchObject({ C34: 'ok' });
    expect(statusesOf(hearingOf(withTopic({ ...topic, confirmed: 0 })))).toMatchObject({
      C34: 'warning',
      C40: 'warning',
    });
  });
});
