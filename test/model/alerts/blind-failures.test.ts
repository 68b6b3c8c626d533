import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { blindFailures } from '../../../src/model/alerts/blind-failures.ts';
import { listEnabledRules, prepare } from '../../../src/model/replication/prepare.ts';
import {
  alarmArn,
  allDimensions,
  anAlarm,
  dimensions,
  type Hearing,
  snapshotWith,
  topicArn,
} from '../../doctor/alarm-world.ts';
import { measured } from '../replication/configuration-changes.ts';
import { rule, source } from '../replication/world.ts';

const buckets = ['accounts', source, 'buckets', 'src'];
const sources = ['S3 User Guide, replication-metrics-events', { note: 'rules.md 3.6' }];

type Change = (hearing: Hearing) => void;
type Filter = Readonly<Record<string, string>>;

function causesIn(...changes: readonly Change[]) {
  const prepared = prepare(
    snapshotWith((hearing) => {
      for (const change of changes) change(hearing);
    }),
  );
  return blindFailures(prepared, listEnabledRules(prepared));
}
const summariesIn = (...changes: readonly Change[]) => causesIn(...changes).map(({ summary }) => summary);

const counted = (id: string, prefix: string, priority: number) =>
  rule({ ID: id, Priority: priority, Filter: { Prefix: prefix }, Destination: measured });
const uncounted = (id: string, prefix: string, priority: number) =>
  rule({ ID: id, Priority: priority, Filter: { Prefix: prefix } });
const withRules =
  (...rules: Hearing['world']['rules']) =>
  (hearing: Hearing) => {
    hearing.world.rules = rules;
  };
const withoutAlarms = (hearing: Hearing) => {
  hearing.alarms = {};
};
const alarmsOn = (actions: Readonly<Record<string, readonly string[]>>) => (hearing: Hearing) => {
  hearing.alarms = Object.fromEntries(
    Object.entries(actions).map(([RuleId, AlarmActions]) => [
      `${alarmArn}-${RuleId}`,
      anAlarm({
        AlarmName: RuleId,
        AlarmActions: [...AlarmActions],
        Dimensions: dimensions({ ...allDimensions, RuleId }),
      }),
    ]),
  );
  hearing.topics = { [topicArn]: null, [`${topicArn}-2`]: null };
};
const unreadNotifications = (hearing: Hearing) => {
  hearing.world.src.notification = 'unknown';
};
const queueFor = (...filters: readonly Filter[]): NotificationConfiguration => ({
  QueueConfigurations: filters.map((filter, index) => ({
    Id: `q${index + 1}`,
    QueueArn: 'arn:aws:sqs:us-east-1:1:q',
    Events: ['s3:Replication:OperationFailedReplication'],
    Filter: {
      Key: { FilterRules: Object.entries(filter).map(([Name, Value]) => ({ Name: Name as 'prefix', Value })) },
    },
  })),
});
const notifying =
  (...filters: readonly Filter[]) =>
  (hearing: Hearing) => {
    hearing.world.src.notification = queueFor(...filters);
    hearing.alarms = {};
  };

describe('notifications that could not be read', () => {
  const what = 'the notifications of bucket src';
  const unread = [
    {
      check: 'C34',
      summary: `${what} could not be read.`,
      evidence: { arn: 'arn:aws:s3:::src', path: [...buckets, 'notification'], unknown: [what] },
    },
  ];

  it.each<[string, readonly Change[]]>([
    ['there is no alarm', [withoutAlarms]],
    ['an alarm is on one of two rules', [withRules(counted('all', '', 1), counted('tax', 'tax/', 2))]],
    ['no rule has metrics', [withRules(uncounted('all', '', 1))]],
  ])('leave open whether anybody hears where %s', (_, changes) => {
    expect(causesIn(unreadNotifications, ...changes)).toMatchObject(unread);
  });

  it('are no matter where an alarm is heard', () => {
    expect(causesIn(unreadNotifications)).toEqual([]);
  });
});

describe('a rule without metrics', () => {
  it('is told, with others like it, where another one is heard', () => {
    const rules = [counted('all', '', 1), uncounted('tax', 'tax/', 2), uncounted('hr', 'hr/', 3)];
    expect(causesIn(withRules(...rules))).toEqual([
      {
        check: 'C34',
        summary: 'Nobody is notified when an object fails under rules without metrics (hr, tax).',
        fix: 'Enable Metrics in the Destination of these rules.',
        evidence: { arn: 'arn:aws:s3:::src', path: [...buckets, 'replication', 'Rules', 2, 'Destination'], sources },
      },
    ]);
  });
});

describe('what is broken on the way', () => {
  const rules = withRules(
    counted('all', '', 1),
    counted('tax', 'tax/', 2),
    counted('old', 'tax/old/', 3),
    counted('hr', 'hr/', 4),
  );
  const unheard = 'Nobody is notified when an object of bucket src fails to replicate under';

  it('is told once for the rules that share it, and apart for others', () => {
    expect(summariesIn(rules, notifying({ prefix: 'tax/', suffix: '.csv' }, { prefix: 'all/' }))).toEqual([
      'Nobody is notified when an object of bucket src fails to replicate under hr.',
      `${unheard} old, tax: notification q1 reports only keys that begin with tax/ and end with .csv.`,
      `${unheard} all: notification q1 reports only keys that begin with tax/ and end with .csv; notification q2 reports only keys that begin with all/.`,
    ]);
  });

  it('is each broken topic of each alarm', () => {
    const found = causesIn(withRules(counted('all', '', 1)), alarmsOn({ all: [topicArn, `${topicArn}-2`] }));
    expect(found).toMatchObject([
      {
        summary: `${unheard} all: topic ${topicArn} of alarm all does not exist; topic ${topicArn}-2 of alarm all does not exist.`,
        evidence: { arn: 'arn:aws:s3:::src', path: [...buckets, 'notification'], sources },
      },
    ]);
  });
});
