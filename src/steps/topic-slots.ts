import { createHash } from 'node:crypto';
import type { Subscription, Topic } from '../aws/alert-documents.ts';
import { regionOf } from '../aws/arn.ts';
import type { Arn, Region } from '../aws/brand.ts';
import type { Spec } from '../config/spec.ts';
import { alertRegions, eventTopic, makesTopics, topicFor } from '../state/alerts.ts';

/** Names, by their hash, the addresses that were asked to confirm: nobody is asked twice unless told to. */
export const askedTag = 's3repl-emails';

export interface TopicSlot {
  readonly arn: Arn;
  readonly region: Region;
  /** By s3repl, which alone owns it then. */
  readonly made: boolean;
  readonly alarms: boolean;
  readonly events: boolean;
}

/** The topics that a configuration needs. */
export function topicSlots(spec: Spec): readonly TopicSlot[] {
  const made = spec.alerts !== undefined && makesTopics(spec.alerts);
  const events = eventTopic(spec);
  const slots = alertRegions(spec).map((region): TopicSlot => {
    const arn = topicFor(spec, region);
    return { arn, region, made, alarms: true, events: arn === events };
  });
  if (events === undefined || slots.some(({ arn }) => arn === events)) return slots;
  return [...slots, { arn: events, region: regionOf(events), made: false, alarms: false, events: true }];
}

/** Of those that differ in case alone, the first: SNS would send to each. */
export function listEmails({ alerts }: Spec): readonly string[] {
  const byHash = new Map((alerts?.emails ?? []).toReversed().map((address) => [hashAddress(address), address]));
  return [...byHash.values()].reverse();
}

/** Of an address, in a tag: tags are read by many. */
export function hashAddress(address: string): string {
  return createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 8);
}

export function addressesAsked({ tags }: Pick<Topic, 'tags'>): readonly string[] {
  return (tags[askedTag] ?? '').split(' ').filter((one) => one !== '');
}

export function isAddress({ protocol, endpoint }: Subscription, address: string): boolean {
  return protocol === 'email' && endpoint.toLowerCase() === address.toLowerCase();
}
