import { enumerate } from '../evaluation/phrase.ts';
import { settingOf } from '../replication/find.ts';
import { unreadCause } from '../replication/finding.ts';
import type { Prepared } from '../replication/prepare.ts';
import type { Rule } from '../replication/rule.ts';
import type { Cause } from '../verdict.ts';
import {
  alarmsIn,
  type Chain,
  chainsOf,
  covers,
  type Entry,
  examineAlarms,
  isHeard,
  isMute,
  replicationEntries,
  tellsOfFailures,
} from './listeners.ts';
import type { TopicFault } from './topic-faults.ts';

const sources = ['S3 User Guide, replication-metrics-events', { note: 'rules.md 3.6' }];

/**
 * S3 counts failures for alarms, and sends events of them to SNS, SQS or Lambda, not EventBridge; both only with metrics (S3 User Guide,
 * replication-metrics-events; rules.md 2.4 C34, 3.6).
 */
export function blindFailures(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  if (rules.length === 0) return [];
  const [counted, silent] = [rules.filter(({ metrics }) => metrics), rules.filter(({ metrics }) => !metrics)];
  const unheard = unheardRules(prepared, counted);
  const { name, arn, path, value } = prepared.source;
  const where = [...path, 'notification'];
  const isHeardOtherwise = unheard.length === 0 && counted.length > 0;
  if (settingOf(value, 'notification') === 'unknown' && !isHeardOtherwise)
    return [unreadCause('C34', `the notifications of bucket ${name}`, arn, where)];
  const begun = unheard.filter(({ broken }) => broken !== '');
  if (unheard.length === counted.length && begun.length === 0 && !tellsOfAny(prepared))
    return [describeUnheard(prepared, '', [])];
  return [
    ...[...new Set(unheard.map(({ broken }) => broken))].map((broken) =>
      describeUnheard(
        prepared,
        broken,
        unheard.filter((one) => one.broken === broken).map(({ rule }) => rule),
      ),
    ),
    ...describeSilent(silent, arn),
  ];
}

interface Unheard {
  readonly rule: Rule;
  /** What is broken on the way; empty where there is no way. */
  readonly broken: string;
}

function unheardRules(prepared: Prepared, counted: readonly Rule[]): readonly Unheard[] {
  const mute = listMute(prepared);
  return counted
    .map((rule) => ({ rule, chains: chainsOf(prepared, rule) }))
    .filter(({ chains }) => !chains.some(isHeard))
    .map(({ rule, chains }) => ({
      rule,
      broken: [...chains.map(describeBroken), ...partial(prepared, rule), ...mute].join('; '),
    }));
}

function tellsOfAny(prepared: Prepared): boolean {
  return replicationEntries(prepared).some(tellsOfFailures);
}

/** Without rules: all. */
function describeUnheard(prepared: Prepared, broken: string, rules: readonly Rule[]): Cause {
  const { arn, path, name } = prepared.source;
  const under = rules.length === 0 ? '' : ` under ${enumerate(rules.map(({ id }) => id))}`;
  const what = `an object of bucket ${name} fails to replicate${under}`;
  const evidence = { arn, path: [...path, 'notification'], sources };
  if (broken !== '')
    return { check: 'C34', summary: `Nobody is notified when ${what}: ${broken}.`, fix: repair, evidence };
  const unread =
    alarmsIn(prepared) === 'unknown'
      ? `, unless by an alarm: s3repl could not read the alarms of account ${prepared.source.account}`
      : '';
  return { check: 'C34', summary: `Nobody is notified when ${what}${unread}.`, fix: makeOne, evidence };
}

const makeOne =
  'Set an alarm on OperationsFailedReplication for each rule, or send s3:Replication:OperationFailedReplication to an SNS topic, SQS queue or Lambda function.';
const repair = 'Fix what this names, as C39 and C40 say, or send the events of all keys to another target.';

function describeBroken({ by, targets }: Chain): string {
  const links = targets.flatMap(({ arn, faults: [fault] }) =>
    fault ? [`topic ${arn} of ${by} ${faultText(fault)}`] : [],
  );
  return links.join('; ');
}

/** After the name of the topic. */
export function faultText(fault: TopicFault): string {
  switch (fault.kind) {
    case 'gone':
      return 'does not exist';
    case 'unconfirmed':
      return fault.pending > 0 ? 'waits for its subscribers to confirm' : 'has no subscriber';
    case 'publish':
      return `does not let ${fault.service} publish`;
    case 'managed-key':
      return `is encrypted with the AWS managed key of SNS, which no service may use`;
    case 'key-gone':
      return 'is encrypted with a key that does not exist';
    case 'key-state':
      return `is encrypted with a key that is ${fault.state}`;
    case 'key-use':
      return `is encrypted with a key that ${fault.service} may not use`;
  }
}

function partial(prepared: Prepared, rule: Rule): readonly string[] {
  return replicationEntries(prepared)
    .filter((entry) => tellsOfFailures(entry) && !covers(entry, rule) && overlaps(entry, rule))
    .map(({ name, prefix, suffix }) => {
      const ends = suffix === '' ? [] : [`end with ${suffix}`];
      const begins = prefix === '' ? [] : [`begin with ${prefix}`];
      return `${name} reports only keys that ${[...begins, ...ends].join(' and ')}`;
    });
}

function overlaps({ prefix }: Entry, rule: Rule): boolean {
  return prefix.startsWith(rule.prefix) || rule.prefix.startsWith(prefix);
}

/** Somebody believes in them. */
function listMute(prepared: Prepared): readonly string[] {
  const names = examineAlarms(prepared)
    .filter(isMute)
    .map(({ settings }) => `${settings.AlarmName}`);
  return names.length === 0 ? [] : [`alarm ${enumerate(names)} never fires, or notifies nobody`];
}

function describeSilent(silent: readonly Rule[], arn: string): readonly Cause[] {
  const [first] = silent;
  if (first === undefined) return [];
  const summary = `Nobody is notified when an object fails under rules without metrics (${enumerate(silent.map(({ id }) => id))}).`;
  const evidence = { arn, path: [...first.path, 'Destination'], sources };
  return [{ check: 'C34', summary, fix: 'Enable Metrics in the Destination of these rules.', evidence }];
}
