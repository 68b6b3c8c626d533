import type { Topic } from '../aws/alert-documents.ts';
import type { Spec } from '../config/spec.ts';
import { eventTopic, topicIn } from '../state/alerts.ts';
import type { Finding } from '../state/change.ts';
import { isOurs } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { addressesAsked, hashAddress, isAddress, type TopicSlot, topicSlots } from './topic-slots.ts';

type Told = Pick<Finding, 'code' | 'message' | 'fix'>;

/** What a person must put right before topics are of use, and who still has to confirm. */
export function topicFindings(observed: State, spec: Spec): readonly Finding[] {
  return topicSlots(spec).flatMap((slot): readonly Finding[] => {
    const topic = topicIn(observed, spec.source.account, slot.arn);
    const tell = (level: Finding['level'], told: readonly Told[]): readonly Finding[] =>
      told.map((one) => ({ level, step: 'topic', side: 'source', ...one }));
    if (topic === null && !slot.made) return tell('problem', [missingTopic(slot)]);
    if (!topic) return [];
    return [
      ...tell('problem', [...findTakenName(slot, topic, spec), ...eventsByMail(slot, topic, spec)]),
      ...tell('warning', slot.made && isOurs(topic, spec) ? findUnconfirmed(slot, topic, spec) : unheard(slot, topic)),
    ];
  });
}

function missingTopic({ arn }: TopicSlot): Told {
  return {
    code: 'topic-missing',
    message: `the topic ${arn} does not exist`,
    fix: 'write the ARN of an existing topic, or topics: create',
  };
}

function findTakenName({ arn, made }: TopicSlot, topic: Topic, spec: Spec): readonly Told[] {
  if (!made || isOurs(topic, spec)) return [];
  return [
    {
      code: 'topic-not-ours',
      message: `a topic ${arn} exists, and s3repl has not made it: its tag s3repl is not ${spec.name}`,
      fix: `write topics: [${arn}] to use it as it is: s3repl adds statements to its policy and changes nothing else`,
    },
  ];
}

/** SNS turns off an address that would get more than ten messages a second (SNS Developer Guide, sns-email-notifications). */
function eventsByMail({ arn }: TopicSlot, { subscriptions }: Topic, spec: Spec): readonly Told[] {
  const byMail = subscriptions.filter(({ protocol }) => protocol.startsWith('email'));
  if (arn !== eventTopic(spec) || byMail.length === 0) return [];
  return [
    {
      code: 'events-by-email',
      message: `events goes to ${arn}, which sends e-mail: if many objects fail at once, SNS turns the address off, and nobody hears of anything`,
      fix: 'write a queue, or a topic that nobody reads by e-mail; alarms go by e-mail (emails)',
    },
  ];
}

function findUnconfirmed({ arn }: TopicSlot, topic: Topic, spec: Spec): readonly Told[] {
  const { emails = [] } = spec.alerts ?? {};
  const told = emails.flatMap((address): Told[] => {
    const present = topic.subscriptions.filter((one) => isAddress(one, address));
    if (present.some((one) => one.arn !== null)) return [];
    if (present.length > 0)
      return [
        {
          code: 'subscription-pending',
          message: `${address} has not confirmed yet, and gets no messages of ${arn}`,
          fix: 'confirm by the link in the message "AWS Notification - Subscription Confirmation", which works for 48 hours',
        },
      ];
    if (!addressesAsked(topic).includes(hashAddress(address))) return [];
    return [
      {
        code: 'subscription-gone',
        message: `${address} is not subscribed to ${arn}: it did not confirm within 48 hours, or has unsubscribed`,
        fix: 's3repl apply --resend-confirmation asks once more',
      },
    ];
  });
  const left = topic.subscriptions.filter(
    ({ protocol, endpoint, arn: confirmed }) =>
      protocol === 'email' &&
      confirmed !== null &&
      addressesAsked(topic).includes(hashAddress(endpoint)) &&
      !emails.some((address) => address.toLowerCase() === endpoint.toLowerCase()),
  );
  return [
    ...told,
    ...left.map((one) => stillSubscribed(arn, one.endpoint, one.arn ?? '')),
    ...(told.length > 0 ? [] : unheard({ arn }, topic)),
  ];
}

function stillSubscribed(topic: string, address: string, subscription: string): Told {
  return {
    code: 'subscription-left',
    message: `${address} is no longer in emails, and still gets the messages of ${topic}`,
    fix: `aws sns unsubscribe --subscription-arn ${subscription}`,
  };
}

function unheard({ arn }: Pick<TopicSlot, 'arn'>, { subscriptions }: Topic): readonly Told[] {
  if (subscriptions.some((one) => one.arn !== null)) return [];
  return [
    {
      code: 'nobody-subscribed',
      message: `nobody is subscribed to ${arn}: an alarm would be told to nobody`,
      fix: 'write emails, or subscribe somebody to the topic',
    },
  ];
}
