import { arnOf } from '../../aws/arn.ts';
import type { Bucket } from '../store/state.ts';
import { entriesOf, includesEvent, type NotificationEntry } from './notification-entries.ts';

export interface Listener extends Pick<NotificationEntry, 'arn'> {
  readonly kind: NotificationEntry['kind'] | 'EventBridge';
  readonly id: string | undefined;
}

/** Whom the bucket's notification configuration wants an event of an object sent to. */
export function listListeners(
  { notification, partition, region, account }: Bucket,
  event: string,
  key: string,
): readonly Listener[] {
  if (notification === undefined) return [];
  const listeners = entriesOf(notification).filter(
    ({ events, prefix, suffix }) =>
      events.some((one) => includesEvent(one, event)) && key.startsWith(prefix) && key.endsWith(suffix),
  );
  if (notification.EventBridgeConfiguration === undefined) return listeners;
  const bus = arnOf({ partition, service: 'events', region, account, resource: 'event-bus/default' });
  return [...listeners, { kind: 'EventBridge', arn: bus, id: undefined }];
}
