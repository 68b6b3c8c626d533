import { arnFields, arnParts, isAccountId } from '../../aws/arn.ts';
import type { Question } from '../../model/decision.ts';
import { authorize } from '../iam/authorize-call.ts';
import { requestTagKeys, tagKeys } from '../iam/request-keys.ts';
import type { Tag } from '../s3/shapes.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { defaultTopicPolicy } from './default-topic-policy.ts';
import type { Topic } from './sns-state.ts';

export interface SnsRequest extends Operation {
  readonly params: URLSearchParams;
}

export type SnsOperation = (request: SnsRequest) => unknown;

export function snsRequest(operation: Operation): SnsRequest {
  return { ...operation, params: new URLSearchParams(operation.call.body) };
}

/** @param reason in AWS's words. */
export function invalidParameter(reason: string): AwsError {
  return new AwsError('InvalidParameter', 400, `Invalid parameter: ${reason}`);
}

export function notFound(message: string): AwsError {
  return new AwsError('NotFound', 404, message);
}

export function requireParam({ params }: SnsRequest, name: string): string {
  const value = params.get(name);
  if (value !== null) return value;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  const message = `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`;
  throw new AwsError('ValidationError', 400, message);
}

/** The map `name.entry.N.key` and `.value`. */
export function mapParam({ params }: SnsRequest, name: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let n = 1; params.has(`${name}.entry.${n}.key`); n += 1)
    found.set(params.get(`${name}.entry.${n}.key`) ?? '', params.get(`${name}.entry.${n}.value`) ?? '');
  return found;
}

/** In the words recorded (LocalStack, `test_tags`). */
export function tagsParam({ params }: SnsRequest): Tag[] {
  const tags: Tag[] = [];
  for (let n = 1; params.has(`Tags.member.${n}.Key`); n += 1)
    tags.push({ Key: params.get(`Tags.member.${n}.Key`) ?? '', Value: params.get(`Tags.member.${n}.Value`) ?? '' });
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length)
    throw invalidParameter('Duplicated keys are not allowed.');
  refuseTooMany(tags);
  return tags;
}

/** API: TagResource. @throws AwsError `TagLimitExceeded` */
export function refuseTooMany(tags: readonly Tag[]): void {
  if (tags.length <= 50) return;
  throw new AwsError('TagLimitExceeded', 400, 'Could not complete request: tag quota of per resource exceeded');
}

/** An ARN of a topic of the request's Region, in the words recorded (LocalStack, `test_publish_wrong_arn_format`). */
export function topicArnParam(request: SnsRequest, name = 'TopicArn'): string {
  const arn = requireParam(request, name);
  const { length } = arnFields(arn);
  if (length < 6) throw invalidParameter(`${name} Reason: An ARN must have at least 6 elements, not ${length}`);
  const { service, region, account = '', partition } = arnParts(arn) ?? {};
  const { call } = request;
  const isHere = service === 'sns' && region === call.region && partition === call.partition && isAccountId(account);
  if (!isHere) throw invalidParameter(name);
  return arn;
}

interface TopicUse {
  /** The parameter that names the topic. */
  readonly name?: string;
  /** Without `SNS:`; absent: the operation's name. */
  readonly action?: string;
  readonly context?: Question['context'];
  readonly missing?: AwsError;
}

/** After its policy and the caller's allow the operation. @throws AwsError `AuthorizationError`, `NotFound`, `InvalidParameter` */
export function topicOf(request: SnsRequest, use: TopicUse = {}): Topic {
  const arn = topicArnParam(request, use.name);
  const topic = request.state.sns.topics[arn];
  authorizeTopic(request, arn, use.action ?? request.call.operation, use.context);
  if (topic === undefined) throw use.missing ?? notFound('Topic does not exist');
  return topic;
}

/** Of a topic that may not exist (yet). @throws AwsError `AuthorizationError` */
export function authorizeTopic(
  request: SnsRequest,
  arn: string,
  action: string,
  context: Question['context'] = {},
): void {
  const topic = request.state.sns.topics[arn];
  const { account = request.caller.account } = arnParts(arn) ?? {};
  ask(request, {
    action: `SNS:${action}`,
    resource: arn,
    account,
    policy: topic?.policy ?? defaultTopicPolicy(arn, account),
    context: { ...tagKeys('aws:ResourceTag/', topic?.tags), ...context },
  });
}

/** For what the policies of the caller alone decide. @throws AwsError `AuthorizationError` */
export function authorizeOwn(request: SnsRequest, resource = '*'): void {
  ask(request, { action: `SNS:${request.call.operation}`, resource, account: request.caller.account });
}

/** SNS has a code of its own for refusals (API: Publish, AuthorizationError). */
function ask(request: SnsRequest, demand: Parameters<typeof authorize>[1]): void {
  try {
    authorize(request, demand);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'AccessDenied')
      throw new AwsError('AuthorizationError', 403, error.message);
    throw error;
  }
}

export function tagContext(tags: readonly Tag[]): Question['context'] {
  return tags.length === 0 ? {} : requestTagKeys(tags);
}

/** A hundred a page (API: ListTopics). */
const pageSize = 100;

export function pageOf<T>({ params }: SnsRequest, all: readonly T[]) {
  const token = params.get('NextToken');
  const start = Number(Buffer.from(token ?? '', 'base64').toString() || 0);
  if (!Number.isInteger(start) || start < 0) throw invalidParameter('NextToken');
  const end = start + pageSize;
  const next = end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {};
  return { page: all.slice(start, end), next };
}
