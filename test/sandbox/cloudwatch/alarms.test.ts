/** What CloudWatch answers about alarms. */
import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, OTHER, refusal, SOURCE, sessionOf } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import { sendRaw } from '../raw-request.ts';

let sandbox: Sandbox;

const arnOf = (name: string) => `arn:aws:cloudwatch:eu-west-1:${SOURCE}:alarm:${name}`;
const topicIn = (region: string) => `arn:aws:sns:${region}:${SOURCE}:alerts`;

const settings = {
  Namespace: 'AWS/S3',
  MetricName: 'OperationsFailedReplication',
  Dimensions: [
    { Name: 'SourceBucket', Value: 'src' },
    { Name: 'DestinationBucket', Value: 'dst' },
    { Name: 'RuleId', Value: 'rule' },
  ],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
} satisfies Partial<PutMetricAlarmCommandInput>;

function put(AlarmName: string, more: Partial<PutMetricAlarmCommandInput> = {}, aws = clientsOf(sandbox)) {
  return aws.cloudWatch.send(new PutMetricAlarmCommand({ AlarmName, ...settings, ...more }));
}

const describeAlarms = (input: DescribeAlarmsCommandInput = {}, aws = clientsOf(sandbox)) =>
  aws.cloudWatch.send(new DescribeAlarmsCommand(input));

async function names(input: DescribeAlarmsCommandInput = {}, aws = clientsOf(sandbox)) {
  const { MetricAlarms = [] } = await describeAlarms(input, aws);
  return MetricAlarms.map(({ AlarmName }) => AlarmName);
}

async function tags(ResourceARN = arnOf('a')) {
  const { Tags } = await clientsOf(sandbox).cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN }));
  return Tags;
}

/** More than CloudWatch takes in a second. */
async function putAll(...all: readonly string[]): Promise<void> {
  for (const name of all) {
    await put(name);
    await sandbox.clock.sleep(400);
  }
}

beforeEach(async () => {
  sandbox = await openSandbox();
});

describe('PutMetricAlarm', () => {
  test('keeps what it is given, and nothing else', async () => {
    const AlarmActions = [topicIn('eu-west-1')];
    const more = { AlarmDescription: 'why', AlarmActions, Unit: 'Count' } as const;
    await put('a', { ...more, DatapointsToAlarm: 1, TreatMissingData: 'notBreaching' });
    const { MetricAlarms: [found] = [], CompositeAlarms } = await describeAlarms();
    const time = expect.any(Date);
    expect(found).toEqual({
      AlarmName: 'a',
      ...settings,
      ...more,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
      ActionsEnabled: true,
      OKActions: [],
      InsufficientDataActions: [],
      AlarmArn: arnOf('a'),
      AlarmConfigurationUpdatedTimestamp: time,
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: time,
      StateTransitionedTimestamp: time,
    });
    expect(CompositeAlarms).toEqual([]);
  });

  test('replaces the alarm of the same name whole, but neither its state nor its tags', async () => {
    const Tags = [{ Key: 'color', Value: 'red' }];
    await put('a', { AlarmDescription: 'why', DatapointsToAlarm: 1, OKActions: [topicIn('eu-west-1')], Tags });
    const set = { AlarmName: 'a', StateValue: 'ALARM', StateReason: 'test' } as const;
    await clientsOf(sandbox).cloudWatch.send(new SetAlarmStateCommand(set));
    await put('a', { Threshold: 5, Tags: [{ Key: 'color', Value: 'blue' }] });
    const { MetricAlarms: [found] = [] } = await describeAlarms();
    expect(found).toMatchObject({ Threshold: 5, OKActions: [], StateValue: 'ALARM', StateReason: 'test' });
    expect(Object.keys(found ?? {})).not.toContain('AlarmDescription');
    expect(Object.keys(found ?? {})).not.toContain('DatapointsToAlarm');
    expect(await tags()).toEqual(Tags);
  });

  test('is taken three times a second, in each account and Region', async () => {
    for (const name of ['a', 'b', 'c']) await put(name);
    expect(await refusal(put('d'))).toBe('400 Throttling');
    expect(await message(put('d'))).toBe('Rate exceeded');
    await put('d', {}, clientsOf(sandbox, SOURCE, 'us-east-1'));
    await put('d', {}, clientsOf(sandbox, OTHER));
    expect(await names()).toEqual(['a', 'b', 'c']);
    await sandbox.clock.sleep(600);
    expect(await refusal(put('d'))).toBe('400 Throttling');
    await sandbox.clock.sleep(400);
    await put('d');
    expect(await names()).toEqual(['a', 'b', 'c', 'd']);
  });

  const far = topicIn('us-east-1');
  const six = Array.from({ length: 6 }, () => topicIn('eu-west-1'));
  test.each<[string, Partial<PutMetricAlarmCommandInput>, string]>([
    ['a name that is too long', { AlarmName: 'a'.repeat(256) }, '400 ValidationException'],
    ['no metric', { MetricName: undefined }, '400 ValidationException'],
    ['no namespace', { Namespace: undefined }, '400 ValidationException'],
    ['no statistic', { Statistic: undefined }, '400 ValidationException'],
    ['no threshold', { Threshold: undefined }, '400 ValidationException'],
    ['no comparison', { ComparisonOperator: undefined }, '400 ValidationException'],
    ['a minute and a half', { Period: 90 }, '400 ValidationException'],
    ['no periods', { EvaluationPeriods: 0 }, '400 ValidationException'],
    ['more datapoints than periods', { DatapointsToAlarm: 2 }, '400 ValidationException'],
    ['more than a day', { EvaluationPeriods: 1441 }, '400 ValidationException'],
    ['a day', { EvaluationPeriods: 1440 }, 'accepted'],
    ['more than a week', { Period: 3600, EvaluationPeriods: 169 }, '400 ValidationException'],
    ['a week', { Period: 3600, EvaluationPeriods: 168 }, 'accepted'],
    ['six actions', { AlarmActions: six }, '400 ValidationException'],
    ['a topic of another Region', { AlarmActions: [far] }, '400 ValidationException'],
    ['what is no ARN', { OKActions: ['alerts'] }, '400 ValidationException'],
    [
      'a tag twice',
      {
        Tags: [
          { Key: 'k', Value: '1' },
          { Key: 'k', Value: '2' },
        ],
      },
      '400 ValidationException',
    ],
    ['ten seconds', { Period: 10 }, '501 NotImplemented'],
    ['percentiles', { Statistic: undefined, ExtendedStatistic: 'p99' }, '501 NotImplemented'],
    ['anomaly detection', { Threshold: undefined, ThresholdMetricId: 'm' }, '501 NotImplemented'],
  ])('answers %s: %s', async (_, more, answer) => {
    expect(await refusal(put('a', more))).toBe(answer);
  });

  test('names the wrong Region as AWS does', async () => {
    const refused = put('a', { AlarmActions: [far] });
    expect(await message(refused)).toBe('Invalid region us-east-1 specified. Only eu-west-1 is supported.');
  });
});

describe('DescribeAlarms', () => {
  beforeEach(() => putAll('b-2', 'a-1', 'b-1', 'c'));

  test('tells them by name, a page at a time', async () => {
    expect(await names()).toEqual(['a-1', 'b-1', 'b-2', 'c']);
    const first = await describeAlarms({ MaxRecords: 3 });
    expect(first.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['a-1', 'b-1', 'b-2']);
    const second = await describeAlarms({ MaxRecords: 3, NextToken: first.NextToken });
    expect(second.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['c']);
    expect(second.NextToken).toBeUndefined();
    expect((await describeAlarms({ MaxRecords: 4 })).NextToken).toBeUndefined();
    expect(await refusal(describeAlarms({ NextToken: 'made up' }))).toBe('400 InvalidNextToken');
  });

  test('of names, prefixes, states, actions and types', async () => {
    await put('with', { OKActions: [topicIn('eu-west-1')] });
    const set = { AlarmName: 'c', StateValue: 'ALARM', StateReason: 'test' } as const;
    await clientsOf(sandbox).cloudWatch.send(new SetAlarmStateCommand(set));
    expect(await names({ AlarmNames: ['c', 'unknown', 'a-1'] })).toEqual(['a-1', 'c']);
    expect(await names({ AlarmNamePrefix: 'b-' })).toEqual(['b-1', 'b-2']);
    expect(await names({ StateValue: 'ALARM' })).toEqual(['c']);
    expect(await names({ ActionPrefix: 'arn:aws:sns' })).toEqual(['with']);
    expect(await names({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
    expect(await names({ AlarmTypes: ['MetricAlarm'], AlarmNamePrefix: 'c' })).toEqual(['c']);
  });

  test('of the account and the Region alone', async () => {
    expect(await names({}, clientsOf(sandbox, OTHER))).toEqual([]);
    expect(await names({}, clientsOf(sandbox, SOURCE, 'us-east-1'))).toEqual([]);
  });

  test.each<[string, DescribeAlarmsCommandInput, string]>([
    ['names and a prefix', { AlarmNames: ['a'], AlarmNamePrefix: 'a' }, '400 ValidationException'],
    ['pages that are too large', { MaxRecords: 101 }, '400 ValidationException'],
    ['too many names', { AlarmNames: Array.from({ length: 101 }, (_, at) => `a${at}`) }, '400 ValidationException'],
    ['children', { ChildrenOfAlarmName: 'a' }, '501 NotImplemented'],
  ])('refuses %s', async (_, input, answer) => {
    expect(await refusal(describeAlarms(input))).toBe(answer);
  });
});

describe('DeleteAlarms', () => {
  const remove = (...AlarmNames: string[]) =>
    clientsOf(sandbox).cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames }));

  test('deletes those that exist, and keeps their history', async () => {
    await putAll('a', 'b');
    await remove('a');
    expect(await names()).toEqual(['b']);
    expect(await refusal(remove('b', 'unknown'))).toBe('404 ResourceNotFound');
    expect(await names()).toEqual([]);
    const { AlarmHistoryItems } = await clientsOf(sandbox).cloudWatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'a' }),
    );
    expect(AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm "a" deleted',
      'Alarm "a" created',
    ]);
    expect(await refusal(remove())).toBe('400 ValidationException');
  });
});

describe('SetAlarmState', () => {
  const set = (AlarmName: string, more = {}) =>
    clientsOf(sandbox).cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'test', ...more }),
    );

  test('refuses what is not there and what is no JSON', async () => {
    await put('a');
    expect(await refusal(set('unknown'))).toBe('404 ResourceNotFound');
    expect(await refusal(set('a', { StateReasonData: '{' }))).toBe('400 InvalidFormatFault');
    expect(await refusal(set('a', { StateValue: 'FINE' }))).toBe('400 ValidationException');
    expect(await refusal(set('a', { StateReason: undefined }))).toBe('400 ValidationException');
    expect(await refusal(set('a', { StateReason: 'x'.repeat(1024) }))).toBe('400 ValidationException');
    await set('a', { StateReasonData: '{"by":"us"}' });
    expect((await describeAlarms()).MetricAlarms).toMatchObject([{ StateValue: 'OK', StateReasonData: '{"by":"us"}' }]);
  });

  test('to what it is already is no change', async () => {
    await put('a');
    await set('a');
    await set('a', { StateReason: 'again' });
    const { AlarmHistoryItems } = await clientsOf(sandbox).cloudWatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'a', HistoryItemType: 'StateUpdate' }),
    );
    expect(AlarmHistoryItems).toHaveLength(1);
    expect(JSON.parse(AlarmHistoryItems?.[0]?.HistoryData ?? '')).toEqual({
      version: '1.0',
      oldState: { stateValue: 'INSUFFICIENT_DATA', stateReason: 'Unchecked: Initial alarm creation' },
      newState: { stateValue: 'OK', stateReason: 'test' },
    });
    expect((await describeAlarms()).MetricAlarms).toMatchObject([{ StateReason: 'again' }]);
  });
});

test('history is told newest first, of a time, and a page at a time', async () => {
  const { cloudWatch } = clientsOf(sandbox);
  await putAll('a', 'b');
  const between = new Date(sandbox.clock.now());
  await putAll('a', 'c');
  const ask = async (input: object) => {
    const { AlarmHistoryItems = [], NextToken } = await cloudWatch.send(new DescribeAlarmHistoryCommand(input));
    return { NextToken, told: AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary) };
  };
  const all = ['Alarm "c" created', 'Alarm "a" updated', 'Alarm "b" created', 'Alarm "a" created'];
  expect((await ask({})).told).toEqual(all);
  expect((await ask({ ScanBy: 'TimestampAscending' })).told).toEqual(all.toReversed());
  expect((await ask({ StartDate: between })).told).toEqual(all.slice(0, 2));
  expect((await ask({ EndDate: between })).told).toEqual(all.slice(2));
  const { told, NextToken } = await ask({ MaxRecords: 3 });
  expect(told).toEqual(all.slice(0, 3));
  expect(await ask({ MaxRecords: 3, NextToken })).toEqual({ told: all.slice(3), NextToken: undefined });
  expect((await ask({ AlarmName: 'unknown' })).told).toEqual([]);
});

test('tags are added, replaced and removed, up to fifty', async () => {
  const { cloudWatch } = clientsOf(sandbox);
  const ResourceARN = arnOf('a');
  await put('a', { Tags: [{ Key: 'one', Value: '1' }] });
  const tag = (Tags: { Key: string; Value: string }[]) =>
    cloudWatch.send(new TagResourceCommand({ ResourceARN, Tags }));
  await tag([
    { Key: 'one', Value: '2' },
    { Key: 'two', Value: '2' },
  ]);
  expect(await tags()).toEqual([
    { Key: 'one', Value: '2' },
    { Key: 'two', Value: '2' },
  ]);
  await cloudWatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['one', 'unknown'] }));
  expect(await tags()).toEqual([{ Key: 'two', Value: '2' }]);
  const many = Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: '' }));
  expect(await refusal(tag(many))).toBe('400 ValidationException');
  await tag(many.slice(1));
  expect(await tags()).toHaveLength(50);
  expect(await refusal(tags(arnOf('unknown')))).toBe('404 ResourceNotFoundException');
});

describe('permissions', () => {
  const on = (Action: string | string[], Resource: string, Condition?: object) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }],
  });
  let count = 0;
  const roleWith = async (inline: object): Promise<Clients> =>
    clientsOf(sandbox, await sessionOf(sandbox, `role${++count}`, { inline }));

  test('are asked on the alarm, and name it', async () => {
    const aws = await roleWith(on('cloudwatch:*', arnOf('s3repl.*')));
    await put('s3repl.a', {}, aws);
    expect(await refusal(put('other', {}, aws))).toBe('400 AccessDenied');
    expect(await message(put('other', {}, aws))).toContain(`cloudwatch:PutMetricAlarm on resource: ${arnOf('other')}`);
    expect(await names({ AlarmNames: ['s3repl.a'] }, aws)).toEqual(['s3repl.a']);
    expect(await message(describeAlarms({}, aws))).toContain(`cloudwatch:DescribeAlarms on resource: ${arnOf('*')}`);
    const AlarmNames = ['s3repl.a', 'other'];
    expect(await refusal(aws.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames })))).toBe('400 AccessDenied');
    expect(await names()).toEqual(['s3repl.a']);
  });

  test('to tag are needed for a new alarm with tags', async () => {
    const aws = await roleWith(on('cloudwatch:PutMetricAlarm', '*'));
    const Tags = [{ Key: 'color', Value: 'red' }];
    expect(await message(put('a', { Tags }, aws))).toContain(`cloudwatch:TagResource on resource: ${arnOf('a')}`);
    expect(await names()).toEqual([]);
    await put('a', {}, aws);
    const refused = aws.cloudWatch.send(new TagResourceCommand({ ResourceARN: arnOf('a'), Tags }));
    expect(await refusal(refused)).toBe('400 AccessDenied');
  });

  test('may depend on the actions and on the tags of the alarm', async () => {
    const topic = topicIn('eu-west-1');
    const onlyThere = { 'ForAllValues:StringEquals': { 'cloudwatch:AlarmActions': [topic] } };
    const aws = await roleWith(on('cloudwatch:PutMetricAlarm', '*', onlyThere));
    await put('a', { AlarmActions: [topic] }, aws);
    expect(await refusal(put('b', { OKActions: [`${topic}-2`] }, aws))).toBe('400 AccessDenied');
    const ours = { StringEquals: { 'aws:ResourceTag/by': 's3repl' } };
    const deleter = await roleWith(on('cloudwatch:DeleteAlarms', '*', ours));
    const remove = () => deleter.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ['a'] }));
    expect(await refusal(remove())).toBe('400 AccessDenied');
    const Tags = [{ Key: 'by', Value: 's3repl' }];
    await clientsOf(sandbox).cloudWatch.send(new TagResourceCommand({ ResourceARN: arnOf('a'), Tags }));
    await remove();
    expect(await names()).toEqual([]);
  });

  test("of another account's alarm are nobody's", async () => {
    await put('a');
    const ask = new ListTagsForResourceCommand({ ResourceARN: arnOf('a') });
    expect(await refusal(clientsOf(sandbox, OTHER).cloudWatch.send(ask))).toBe('400 AccessDenied');
  });
});

describe('ListMetrics', () => {
  const hourMs = 3_600_000;

  /** The next night at one. */
  async function sleepUntilOne(): Promise<void> {
    const { clock } = sandbox;
    await clock.sleep(24 * hourMs - (clock.now() % (24 * hourMs)) + hourMs);
  }

  const list = async (input: object = {}, aws = clientsOf(sandbox)) =>
    (await aws.cloudWatch.send(new ListMetricsCommand(input))).Metrics;

  test('has what has data, filtered by names and dimensions', async () => {
    await makeBucket(sandbox, 'one');
    await makeBucket(sandbox, 'two');
    expect(await list({ Namespace: 'AWS/S3' })).toEqual([]);
    await sleepUntilOne();
    const metric = (bucket: string) => ({
      Namespace: 'AWS/S3',
      MetricName: 'NumberOfObjects',
      Dimensions: [
        { Name: 'BucketName', Value: bucket },
        { Name: 'StorageType', Value: 'AllStorageTypes' },
      ],
    });
    expect(await list({ Namespace: 'AWS/S3' })).toEqual([metric('one'), metric('two')]);
    const two = { Name: 'BucketName', Value: 'two' };
    expect(await list({ MetricName: 'NumberOfObjects', Dimensions: [two] })).toEqual([metric('two')]);
    expect(await list({ Dimensions: [{ Name: 'BucketName' }] })).toHaveLength(2);
    expect(await list({ Dimensions: [two, { Name: 'Color' }] })).toEqual([]);
    expect(await list({ MetricName: 'BucketSizeBytes' })).toEqual([]);
    expect(await list({ Namespace: 'AWS/S3' }, clientsOf(sandbox, OTHER))).toEqual([]);
    // At midnight was the last data.
    expect(await list({ Namespace: 'AWS/S3', RecentlyActive: 'PT3H' })).toHaveLength(2);
    await sandbox.clock.sleep(3 * hourMs);
    expect(await list({ Namespace: 'AWS/S3', RecentlyActive: 'PT3H' })).toEqual([]);
  });

  test('does not know other accounts, and needs its permission on everything', async () => {
    expect(await refusal(list({ IncludeLinkedAccounts: true }))).toBe('501 NotImplemented');
    expect(await refusal(list({ NextToken: 'made up' }))).toBe('400 InvalidNextToken');
    const nobody = clientsOf(sandbox, await sessionOf(sandbox, 'nobody'));
    expect(await message(list({}, nobody))).toContain('cloudwatch:ListMetrics on resource: *');
  });
});

test('errors have the codes of the query protocol as well', async () => {
  const headers = { 'x-amz-target': 'GraniteServiceVersion20100801.SetAlarmState' };
  const ask = (body: object) =>
    sendRaw(sandbox, { method: 'POST', path: '/', service: 'monitoring', headers, body: JSON.stringify(body) });
  const unknown = await ask({ AlarmName: 'unknown', StateValue: 'OK', StateReason: '' });
  expect(unknown.headers['x-amzn-query-error']).toBe('ResourceNotFound;Sender');
  const format = await ask({ AlarmName: 'unknown', StateValue: 'OK', StateReason: '', StateReasonData: '{' });
  expect(format.headers['x-amzn-query-error']).toBe('InvalidFormat;Sender');
});
