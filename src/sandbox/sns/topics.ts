import { topicArn } from '../../aws/arn.ts';
import { mergeTags } from '../iam/iam-request.ts';
import type { Tag } from '../s3/shapes.ts';
import { emptyRecord } from '../store/record.ts';
import { AwsError } from '../wire/errors.ts';
import { defaultTopicPolicy } from './default-topic-policy.ts';
import {
  authorizeOwn,
  authorizeTopic,
  invalidParameter,
  mapParam,
  pageOf,
  refuseTooMany,
  requireParam,
  type SnsOperation,
  type SnsRequest,
  tagContext,
  tagsParam,
  topicOf,
} from './sns-request.ts';
import type { Topic } from './sns-state.ts';
import { deleteSubscriptionsOf, subscriptionsOf } from './subscriptions-of.ts';
import { checkTopicAttribute, showTopicAttributes } from './topic-attributes.ts';
import { newTopicPolicy, showTopicPolicy } from './topic-policy.ts';

export const topicOperations: Readonly<Record<string, SnsOperation>> = {
  CreateTopic: createTopic,
  /** Of one that does not exist too (API: DeleteTopic). */
  DeleteTopic: (request) => {
    const arn = requireParam(request, 'TopicArn');
    const { topics } = request.state.sns;
    if (topics[arn] === undefined) return authorizeTopic(request, arn, 'DeleteTopic');
    const topic = topicOf(request);
    deleteSubscriptionsOf(request.state, topic);
    delete topics[topic.arn];
    return undefined;
  },
  GetTopicAttributes: (request) => {
    const topic = topicOf(request);
    return { Attributes: showTopicAttributes(request.state, topic, subscriptionsOf(request.state, topic.arn)) };
  },
  SetTopicAttributes: (request) => {
    const topic = topicOf(request);
    const name = requireParam(request, 'AttributeName');
    const value = request.params.get('AttributeValue') ?? '';
    if (name === 'Policy') topic.policy = newTopicPolicy(request, value);
    else {
      checkTopicAttribute(name, value, topic.isFifo);
      if (value === '') delete topic.attributes[name];
      else topic.attributes[name] = value;
    }
  },
  ListTopics: (request) => {
    authorizeOwn(request);
    const { call, caller, state } = request;
    const own = Object.values(state.sns.topics).filter(
      ({ account, region }) => account === caller.account && region === call.region,
    );
    const { page, next } = pageOf(
      request,
      own.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
    return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), ...next };
  },
  TagResource: (request) => {
    const tags = tagsParam(request);
    const topic = findTaggedTopic(request, tagContext(tags));
    const all = mergeTags(topic.tags, tags);
    refuseTooMany(all);
    topic.tags = all;
    return {};
  },
  UntagResource: (request) => {
    const names = [...request.params].filter(([name]) => /^TagKeys\.member\.\d+$/.test(name)).map(([, value]) => value);
    const topic = findTaggedTopic(request, { 'aws:TagKeys': names });
    topic.tags = topic.tags.filter(({ Key }) => !names.includes(Key));
    return {};
  },
  ListTagsForResource: (request) => ({ Tags: findTaggedTopic(request).tags }),
};

function findTaggedTopic(request: SnsRequest, context = {}): Topic {
  const missing = new AwsError('ResourceNotFound', 404, 'Resource does not exist');
  return topicOf(request, { name: 'ResourceArn', context, missing });
}

function createTopic(request: SnsRequest): unknown {
  const { call, caller, state, now } = request;
  const name = requireParam(request, 'Name');
  const attributes = mapParam(request, 'Attributes');
  const tags = tagsParam(request);
  const isFifo = attributes.get('FifoTopic') === 'true';
  checkName(name, isFifo);
  const arn = topicArn({ ...call, account: caller.account }, name);
  const creates = tags.length > 0 ? ['CreateTopic', 'TagResource'] : ['CreateTopic'];
  for (const action of creates) authorizeTopic(request, arn, action, tagContext(tags));
  const existing = state.sns.topics[arn];
  if (existing !== undefined) {
    requireSame(request, existing, attributes, tags);
    return { TopicArn: arn };
  }
  const { Policy: policy, ...others } = Object.fromEntries(attributes);
  for (const [attribute, value] of Object.entries(others)) checkTopicAttribute(attribute, value, isFifo, true);
  state.sns.topics[arn] = {
    name,
    arn,
    partition: call.partition,
    account: caller.account,
    region: call.region,
    created: now,
    isFifo,
    policy: policy === undefined ? defaultTopicPolicy(arn, caller.account) : newTopicPolicy(request, policy),
    attributes: Object.assign(emptyRecord<string>(), others),
    tags,
    deleted: 0,
  };
  return { TopicArn: arn };
}

function checkName(name: string, isFifo: boolean): void {
  const isRight = /^[\w-]{1,256}$/.test(isFifo ? name.replace(/\.fifo$/, '') : name);
  if (isFifo && !(isRight && name.endsWith('.fifo') && name.length <= 256))
    throw invalidParameter(
      'Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.',
    );
  if (!isRight) throw invalidParameter('Topic Name');
}

/** Also with fewer attributes and tags than it has, in the words recorded (LocalStack, `test_create_duplicate_topic_…`). */
function requireSame(
  request: SnsRequest,
  topic: Topic,
  attributes: ReadonlyMap<string, string>,
  tags: readonly Tag[],
): void {
  const isSame = [...attributes].every(([name, value]) =>
    name === 'Policy'
      ? showTopicPolicy(request.state, { ...topic, policy: newTopicPolicy(request, value) }) ===
        showTopicPolicy(request.state, topic)
      : (topic.attributes[name] ?? '') === value,
  );
  if (!isSame) throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  const hasTag = (tag: Tag) => topic.tags.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value);
  if (!tags.every(hasTag)) throw invalidParameter('Tags Reason: Topic already exists with different tags');
}
