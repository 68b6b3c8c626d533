/** What is worth a warning about a configuration as a whole. */
import type { LifecycleRule, NotificationConfiguration } from '@aws-sdk/client-s3';
import { enumerate } from '../evaluation/element.ts';
import type { BucketSnapshot, Found, Known } from '../snapshot.ts';
import type { Cause } from '../verdict.ts';
import { pathOf } from './path.ts';
import { destinationSide, enabledRules, type Prepared, rulesIn } from './prepare.ts';

const day = 24 * 60 * 60 * 1000;

/**
 * Lifecycle rules of the source bucket that expire versions within a day: AWS has a code for a version that was gone before it
 * replicated, and says elsewhere that lifecycle waits for what is pending (rules.md 2.4 C31, 2.1, 2.2).
 */
export function lifecycleRaces(prepared: Prepared): readonly Cause[] {
  const rules = enabledRules(prepared);
  if (rules.length === 0) return [];
  const { name, arn, path } = prepared.source;
  const lifecycle = ofSource(prepared, 'lifecycle');
  const where = pathOf(path, 'lifecycle');
  if (lifecycle === 'unknown') return [notRead('C31', `the lifecycle configuration of bucket ${name}`, arn, where)];
  return (lifecycle?.Rules ?? []).flatMap((rule, index): Cause[] => {
    const prefix = rule.Filter?.And?.Prefix ?? rule.Filter?.Prefix ?? rule.Prefix ?? '';
    const meets = rules.some((one) => one.prefix.startsWith(prefix) || prefix.startsWith(one.prefix));
    const what = expires(rule, Date.parse(prepared.snapshot.takenAt));
    if (rule.Status !== 'Enabled' || !meets || what === undefined) return [];
    const called = rule.ID ?? `${index + 1}`;
    return [
      {
        check: 'C31',
        summary: `Lifecycle rule ${called} of source bucket ${name} expires ${what}, which may be before they have replicated.`,
        fix: `Let lifecycle rule ${called} wait longer than a day.`,
        evidence: {
          arn,
          path: pathOf(where, 'Rules', index),
          sources: ['rules.md 2.1 SrcVersionNotFound', 'rules.md 2.2 (lifecycle waits for PENDING and FAILED ones)'],
        },
      },
    ];
  });
}

/** What a lifecycle rule expires within a day; undefined where nothing. A date that is past means every day since. */
function expires(
  { Expiration: current, NoncurrentVersionExpiration: noncurrent }: LifecycleRule,
  now: number,
): string | undefined {
  if (noncurrent?.NoncurrentDays !== undefined && noncurrent.NoncurrentDays <= 1) {
    return `versions ${noncurrent.NoncurrentDays} day after they become noncurrent`;
  }
  if (current?.Days !== undefined && current.Days <= 1) return `objects ${current.Days} day after they are written`;
  const date = current?.Date === undefined ? Number.NaN : new Date(current.Date).getTime();
  return date <= now + day ? `objects as from ${new Date(date).toISOString().slice(0, 10)}` : undefined;
}

/**
 * Failures that nobody hears of: S3 tells SNS, SQS or Lambda, not EventBridge, and only of rules with metrics (S3 User Guide,
 * replication-metrics-events; rules.md 2.4 C34, 3.6).
 */
export function blindFailures(prepared: Prepared): readonly Cause[] {
  const rules = enabledRules(prepared);
  if (rules.length === 0) return [];
  const { name, arn, path } = prepared.source;
  const notification = ofSource(prepared, 'notification');
  const where = pathOf(path, 'notification');
  if (notification === 'unknown') return [notRead('C34', `the notifications of bucket ${name}`, arn, where)];
  const sources = ['S3 User Guide, replication-metrics-events', 'rules.md 3.6'];
  const fix = 'Send s3:Replication:OperationFailedReplication to an SNS topic, SQS queue or Lambda function';
  if (!tellsOfFailures(notification)) {
    const summary = `Nobody is told when an object of bucket ${name} fails to replicate.`;
    return [{ check: 'C34', summary, fix: `${fix}.`, evidence: { arn, path: where, sources } }];
  }
  const silent = rules.filter(({ metrics }) => !metrics);
  const [first] = silent;
  if (first === undefined) return [];
  const summary = `Nobody is told when an object fails under rules without metrics (${enumerate(silent.map(({ id }) => id))}).`;
  const evidence = { arn, path: pathOf(first.path, 'Destination'), sources };
  return [{ check: 'C34', summary, fix: 'Enable Metrics in the Destination of these rules.', evidence }];
}

function tellsOfFailures(notification: NotificationConfiguration | null): boolean {
  const { TopicConfigurations = [], QueueConfigurations = [], LambdaFunctionConfigurations = [] } = notification ?? {};
  const events: readonly string[] = [
    ...TopicConfigurations,
    ...QueueConfigurations,
    ...LambdaFunctionConfigurations,
  ].flatMap((target) => target.Events ?? []);
  return events.some((event) => event === 's3:Replication:*' || event === 's3:Replication:OperationFailedReplication');
}

/** Replica modification sync has to be on in both buckets (S3 User Guide, replication-for-metadata-changes; rules.md 2.3 R28). */
export function oneSidedSync(prepared: Prepared): readonly Cause[] {
  const rules = enabledRules(prepared);
  return [...new Set(rules.map(({ destination }) => destination))].flatMap((arn): Cause[] => {
    const there = destinationSide(prepared, arn);
    const mine = rules.filter(({ destination }) => destination === arn);
    const rule = mine.find(({ replicaModifications }) => replicaModifications);
    const back = syncsBack(there.value, there.path, prepared.source.arn);
    if (back === 'unknown') {
      const what = `the replication configuration of bucket ${there.name}`;
      return rule ? [notRead('C04', what, arn, pathOf(there.path, 'replication'))] : [];
    }
    if (back === (rule !== undefined)) return [];
    const [on, off] = rule ? [prepared.source, there] : [there, prepared.source];
    const summary = `Replica modification sync is on in bucket ${on.name} and not in ${off.name}: changes of metadata replicate one way, and the copies drift apart.`;
    const fix = `Put a rule with ReplicaModifications from ${off.name} to ${on.name}, or turn it off in ${on.name}.`;
    const path = rule?.path ?? pathOf(there.path, 'replication');
    return [{ check: 'C04', summary, fix, evidence: { arn: on.arn, path, sources: ['rules.md 2.3 R28'] } }];
  });
}

function syncsBack(bucket: Found<BucketSnapshot>, path: string, source: string): Known<boolean> {
  const book = rulesIn(bucket, path);
  if (book === null || book === 'unknown') return book ?? false;
  return book.byDestination.flat().some((rule) => rule.destination === source && rule.replicaModifications);
}

function ofSource<K extends 'lifecycle' | 'notification'>({ source }: Prepared, member: K): BucketSnapshot[K] {
  return source.value === null || source.value === 'unknown' ? 'unknown' : source.value[member];
}

function notRead(check: Cause['check'], what: string, arn: string, path: string): Cause {
  const fix = `Let the identity that s3repl runs as read ${what}, and ask again.`;
  return { check, summary: `${what} could not be read.`, fix, evidence: { arn, path, unknown: [what] } };
}
