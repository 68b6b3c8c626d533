import { randomUUID } from 'node:crypto';
import { arnParts, isAccountId, subscriptionArn, topicOfSubscription } from '../../aws/arn.ts';
import { AwsError } from '../wire/errors.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import {
  authorizeOwn,
  invalidParameter,
  mapParam,
  notFound,
  pageOf,
  requireParam,
  type SnsOperation,
  type SnsRequest,
  topicArnParam,
  topicOf,
} from './sns-request.ts';
import type { Protocol, Subscription, Topic } from './sns-state.ts';
import { awaitConfirmation, forgetUnconfirmed, subscriptionsOf } from './subscriptions-of.ts';

export const subscriptionOperations: Readonly<Record<string, SnsOperation>> = {
  Subscribe: subscribe,
  ConfirmSubscription: confirmSubscription,
  /** Of one that does not exist too, as recorded (LocalStack, `test_unsubscribe_from_non_existing_subscription`). */
  Unsubscribe: (request) => {
    authorizeOwn(request);
    const arn = requireParam(request, 'SubscriptionArn');
    const subscription = subscriptionNamed(request, arn);
    if (subscription === undefined) return;
    // Only AWS deletes it, after two days. The text is that of Terraform's AWS provider, which looks for it.
    if (subscription.token !== undefined)
      throw invalidParameter('SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation');
    requireOwner(request, subscription);
    const topic = request.state.sns.topics[subscription.topic];
    if (topic !== undefined) topic.deleted += 1;
    delete request.state.sns.subscriptions[arn];
  },
  ListSubscriptionsByTopic: (request) => listPage(request, subscriptionsOf(request.state, topicOf(request).arn)),
  ListSubscriptions: (request) => {
    authorizeOwn(request);
    forgetUnconfirmed(request.state);
    const { call, caller, state } = request;
    const own = Object.values(state.sns.subscriptions).filter(
      ({ owner, arn }) => owner === caller.account && arnParts(arn)?.region === call.region,
    );
    return listPage(request, own);
  },
  GetSubscriptionAttributes: (request) => {
    authorizeOwn(request);
    const subscription = subscriptionNamed(request, requireParam(request, 'SubscriptionArn'));
    if (subscription === undefined) throw notFound('Subscription does not exist');
    requireOwner(request, subscription);
    return { Attributes: attributesOf(subscription) };
  },
};

function subscriptionNamed({ state, call }: SnsRequest, arn: string): Subscription | undefined {
  const { service, region, resource = '' } = arnParts(arn) ?? {};
  if (service !== 'sns' || region !== call.region || !/:./.test(resource))
    throw invalidParameter('SubscriptionArn Reason: An ARN must have at least 6 elements, not 1');
  forgetUnconfirmed(state);
  return state.sns.subscriptions[arn];
}

/** That of the subscription, or of the topic (API: Unsubscribe). */
function requireOwner({ caller, state, call }: SnsRequest, { owner, topic, arn }: Subscription): void {
  if ([owner, state.sns.topics[topic]?.account].includes(caller.account)) return;
  const message = `User: ${caller.arn} is not authorized to perform: SNS:${call.operation} on resource: ${arn}`;
  throw new AwsError('AuthorizationError', 403, message);
}

const protocols: readonly string[] = ['email', 'email-json', 'sqs'] satisfies readonly Protocol[];
/** AWS knows these too (API: Subscribe). */
const otherProtocols = ['http', 'https', 'sms', 'lambda', 'firehose', 'application'];

function isProtocol(text: string): text is Protocol {
  return protocols.includes(text);
}

function readProtocol(request: SnsRequest): Protocol {
  const protocol = requireParam(request, 'Protocol');
  if (isProtocol(protocol)) return protocol;
  if (otherProtocols.includes(protocol)) throw notImplemented(request.call);
  throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
}

function checkEndpoint(protocol: Protocol, endpoint: string, topic: Topic): void {
  if (protocol === 'sqs') {
    const { service, account = '' } = arnParts(endpoint) ?? {};
    if (service !== 'sqs' || !isAccountId(account)) throw invalidParameter('SQS endpoint ARN');
    if (endpoint.endsWith('.fifo') && !topic.isFifo)
      throw invalidParameter('Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics');
    return;
  }
  if (topic.isFifo) throw invalidParameter(`Invalid protocol type: ${protocol}`);
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(endpoint)) throw invalidParameter('Email address');
}

/** In the words recorded (LocalStack, `test_create_subscriptions_with_attributes`). */
function readRaw(request: SnsRequest): boolean | undefined {
  const attributes = mapParam(request, 'Attributes');
  const raw = attributes.get('RawMessageDelivery');
  if (attributes.size > (raw === undefined ? 0 : 1)) throw notImplemented(request.call);
  if (raw !== undefined && !/^(true|false)$/i.test(raw))
    throw invalidParameter(`Attributes Reason: RawMessageDelivery: Invalid value [${raw}]. Must be true or false.`);
  return raw === undefined ? undefined : raw.toLowerCase() === 'true';
}

/** A mail is confirmed by its reader, a queue by its owner's account at once (SNS Developer Guide, sns-create-subscribe-endpoint-to-topic). */
function subscribe(request: SnsRequest): unknown {
  const { state, params } = request;
  const endpoint = params.get('Endpoint') ?? '';
  const context = { 'sns:Protocol': params.get('Protocol') ?? [], 'sns:Endpoint': endpoint };
  const topic = topicOf(request, { context });
  const protocol = readProtocol(request);
  checkEndpoint(protocol, endpoint, topic);
  const raw = readRaw(request);
  const known = subscriptionsOf(state, topic.arn).find((one) => one.protocol === protocol && one.endpoint === endpoint);
  if (known !== undefined && raw !== undefined && raw !== (known.raw ?? false))
    throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
  // Whoever subscribes again while it waits gets another mail, and another two days.
  const isKept = known !== undefined && known.token === undefined;
  const subscription = isKept ? known : newSubscription(request, { topic: topic.arn, protocol, endpoint, raw }, known);
  if (!isKept) state.sns.subscriptions[subscription.arn] = subscription;
  const isShown = subscription.token === undefined || params.get('ReturnSubscriptionArn') === 'true';
  return { SubscriptionArn: isShown ? subscription.arn : 'pending confirmation' };
}

type Asked = Pick<Subscription, 'topic' | 'protocol' | 'endpoint'> & { readonly raw: boolean | undefined };

function newSubscription(
  { caller, now }: SnsRequest,
  { raw, ...asked }: Asked,
  former: Subscription | undefined,
): Subscription {
  const isOwn = asked.protocol === 'sqs' && arnParts(asked.endpoint)?.account === caller.account;
  const isConfirmed = isOwn && former === undefined;
  const subscription = {
    arn: former?.arn ?? subscriptionArn(asked.topic, randomUUID()),
    ...asked,
    owner: caller.account,
    principal: caller.arn,
    wasAuthenticated: isConfirmed,
    ...(raw === undefined ? {} : { raw }),
  };
  return isConfirmed ? subscription : awaitConfirmation({ now }, subscription);
}

/** In the words recorded (LocalStack, `test_sns_confirm_subscription_wrong_token`). */
function confirmSubscription(request: SnsRequest): unknown {
  authorizeOwn(request, topicArnParam(request));
  const arn = requireParam(request, 'TopicArn');
  const token = requireParam(request, 'Token');
  const all = subscriptionsOf(request.state, arn);
  if (!/^[0-9a-f]{256,}$/.test(token)) throw new AwsError('InvalidParameter', 400, 'Invalid token');
  const subscription = all.find((one) => one.token === token);
  if (subscription === undefined) throw invalidParameter('Token');
  delete subscription.token;
  subscription.wasAuthenticated = true;
  return { SubscriptionArn: subscription.arn };
}

function listPage(request: SnsRequest, all: readonly Subscription[]): unknown {
  const { page, next } = pageOf(request, all);
  const shown = page.map(({ arn, topic, owner, protocol, endpoint, token }) => ({
    SubscriptionArn: token === undefined ? arn : 'PendingConfirmation',
    Owner: owner,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topic,
  }));
  return { Subscriptions: shown, ...next };
}

/** As recorded (LocalStack, `test_not_found_error_on_set_subscription_attributes`). */
function attributesOf(subscription: Subscription): ReadonlyMap<string, string> {
  const { arn, owner, principal, protocol, endpoint, token, wasAuthenticated, raw = false } = subscription;
  return new Map([
    ['ConfirmationWasAuthenticated', String(wasAuthenticated)],
    ['Endpoint', endpoint],
    ['Owner', owner],
    ['PendingConfirmation', String(token !== undefined)],
    ['Protocol', protocol],
    ['RawMessageDelivery', String(raw)],
    ['SubscriptionArn', arn],
    ['SubscriptionPrincipal', principal],
    ['TopicArn', topicOfSubscription(arn)],
  ]);
}
