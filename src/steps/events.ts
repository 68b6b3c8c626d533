import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { bucketArn } from '../aws/arn.ts';
import { isSameJson } from '../aws/json.ts';
import { listRefusedDestinations } from '../aws/list-refused-destinations.ts';
import type { Spec } from '../config/spec.ts';
import { eventTopic } from '../state/alerts.ts';
import { type Change, type Finding, phase, turn } from '../state/change.ts';
import { ruleIdPrefix } from '../state/names.ts';
import { destroying, planning } from '../state/need.ts';
import { bucketNamed, bucketOf, put, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';

/** The single type: `s3:Replication:*` would meet entries of others for its other types (S3 User Guide, notification-how-to-filtering). */
const failed = 's3:Replication:OperationFailedReplication';

type Entry = {
  readonly Id?: string | undefined;
  readonly Events?: readonly string[] | undefined;
  readonly TopicArn?: string | undefined;
  readonly QueueArn?: string | undefined;
  readonly LambdaFunctionArn?: string | undefined;
  readonly Filter?: NonNullable<NotificationConfiguration['TopicConfigurations']>[number]['Filter'];
};

/** Our entry in the notification configuration of the source bucket, which is written as one document: everything else stays, EventBridge's empty element too. */
export const eventsStep: Step<'PutBucketNotificationConfiguration', 'notifications'> = {
  id: 'events',
  phase: phase.alerts,

  writes: {
    PutBucketNotificationConfiguration: {
      waits: [
        {
          error: /^InvalidArgument$/,
          message: /Unable to validate/i,
          isLag: (error) => !listRefusedDestinations(error).some(({ reason }) => /not exist/i.test(reason)),
          reason: 'S3 to be allowed to send to the topic or queue',
        },
      ],
      leaves: ({ NotificationConfiguration }) => NotificationConfiguration ?? null,
      replaces: 'notification configuration',
    },
  },

  documents: {
    notifications: {
      lookUp: (state, name) => bucketNamed(state, name)?.notification,
      isSame: isSameJson,
    },
  },

  asks: {
    S3: {
      GetBucketNotificationConfiguration: {
        answer: { root: 'NotificationConfiguration' },
        actions: ['s3:GetBucketNotification'],
        writtenBack: true,
      },
      PutBucketNotificationConfiguration: { actions: ['s3:PutBucketNotification'] },
    },
  },

  needs: {
    alerts({ source, alerts }) {
      if (alerts === undefined) return [];
      const on = { sid: 'Events', on: bucketArn(source) };
      const writes = alerts.events === undefined ? [] : (['apply', ...destroying] as const);
      return [
        { ...on, actions: ['s3:GetBucketNotification'], for: planning },
        { ...on, actions: ['s3:PutBucketNotification'], for: writes },
      ];
    },
  },

  addOurs(observed, spec) {
    const present = notificationsOf(observed, spec);
    if (present === undefined) return observed;
    const { events } = spec.alerts ?? {};
    const others = withoutOurs(present, spec);
    if (events === undefined || overlapping(others).length > 0) return withNotifications(observed, spec, others);
    const isTopic = eventTopic(spec) !== undefined;
    const list = isTopic ? 'TopicConfigurations' : 'QueueConfigurations';
    const target = isTopic ? { TopicArn: events } : { QueueArn: events };
    const entry: Entry = { Id: entryId(spec), ...target, Events: [failed] };
    // Where it stands among others means nothing: S3 promises no order.
    if (present?.[list]?.some((one) => isSameEntry(one, entry))) return observed;
    return withNotifications(observed, spec, {
      ...others,
      [list]: [...(others?.[list] ?? []), entry],
    } as NotificationConfiguration);
  },

  removeOurs(observed, spec) {
    const present = notificationsOf(observed, spec);
    return present === undefined ? observed : withNotifications(observed, spec, withoutOurs(present, spec));
  },

  diff(from, to, spec) {
    const { source } = spec;
    const before = notificationsOf(from, spec) ?? null;
    const after = notificationsOf(to, spec);
    if (after === undefined || isSameJson(before, after)) return [];
    return [changeOf(before, after, source)];
  },

  findings(observed, spec) {
    const { events } = spec.alerts ?? {};
    if (events === undefined) return [];
    return overlapping(withoutOurs(notificationsOf(observed, spec) ?? null, spec)).map(
      (entry): Finding => ({
        level: 'warning',
        step: 'events',
        code: 'events-overlap',
        side: 'source',
        message: `bucket ${spec.source.bucket} already reports failed objects to ${targetOf(entry)} (entry ${entry.Id}), and S3 allows no second entry for them: ${events} will get nothing`,
        fix: `subscribe to ${targetOf(entry)}, or remove events from repl.yaml`,
      }),
    );
  },
};

/** Of our entry. */
export function entryId(spec: Spec): string {
  return `${ruleIdPrefix(spec)}failed`;
}

/** Undefined: not looked at, or there is no bucket. */
function notificationsOf(state: State, { source, alerts }: Spec): NotificationConfiguration | null | undefined {
  const bucket = bucketOf(state, source.account, source.bucket);
  // A new bucket has none.
  return bucket?.notification === undefined && bucket && alerts ? null : bucket?.notification;
}

function withNotifications(state: State, { source }: Spec, notification: NotificationConfiguration | null): State {
  const bucket = bucketOf(state, source.account, source.bucket);
  if (!bucket || isSameJson(bucket.notification, notification)) return state;
  return put(state, source.account, 'buckets', source.bucket, { ...bucket, notification });
}

const lists = ['TopicConfigurations', 'QueueConfigurations', 'LambdaFunctionConfigurations'] as const;

function withoutOurs(present: NotificationConfiguration | null, spec: Spec): NotificationConfiguration | null {
  if (present === null) return null;
  const id = entryId(spec);
  const kept = Object.entries(present).flatMap(([member, value]: [string, unknown]) => {
    if (!lists.some((list) => list === member) || !Array.isArray(value)) return [[member, value]];
    const entries = (value as readonly Entry[]).filter(({ Id }) => Id !== id);
    return entries.length > 0 ? [[member, entries]] : [];
  });
  return kept.length > 0 ? (Object.fromEntries(kept) as NotificationConfiguration) : null;
}

/** S3 may answer an empty filter where none was put. */
function isSameEntry({ Filter, ...present }: Entry, entry: Entry): boolean {
  return (Filter?.Key?.FilterRules ?? []).length === 0 && isSameJson(present, entry);
}

/** Entries that S3 would not take beside ours, which has no filter: any of the same type of event. */
function overlapping(others: NotificationConfiguration | null): readonly Entry[] {
  const entries = lists.flatMap((list): readonly Entry[] => others?.[list] ?? []);
  return entries.filter(({ Events = [] }) => Events.some((event) => event === failed || event === 's3:Replication:*'));
}

function targetOf({ TopicArn, QueueArn, LambdaFunctionArn }: Entry): string {
  return TopicArn ?? QueueArn ?? LambdaFunctionArn ?? 'something';
}

function changeOf(
  before: NotificationConfiguration | null,
  after: NotificationConfiguration | null,
  { account, region, bucket, partition }: Spec['source'],
): Change {
  return {
    step: 'events',
    phase: phase.alerts,
    side: 'source',
    account,
    region,
    action: before === null ? 'create' : after === null ? 'remove' : 'change',
    resource: `notifications of bucket ${bucket}`,
    before,
    after,
    calls: [
      {
        side: 'source',
        service: 'S3',
        operation: 'PutBucketNotificationConfiguration',
        input: { Bucket: bucket, ExpectedBucketOwner: account, NotificationConfiguration: after ?? {} },
        turn: turn.events,
        onlyIf: { document: 'notifications', of: bucket, is: before },
      },
    ],
    target: bucketArn({ partition, bucket }),
  };
}
