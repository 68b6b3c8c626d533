import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DisableKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { GetTopicAttributesCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/events/failure.ts';
import { SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { type Alerted, alertedSpec, anAlerted, email, failures, farTopic, latency, topic } from './alerted.ts';

const setAlarm = ({ sandbox }: Alerted, StateValue: 'OK' | 'ALARM', AlarmName = failures, region = 'eu-west-1') =>
  clientsOf(sandbox, SOURCE, region).cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'by hand' }),
  );

async function failureOf(verifying: Promise<unknown>): Promise<Failure> {
  const ended = await verifying.catch((error: unknown) => error);
  if (ended instanceof Failure) return ended;
  throw new Error(`a failure was expected, not ${JSON.stringify(ended)}`);
}

describe('an alarm that is published to its topic', () => {
  it('proves that, with how many are subscribed, and is set back', async () => {
    const alerted = await anAlerted(alertedSpec());
    await setAlarm(alerted, 'OK');
    expect(await alerted.verify()).toEqual({
      outcome: 'verified',
      summary: 'CloudWatch published a test to a topic with 1 confirmed subscriber; the alarm is set back',
      notTried: [
        'that the message arrives, and that a person reads it',
        'that an alarm goes off when an object fails',
        'that objects replicate (s3repl verify)',
      ],
    });
    expect(alerted.told('alert')).toEqual([
      {
        type: 'alert',
        topic,
        region: 'eu-west-1',
        alarm: failures,
        outcome: 'published',
        seconds: expect.any(Number),
        subscribers: 1,
      },
    ]);
    expect(alerted.writes()).toEqual(['SetAlarmState', 'SetAlarmState', 'SetAlarmState']);
    expect(alerted.stateOf(failures)).toBe('OK');
    expect(alerted.messages().slice(-2)).toEqual([
      'ALARM: test by s3repl (mark): nothing has failed',
      'OK: the test by s3repl is over',
    ]);
  });

  it('goes back to having no data where it had none, and then nobody gets a second message', async () => {
    const alerted = await anAlerted(alertedSpec());
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
    expect(await alerted.verify()).toMatchObject({ outcome: 'verified' });
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
    expect(alerted.messages()).toEqual(['ALARM: test by s3repl (mark): nothing has failed']);
  });

  it('can be tried again at once: what the history shows late of the first test is not taken for the second', async () => {
    const alerted = await anAlerted(alertedSpec());
    await setAlarm(alerted, 'OK');
    await alerted.verify();
    const { history } = alerted.sandbox.state.cloudWatch;
    const ofFirst = { ...history };
    const show = (shown: typeof ofFirst) => {
      for (const number of Object.keys(history)) delete history[number];
      Object.assign(history, shown);
    };
    alerted.meanwhile = async ({ operation }) => {
      if (operation === 'DescribeAlarmHistory') show(alerted.stateOf(failures) === 'ALARM' ? ofFirst : {});
    };
    expect(await alerted.verify({ timeoutMs: 5_000 })).toMatchObject({
      outcome: 'unknown',
      error: { code: 'alert-pending' },
    });
  });

  it('is tried in each Region that has alarms, of which each has a topic', async () => {
    const alerted = await anAlerted(alertedSpec({ latency: '15m' }), { metrics: true });
    expect(await alerted.verify()).toMatchObject({
      outcome: 'verified',
      summary: 'CloudWatch published a test to 2 topics with 2 confirmed subscribers; the alarms are set back',
    });
    expect(alerted.told('alert')).toMatchObject([
      { topic, alarm: failures },
      { topic: farTopic, alarm: latency, region: 'eu-central-1' },
    ]);
    expect([alerted.stateOf(failures), alerted.stateOf(latency, 'eu-central-1')]).not.toContain('ALARM');
  });
});

describe('nobody hears of an alarm', () => {
  it('as long as nobody has confirmed, also where CloudWatch publishes to the topic', async () => {
    const alerted = await anAlerted(alertedSpec(), { isConfirmed: false });
    expect(await alerted.verify()).toMatchObject({
      outcome: 'blocked',
      error: {
        code: 'nobody-subscribed',
        message: `nobody gets the alarms: ${email} did not confirm the subscription to ${topic}`,
        fix: expect.stringMatching(/click the link .* s3repl apply --resend-confirmation/),
      },
    });
    expect(alerted.told('alert')).toMatchObject([{ outcome: 'published', subscribers: 0 }]);
  });

  it('where the link was not followed within 48 hours, so that SNS has forgotten the address', async () => {
    const alerted = await anAlerted(alertedSpec(), { isConfirmed: false });
    await alerted.sandbox.clock.sleep(50 * 3_600_000);
    expect(await alerted.verify()).toMatchObject({
      outcome: 'blocked',
      error: { code: 'nobody-subscribed', fix: 'to ask again, run: s3repl apply --resend-confirmation' },
    });
  });

  it('where a topic has no addresses', async () => {
    const alerted = await anAlerted(alertedSpec({ emails: [] }));
    expect(await alerted.verify()).toMatchObject({
      error: { code: 'nobody-subscribed', fix: 'write emails, or subscribe somebody to the topic' },
    });
  });

  it('where somebody denies publishing in the policy of the topic: in the words of AWS', async () => {
    const alerted = await anAlerted(alertedSpec());
    const { sns } = clientsOf(alerted.sandbox);
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topic }));
    const policy = JSON.parse(Attributes?.Policy ?? '') as { readonly Statement: readonly object[] };
    const deny = { Sid: 'Theirs', Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: topic };
    const AttributeValue = JSON.stringify({ ...policy, Statement: [...policy.Statement, deny] });
    await sns.send(new SetTopicAttributesCommand({ TopicArn: topic, AttributeName: 'Policy', AttributeValue }));
    expect(await alerted.verify()).toEqual({
      outcome: 'blocked',
      error: {
        code: 'alert-not-published',
        message: `CloudWatch could not publish to the topic ${topic}: cloudwatch.amazonaws.com is not authorized to perform: SNS:Publish on resource: ${topic} with an explicit deny in a resource-based policy`,
        fix: expect.stringContaining(
          `in the policy of ${topic}; s3repl apply adds that statement, so if it is there, look for a Deny`,
        ),
      },
    });
    expect(alerted.told('alert')).toMatchObject([{ outcome: 'failed', subscribers: 1 }]);
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
  });

  it.each([
    ['. Received error: "it broke"', '', 'it broke', 'does not know this error'],
    [
      '',
      '{"error":"no access to the SNS topic encryption key."}',
      'encryption key',
      'in the policy of the key of the topic',
    ],
    ['', '{"error":null}', 'Failed to execute action arn:aws', 'does not know this error'],
    ['', 'no JSON', 'Failed to execute action arn:aws', 'does not know this error'],
  ])('in whatever form AWS says that it failed: %s%s', async (more, data, said, fix) => {
    const alerted = await anAlerted(alertedSpec());
    alerted.meanwhile = async ({ operation }) => {
      const { history } = alerted.sandbox.state.cloudWatch;
      for (const [number, item] of Object.entries(history))
        if (operation === 'DescribeAlarmHistory' && item.type === 'Action')
          history[number] = { ...item, summary: `Failed to execute action ${topic}${more}`, data };
    };
    expect(await alerted.verify()).toMatchObject({
      outcome: 'blocked',
      error: { message: expect.stringContaining(said), fix: expect.stringContaining(fix) },
    });
  });

  it('where the topic is gone by then', async () => {
    const alerted = await anAlerted(alertedSpec());
    alerted.meanwhile = async ({ operation }) => {
      if (operation === 'SetAlarmState') delete alerted.sandbox.state.sns.topics[topic];
    };
    expect(await alerted.verify()).toMatchObject({
      error: { message: expect.stringContaining('Topic does not exist'), fix: expect.stringContaining('s3repl apply') },
    });
  });

  describe('where the key of the topic', () => {
    const encryptBy = async ({ sandbox }: Alerted, AttributeValue: string) => {
      const set = { TopicArn: topic, AttributeName: 'KmsMasterKeyId', AttributeValue };
      await clientsOf(sandbox).sns.send(new SetTopicAttributesCommand(set));
    };
    const keyOf = ({ sandbox }: Alerted) =>
      Object.values(sandbox.state.keys).find(({ arn }) => arn.includes(`eu-west-1:${SOURCE}`))?.arn ?? '';
    const open = async ({ sandbox }: Alerted, KeyId: string) => {
      const Statement = [
        { Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'kms:*', Resource: '*' },
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
          Resource: '*',
        },
      ];
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      await clientsOf(sandbox).kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy }));
    };

    it('shuts CloudWatch out', async () => {
      const alerted = await anAlerted(alertedSpec());
      const key = keyOf(alerted);
      await encryptBy(alerted, key);
      expect(await alerted.verify()).toMatchObject({
        outcome: 'blocked',
        error: {
          message: expect.stringContaining('Service: AWSKMS'),
          fix: expect.stringContaining(
            `allow kms:GenerateDataKey* and kms:Decrypt to cloudwatch.amazonaws.com in the policy of the key ${key}`,
          ),
        },
      });
      await open(alerted, key);
      expect(await alerted.verify()).toMatchObject({ outcome: 'verified' });
    });

    it('is the one of AWS', async () => {
      const alerted = await anAlerted(alertedSpec());
      await encryptBy(alerted, 'alias/aws/sns');
      expect(await alerted.verify()).toMatchObject({
        error: { fix: expect.stringContaining('with a customer managed key, or not at all') },
      });
    });

    it('is disabled', async () => {
      const alerted = await anAlerted(alertedSpec());
      const key = keyOf(alerted);
      await encryptBy(alerted, key);
      await open(alerted, key);
      await clientsOf(alerted.sandbox).kms.send(new DisableKeyCommand({ KeyId: key }));
      expect(await alerted.verify()).toMatchObject({
        error: { paste: `aws kms enable-key --key-id ${key} --region eu-west-1` },
      });
    });

    it('is not there', async () => {
      const alerted = await anAlerted(alertedSpec());
      await encryptBy(alerted, '00000000-0000-0000-0000-000000000000');
      expect(await alerted.verify()).toMatchObject({ error: { fix: expect.stringContaining('set another key') } });
    });
  });
});

describe('it cannot be said whether somebody hears of an alarm', () => {
  it('while all alarms of a topic are in ALARM: what they say is not taken back', async () => {
    const alerted = await anAlerted(alertedSpec());
    await setAlarm(alerted, 'ALARM');
    alerted.requests.length = 0;
    expect(await alerted.verify()).toMatchObject({
      outcome: 'unknown',
      error: { code: 'alert-not-tried', message: expect.stringContaining(`its alarm ${failures} is in ALARM`) },
    });
    expect(alerted.writes()).toEqual([]);
    expect(alerted.stateOf(failures)).toBe('ALARM');
  });

  it('but another alarm of the same topic is as good', async () => {
    const alerted = await anAlerted(alertedSpec({ silence: true }, { region: 'eu-west-1' }), { metrics: true });
    await setAlarm(alerted, 'ALARM');
    expect(await alerted.verify()).toMatchObject({ outcome: 'verified' });
    expect(alerted.told('alert')).toMatchObject([{ alarm: 's3repl.invoices-dr.all.silence' }]);
    expect(alerted.stateOf(failures)).toBe('ALARM');
  });

  it('where no alarm is there yet', async () => {
    const alerted = await anAlerted(alertedSpec({ failures: false, silence: true }));
    expect(await alerted.verify()).toMatchObject({
      outcome: 'unknown',
      error: { message: expect.stringContaining('none of its alarms exists yet') },
    });
  });

  it('while the alarms of one Region wait for their metrics, also where those of the other are proven', async () => {
    const alerted = await anAlerted(alertedSpec({ latency: '15m' }));
    expect(await alerted.verify()).toEqual({
      outcome: 'unknown',
      error: {
        code: 'alert-not-tried',
        message: `s3repl did not test whether CloudWatch can publish to the topic ${farTopic}: none of its alarms exists yet`,
        fix: expect.stringContaining('s3repl apply once objects have replicated'),
      },
    });
    expect(alerted.told('alert')).toMatchObject([{ outcome: 'published' }, { topic: farTopic, outcome: 'not-tried' }]);
  });

  it('where the history says nothing in the time; the alarm is set back all the same', async () => {
    const alerted = await anAlerted(alertedSpec());
    alerted.meanwhile = async ({ operation }) => {
      const { history } = alerted.sandbox.state.cloudWatch;
      if (operation === 'DescribeAlarmHistory') for (const number of Object.keys(history)) delete history[number];
    };
    expect(await alerted.verify({ timeoutMs: 20_000 })).toEqual({
      outcome: 'unknown',
      error: {
        code: 'alert-pending',
        message: `after 20 s the history of the alarm ${failures} did not say whether CloudWatch published to the topic ${topic}`,
        fix: expect.stringContaining('run s3repl verify --alerts again'),
      },
    });
    const waiting = { resource: `alarm ${failures}`, reason: 'CloudWatch to publish to the topic' };
    expect(alerted.told('pending')).toMatchObject([0, 1, 3, 5, 8, 13].map((seconds) => ({ ...waiting, seconds })));
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
  });
});

it('a configuration without alarms has nothing to try', async () => {
  const alerted = await anAlerted(alertedSpec({ failures: false }));
  expect(await alerted.verify()).toMatchObject({ outcome: 'blocked', error: { code: 'no-alarm' } });
});

describe('the alarm is set back', () => {
  it.each([
    ['Ctrl-C', undefined, 'cancelled'],
    ['the deadline', new Failure('failed', 'deadline', 'the deadline of 1 s has passed', 'go on'), 'unknown'],
  ])('after %s between the two', async (_, reason, outcome) => {
    const alerted = await anAlerted(alertedSpec());
    const deadline = new AbortController();
    alerted.meanwhile = async ({ operation }) => {
      if (operation !== 'DescribeAlarmHistory' || alerted.stateOf(failures) !== 'ALARM') return;
      const { history } = alerted.sandbox.state.cloudWatch;
      for (const number of Object.keys(history)) delete history[number];
      alerted.controller.abort(reason);
      deadline.abort();
    };
    const surroundings = { ...alerted.surroundings, ...(reason && { deadline: deadline.signal }) };
    const failure = await failureOf(alerted.verify({ surroundings }));
    expect(failure).toMatchObject({
      outcome,
      message: expect.stringContaining('stopped before the test was complete; the alarms are as they were'),
    });
    expect(alerted.writes()).toEqual(['SetAlarmState', 'SetAlarmState']);
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
  });

  it('after Ctrl-C during a pause, which that breaks off', async () => {
    const alerted = await anAlerted(alertedSpec());
    alerted.meanwhile = async ({ operation }) => {
      const { history } = alerted.sandbox.state.cloudWatch;
      if (operation === 'DescribeAlarmHistory') for (const number of Object.keys(history)) delete history[number];
    };
    const sleep = async () => {
      alerted.controller.abort();
      throw Object.assign(new Error('The operation was aborted'), { name: 'AbortError' });
    };
    const failure = await failureOf(alerted.verify({ surroundings: { ...alerted.surroundings, sleep } }));
    expect(failure).toMatchObject({
      outcome: 'cancelled',
      message: expect.stringContaining('the alarms are as they were'),
    });
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
  });

  it('not where nothing was set: after Ctrl-C before that', async () => {
    const alerted = await anAlerted(alertedSpec());
    alerted.meanwhile = async ({ operation }) => {
      if (operation === 'DescribeAlarmHistory') alerted.controller.abort();
    };
    expect(await failureOf(alerted.verify())).toMatchObject({ outcome: 'cancelled' });
    expect(alerted.writes()).toEqual([]);
  });

  it.each(['DescribeAlarmHistory', 'SetAlarmState'])('not where %s is refused at first', async (refused) => {
    const alerted = await anAlerted(alertedSpec());
    alerted.fault = ({ operation }) =>
      operation === refused ? { code: 'AccessDenied', status: 403, message: `no ${refused}` } : undefined;
    await expect(alerted.verify()).rejects.toThrow(`no ${refused}`);
    expect(alerted.writes()).toEqual(refused === 'SetAlarmState' ? ['SetAlarmState'] : []);
    expect(alerted.told('alert')).toEqual([]);
  });

  it('where the answer to the first call was lost', async () => {
    const alerted = await anAlerted(alertedSpec());
    // The SDK sends a call five times.
    alerted.fault = ({ operation }) =>
      operation === 'SetAlarmState' && alerted.writes().length <= 5 ? 'lost-answer' : undefined;
    await expect(alerted.verify()).rejects.toThrow();
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
  });

  it('where its history may not be read any more', async () => {
    const alerted = await anAlerted(alertedSpec());
    alerted.fault = ({ operation }) =>
      operation === 'DescribeAlarmHistory' && alerted.stateOf(failures) === 'ALARM'
        ? { code: 'AccessDenied', status: 403, message: 'no longer' }
        : undefined;
    await expect(alerted.verify()).rejects.toThrow('no longer');
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
  });

  it('also where it may not be read before', async () => {
    const alerted = await anAlerted(alertedSpec());
    alerted.fault = ({ operation }) =>
      operation === 'DescribeAlarms' && alerted.stateOf(failures) === 'ALARM'
        ? { code: 'AccessDenied', status: 403 }
        : undefined;
    expect(await alerted.verify()).toMatchObject({ outcome: 'verified' });
    expect(alerted.stateOf(failures)).toBe('INSUFFICIENT_DATA');
  });

  it('or it is said how a person does it', async () => {
    const alerted = await anAlerted(alertedSpec());
    alerted.fault = ({ operation }) =>
      operation === 'SetAlarmState' && alerted.stateOf(failures) === 'ALARM'
        ? { code: 'AccessDenied', status: 403, message: 'no more' }
        : undefined;
    expect(await alerted.verify()).toMatchObject({ outcome: 'verified' });
    expect(alerted.told('warning')).toEqual([
      {
        type: 'warning',
        code: 'alarm-left',
        message: `the test left the alarm ${failures} in ALARM, until CloudWatch evaluates it again (no more)`,
        fix: 'wait for that, or set it back:',
        paste: `aws cloudwatch set-alarm-state --alarm-name ${failures} --state-value INSUFFICIENT_DATA --state-reason 'the test by s3repl is over' --region eu-west-1`,
      },
    ]);
  });

  const atTheEnd = (alerted: Alerted, act: () => unknown) => {
    alerted.meanwhile = async ({ operation }) => {
      if (operation === 'DescribeAlarms' && alerted.stateOf(failures) === 'ALARM') await act();
    };
  };

  it('not where it has gone off for a reason of its own meanwhile', async () => {
    const alerted = await anAlerted(alertedSpec());
    atTheEnd(alerted, () => {
      const alarm = Object.values(alerted.sandbox.state.cloudWatch.alarms)[0];
      if (alarm) alarm.status = { ...alarm.status, reason: 'Threshold Crossed' };
    });
    expect(await alerted.verify()).toMatchObject({ outcome: 'verified' });
    expect(alerted.told('warning')).toMatchObject([
      { code: 'alarm-went-off', message: expect.stringContaining('Threshold Crossed') },
    ]);
    expect(alerted.stateOf(failures)).toBe('ALARM');
  });

  it('not where CloudWatch has found it OK meanwhile, and had no data before', async () => {
    const alerted = await anAlerted(alertedSpec());
    atTheEnd(alerted, () => {
      const alarm = Object.values(alerted.sandbox.state.cloudWatch.alarms)[0];
      if (alarm) alarm.status = { ...alarm.status, state: 'OK', reason: 'no failures' };
    });
    expect(await alerted.verify()).toMatchObject({ outcome: 'verified' });
    expect(alerted.stateOf(failures)).toBe('OK');
  });

  it('not where somebody has deleted it meanwhile, which is no trouble', async () => {
    const alerted = await anAlerted(alertedSpec());
    atTheEnd(alerted, () => {
      const { alarms } = alerted.sandbox.state.cloudWatch;
      for (const arn of Object.keys(alarms)) delete alarms[arn];
    });
    expect(await alerted.verify()).toMatchObject({ outcome: 'verified' });
    expect(alerted.told('warning')).toEqual([]);
  });
});
