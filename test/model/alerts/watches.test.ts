import { expect, it } from 'vitest';
import type { AlarmSettings } from '../../../src/aws/alert-documents.ts';
import { isAbout } from '../../../src/model/alerts/watches.ts';
import { dimensions } from '../../doctor/alarm-world.ts';

const replicated = { bucket: 'src', destinations: ['dst', 'second'], rules: ['all'] };
const on = (values: Readonly<Record<string, string>>, more: AlarmSettings = {}): AlarmSettings => ({
  Namespace: 'AWS/S3',
  MetricName: 'OperationsFailedReplication',
  Dimensions: dimensions(values),
  ...more,
});
const byQuery = (where: string): AlarmSettings => ({
  Metrics: [{ Id: 'm1', Expression: `SELECT SUM(OperationsFailedReplication) FROM "AWS/S3"${where}` }],
});

it.each<[string, AlarmSettings, boolean]>([
  ['on our source bucket', on({ SourceBucket: 'src' }), true],
  ['on the ARN of our source bucket', on({ SourceBucket: 'arn:aws:s3:::src' }), true],
  ['on our source bucket, and an unknown rule', on({ SourceBucket: 'src', RuleId: 'old' }), true],
  ['on another source bucket', on({ SourceBucket: 'other', DestinationBucket: 'dst', RuleId: 'all' }), false],
  ['on a source bucket whose name ends like ours', on({ SourceBucket: 'other-src' }), false],
  ['on a source bucket that is called like our destination', on({ SourceBucket: 'dst' }), false],
  ['on one of our destinations alone', on({ DestinationBucket: 'second' }), true],
  ['on our rule alone', on({ RuleId: 'all' }), true],
  ['on our source bucket, in a dimension that S3 does not have', on({ BucketName: 'src' }), true],
  ['on another destination alone', on({ DestinationBucket: 'other' }), false],
  ['on every bucket', byQuery(''), true],
  ['on our source bucket by a query', byQuery(" WHERE SourceBucket = 'src'"), true],
  ['on another one by a query', byQuery(" WHERE SourceBucket = 'other'"), false],
  [
    'on a metric of replication that S3 does not have',
    on({ SourceBucket: 'src' }, { MetricName: 'Replication' }),
    true,
  ],
  ['on another metric', on({ SourceBucket: 'src' }, { MetricName: 'BucketSizeBytes' }), false],
  ['on a metric of another service', on({ SourceBucket: 'src' }, { Namespace: 'Acme' }), false],
  ['on nothing', {}, false],
])('an alarm %s is meant for this replication, or not', (_, alarm, expected) => {
  expect(isAbout(alarm, replicated)).toBe(expected);
});
