import type { Subscription, Topic } from '../aws/alert-documents.ts';
import { isArn } from '../aws/arn.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import { required } from '../aws/required.ts';
import { catchAbsent } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { pagesOf } from './pages.ts';
import { policyIn } from './policy-text.ts';

const { GetTopicAttributesCommand, ListTagsForResourceCommand, paginateListSubscriptionsByTopic } =
  required('@aws-sdk/client-sns');

type Where = Pick<Connection, 'sns'>;

/** SNS says it in both words (API: GetTopicAttributes, ListTagsForResource). */
const noTopic = ['NotFound', 'NotFoundException', 'ResourceNotFound', 'ResourceNotFoundException'];

/** A topic may have 12.5 million subscriptions (General Reference, sns quotas), a hundred a page; those of people are few. */
const mostPages = 100;

/** @param at a connection in the topic's Region. @returns null where there is none. */
export async function readTopic(at: Where, TopicArn: string): Promise<Topic | null> {
  const [attributes, subscriptions, tags] = await Promise.all([
    at.sns.send(new GetTopicAttributesCommand({ TopicArn })).catch(catchAbsent(...noTopic)),
    readSubscriptions(at, TopicArn).catch(catchAbsent(...noTopic)),
    at.sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn })).catch(catchAbsent(...noTopic)),
  ]);
  if (attributes === null) return null;
  const { Policy, KmsMasterKeyId = '' } = attributes.Attributes ?? {};
  return {
    policy: policyIn(Policy, `the policy of ${TopicArn}`),
    kmsKey: KmsMasterKeyId === '' ? null : KmsMasterKeyId,
    tags: Object.fromEntries((tags?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    subscriptions: subscriptions ?? [],
  };
}

export async function readTopicPolicy(at: Where, TopicArn: string): Promise<PolicyDocument | null> {
  const answer = await at.sns.send(new GetTopicAttributesCommand({ TopicArn })).catch(catchAbsent(...noTopic));
  return answer === null ? null : policyIn(answer.Attributes?.Policy, `the policy of ${TopicArn}`);
}

/** Without those that are deleted. */
export async function readSubscriptions(at: Where, TopicArn: string): Promise<readonly Subscription[]> {
  const found: Subscription[] = [];
  const pages = paginateListSubscriptionsByTopic({ client: at.sns }, { TopicArn });
  for await (const { Subscriptions = [] } of pagesOf(pages, {
    list: `the list of subscriptions of ${TopicArn}`,
    most: mostPages,
  })) {
    // Others are "PendingConfirmation", or "Deleted".
    for (const { Protocol = '', Endpoint = '', SubscriptionArn = '' } of Subscriptions)
      if (SubscriptionArn !== 'Deleted')
        found.push({
          protocol: Protocol,
          endpoint: Endpoint,
          arn: isArn(SubscriptionArn) ? SubscriptionArn : null,
        });
  }
  return found;
}
