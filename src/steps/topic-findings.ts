import type { Topic } from '../aws/alert-documents.ts';
import { regionOf } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { eventTopic, topicIn } from '../state/alerts.ts';
import type { Finding } from '../state/change.ts';
import { isOurs } from '../state/names.ts';
import type { State } from '../state/state.ts';
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
    ...slots.flatMap(({ slot, topic }) => (topic === null && !slot.made ? [missingTopic(slot)] : [])),
    ...found.flatMap(({ slot, topic }) => [
      ...findTakenName(slot, topic, spec),
      ...findKeyOfAws(slot, topic),
      ...findMail(slot, topic, spec),
    ]),
    ...unconfirmed,
    ...ours.flatMap(({ topic }) => stillSubscribed(topic, spec)),
    ...(unconfirmed.length > 0 ? [] : nobodySubscribed(found)),
  ];
}

function tell(level: Finding['level'], code: string, message: string, fix: string): Finding {
  return { level, step: 'topic', code, side: 'source', message, fix };
}

function missingTopic({ arn }: TopicSlot): Finding {
  const fix = 'write the ARN of an existing topic, or topics: create';
  return tell('problem', 'topic-missing', `the topic ${arn} does not exist`, fix);
}

function findTakenName({ arn, made }: TopicSlot, topic: Topic, spec: Spec): readonly Finding[] {
  if (!made || isOurs(topic, spec)) return [];
  return [
    tell(
      'problem',
      'topic-not-ours',
      `the topic ${arn} exists, and s3repl has not made it for ${spec.name}: it lacks the tag s3repl=${spec.name}`,
      'write its ARN under topics to use it as it is: s3repl then adds statements to its policy, and changes nothing else',
    ),
  ];
}

/** The policy of AWS's own key is fixed, and lets neither CloudWatch nor S3 in (S3 User Guide, grant-destinations-permissions-to-s3). */
function findKeyOfAws({ arn, made, region }: TopicSlot, { kmsKey }: Topic): readonly Finding[] {
  if (made || !/(^|:)alias\/aws\/sns$/.test(kmsKey ?? '')) return [];
  return [
    tell(
      'problem',
      'topic-key-of-aws',
      `the topic ${arn} is encrypted with alias/aws/sns, which neither CloudWatch nor S3 can use: nothing would arrive`,
      `give it a customer managed key whose policy lets both in, or none: aws sns set-topic-attributes --region ${region} --topic-arn ${arn} --attribute-name KmsMasterKeyId --attribute-value ""`,
    ),
  ];
}

/** SNS turns off an address that would get more than ten messages a second (SNS Developer Guide, sns-email-notifications). */
function findMail({ arn }: TopicSlot, { subscriptions }: Topic, spec: Spec): readonly Finding[] {
  const byMail = subscriptions.filter(({ protocol }) => protocol.startsWith('email'));
  if (arn !== eventTopic(spec) || byMail.length === 0) return [];
  return [
    tell(
      'problem',
      'events-by-email',
      `events names ${arn}, which sends e-mail: if many objects fail at once, SNS turns the address off, and no alarm reaches it either`,
      'write a queue, or a topic without e-mail subscribers; emails get the alarms',
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
              `${address} has not confirmed yet (${waiting.join(', ')}): no alarm reaches it`,
              `click the link in ${messages} "AWS Notification - Subscription Confirmation", within 48 hours`,
            ),
          ]),
      ...(gone.length === 0
        ? []
        : [
            tell(
              'warning',
              'subscription-gone',
              `${address} is not subscribed (${gone.join(', ')}): it did not confirm within 48 hours, or has unsubscribed`,
              'ask it once more: s3repl apply --resend-confirmation',
            ),
          ]),
    ];
  });
}

/** Addresses that s3repl once asked, and that are no longer in the file. */
function stillSubscribed(topic: Topic, spec: Spec): readonly Finding[] {
  const wanted = listEmails(spec).map(hashAddress);
  return topic.subscriptions.flatMap(({ protocol, endpoint, arn }) => {
    const hash = hashAddress(endpoint);
    if (protocol !== 'email' || arn === null || wanted.includes(hash) || !addressesAsked(topic).includes(hash))
      return [];
    return [
      tell(
        'warning',
        'subscription-left',
        `${endpoint} is no longer in emails, and still gets the alarms of ${regionOf(arn)}`,
        `aws sns unsubscribe --region ${regionOf(arn)} --subscription-arn ${arn}`,
      ),
    ];
  });
}

function nobodySubscribed(topics: readonly Found[]): readonly Finding[] {
  const silent = topics.filter(({ topic }) => !topic.subscriptions.some(({ arn }) => arn !== null));
  return silent.map(({ slot: { arn, region, alarms, made } }) =>
    tell(
      'warning',
      'nobody-subscribed',
      `nobody is subscribed to ${arn}: ${alarms ? `no alarm in ${region} reaches anybody` : 'nobody is told of single objects that fail'}`,
      made ? 'write emails, or subscribe somebody to the topic' : 'subscribe somebody to the topic',
    ),
  );
}
