/** A healthy set-up whose failures an alarm tells to a topic, to take apart. */
import type { AlarmSettings } from '../../src/aws/alert-documents.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import type { Snapshot, TopicSnapshot } from '../../src/model/snapshot.ts';
import { measured } from '../model/replication/configuration-changes.ts';
import { healthy, other, policy, rule, snapshotOf, source, type World } from '../model/replication/world.ts';

export const topicArn = `arn:aws:sns:us-east-1:${source}:ops`;
export const alarmArn = `arn:aws:cloudwatch:us-east-1:${source}:alarm:failures`;

export const dimensions = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([Name, Value]) => ({ Name, Value }));
export const allDimensions = { SourceBucket: 'src', DestinationBucket: 'dst', RuleId: 'all' };

export const anAlarm = (more: AlarmSettings = {}): AlarmSettings => ({
  AlarmName: 'failures',
  ActionsEnabled: true,
  AlarmActions: [topicArn],
  OKActions: [],
  InsufficientDataActions: [],
  Namespace: 'AWS/S3',
  MetricName: 'OperationsFailedReplication',
  Dimensions: dimensions(allDimensions),
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  ...more,
});

/** As SNS makes it: for who acts for the owner. */
export const ownersPolicy = policy({
  Sid: '__default_statement_ID',
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: ['SNS:GetTopicAttributes', 'SNS:Publish'],
  Resource: topicArn,
  Condition: { StringEquals: { 'AWS:SourceOwner': source } },
});

export const aTopic = (more: Partial<TopicSnapshot> = {}): TopicSnapshot => ({
  policy: ownersPolicy,
  kmsKey: null,
  confirmed: 1,
  pending: 0,
  ...more,
});

export interface Hearing {
  readonly world: World;
  alarms: Record<string, AlarmSettings> | 'unknown' | undefined;
  topics: Record<string, TopicSnapshot | null | 'unknown'> | 'unknown' | undefined;
  /** Of the account of the destination. */
  alarmsThere: Record<string, AlarmSettings> | 'unknown' | undefined;
}

export function snapshotWith(change: (hearing: Hearing) => void = () => undefined): Snapshot {
  const world = healthy();
  world.rules = [rule({ Destination: measured })];
  const hearing: Hearing = {
    world,
    alarms: { [alarmArn]: anAlarm() },
    topics: { [topicArn]: aTopic() },
    alarmsThere: undefined,
  };
  change(hearing);
  const { alarms, topics, alarmsThere } = hearing;
  world.accounts = {
    [source]: { ...(alarms && { alarms }), ...(topics && { topics }) },
    [other]: { ...(alarmsThere && { alarms: alarmsThere }) },
  };
  return snapshotOf(world);
}

/** What is said of those that would hear of failures. */
export function hearingOf(change?: (hearing: Hearing) => void): Diagnosis {
  return diagnose(snapshotWith(change));
}

export function statusesOf({ checks }: Diagnosis): Readonly<Record<string, string>> {
  const about = checks.filter(({ check }) => ['C34', 'C39', 'C40'].includes(check));
  return Object.fromEntries(about.map(({ check, status }) => [check, status]));
}

export function toldIn({ causes }: Diagnosis): readonly string[] {
  return causes
    .filter(({ check }) => ['C34', 'C39', 'C40'].includes(check))
    .map(({ check, level, summary }) => `${check} ${level}: ${summary}`)
    .sort();
}
