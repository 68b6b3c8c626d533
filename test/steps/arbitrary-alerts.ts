/** What an account may have of alarms, topics and notifications, ours and others'. */
import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import type { AlarmSettings, ReplicationSeries, Subscription, Topic } from '../../src/aws/alert-documents.ts';
import type { Statement } from '../../src/aws/policy.ts';
import type { AlertSpec, Spec } from '../../src/config/spec.ts';
import { alarmsFor, ourTopicArn, regionsOfAlerts } from '../../src/state/alerts.ts';
import { ownerTag, ruleIdPrefix, sidPrefix } from '../../src/state/names.ts';
import { settingsFor } from '../../src/steps/alarms.ts';
import { entryId } from '../../src/steps/events.ts';
import { askedTag, hashAddress, topicSlots } from '../../src/steps/topic-slots.ts';
import { SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

const queue = `arn:aws:sqs:eu-west-1:${SOURCE}:failed`;
const given = (region: string) => `arn:aws:sns:${region}:${SOURCE}:given`;

/** As the parser would let them through. */
export const anyAlerts: fc.Arbitrary<AlertSpec> = fc
  .record({
    given: fc.boolean(),
    emails: fc.subarray(['a@example.com', 'B@example.com']),
    failures: fc.boolean(),
    latency: fc.constantFrom(undefined, '30m', 'off'),
    silence: fc.boolean(),
    events: fc.constantFrom(undefined, queue, given('eu-west-1')),
  })
  .map(({ given: isGiven, emails, latency, events, ...others }) =>
    branded<AlertSpec>({
      ...others,
      topics: isGiven ? [given('eu-west-1'), given('eu-central-1')] : [],
      emails: isGiven ? [] : emails,
      ...(latency !== undefined && { latency }),
      ...(events !== undefined && { events }),
    }),
  );

export interface AlertParts {
  readonly topics: Readonly<Record<string, Topic | null>>;
  readonly alarms: Readonly<Record<string, AlarmSettings | null>>;
  readonly series: readonly ReplicationSeries[];
  readonly notification: NotificationConfiguration | null;
}

/** As they might be found for a spec. */
export function anyAlertParts(spec: Spec): fc.Arbitrary<AlertParts> {
  const arns = [
    ...new Set([
      ...topicSlots(spec).map(({ arn }) => arn),
      ...regionsOfAlerts(spec).map((region) => ourTopicArn(spec, region)),
    ]),
  ];
  return fc
    .record({
      topics: fc.tuple(...arns.map((arn) => fc.option(anyTopic(arn, spec)))),
      alarms: fc.tuple(...alarmsFor(spec).map(() => fc.constantFrom('none', 'ours', 'changed'))),
      former: fc.boolean(),
      series: fc.boolean(),
      notification: anyNotification(spec),
    })
    .map(({ topics, alarms, former, series, notification }) => ({
      topics: Object.fromEntries(arns.map((arn, index) => [arn, topics[index] ?? null])),
      alarms: {
        ...Object.fromEntries(
          alarmsFor(spec).flatMap((alarm, index) => {
            const settings = settingsFor(alarm, spec);
            if (alarms[index] === 'none') return [];
            return [[alarm.arn, alarms[index] === 'ours' ? settings : { ...settings, Threshold: 17 }]];
          }),
        ),
        ...(former && {
          [`arn:aws:cloudwatch:eu-west-1:${SOURCE}:alarm:${ruleIdPrefix(spec)}gone.failures`]: formerAlarm(spec),
        }),
      },
      series: series
        ? alarmsFor(spec).flatMap(({ region, rule, side }) =>
            ['ReplicationLatency', 'OperationsPendingReplication'].map((metric) => ({
              ...{ region, metric, source: spec.source.bucket, destination: side.bucket },
              rule: ruleIdPrefix(spec) + rule.id,
            })),
          )
        : [],
      notification,
    }));
}

function formerAlarm(spec: Spec): AlarmSettings {
  return { AlarmName: `${ruleIdPrefix(spec)}gone.failures`, AlarmActions: [] };
}

function anyTopic(arn: string, spec: Spec): fc.Arbitrary<Topic> {
  return fc
    .record({
      made: fc.boolean(),
      theirs: fc.subarray(['Theirs', 'S3replffffffffffffAlarms']),
      ours: fc.boolean(),
      subscriptions: fc.subarray<Subscription>([
        { protocol: 'email', endpoint: 'A@example.com', arn: `${arn}:1` },
        { protocol: 'email', endpoint: 'b@example.com', arn: null },
        { protocol: 'sqs', endpoint: queue, arn: `${arn}:2` },
      ]),
      asked: fc.boolean(),
    })
    .map(({ made, theirs, ours, subscriptions, asked }) => {
      const statement = (Sid: string): Statement => ({
        Sid,
        Effect: 'Allow',
        Principal: { AWS: '444444444444' },
        Action: 'SNS:Publish',
        Resource: arn,
      });
      return {
        policy: {
          Version: '2008-10-17',
          Id: '__default_policy_ID',
          Statement: ['__default_statement_ID', ...theirs, ...(ours ? [`${sidPrefix(spec)}Alarms`] : [])].map(
            statement,
          ),
        },
        kmsKey: null,
        tags: {
          owner: 'someone',
          ...(made && { [ownerTag]: spec.name }),
          ...(asked && { [askedTag]: hashAddress('a@example.com') }),
        },
        subscriptions,
      };
    });
}

function anyNotification(spec: Spec): fc.Arbitrary<NotificationConfiguration | null> {
  const failed = 's3:Replication:OperationFailedReplication' as const;
  const theirs = {
    Id: 'theirs',
    TopicArn: 'arn:aws:sns:eu-west-1:444444444444:x',
    Events: ['s3:ObjectCreated:*' as const],
  };
  return fc.option(
    fc
      .record({
        bridge: fc.boolean(),
        theirs: fc.boolean(),
        overlap: fc.boolean(),
        ours: fc.boolean(),
      })
      .map((has) => ({
        ...(has.bridge && { EventBridgeConfiguration: {} }),
        TopicConfigurations: [
          theirs,
          ...(has.overlap ? [{ ...theirs, Id: 'overlap', Events: ['s3:Replication:*' as const] }] : []),
        ],
        ...((has.theirs || has.ours) && {
          QueueConfigurations: [
            ...(has.theirs
              ? [{ Id: 'tests', QueueArn: `${queue}-tests`, Events: ['s3:ObjectRemoved:*' as const] }]
              : []),
            ...(has.ours ? [{ Id: entryId(spec), QueueArn: `${queue}-former`, Events: [failed] }] : []),
          ],
        }),
      })),
  );
}

/** What is not ours in them. */
export function othersInAlerts(
  { topics = {}, notification = null }: Partial<Pick<AlertParts, 'topics' | 'notification'>>,
  spec: Spec,
): readonly unknown[] {
  const entries = Object.entries(notification ?? {}).flatMap(([list, value]: [string, unknown]) => {
    if (!Array.isArray(value)) return [[list, value]];
    const left = (value as readonly { readonly Id?: string }[]).filter(({ Id }) => Id !== entryId(spec));
    return left.length > 0 ? [[list, left]] : [];
  });
  const foreign = Object.entries(topics).flatMap(([arn, topic]) => {
    if (topic === null || topic.tags[ownerTag] === spec.name) return [];
    const statements = (topic.policy.Statement as readonly Statement[]).filter(
      ({ Sid = '' }) => !Sid.startsWith(sidPrefix(spec)),
    );
    return [[arn, statements, topic.tags, topic.subscriptions, topic.kmsKey]];
  });
  return [...entries, ...foreign];
}
