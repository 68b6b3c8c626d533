/** Alarms and topics that somebody has touched, and topics as others have them. */
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import type { AlertSpec, Spec } from '../../src/config/spec.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import { aDestination, aSource, aSpec, SOURCE } from '../builders.ts';
import { copyOf } from '../crash/cloud.ts';
import { branded, type Plain } from '../plain.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { anApplied, type Practice } from './in-sandbox.ts';

const name = 's3repl.invoices-dr.all.failures';
const given = `arn:aws:sns:eu-west-1:${SOURCE}:given`;

function alerting(change: Partial<Plain<AlertSpec>> = {}, spec: Partial<Plain<Spec>> = {}): Spec {
  const alerts = { topics: [], emails: [], failures: true, silence: false, latency: 'off', ...change };
  return aSpec({ alerts: branded<AlertSpec>(alerts), ...spec });
}

async function codes(practice: Practice, spec: Spec): Promise<readonly string[]> {
  const { problems, warnings } = planApply(await practice.state(spec), spec);
  return [...problems, ...warnings].map(({ code }) => code);
}

describe('an alarm of ours that somebody has changed', () => {
  it.each([
    ['has no actions any more', { ActionsEnabled: false }],
    ['tells a topic of another account', { AlarmActions: ['arn:aws:sns:eu-west-1:444444444444:x'] }],
    ['is of 5 of 5 minutes', { EvaluationPeriods: 5, DatapointsToAlarm: 5 }],
    ['lacks a dimension', { Dimensions: [{ Name: 'SourceBucket', Value: 'acme-invoices' }] }],
  ])('%s: the next apply puts it right', async (_, change) => {
    const spec = alerting();
    const practice = await anApplied(spec);
    const { cloudWatch } = clientsOf(practice.sandbox);
    const [alarm] = Object.values(copyOf(practice.sandbox.state).cloudWatch.alarms);
    await cloudWatch.send(new PutMetricAlarmCommand({ ...(alarm?.settings as object), AlarmName: name, ...change }));
    expect(await practice.apply(spec)).toMatchObject([{ step: 'alarms', action: 'change' }]);
    const [after] = Object.values(practice.sandbox.state.cloudWatch.alarms);
    expect(after?.settings).toEqual(alarm?.settings);
    expect(await practice.apply(spec)).toEqual([]);
  });
});

async function aTopic(practice: Practice, policy?: object): Promise<void> {
  const { sns } = clientsOf(practice.sandbox);
  await sns.send(new CreateTopicCommand({ Name: 'given' }));
  if (policy)
    await sns.send(
      new SetTopicAttributesCommand({
        TopicArn: given,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify(policy),
      }),
    );
}

async function policyOf({ sandbox }: Practice): Promise<{ readonly Statement: readonly { readonly Sid?: string }[] }> {
  const { Attributes } = await clientsOf(sandbox).sns.send(new GetTopicAttributesCommand({ TopicArn: given }));
  return JSON.parse(Attributes?.Policy ?? '');
}

function statement(Sid: string, more: object = {}) {
  return {
    Sid,
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: given,
    ...more,
  };
}

describe('a topic that is given', () => {
  it('with a policy of Terraform, without the statement of its owner: ours is added, and removed again', async () => {
    const practice = await anApplied(aSpec());
    await aTopic(practice, { Version: '2012-10-17', Statement: [statement('TerraformEvents')] });
    const before = await policyOf(practice);
    const spec = alerting({ topics: [given] });
    await practice.apply(spec);
    expect((await policyOf(practice)).Statement.map(({ Sid }) => Sid)).toEqual([
      'TerraformEvents',
      expect.stringMatching(/^S3repl.*Alarms$/),
    ]);
    expect(await practice.apply(spec)).toEqual([]);
    await practice.apply(aSpec());
    expect(await policyOf(practice)).toEqual(before);
  });

  it('with 200 subscriptions: all are read, and none is touched', async () => {
    const practice = await anApplied(aSpec());
    await aTopic(practice);
    const { sns } = clientsOf(practice.sandbox);
    for (let number = 0; number < 200; number += 1) {
      const Endpoint = `arn:aws:sqs:eu-west-1:${SOURCE}:queue-${number}`;
      await sns.send(new SubscribeCommand({ TopicArn: given, Protocol: 'sqs', Endpoint }));
    }
    await sns.send(new SubscribeCommand({ TopicArn: given, Protocol: 'email', Endpoint: 'last@example.com' }));
    const spec = alerting({ topics: [given], events: given });
    const observed = await practice.state(spec);
    expect(observed.accounts[SOURCE]?.topics?.[given]?.subscriptions).toHaveLength(201);
    // The last one of them all is the one that counts.
    expect(await codes(practice, spec)).toEqual(['events-by-email']);
    expect(await codes(practice, alerting({ topics: [given] }))).toEqual([]);
  });

  it('whose policy has no room left for ours: a problem, before anything is written', async () => {
    const practice = await anApplied(aSpec());
    const Resource = Array.from({ length: 705 }, () => given);
    await aTopic(practice, { Version: '2012-10-17', Statement: [statement('TheirsLong', { Resource })] });
    expect(JSON.stringify(await policyOf(practice)).length).toBeGreaterThan(30_000);
    expect(await codes(practice, alerting({ topics: [given] }))).toContain('policy-too-long');
  });
});

describe('addresses', () => {
  it('that differ in case only are asked once', async () => {
    const practice = await anApplied(aSpec());
    const spec = alerting({ emails: ['Storage@example.com', 'storage@example.com', 'storage@example.com'] });
    await practice.apply(spec);
    expect(Object.values(practice.sandbox.state.sns.subscriptions)).toHaveLength(1);
    expect(await practice.apply(spec)).toEqual([]);
    expect(await codes(practice, spec)).toEqual(['subscription-pending']);
  });

  it('twenty of them are all asked, and none twice', async () => {
    const practice = await anApplied(aSpec());
    const spec = alerting({ emails: Array.from({ length: 20 }, (_, index) => `person-${index}@example.com`) });
    await practice.apply(spec);
    expect(Object.values(practice.sandbox.state.sns.subscriptions)).toHaveLength(20);
    expect(await practice.apply(spec)).toEqual([]);
  });
});

it('in one Region, one topic tells of all alarms', async () => {
  const spec = alerting(
    { latency: '15m', silence: true },
    { destinations: [aDestination({ region: 'eu-west-1', bucket: 'acme-invoices-near' })] },
  );
  const practice = await anApplied(spec);
  expect(Object.keys(practice.sandbox.state.sns.topics)).toEqual([
    `arn:aws:sns:eu-west-1:${SOURCE}:s3repl-invoices-dr-alerts`,
  ]);
  expect(await practice.apply(spec)).toEqual([]);
});

describe('two configurations of one source bucket, both with events', () => {
  it('the first is told, the second says so, and takes its place once the first is gone', async () => {
    const practice = await anApplied(aSpec());
    await aTopic(practice, { Version: '2012-10-17', Statement: [statement('Theirs')] });
    const first = alerting({ topics: [given], events: given });
    const second: Spec = {
      ...first,
      name: 'second',
      source: aSource({ kmsKey: { kind: 'alias', alias: 'alias/s3repl-invoices-dr' } }),
      destinations: [aDestination({ bucket: 'acme-invoices-second', region: 'us-east-1' })],
    };
    await practice.apply(first);
    await practice.apply(second);
    const entries = () => practice.sandbox.state.buckets['acme-invoices']?.notification?.Topics.map(({ Id }) => Id);
    expect(entries()).toEqual(['s3repl.invoices-dr.failed']);
    expect(await codes(practice, second)).toContain('events-overlap');
    expect(await practice.apply(first)).toEqual([]);
    expect(await practice.apply(second)).toEqual([]);

    const destroyed = planDestroy(await practice.state(first), first);
    expect(destroyed.changes.map(({ step }) => step)).toContain('events');
    const { events: _, ...quiet } = first.alerts ?? alerting().alerts ?? never();
    await practice.apply({ ...first, alerts: quiet });
    await practice.apply(second);
    expect(entries()).toEqual(['s3repl.second.failed']);
    expect(await codes(practice, second)).not.toContain('events-overlap');
  });
});

describe('an account without rights to CloudWatch or SNS', () => {
  it.each([
    ['DescribeAlarms', 'AccessDenied', 'cloudwatch:DescribeAlarms'],
    ['PutMetricAlarm', 'AccessDenied', 'cloudwatch:PutMetricAlarm'],
    ['CreateTopic', 'AuthorizationError', 'SNS:CreateTopic'],
    ['Subscribe', 'AuthorizationError', 'SNS:Subscribe'],
  ])('%s: the action is named, and who lacks it', async (operation, code, action) => {
    const practice = await anApplied(aSpec());
    const who = `arn:aws:sts::${SOURCE}:assumed-role/setup/s3repl`;
    const message = `User: ${who} is not authorized to perform: ${action} on resource: x because no identity-based policy allows the ${action} action`;
    practice.fault = (request) => (request.operation === operation ? { code, status: 403, message } : undefined);
    const failure = await practice.applyFailing(alerting({ emails: ['storage@example.com'] }));
    expect(failure).toMatchObject({ outcome: 'failed' });
    expect(failure.message).toContain(`${operation} in account ${SOURCE}, eu-west-1`);
    expect(failure.fix).toContain(`allow ${action} to`);
  });
});

function never(): never {
  throw new Error('a configuration with alerts has alerts');
}
