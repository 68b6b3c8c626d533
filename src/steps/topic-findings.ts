import type { Topic } from '../aws/alert-documents.ts';
import { regionOf } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { eventTopic, isTopicUsed, topicIn } from '../state/alerts.ts';
import type { Advice, Finding } from '../state/change.ts';
import { isOurs } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { shellLine } from '../text/shell-word.ts';
import { addressesAsked, hashAddress, isAddress, listEmails, type TopicSlot, topicSlots } from './topic-slots.ts';

interface Found {
  readonly slot: TopicSlot;
  readonly topic: Topic;
}

/** What a person must put right before topics are of use, and who still has to confirm. */
export function topicFindings(observed: State, spec: Spec): readonly Finding[] {
  const slots = topicSlots(spec).map((slot) => ({ slot, topic: topicIn(observed, spec.source.account, slot.arn) }));
  const found = slots.filter((one): one is Found => Boolean(one.topic));
  const ours = found.filter(({ slot, topic }) => slot.made && isOurs(topic, spec));
  const unconfirmed = findUnconfirmed(ours, spec);
  return [
    ...slots.flatMap(({ slot, topic }) =>
      topic === null && !slot.made ? [missingTopic(slot, levelFor(observed, slot, spec))] : [],
    ),
    ...found.flatMap(({ slot, topic }) => [
      ...findTakenName(slot, topic, spec),
      ...findMail(slot, topic, spec, levelFor(observed, slot, spec)),
    ]),
    ...unconfirmed,
    ...ours.flatMap(({ topic }) => stillSubscribed(topic, spec)),
    ...(unconfirmed.length > 0 ? [] : nobodySubscribed(slots, spec)),
  ];
}

function tell(level: Finding['level'], code: string, message: string, advice: Advice | string): Finding {
  const given = typeof advice === 'string' ? { fix: advice } : advice;
  return { level, step: 'topic', code, side: 'source', message, ...given };
}

function missingTopic({ arn }: TopicSlot, level: Finding['level']): Finding {
  const fix = 'write the ARN of an existing topic, or topics: create';
  return tell(level, 'topic-missing', `the topic ${arn} does not exist`, fix);
}

function findTakenName({ arn, made }: TopicSlot, topic: Topic, spec: Spec): readonly Finding[] {
  if (!made || isOurs(topic, spec)) return [];
  return [
    tell(
      'problem',
      'topic-not-ours',
      `the topic ${arn} exists, but s3repl did not create it for ${spec.name}: it does not have the tag s3repl=${spec.name}`,
      'to use it, write its ARN under topics: s3repl then adds statements to its policy, and changes nothing else',
    ),
  ];
}

/** SNS turns off an address that would get more than ten messages a second (SNS Developer Guide, sns-email-notifications). */
function findMail(
  { arn }: TopicSlot,
  { subscriptions }: Topic,
  spec: Spec,
  level: Finding['level'],
): readonly Finding[] {
  const [first] = subscriptions.flatMap((one) => (one.protocol.startsWith('email') ? (one.arn ?? []) : []));
  const byMail = subscriptions.filter(({ protocol }) => protocol.startsWith('email'));
  if (arn !== eventTopic(spec) || byMail.length === 0) return [];
  const write = 'write a queue, or a topic without e-mail subscribers (the addresses in emails get the alarms)';
  return [
    tell(
      level,
      'events-by-email',
      `events names ${arn}, which sends e-mail: if many objects fail at once, SNS unsubscribes the address, and it gets no alarms either`,
      first === undefined
        ? write
        : {
            fix: `${write}; or unsubscribe the address:`,
            paste: unsubscribe(first),
          },
    ),
  ];
}

function findUnconfirmed(topics: readonly Found[], spec: Spec): readonly Finding[] {
  return listEmails(spec).flatMap((address) => {
    const stateOf = ({ topic }: Found) => {
      const present = topic.subscriptions.filter((one) => isAddress(one, address));
      if (present.some(({ arn }) => arn !== null)) return 'confirmed';
      if (present.length > 0) return 'pending';
      return addressesAsked(topic).includes(hashAddress(address)) ? 'gone' : 'new';
    };
    const regions = (state: string) => topics.filter((one) => stateOf(one) === state).map(({ slot }) => slot.region);
    const [waiting, gone] = [regions('pending'), regions('gone')];
    const messages = waiting.length === 1 ? 'the message' : `each of the ${waiting.length} messages`;
    return [
      ...(waiting.length === 0
        ? []
        : [
            tell(
              'warning',
              'subscription-pending',
              `${address} has not confirmed yet (${waiting.join(', ')}): it gets no alarms`,
              `click the link in ${messages} "AWS Notification - Subscription Confirmation", within 48 hours (in the sandbox: s3repl sandbox confirm ${address})`,
            ),
          ]),
      ...(gone.length === 0
        ? []
        : [
            tell(
              'warning',
              'subscription-gone',
              `${address} is not subscribed (${gone.join(', ')}): it did not confirm within 48 hours, or has unsubscribed`,
              'to ask again, run: s3repl apply --resend-confirmation',
            ),
          ]),
    ];
  });
}

function unsubscribe(subscription: string): string {
  return shellLine`aws sns unsubscribe --region ${regionOf(subscription)} --subscription-arn ${subscription}`;
}

/** Addresses that s3repl once asked, and that are no longer in the file. */
function stillSubscribed(topic: Topic, spec: Spec): readonly Finding[] {
  const wanted = listEmails(spec).map(hashAddress);
  return topic.subscriptions.flatMap(({ protocol, endpoint, arn }) => {
    const hash = hashAddress(endpoint);
    if (protocol !== 'email' || wanted.includes(hash) || !addressesAsked(topic).includes(hash)) return [];
    if (arn === null)
      return [
        tell(
          'warning',
          'subscription-left',
          `${endpoint} is no longer in emails, but can still confirm`,
          'nothing to do: the confirmation message expires after 48 hours',
        ),
      ];
    return [
      tell(
        'warning',
        'subscription-left',
        `${endpoint} is no longer in emails, but still gets the alarms of ${regionOf(arn)}`,
        { fix: 'to unsubscribe it, run:', paste: unsubscribe(arn) },
      ),
    ];
  });
}

function nobodySubscribed(
  slots: readonly { readonly slot: TopicSlot; readonly topic: Topic | null | undefined }[],
  spec: Spec,
): readonly Finding[] {
  const hasEmails = listEmails(spec).length > 0;
  return slots
    .filter(({ slot, topic }) =>
      topic ? !topic.subscriptions.some(({ arn }) => arn !== null) : slot.made && !hasEmails,
    )
    .map(({ slot, topic }) => unheardTopic(slot, (topic?.subscriptions ?? []).length > 0));
}

function unheardTopic({ arn, region, made, alarms }: TopicSlot, isAsked: boolean): Finding {
  const nobody = isAsked ? 'nobody has confirmed a subscription' : 'nobody is subscribed';
  const unheard = alarms ? `no alarm in ${region} reaches anybody` : 'nobody hears about failed objects';
  const subscribe = shellLine`aws sns subscribe --region ${region} --topic-arn ${arn}`;
  return tell(
    'warning',
    'nobody-subscribed',
    `${nobody} to ${arn}: ${unheard}`,
    alarms
      ? {
          fix: `${made ? 'write emails, or ' : ''}subscribe somebody, with an e-mail address in place of ADDRESS:`,
          paste: `${subscribe} --protocol email --notification-endpoint ADDRESS`,
        }
      : {
          fix: 'subscribe a queue, with its ARN in place of QUEUE:',
          paste: `${subscribe} --protocol sqs --notification-endpoint QUEUE`,
        },
  );
}

/** What is in use already must not keep a run from putting replication right. */
function levelFor(observed: State, { arn }: TopicSlot, spec: Spec): Finding['level'] {
  return isTopicUsed(observed, arn, spec) ? 'warning' : 'problem';
}
