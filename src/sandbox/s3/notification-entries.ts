import type { BucketNotification } from './shapes.ts';

/** A configuration for a topic, queue or function, in one form. */
export interface NotificationEntry {
  readonly kind: 'Topic' | 'Queue' | 'CloudFunction';
  readonly arn: string;
  readonly id: string | undefined;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

/** In the order of S3's document. */
export function entriesOf({ Topics, Queues, Functions }: BucketNotification): readonly NotificationEntry[] {
  return [
    ...Topics.map((entry) => readEntry('Topic', entry.Topic, entry)),
    ...Queues.map((entry) => readEntry('Queue', entry.Queue, entry)),
    ...Functions.map((entry) => readEntry('CloudFunction', entry.CloudFunction, entry)),
  ];
}

function readEntry(
  kind: NotificationEntry['kind'],
  arn: string,
  {
    Id: id,
    Events: events,
    Filter,
  }:
    | BucketNotification['Topics'][number]
    | BucketNotification['Queues'][number]
    | BucketNotification['Functions'][number],
): NotificationEntry {
  const rules = Filter?.S3Key?.FilterRules ?? [];
  const findValue = (name: string) => rules.find(({ Name }) => Name.toLowerCase() === name)?.Value ?? '';
  return { kind, arn, id, events, prefix: findValue('prefix'), suffix: findValue('suffix') };
}

/** Whether an entry's event, which may end in `*`, is another one too. */
export function includesEvent(event: string, other: string): boolean {
  return event.endsWith('*') ? other.startsWith(event.slice(0, -1)) : event === other;
}
