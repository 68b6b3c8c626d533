import type { Subscription, Topic } from '../aws/alert-documents.ts';
import { alarmArn, bucketArn, regionOf } from '../aws/arn.ts';
import { isSamePolicy, type PolicyDocument, type Statement, withOurStatements } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { alarmPrefix, ourTopicArn, regionsOfAlerts, topicIn, topicKey } from '../state/alerts.ts';
import { phase } from '../state/change.ts';
import { addOurTags, isOurs, matchOurSid, sidPrefix } from '../state/names.ts';
import { destroying, type Purpose, planning, type Right } from '../state/need.ts';
import { accountOf, put, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { unwrapSingle } from './scope.ts';
import { mostBytes, type TopicWrite, topicChanges } from './topic-calls.ts';
import { topicFindings } from './topic-findings.ts';
import {
  addressesAsked,
  askedTag,
  hashAddress,
  isAddress,
  listEmails,
  type TopicSlot,
  topicSlots,
} from './topic-slots.ts';

/** The topics that alarms publish to, and the one for single objects: ours are made, given ones get our statements only, by Sid. */
export const topicStep: Step<TopicWrite, 'topic-policy'> = {
  id: 'topic',
  phase: phase.alerts,

  writes: {
    CreateTopic: {},
    DeleteTopic: {},
    SetTopicAttributes: {
      leaves: ({ AttributeName, AttributeValue = '' }) =>
        AttributeName === 'Policy' ? (JSON.parse(AttributeValue) as PolicyDocument) : null,
      policy: {
        most: mostBytes,
        text: ({ AttributeName, AttributeValue = '' }) => (AttributeName === 'Policy' ? AttributeValue : ''),
      },
    },
    Subscribe: { waits: [{ error: /^NotFound(Exception)?$/, reason: 'the topic to become visible' }] },
  },

  documents: {
    'topic-policy': {
      lookUp: (state, arn) => Object.values(state.accounts).flatMap(({ topics = {} }) => topics[arn]?.policy ?? [])[0],
      isSame: isSamePolicy,
    },
  },

  asks: {
    SNS: {
      CreateTopic: { actions: ['sns:CreateTopic', 'sns:TagResource'] },
      GetTopicAttributes: { answer: 'result' },
      ListSubscriptionsByTopic: { answer: 'result' },
      ListTagsForResource: { answer: 'result' },
    },
  },

  needs: {
    alerts(spec) {
      const slots = topicSlots(spec);
      // Topics of ours may be there from before.
      const ours = spec.alerts ? regionsOfAlerts(spec).map((region) => ourTopicArn(spec, region)) : [];
      const all = unwrapSingle([...new Set([...slots.map(({ arn }) => arn), ...ours])]);
      const made = unwrapSingle(slots.flatMap((slot) => (slot.made ? [slot.arn] : [])));
      const given = unwrapSingle(slots.flatMap((slot) => (slot.made ? [] : [slot.arn])));
      const keys = unwrapSingle(
        slots.flatMap(({ region, made: isMade }) => (isMade ? (topicKey(spec, region) ?? []) : [])),
      );
      return [
        // `status` reads those of all topics.
        {
          on: all,
          actions: ['sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic'],
          for: planning.filter((one) => one !== 'status'),
        },
        { on: all, actions: ['sns:ListTagsForResource'], for: planning },
        { on: keys, actions: ['kms:DescribeKey', 'kms:GetKeyPolicy'], for: planning },
        { on: all, actions: ['sns:SetTopicAttributes'], for: ['apply'] },
        { on: made, actions: ['sns:CreateTopic', 'sns:TagResource', 'sns:Subscribe'], for: ['apply'] },
        { on: unwrapSingle(ours), actions: ['sns:DeleteTopic'], for: ['apply', ...destroying] },
        { on: given, actions: ['sns:SetTopicAttributes'], for: destroying },
      ]
        .filter(({ on }) => on.length > 0)
        .map((right): Right => ({ sid: 'Topics', ...right, for: right.for as readonly Purpose[] }));
    },
  },

  addOurs(observed, spec) {
    const slots = topicSlots(spec);
    const known = Object.keys(accountOf(observed, spec.source.account).topics ?? {});
    return [...new Set([...known, ...slots.map(({ arn }) => arn)])].reduce((state, arn) => {
      const slot = slots.find((one) => one.arn === arn);
      return withTopic(state, arn, slot ? topicWithOurs(state, slot, spec) : topicWithoutOurs(state, arn, spec), spec);
    }, observed);
  },

  removeOurs(observed, spec) {
    const known = Object.keys(accountOf(observed, spec.source.account).topics ?? {});
    return known.reduce((state, arn) => withTopic(state, arn, topicWithoutOurs(state, arn, spec), spec), observed);
  },

  diff(from, to, spec) {
    const { account } = spec.source;
    return Object.entries(accountOf(to, account).topics ?? {}).flatMap(([arn, after]) =>
      topicChanges(arn, topicIn(from, account, arn) ?? null, after, spec),
    );
  },

  findings: topicFindings,
};

function withTopic(state: State, arn: string, topic: Topic | null | undefined, { source }: Spec): State {
  const present = topicIn(state, source.account, arn);
  return topic === undefined || topic === present ? state : put(state, source.account, 'topics', arn, topic);
}

/** A given topic that does not exist stays so, and so does one whose name somebody else has taken: the findings tell. */
function topicWithOurs(state: State, slot: TopicSlot, spec: Spec): Topic | null | undefined {
  const present = topicIn(state, spec.source.account, slot.arn) ?? null;
  if (!slot.made) return present && withPolicy(present, slot, spec);
  if (present !== null && !isOurs(present, spec)) return present;
  const kmsKey = topicKey(spec, slot.region);
  const begun = present ?? newTopic(slot, spec);
  return {
    ...withPolicy(begun, slot, spec),
    ...(kmsKey !== undefined && { kmsKey }),
    tags: {
      ...addOurTags(spec, begun.tags),
      ...listAskedAddresses(begun, listEmails(spec)),
    },
    subscriptions: withAsked(begun.subscriptions, toAsk(begun, spec)),
  };
}

/** Addresses that get a message that asks for confirmation: those that never got one, or all that did not confirm. */
function toAsk(topic: Topic, spec: Spec): readonly string[] {
  const { resendConfirmation = false } = spec;
  const asked = addressesAsked(topic);
  return listEmails(spec).filter((address) => {
    const present = topic.subscriptions.filter((one) => isAddress(one, address));
    if (present.some(({ arn, again }) => arn !== null || again)) return false;
    return resendConfirmation || (present.length === 0 && !asked.includes(hashAddress(address)));
  });
}

/** Also those that are still subscribed, though the file no longer has them. */
function listAskedAddresses(topic: Topic, emails: readonly string[]): Topic['tags'] {
  const subscribed = topic.subscriptions.map(({ endpoint }) => hashAddress(endpoint));
  const left = addressesAsked(topic).filter((hash) => subscribed.includes(hash));
  const all = [...new Set([...emails.map(hashAddress), ...left])].slice(0, mostAddresses).sort();
  return all.length > 0 || topic.tags[askedTag] !== undefined ? { [askedTag]: all.join(' ') } : {};
}

/** In the value of a tag, of 256 characters (SNS API: Tag). */
const mostAddresses = 28;

function withAsked(present: readonly Subscription[], addresses: readonly string[]): readonly Subscription[] {
  const others = present.filter((one) => !addresses.some((address) => isAddress(one, address)));
  return [
    ...others,
    ...addresses.map((endpoint) => ({ protocol: 'email', endpoint, arn: null, again: true }) as const),
  ];
}

function topicWithoutOurs(state: State, arn: string, spec: Spec): Topic | null | undefined {
  const present = topicIn(state, spec.source.account, arn);
  if (!present) return present;
  return isOurs(present, spec) && arn === ourTopicArn(spec, regionOf(arn))
    ? null
    : withPolicy(present, undefined, spec);
}

function withPolicy(topic: Topic, slot: TopicSlot | undefined, spec: Spec): Topic {
  const policy = withOurStatements(topic.policy, slot ? ourStatements(slot, spec) : [], matchOurSid(spec));
  return policy === topic.policy || policy === null ? topic : { ...topic, policy };
}

/** CloudWatch User Guide, notify-users-alarm-changes; S3 User Guide, grant-destinations-permissions-to-s3. */
function ourStatements({ arn, region, alarms, events }: TopicSlot, spec: Spec): readonly Statement[] {
  const { source } = spec;
  const allow = (name: string, service: string, sourceArn: string): Statement => ({
    Sid: `${sidPrefix(spec)}${name}`,
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'SNS:Publish',
    Resource: arn,
    Condition: {
      ArnLike: { 'aws:SourceArn': sourceArn },
      StringEquals: { 'aws:SourceAccount': source.account },
    },
  });
  return [
    ...(alarms
      ? [allow('Alarms', 'cloudwatch.amazonaws.com', alarmArn({ ...source, region }, `${alarmPrefix(spec)}*`))]
      : []),
    ...(events ? [allow('Events', 's3.amazonaws.com', bucketArn(source))] : []),
  ];
}

function newTopic({ arn }: TopicSlot, spec: Spec): Topic {
  return {
    policy: {
      Version: '2008-10-17',
      Id: '__default_policy_ID',
      Statement: [ownersStatement(arn, spec)],
    },
    kmsKey: null,
    tags: {},
    subscriptions: [],
  };
}

/** What SNS gives a topic created without a policy, less `SNS:Receive` (recorded: LocalStack, test_create_topic_test_arn). */
function ownersStatement(arn: string, { source }: Spec): Statement {
  return {
    Sid: '__default_statement_ID',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: [
      'SNS:GetTopicAttributes',
      'SNS:SetTopicAttributes',
      'SNS:AddPermission',
      'SNS:RemovePermission',
      'SNS:DeleteTopic',
      'SNS:Subscribe',
      'SNS:ListSubscriptionsByTopic',
      'SNS:Publish',
    ],
    Resource: arn,
    Condition: { StringEquals: { 'AWS:SourceOwner': source.account } },
  };
}
