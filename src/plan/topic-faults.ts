/** Whether what CloudWatch and S3 publish would arrive at the topics, as a plan leaves them. */
import { alarmArn, bucketArn, regionOf } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import {
  judgeTopic,
  type Publisher,
  type TopicFault,
  type TopicSide,
  topicSide,
} from '../model/alerts/topic-faults.ts';
import { type Prepared, prepare } from '../model/replication/prepare.ts';
import { alarmPrefix, isTopicUsed } from '../state/alerts.ts';
import type { Advice, Finding } from '../state/change.ts';
import type { State } from '../state/state.ts';
import { enableKeyCommands } from '../steps/key-commands.ts';
import { type TopicSlot, topicSlots } from '../steps/topic-slots.ts';
import { shellLine } from '../text/shell-word.ts';
import { snapshotOf } from './snapshot-of.ts';

/** Policies of others, and keys, that shut CloudWatch or S3 out. A topic that is in use already is warned of: replication can be put right all the same. @param desired what the plan leads to. @param takenAt judges policies with dates. */
export function topicFaultFindings(observed: State, desired: State, spec: Spec, takenAt: Date): readonly Finding[] {
  if (spec.alerts === undefined) return [];
  const prepared = prepare(snapshotOf(desired, spec, takenAt));
  return topicSlots(spec).flatMap((slot) => {
    const found = publishersTo(slot, spec).flatMap((publisher) => judgeFor(prepared, slot, publisher));
    const level = isTopicUsed(observed, slot.arn, spec) ? 'warning' : 'problem';
    return found
      .filter(({ code }, index) => found.findIndex((one) => one.code === code) === index)
      .map((one) => (one.level === 'problem' ? { ...one, level } : one));
  });
}

function publishersTo({ region, alarms, events }: TopicSlot, spec: Spec): readonly Publisher[] {
  const { source } = spec;
  const alarm = alarmArn({ ...source, region }, `${alarmPrefix(spec)}all.failures`);
  return [
    ...(alarms ? [{ service: 'cloudwatch.amazonaws.com', arn: alarm, account: source.account } as const] : []),
    ...(events ? [{ service: 's3.amazonaws.com', arn: bucketArn(source), account: source.account } as const] : []),
  ];
}

function judgeFor(prepared: Prepared, slot: TopicSlot, publisher: Publisher): readonly Finding[] {
  const topic = topicSide(prepared, slot.arn);
  // What is missing, the step tells.
  if (topic.value === null) return [];
  const { faults, isKnown } = judgeTopic(prepared, topic, publisher);
  const found = faults.flatMap((fault) => explainFault(fault, slot, publisher, topic));
  if (isKnown || found.length > 0 || topic.value === 'unknown' || topic.value.kmsKey === null) return found;
  const key = topic.value.kmsKey;
  const message = `s3repl cannot tell whether ${publisher.service} may use the key ${key} of ${slot.arn}: it could not read the key's policy`;
  const fix = `allow kms:DescribeKey and kms:GetKeyPolicy on the key, or run s3repl verify --alerts after apply`;
  return [{ level: 'warning', step: 'topic', side: 'source', code: 'topic-key-unknown', message, fix }];
}

function explainFault(
  fault: TopicFault,
  slot: TopicSlot,
  { service }: Publisher,
  topic: TopicSide,
): readonly Finding[] {
  const { arn } = slot;
  const tell = (code: string, message: string, advice: Advice): readonly Finding[] => [
    { level: 'problem', step: 'topic', side: 'source', code, message, ...advice },
  ];
  switch (fault.kind) {
    case 'gone':
    case 'unconfirmed':
      return [];
    case 'managed-key':
      return tell(
        'topic-key-managed',
        `${arn} is encrypted with alias/aws/sns, which no service may use: nothing that ${service} publishes arrives`,
        adviseOtherKey(slot, service),
      );
    case 'key-gone':
      return tell('topic-key-gone', `the key of ${arn} does not exist`, adviseOtherKey(slot, service));
    case 'key-state':
      return tell(
        'topic-key-state',
        `the key of ${arn} is ${fault.state}: nothing can be published`,
        adviseEnabling(slot, topic, fault.state) ?? adviseOtherKey(slot, service),
      );
    case 'key-use': {
      const what = `the policy of its key does not let ${service} use it`;
      return tell('topic-key-denied', `nothing that ${service} publishes to ${arn} arrives: ${what}`, {
        fix: "add this statement to the key's policy:",
        paste: JSON.stringify(keyStatement(service)),
      });
    }
    case 'publish':
      return tell(
        'topic-policy-denied',
        `the policy of ${arn} has a Deny that blocks ${service}, whatever s3repl adds to it`,
        { fix: 'remove or narrow the Deny, or name another topic' },
      );
  }
}

function adviseOtherKey({ arn, region, made }: TopicSlot, service: Publisher['service']): Advice {
  if (made) return { fix: 'write another kmsKey' };
  return {
    fix: `encrypt the topic with a customer managed key that lets ${service} use it, with its ARN in place of KEY:`,
    paste: shellLine`aws sns set-topic-attributes --region ${region} --topic-arn ${arn} --attribute-name KmsMasterKeyId --attribute-value KEY`,
  };
}

function adviseEnabling({ made }: TopicSlot, { value }: TopicSide, state: string): Advice | undefined {
  const key = value === null || value === 'unknown' ? undefined : value.key;
  if (key === undefined || key === null || key === 'unknown') return undefined;
  const paste = enableKeyCommands(key.arn, regionOf(key.arn), state);
  const other = made ? 'write another kmsKey' : 'encrypt the topic with another one';
  return paste === undefined ? undefined : { fix: `enable the key, or ${other}:`, paste };
}

/** S3 User Guide, grant-destinations-permissions-to-s3. */
function keyStatement(service: string) {
  return {
    Sid: 'Alerts',
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
    Resource: '*',
  };
}
