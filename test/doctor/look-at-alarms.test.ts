import { describe, expect, it } from 'vitest';
import type { AlarmSettings } from '../../src/aws/alert-documents.ts';
import { measured } from '../model/replication/configuration-changes.ts';
import { other, rule, source } from '../model/replication/world.ts';
import {
  alarmArn,
  allDimensions,
  anAlarm,
  dimensions,
  type Hearing,
  hearingOf,
  statusesOf,
  toldIn,
  topicArn,
} from './alarm-world.ts';

const fine = { C34: 'ok', C39: 'ok', C40: 'ok' };

const withAlarm =
  (more: AlarmSettings, arn = alarmArn) =>
  (hearing: Hearing) => {
    hearing.alarms = { [arn]: anAlarm(more) };
  };
const unheard = 'C34 warning: Nobody is notified when an object of bucket src fails to replicate';
const mute = `${unheard} under all: alarm failures never fires, or notifies nobody.`;

describe('an alarm on failures that somebody hears', () => {
  it('is all that it takes, and nothing is said', () => {
    const diagnosis = hearingOf();
    expect(statusesOf(diagnosis)).toEqual(fine);
    expect(toldIn(diagnosis)).toEqual([]);
    expect(diagnosis.outcome).toBe('healthy');
  });

  it.each<[string, AlarmSettings]>([
    ['with its dimensions in another order', { Dimensions: dimensions(allDimensions).toReversed() }],
    ['on the Maximum, of five minutes', { Statistic: 'Maximum', Period: 300 }],
    ['that takes 1 or more', { ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 1 }],
    ['of 1 datapoint among 5', { EvaluationPeriods: 5, DatapointsToAlarm: 1 }],
    ['whose missing data are missing', { TreatMissingData: 'missing' }],
  ])('%s does it too', (_, more) => {
    expect(toldIn(hearingOf(withAlarm(more)))).toEqual([]);
  });

  it.each([
    [
      'in metric math',
      {
        MetricStat: {
          Period: 60,
          Stat: 'Sum',
          Metric: {
            Namespace: 'AWS/S3',
            MetricName: 'OperationsFailedReplication',
            Dimensions: dimensions(allDimensions),
          },
        },
      },
    ],
    [
      'by a query for all buckets',
      {
        Expression:
          'SELECT SUM(OperationsFailedReplication) FROM SCHEMA("AWS/S3", SourceBucket,DestinationBucket,RuleId) GROUP BY SourceBucket, RuleId',
      },
    ],
    [
      'by a query without a schema',
      { Expression: 'SELECT MAX(OperationsFailedReplication) FROM "AWS/S3" WHERE SourceBucket = \'src\'' },
    ],
    [
      'by a query with a condition that s3repl does not understand',
      {
        Expression:
          'SELECT SUM(OperationsFailedReplication) FROM "AWS/S3" WHERE SourceBucket != \'logs\' ORDER BY SUM() DESC',
      },
    ],
  ])('%s does it too', (_, part) => {
    const { MetricName: _name, Namespace: _space, Dimensions: _dimensions, ...settings } = anAlarm();
    const diagnosis = hearingOf((hearing) => {
      hearing.alarms = { [alarmArn]: { ...settings, Metrics: [{ Id: 'm1', ...part }] } };
    });
    expect(toldIn(diagnosis)).toEqual([]);
    expect(statusesOf(diagnosis)).toEqual(fine);
  });

  it.each<[string, object, string]>([
    [
      'another account',
      {
        AccountId: other,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/S3',
            MetricName: 'OperationsFailedReplication',
            Dimensions: dimensions(allDimensions),
          },
        },
      },
      `watches metrics of account ${other}`,
    ],
    [
      'a schema without the rule',
      { Expression: 'SELECT SUM(OperationsFailedReplication) FROM SCHEMA("AWS/S3", SourceBucket, DestinationBucket)' },
      'has the dimensions SourceBucket, DestinationBucket, but OperationsFailedReplication has exactly',
    ],
    [
      'another rule',
      {
        Expression: `SELECT SUM(OperationsFailedReplication) FROM "AWS/S3" WHERE SourceBucket = 'src' AND RuleId = 'old'`,
      },
      'watches RuleId old, but no rule of bucket src has that',
    ],
  ])('is none by metric math or a query of %s, and no command is given', (_, part, summary) => {
    const { MetricName: _name, Namespace: _space, Dimensions: _dimensions, ...settings } = anAlarm();
    const { causes } = hearingOf((hearing) => {
      hearing.alarms = { [alarmArn]: { ...settings, Metrics: [{ Id: 'm1', ...part }] } };
    });
    const found = causes.filter(({ check }) => check === 'C39');
    expect(found).toMatchObject([{ summary: expect.stringContaining(summary) }]);
    expect(found[0]).not.toHaveProperty('remedy');
  });

  it('is one of a monitoring account that watches the source account', () => {
    const metric = {
      Namespace: 'AWS/S3',
      MetricName: 'OperationsFailedReplication',
      Dimensions: dimensions(allDimensions),
    };
    const { MetricName: _name, Namespace: _space, Dimensions: _dimensions, ...settings } = anAlarm();
    const told = toldIn(
      hearingOf((hearing) => {
        hearing.alarms = {};
        hearing.alarmsThere = {
          [`arn:aws:cloudwatch:us-east-1:${other}:alarm:failures`]: {
            ...settings,
            AlarmActions: [`arn:aws:lambda:us-east-1:${other}:function:f`],
            Metrics: [{ Id: 'm1', AccountId: source, MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } }],
          },
        };
      }),
    );
    expect(told).toEqual([
      expect.stringMatching(`^C34 note: Failures are sent to arn:aws:lambda:us-east-1:${other}:function:f\\.`),
    ]);
  });

  it('is needed for each rule', () => {
    const told = toldIn(
      hearingOf(({ world }) => {
        world.rules = [
          rule({ Destination: measured }),
          rule({ ID: 'tax', Priority: 2, Filter: { Prefix: 'tax/' }, Destination: measured }),
        ];
      }),
    );
    expect(told).toEqual([`${unheard} under tax.`]);
  });
});

const otherDimensions =
  'but OperationsFailedReplication has exactly SourceBucket, DestinationBucket and RuleId: it watches a metric that does not exist, and never fires.';
const noSuchRule = 'but no rule of bucket src has that: S3 does not publish such a metric, and the alarm never fires.';

describe('an alarm that never fires (C39)', () => {
  it.each<[string, AlarmSettings, string]>([
    [
      'without the destination',
      { Dimensions: dimensions({ SourceBucket: 'src', RuleId: 'all' }) },
      `Alarm failures has the dimensions SourceBucket, RuleId, ${otherDimensions}`,
    ],
    [
      'with the dimension of storage metrics',
      { Dimensions: dimensions({ BucketName: 'src' }) },
      `Alarm failures has the dimensions BucketName, ${otherDimensions}`,
    ],
    ['without dimensions', { Dimensions: [] }, `Alarm failures has no dimensions, ${otherDimensions}`],
    [
      'on a rule that is gone',
      { Dimensions: dimensions({ ...allDimensions, RuleId: 'old' }) },
      `Alarm failures watches RuleId old, ${noSuchRule}`,
    ],
    [
      'on the ARN of the bucket',
      { Dimensions: dimensions({ ...allDimensions, SourceBucket: 'arn:aws:s3:::src' }) },
      `Alarm failures watches SourceBucket arn:aws:s3:::src, ${noSuchRule}`,
    ],
    [
      'on another destination',
      { Dimensions: dimensions({ ...allDimensions, DestinationBucket: 'was' }) },
      `Alarm failures watches DestinationBucket was, ${noSuchRule}`,
    ],
    [
      'on the name that the User Guide misprints',
      { MetricName: 'OperationFailedReplication' },
      'Alarm failures watches the metric OperationFailedReplication, which S3 does not publish: it never fires.',
    ],
  ])('%s is named, and nobody hears', (_, more, summary) => {
    const diagnosis = hearingOf(withAlarm(more));
    expect(toldIn(diagnosis)).toEqual([mute, `C39 warning: ${summary}`]);
    expect(statusesOf(diagnosis)).toEqual({ C34: 'warning', C39: 'warning', C40: 'ok' });
    expect(diagnosis.outcome).toBe('healthy');
  });

  it('is put right by one command, where it can only mean one rule', () => {
    const { causes } = hearingOf(withAlarm({ Dimensions: dimensions({ SourceBucket: 'src' }) }));
    const { remedy, evidence } = causes.find(({ check }) => check === 'C39') ?? {};
    expect(evidence).toMatchObject({ arn: alarmArn });
    const call = { service: 'CloudWatch', operation: 'PutMetricAlarm', input: anAlarm() };
    expect(remedy).toEqual({ kind: 'calls', calls: [{ account: source, region: 'us-east-1', ...call }] });
  });

  it('is left to a person where it may mean several', () => {
    const { causes } = hearingOf((hearing) => {
      hearing.alarms = { [alarmArn]: anAlarm({ Dimensions: dimensions({ SourceBucket: 'src' }) }) };
      hearing.world.rules = [
        rule({ Destination: measured }),
        rule({ ID: 'tax', Priority: 2, Filter: { Prefix: 'tax/' }, Destination: measured }),
      ];
    });
    const { remedy, fix } = causes.find(({ check }) => check === 'C39') ?? {};
    expect({ remedy, fix }).toEqual({ fix: 'Set these three dimensions, in one alarm for each rule.' });
  });

  it('in the Region of the destination', () => {
    const there = `arn:aws:cloudwatch:us-west-2:${source}:alarm:failures`;
    expect(toldIn(hearingOf(withAlarm({}, there)))).toEqual([
      mute,
      'C39 warning: Alarm failures is in us-west-2, but S3 publishes OperationsFailedReplication in us-east-1, where the source bucket is: the alarm never fires.',
    ]);
  });

  it('on the latency, in the Region of the source; in that of the destination nothing is wrong', () => {
    const latency = anAlarm({
      AlarmName: 'late',
      MetricName: 'ReplicationLatency',
      Threshold: 900,
      TreatMissingData: 'ignore',
    });
    const withLatency = (region: string) => (hearing: Hearing) => {
      hearing.alarms = { [alarmArn]: anAlarm(), [`arn:aws:cloudwatch:${region}:${source}:alarm:late`]: latency };
    };
    expect(toldIn(hearingOf(withLatency('us-east-1')))).toEqual([
      'C39 warning: Alarm late is in us-east-1, but S3 publishes ReplicationLatency in us-west-2, where the destination bucket is: the alarm never fires.',
    ]);
    expect(toldIn(hearingOf(withLatency('us-west-2')))).toEqual([]);
  });

  it('in the account of the destination; not on what is pending, which nobody has seen across accounts', () => {
    const arn = `arn:aws:cloudwatch:us-west-2:${other}:alarm:failures`;
    const told = (more: AlarmSettings) =>
      toldIn(
        hearingOf((hearing) => {
          hearing.alarmsThere = { [arn]: anAlarm(more) };
        }),
      );
    expect(told({})).toEqual([
      `C39 warning: Alarm failures watches metrics of account ${other}, but S3 publishes OperationsFailedReplication in account ${source}, which owns the source bucket: the alarm never fires.`,
    ]);
    const elsewhere = [`arn:aws:lambda:us-west-2:${other}:function:f`];
    expect(told({ MetricName: 'OperationsPendingReplication', AlarmActions: elsewhere })).toEqual([]);
  });

  it('on a rule without metrics', () => {
    const told = toldIn(
      hearingOf((hearing) => {
        hearing.world.rules = [rule()];
      }),
    );
    expect(told).toEqual([
      `${unheard}.`,
      'C39 warning: Alarm failures watches rule all, which has no metrics: S3 does not publish any for it, and the alarm never fires.',
    ]);
  });

  it('is no matter for a rule that is disabled', () => {
    const told = toldIn(
      hearingOf((hearing) => {
        hearing.world.rules = [
          rule({ Destination: measured }),
          rule({ ID: 'off', Status: 'Disabled', Priority: 2, Destination: measured }),
        ];
        const Dimensions = dimensions({ ...allDimensions, RuleId: 'off' });
        hearing.alarms = { [alarmArn]: anAlarm(), [`${alarmArn}-off`]: anAlarm({ AlarmName: 'off', Dimensions }) };
      }),
    );
    expect(told).toEqual([]);
  });
});

describe('an alarm that does nothing (C39)', () => {
  it('has its actions disabled: a command enables them', () => {
    const diagnosis = hearingOf(withAlarm({ ActionsEnabled: false }));
    expect(toldIn(diagnosis)).toEqual([
      mute,
      'C39 warning: The actions of alarm failures are disabled: it notifies nobody.',
    ]);
    expect(diagnosis.causes.find(({ check }) => check === 'C39')?.remedy).toEqual({
      kind: 'calls',
      calls: [
        {
          ...{ account: source, region: 'us-east-1', service: 'CloudWatch', operation: 'EnableAlarmActions' },
          input: { AlarmNames: ['failures'] },
        },
      ],
    });
  });

  it('has no action', () => {
    expect(toldIn(hearingOf(withAlarm({ AlarmActions: [], OKActions: [topicArn] })))).toEqual([
      mute,
      'C39 warning: Alarm failures has no action for the state ALARM: it notifies nobody, unless a composite alarm or an EventBridge rule watches it, which s3repl cannot see.',
    ]);
  });
});

describe('an alarm that misses single failures (C39)', () => {
  it.each<[string, AlarmSettings, string]>([
    [
      '5 of 5, as AWS recommends',
      { EvaluationPeriods: 5, DatapointsToAlarm: 5, TreatMissingData: 'ignore' },
      'it waits for failures in 5 of 5 periods',
    ],
    ['3 periods', { EvaluationPeriods: 3 }, 'it waits for failures in 3 of 3 periods'],
    ['2 of 5', { EvaluationPeriods: 5, DatapointsToAlarm: 2 }, 'it waits for failures in 2 of 5 periods'],
    ['more than 10', { Threshold: 10 }, 'it needs more than 10 failures in a period'],
    [
      'at least 2',
      { Threshold: 2, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
      'it needs at least 2 failures in a period',
    ],
    [
      'the last state where data are missing',
      { TreatMissingData: 'ignore' },
      'after a failure it stays in ALARM, and reports no other failure, until an object replicates (TreatMissingData: ignore)',
    ],
  ])('%s', (_, more, why) => {
    const diagnosis = hearingOf(withAlarm(more));
    expect(toldIn(diagnosis)).toEqual([
      `C39 warning: Alarm failures misses single failed objects, which S3 does not try again: ${why}.`,
    ]);
    expect(statusesOf(diagnosis)).toEqual({ ...fine, C39: 'warning' });
    const remedy = diagnosis.causes.find(({ check }) => check === 'C39')?.remedy;
    const [call] = remedy?.kind === 'calls' ? remedy.calls : [];
    const again = (call?.input ?? {}) as AlarmSettings;
    expect(toldIn(hearingOf(withAlarm(again)))).toEqual([]);
    expect(again).toMatchObject({
      AlarmName: 'failures',
      AlarmActions: [topicArn],
      Dimensions: dimensions(allDimensions),
    });
  });
});

describe('where alarms', () => {
  it('were not looked at, all is as it was', () => {
    const diagnosis = hearingOf((hearing) => {
      hearing.alarms = undefined;
      hearing.topics = undefined;
    });
    expect(toldIn(diagnosis)).toEqual([`${unheard}.`]);
    expect(statusesOf(diagnosis)).toEqual({ C34: 'warning' });
  });

  it('are none, nobody hears', () => {
    const diagnosis = hearingOf((hearing) => {
      hearing.alarms = {};
      hearing.topics = {};
    });
    expect(toldIn(diagnosis)).toEqual([`${unheard}.`]);
    expect(statusesOf(diagnosis)).toEqual({ C34: 'warning' });
  });

  it('could not be read, that is said once, and nothing is worse', () => {
    const diagnosis = hearingOf((hearing) => {
      hearing.alarms = 'unknown';
      hearing.topics = {};
    });
    expect(toldIn(diagnosis)).toEqual([
      `${unheard}, unless by an alarm: s3repl could not read the alarms of account ${source}.`,
    ]);
    expect(statusesOf(diagnosis)).toEqual({ C34: 'warning', C39: 'unknown' });
    expect(diagnosis.outcome).toBe('healthy');
  });

  it('of the other account could not be read, the rest counts', () => {
    const diagnosis = hearingOf((hearing) => {
      hearing.alarmsThere = 'unknown';
    });
    expect(statusesOf(diagnosis)).toEqual(fine);
  });

  it('tell of all failures, notifications that could not be read are no matter', () => {
    const diagnosis = hearingOf((hearing) => {
      hearing.world.src.notification = 'unknown';
    });
    expect(statusesOf(diagnosis)).toEqual(fine);
    expect(toldIn(diagnosis)).toEqual([]);
  });

  it('are there and there is no rule, nothing is said of them', () => {
    const diagnosis = hearingOf((hearing) => {
      hearing.world.rules = [];
    });
    expect(toldIn(diagnosis)).toEqual([]);
    expect(statusesOf(diagnosis)).toEqual({});
  });
});
