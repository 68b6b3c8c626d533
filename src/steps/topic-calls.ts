import type { Topic } from '../aws/alert-documents.ts';
import { regionOf, topicNameIn } from '../aws/arn.ts';
import { isSameJson } from '../aws/json.ts';
import { type PolicyDocument, policyChange } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { type Call, type Change, type Input, phase, type Turn, turn } from '../state/change.ts';
import { askedTag, topicSlots } from './topic-slots.ts';

export type TopicWrite = 'CreateTopic' | 'DeleteTopic' | 'SetTopicAttributes' | 'Subscribe';

/** General Reference, sns quotas. */
export const mostBytes = 30_720;

export function topicChanges(arn: string, before: Topic | null, after: Topic | null, spec: Spec): readonly Change[] {
  if (isSameJson(before, after)) return [];
  const region = regionOf(arn);
  return [
    {
      step: 'topic',
      phase: phase.alerts,
      side: 'source',
      account: spec.source.account,
      region,
      action: !before ? 'create' : after ? 'change' : 'remove',
      resource: `topic ${topicNameIn(arn)} in ${region}`,
      before: before && showTopic(before),
      after: after && showTopic(after),
      calls: after
        ? callsFor(arn, before, after, turnToRevoke(arn, spec))
        : [callAt(arn, 'DeleteTopic', { TopicArn: arn }, turn.leftovers)],
      target: arn,
    },
  ];
}

/** Only the alarms and the entry of ours still name a topic that the file no longer has: they go after our statement, or no later run would find it. */
function turnToRevoke(arn: string, spec: Spec): Turn {
  return topicSlots(spec).some((slot) => slot.arn === arn) ? turn.revocations : turn.things;
}

function callsFor(arn: string, before: Topic | null, after: Topic, revoking: Turn): readonly Call[] {
  const asked = after.subscriptions.filter(({ again }) => again);
  const subscribe = asked.map(({ endpoint }) =>
    callAt(arn, 'Subscribe', { TopicArn: arn, Protocol: 'email', Endpoint: endpoint }, turn.things),
  );
  const { [askedTag]: addresses, ...tags } = after.tags;
  const remember = tagCalls(arn, addresses === undefined ? {} : { [askedTag]: addresses }, before?.tags ?? {});
  if (before === null) return [createCall(arn, { ...after, tags }), ...subscribe, ...remember];
  const { early, late } = policyChange(before.policy, after.policy, mostBytes);
  const write = (policy: PolicyDocument, inTurn: Turn, is: PolicyDocument | null): Call => ({
    ...callAt(arn, 'SetTopicAttributes', attribute(arn, 'Policy', JSON.stringify(policy)), inTurn),
    onlyIf: { document: 'topic-policy', of: arn, is },
  });
  return [
    ...tagCalls(arn, tags, before.tags),
    ...(before.kmsKey === after.kmsKey
      ? []
      : [callAt(arn, 'SetTopicAttributes', attribute(arn, 'KmsMasterKeyId', after.kmsKey ?? ''), turn.things)]),
    ...(early ? [write(early, turn.things, before.policy)] : []),
    ...subscribe,
    ...remember,
    ...(late ? [write(late, revoking, early ?? before.policy)] : []),
  ];
}

function attribute(TopicArn: string, AttributeName: string, AttributeValue: string) {
  return { TopicArn, AttributeName, AttributeValue };
}

function createCall(arn: string, { policy, kmsKey, tags }: Topic): Call {
  const Attributes = { Policy: JSON.stringify(policy), ...(kmsKey !== null && { KmsMasterKeyId: kmsKey }) };
  return callAt(arn, 'CreateTopic', { Name: topicNameIn(arn), Attributes, Tags: listTags(tags) }, turn.things);
}

function tagCalls(arn: string, tags: Topic['tags'], present: Topic['tags']): readonly Call[] {
  const changed = Object.fromEntries(Object.entries(tags).filter(([name, value]) => present[name] !== value));
  if (Object.keys(changed).length === 0) return [];
  return [callAt(arn, 'TagResource', { ResourceArn: arn, Tags: listTags(changed) }, turn.things)];
}

function listTags(tags: Topic['tags']) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function callAt<O extends TopicWrite | 'TagResource'>(
  arn: string,
  operation: O,
  input: Input<O, 'SNS'>,
  inTurn: Turn,
): Call {
  return { side: 'source', region: regionOf(arn), service: 'SNS', operation, input, turn: inTurn } as Call;
}

function showTopic({ policy, kmsKey, tags, subscriptions }: Topic) {
  const Subscriptions = subscriptions.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`);
  return { Policy: policy, KmsMasterKeyId: kmsKey, Tags: tags, Subscriptions };
}
