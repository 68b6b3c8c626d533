/** Whether what a service publishes to a topic of SNS arrives. */
import { accountIn, arnParts, regionOf } from '../../aws/arn.ts';
import { lookUp } from '../../aws/documents.ts';
import type { Decision, Denied } from '../decision.ts';
import { evaluateService } from '../evaluate.ts';
import { accountIn as accountOf } from '../replication/find.ts';
import type { Path } from '../replication/path.ts';
import type { Prepared } from '../replication/prepare.ts';
import { timeKeys } from '../replication/request-keys.ts';
import type { Found, TopicSnapshot } from '../snapshot.ts';

export interface Publisher {
  readonly service: 's3.amazonaws.com' | 'cloudwatch.amazonaws.com';
  /** Of the bucket or the alarm. */
  readonly arn: string;
  readonly account: string;
}

export type TopicFault =
  | { readonly kind: 'gone' | 'managed-key' | 'key-gone' }
  | { readonly kind: 'unconfirmed'; readonly pending: number }
  | { readonly kind: 'key-state'; readonly state: string }
  | { readonly kind: 'publish' | 'key-use'; readonly denied: Denied; readonly service: Publisher['service'] };

export interface TopicSide {
  readonly arn: string;
  readonly path: Path;
  readonly value: Found<TopicSnapshot>;
}

/** A topic of an account that was not looked at is unknown. */
export function topicSide({ snapshot }: Prepared, arn: string): TopicSide {
  const account = accountIn(arn);
  const owner = accountOf(snapshot, account);
  const topics = owner === 'unknown' ? 'unknown' : (owner.topics ?? 'unknown');
  const value = topics === 'unknown' ? undefined : lookUp(topics, arn);
  return { arn, path: ['accounts', account, 'topics', arn], value: value === undefined ? 'unknown' : value };
}

/** `unknown`: nothing of what we know keeps it from arriving, but we do not know all. */
export function judgeTopic(
  prepared: Prepared,
  topic: TopicSide,
  publisher: Publisher,
): { readonly faults: readonly TopicFault[]; readonly isKnown: boolean } {
  const { value } = topic;
  if (value === 'unknown') return { faults: [], isKnown: false };
  if (value === null) return { faults: [{ kind: 'gone' }], isKnown: true };
  const publish = decidePublish(prepared, topic, value, publisher);
  const key = judgeKey(prepared, topic, value, publisher);
  const { confirmed, pending } = value;
  return {
    faults: [
      ...(publish !== 'unknown' && publish.effect === 'denied'
        ? [{ kind: 'publish' as const, denied: publish, service: publisher.service }]
        : []),
      ...key.faults,
      ...(confirmed === 0 ? [{ kind: 'unconfirmed' as const, pending }] : []),
    ],
    isKnown: publish !== 'unknown' && publish.effect !== 'unknown' && key.isKnown,
  };
}

function decidePublish(
  prepared: Prepared,
  { arn, path }: TopicSide,
  { policy }: TopicSnapshot,
  publisher: Publisher,
): Decision | 'unknown' {
  if (policy === 'unknown') return policy;
  const named = prepared.namePolicy(policy, `policy of topic ${arn}`, { arn, path: [...path, 'policy'] });
  const context = contextOf(prepared, publisher);
  return evaluateService(named, { service: publisher.service, action: 'SNS:Publish', resource: arn, context });
}

/**
 * CloudWatch also says for whom it acts, so that a topic's default policy lets it through; S3 does not (CloudWatch User Guide,
 * notify-users-alarm-changes; S3 User Guide, grant-destinations-permissions-to-s3).
 */
function contextOf({ snapshot }: Prepared, { service, arn, account }: Publisher) {
  return {
    ...timeKeys(snapshot),
    'aws:SourceArn': arn,
    'aws:SourceAccount': account,
    'aws:SecureTransport': 'true',
    ...(service === 'cloudwatch.amazonaws.com' && { 'aws:SourceOwner': account }),
  };
}

/** What publishing to an encrypted topic takes (SNS Developer Guide, sns-key-management). */
const keyActions = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;

/** The policy of `alias/aws/sns` lets no service use it, and nobody can change that. */
function isManaged(name: string, key: TopicSnapshot['key']): boolean {
  const isNamed = (arnParts(name)?.resource ?? name) === 'alias/aws/sns';
  return isNamed || (key !== undefined && key !== null && key !== 'unknown' && key.keyManager === 'AWS');
}

function judgeKey(
  prepared: Prepared,
  { arn, path }: TopicSide,
  { kmsKey, key = 'unknown' }: TopicSnapshot,
  publisher: Publisher,
): { readonly faults: readonly TopicFault[]; readonly isKnown: boolean } {
  if (kmsKey === null) return { faults: [], isKnown: true };
  if (isManaged(kmsKey, key)) return { faults: [{ kind: 'managed-key' }], isKnown: true };
  if (key === 'unknown') return { faults: [], isKnown: false };
  if (key === null) return { faults: [{ kind: 'key-gone' }], isKnown: true };
  const { service } = publisher;
  const { policy, keyState } = key;
  const isUsable = keyState === 'Enabled' || keyState === 'unknown';
  const named =
    policy === 'unknown'
      ? undefined
      : prepared.namePolicy(policy, `policy of key ${key.arn}`, { arn: key.arn, path: [...path, 'key', 'policy'] });
  const context = {
    ...contextOf(prepared, publisher),
    'kms:EncryptionContext:aws:sns:topicArn': arn,
    'kms:EncryptionContextKeys': ['aws:sns:topicArn'],
    'kms:CallerAccount': publisher.account,
    'kms:ViaService': `sns.${regionOf(arn)}.amazonaws.com`,
  };
  const decisions = named
    ? keyActions.map((action) => evaluateService(named, { service, action, resource: key.arn, context }))
    : [];
  const denied = decisions.find((one) => one.effect === 'denied');
  return {
    faults: [
      ...(isUsable ? [] : [{ kind: 'key-state' as const, state: keyState }]),
      ...(denied?.effect === 'denied' ? [{ kind: 'key-use' as const, denied, service }] : []),
    ],
    isKnown: keyState !== 'unknown' && decisions.length > 0 && decisions.every(({ effect }) => effect !== 'unknown'),
  };
}
