import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { enumerate } from '../evaluation/phrase.ts';
import type { BucketSnapshot, Found, Known } from '../snapshot.ts';
import type { Cause } from '../verdict.ts';
import { settingOf } from './find.ts';
import { unreadCause } from './finding.ts';
import type { Path } from './path.ts';
import { destinationSide, type Prepared, rulesIn } from './prepare.ts';
import type { Rule } from './rule.ts';

/** S3 reports failures to SNS, SQS or Lambda, not EventBridge, and only with metrics (S3 User Guide, replication-metrics-events; rules.md 2.4 C34, 3.6). */
export function blindFailures(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  if (rules.length === 0) return [];
  const { name, arn, path, value } = prepared.source;
  const notification = settingOf(value, 'notification');
  const where = [...path, 'notification'];
  if (notification === 'unknown') return [unreadCause('C34', `the notifications of bucket ${name}`, arn, where)];
  const sources = ['S3 User Guide, replication-metrics-events', { note: 'rules.md 3.6' }];
  const fix = 'Send s3:Replication:OperationFailedReplication to an SNS topic, SQS queue or Lambda function';
  if (!tellsOfFailures(notification)) {
    const summary = `Nobody is told when an object of bucket ${name} fails to replicate.`;
    return [{ check: 'C34', summary, fix: `${fix}.`, evidence: { arn, path: where, sources } }];
  }
  const silent = rules.filter(({ metrics }) => !metrics);
  const [first] = silent;
  if (first === undefined) return [];
  const summary = `Nobody is told when an object fails under rules without metrics (${enumerate(silent.map(({ id }) => id))}).`;
  const evidence = { arn, path: [...first.path, 'Destination'], sources };
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
export function oneSidedSync(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  return [...new Set(rules.map(({ destination }) => destination))].flatMap((arn): Cause[] => {
    const there = destinationSide(prepared, arn);
    const mine = rules.filter(({ destination }) => destination === arn);
    const rule = mine.find(({ replicaModifications }) => replicaModifications);
    const back = syncsBack(there.value, there.path, prepared.source.arn);
    if (back === 'unknown') {
      const what = `the replication configuration of bucket ${there.name}`;
      return rule ? [unreadCause('C04', what, arn, [...there.path, 'replication'])] : [];
    }
    if (back === (rule !== undefined)) return [];
    const [on, off] = rule ? [prepared.source, there] : [there, prepared.source];
    const summary = `Replica modification sync is on in bucket ${on.name} and not in ${off.name}: changes of metadata replicate one way, and the copies drift apart.`;
    const fix = `Put a rule with ReplicaModifications from ${off.name} to ${on.name}, or turn it off in ${on.name}.`;
    const path = rule?.path ?? [...there.path, 'replication'];
    return [{ check: 'C04', summary, fix, evidence: { arn: on.arn, path, sources: [{ note: 'rules.md 2.3 R28' }] } }];
  });
}

function syncsBack(bucket: Found<BucketSnapshot>, path: Path, source: string): Known<boolean> {
  const book = rulesIn(bucket, path);
  if (book === null || book === 'unknown') return book ?? false;
  return book.byDestination.flat().some((rule) => rule.destination === source && rule.replicaModifications);
}
