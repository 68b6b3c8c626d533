/** Topics of SNS for a snapshot: what decides whether a service may publish there, and whether anybody hears of it. */
import { accountIn, arnParts, regionOf } from '../aws/arn.ts';
import { required } from '../aws/required.ts';
import { catchAbsent } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import type { Found, Named, TopicKeySnapshot, TopicSnapshot } from '../model/snapshot.ts';
import { keyDocuments } from './key.ts';
import { policyIn } from './policy-text.ts';
import type { Reach } from './reach.ts';
import type { Reading } from './reading.ts';
import { describeTopicKey } from './topic-key.ts';

const { 'key-policy': readKeyPolicy } = keyDocuments;

export interface TopicReader {
  /** Begins to read those of these ARNs that are topics, once each. */
  readonly read: (arns: readonly string[]) => void;
  /** By account, those that were begun. One of an account without a sign-in is left out. */
  readonly all: () => Promise<Readonly<Record<string, Named<Found<TopicSnapshot>>>>>;
}

export function topicReader(reach: Reach, reading: Reading<'unknown'>): TopicReader {
  const begun = new Map<string, Promise<Found<TopicSnapshot>>>();
  return {
    read(arns) {
      for (const arn of arns) {
        const at = arnParts(arn)?.service === 'sns' ? reach.at(accountIn(arn), regionOf(arn)) : undefined;
        if (at !== undefined && !begun.has(arn))
          begun.set(arn, reading([at.account, 'topics', arn], readTopicAt(at, arn, reach, reading)));
      }
    },
    async all() {
      const read = await Promise.all([...begun].map(async ([arn, topic]) => [arn, await topic] as const));
      const accounts = [...new Set(read.map(([arn]) => accountIn(arn)))];
      return Object.fromEntries(
        accounts.map((account) => [account, Object.fromEntries(read.filter(([arn]) => accountIn(arn) === account))]),
      );
    },
  };
}

/** Null where there is none. How many have subscribed is enough, without who (API: GetTopicAttributes). The number is asked for again where it is bad news: it may lag behind. */
async function readTopicAt(
  at: Connection,
  TopicArn: string,
  reach: Reach,
  reading: Reading<'unknown'>,
): Promise<TopicSnapshot | null> {
  const { GetTopicAttributesCommand } = required('@aws-sdk/client-sns');
  const answer = await at.sns.send(new GetTopicAttributesCommand({ TopicArn })).catch(catchAbsent('NotFoundException'));
  if (answer === null) return null;
  const {
    Policy,
    KmsMasterKeyId = '',
    SubscriptionsConfirmed = '0',
    SubscriptionsPending = '0',
  } = answer.Attributes ?? {};
  const member = [at.account, 'topics', TopicArn];
  const name = `the policy of ${TopicArn}`;
  const [policy, key, listed] = await Promise.all([
    reading(
      [...member, 'policy'],
      Promise.resolve(Policy).then((text) => policyIn(text, name)),
    ),
    KmsMasterKeyId === '' ? undefined : readTopicKey(at, TopicArn, KmsMasterKeyId, reach, reading),
    Number(SubscriptionsConfirmed) > 0
      ? undefined
      : reading([...member, 'subscriptions'], listSubscriptions(at, TopicArn)),
  ]);
  const counted = { confirmed: Number(SubscriptionsConfirmed), pending: Number(SubscriptionsPending) };
  return {
    policy,
    kmsKey: KmsMasterKeyId === '' ? null : KmsMasterKeyId,
    ...(key !== undefined && { key }),
    ...(listed === undefined || listed === 'unknown' ? counted : listed),
  };
}

async function listSubscriptions(at: Connection, topic: string): Promise<Pick<TopicSnapshot, 'confirmed' | 'pending'>> {
  const { readSubscriptions } = await import('./topic.ts');
  const all = await readSubscriptions(at, topic);
  const confirmed = all.filter(({ arn }) => arn !== null).length;
  return { confirmed, pending: all.length - confirmed };
}

async function readTopicKey(
  topicAt: Connection,
  topic: string,
  name: string,
  reach: Reach,
  reading: Reading<'unknown'>,
): Promise<Found<TopicKeySnapshot>> {
  const parts = arnParts(name);
  const at = parts === undefined ? topicAt : reach.at(parts.account, parts.region);
  // Its policy is the same in every account.
  if (at === undefined || (parts?.resource ?? name) === 'alias/aws/sns') return 'unknown';
  const member = [topicAt.account, 'topics', topic, 'key'];
  const policyOf = (id: string) =>
    reading([...member, 'policy'], readKeyPolicy(at, id).catch(catchAbsent('NotFoundException')));
  // GetKeyPolicy takes no alias; by anything else both are asked at once.
  const isAlias = (parts?.resource ?? name).startsWith('alias/');
  const [key, early] = await Promise.all([
    reading(member, describeTopicKey(at, name)),
    isAlias ? null : policyOf(name),
  ]);
  if (key === null || key === 'unknown') return key;
  return { ...key, policy: early ?? (await policyOf(key.arn)) ?? 'unknown' };
}
