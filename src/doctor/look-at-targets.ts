/** What alarms and notifications of replication publish to: where it gets lost on the way to people (C40), and where s3repl cannot look (C34). */
import { accountIn, alarmArn, arnParts, regionOf } from '../aws/arn.ts';
import type { Statement } from '../aws/policy.ts';
import { alarmsIn, areTopicsRead, chainsOf, isHeard, listTargets, type Target } from '../model/alerts/listeners.ts';
import type { Publisher, TopicFault, TopicSide } from '../model/alerts/topic-faults.ts';
import { enumerate } from '../model/evaluation/phrase.ts';
import { evidenceAt, nameOf } from '../model/replication/evidence.ts';
import type { Evidence } from '../model/verdict.ts';
import { shellLine } from '../text/shell-word.ts';
import type { Sighting } from './diagnosis.ts';
import { neutralSid } from './missing-statement.ts';
import { enableKeyAt } from './remedy.ts';
import type { Remedy } from './repair.ts';
import type { Scope } from './scope.ts';

type Told = Target & { readonly by: string };

export function lookAtTargets(scope: Scope): readonly Sighting[] {
  if (scope.rules.length === 0 || !areTopicsRead(scope.prepared)) return [];
  const groups = new Map<string, { readonly lost: Lost; readonly by: string[] }>();
  for (const told of listTargets(scope.prepared)) {
    for (const lost of describeFaults(scope, told)) {
      const name = JSON.stringify([told.arn, lost.summary]);
      const group = groups.get(name) ?? { lost, by: [] };
      groups.set(name, group);
      if (!group.by.includes(told.by)) group.by.push(told.by);
    }
  }
  return [
    ...[...groups.values()].map(({ lost: { summary, remedy, ...lost }, by }): Sighting => {
      const reaches = by.length === 1 ? 'reaches' : 'reach';
      const cause = {
        check: 'C40',
        summary: `${summary}: ${enumerate(by)} ${reaches} nobody.`,
        ...lost,
      } as const;
      return { level: 'warning', cause, ...(remedy && { remedy }) };
    }),
    ...describeUnseen(scope),
  ];
}

interface Lost {
  /** Continues with what reaches nobody. */
  readonly summary: string;
  readonly fix: string;
  readonly paste?: string;
  readonly evidence: Evidence;
  readonly remedy?: Remedy | undefined;
}

function describeFaults(scope: Scope, { topic, faults, publisher }: Told): readonly Lost[] {
  return topic === undefined ? [] : faults.map((fault) => describeFault(scope, topic, fault, publisher));
}

const serviceNames = { 's3.amazonaws.com': 'S3', 'cloudwatch.amazonaws.com': 'CloudWatch' } as const;

function describeFault(scope: Scope, topic: TopicSide, fault: TopicFault, publisher: Publisher): Lost {
  const { arn, path, value } = topic;
  const name = `topic ${arn}`;
  const evidence = { arn, path };
  const who = serviceNames[publisher.service];
  const keyName = value === null || value === 'unknown' ? '' : (value.kmsKey ?? '');
  switch (fault.kind) {
    case 'gone':
      return {
        summary: `Topic ${arn} does not exist`,
        fix: 'Create it again with its subscriptions, or name another topic.',
        evidence,
      };
    case 'unconfirmed':
      return {
        summary: `Topic ${arn} has no confirmed subscriber${fault.pending > 0 ? ` (${fault.pending} not confirmed yet)` : ''}`,
        fix: `${fault.pending > 0 ? 'Click the link in the message "AWS Notification - Subscription Confirmation" within 48 hours. After that, subscribe again' : 'Subscribe somebody'}, with an e-mail address in place of ADDRESS.`,
        paste: `${shellLine`aws sns subscribe --region ${regionOf(arn)} --topic-arn ${arn}`} --protocol email --notification-endpoint ADDRESS`,
        evidence,
      };
    case 'managed-key':
      return {
        summary: `The ${name} is encrypted with ${keyName}, an AWS managed key, whose policy lets no service use it and cannot be changed`,
        fix: `Encrypt it with a customer managed key whose policy lets ${publisher.service} use it, or with none.`,
        evidence,
      };
    case 'key-gone':
      return {
        summary: `The ${name} is encrypted with ${keyName}, a key that does not exist`,
        fix: 'Encrypt it with another key, or with none.',
        evidence,
      };
    case 'key-state':
      return {
        summary: `The ${name} is encrypted with ${keyName}, which cannot be used: it is ${fault.state}`,
        fix: 'Enable the key, or encrypt the topic with another one.',
        evidence,
        remedy: enableKey(topic, fault.state),
      };
    case 'publish':
    case 'key-use':
      return describeDenial(scope, topic, fault, { publisher, who, name });
  }
}

function describeDenial(
  { prepared }: Scope,
  topic: TopicSide,
  { kind, denied }: Extract<TopicFault, { kind: 'publish' | 'key-use' }>,
  { publisher, who, name }: { readonly publisher: Publisher; readonly who: string; readonly name: string },
): Lost {
  const isKey = kind === 'key-use';
  const does = isKey ? `use the key of ${name}` : `publish to ${name}`;
  const [place] = denied.by;
  if (denied.kind === 'explicit' && place)
    return {
      summary: `${who} may not ${does}, because ${nameOf(place)} denies it`,
      fix: `Narrow the Deny so that it does not cover ${publisher.service}.`,
      evidence: evidenceAt(prepared, place),
    };
  const { arn, path, value } = topic;
  const key = value === null || value === 'unknown' ? undefined : value.key;
  const keyArn = key === undefined || key === null || key === 'unknown' ? arn : key.arn;
  const of = isKey ? keyArn : arn;
  return {
    summary: `${who} may not ${does}`,
    fix: `Allow it to ${publisher.service} in the policy of the ${isKey ? 'key' : 'topic'}.`,
    evidence: { arn: of, path: [...path, ...(isKey ? ['key'] : []), 'policy'] },
    remedy: {
      kind: 'statement',
      into: { kind: isKey ? 'key' : 'topic', of },
      statement: isKey ? keyStatement(publisher) : topicStatement(publisher, arn),
    },
  };
}

/** CloudWatch User Guide, notify-users-alarm-changes; S3 User Guide, grant-destinations-permissions-to-s3. */
function topicStatement({ service, arn, account }: Publisher, topic: string): Statement {
  return {
    Sid: `${neutralSid}Alerts`,
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'SNS:Publish',
    Resource: topic,
    Condition: {
      ArnLike: { 'aws:SourceArn': sourceArnOf({ service, arn, account }) },
      StringEquals: { 'aws:SourceAccount': account },
    },
  };
}

function sourceArnOf({ service, arn }: Publisher): string {
  const parts = arnParts(arn);
  return service === 'cloudwatch.amazonaws.com' && parts ? alarmArn(parts, '*') : arn;
}

/** SNS Developer Guide, sns-key-management. */
function keyStatement({ service, account }: Publisher): Statement {
  return {
    Sid: `${neutralSid}Alerts`,
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  };
}

function enableKey({ value }: TopicSide, state: string): Remedy | undefined {
  const key = value === null || value === 'unknown' ? undefined : value.key;
  if (state !== 'Disabled' || key === undefined || key === null || key === 'unknown') return undefined;
  return enableKeyAt(key.arn, accountIn(key.arn), state);
}

/** Where all that tells of failures ends in something that s3repl does not look into. */
function describeUnseen({ prepared, rules }: Scope): readonly Sighting[] {
  if (alarmsIn(prepared) === undefined) return [];
  const unseen = rules.flatMap((rule) => {
    const heard = rule.metrics ? chainsOf(prepared, rule).filter(isHeard) : [];
    const targets = heard.flatMap(({ targets }) => targets.filter(({ faults }) => faults.length === 0));
    return targets.some(({ isKnown }) => isKnown) ? [] : targets.map(({ arn }) => arn);
  });
  const arns = [...new Set(unseen)];
  if (arns.length === 0) return [];
  const summary = `Failures are sent to ${enumerate(arns)}. s3repl does not look into it, and cannot tell whether anybody is notified.`;
  const fix = 'Check there yourself that somebody is notified.';
  return [{ level: 'note', cause: { check: 'C34', summary, fix, evidence: { arn: prepared.source.arn } } }];
}
