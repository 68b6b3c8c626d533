import { arnParts, isAccountId, regionOf } from '../../aws/arn.ts';
import { refuseService } from '../sns/publish-as.ts';
import type { Bucket, SandboxState } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { entriesOf, includesEvent, type NotificationEntry } from './notification-entries.ts';
import { s3For } from './notification-messages.ts';
import { invalidArgument } from './request.ts';
import type { BucketNotification } from './shapes.ts';

/** API: TopicConfiguration, Events. */
const events: ReadonlySet<string> = new Set(
  `IntelligentTiering LifecycleExpiration:* LifecycleExpiration:Delete LifecycleExpiration:DeleteMarkerCreated LifecycleTransition
  ObjectAcl:Put ObjectAnnotation:* ObjectAnnotation:Delete ObjectAnnotation:Put ObjectCreated:* ObjectCreated:CompleteMultipartUpload
  ObjectCreated:Copy ObjectCreated:Post ObjectCreated:Put ObjectRemoved:* ObjectRemoved:Delete ObjectRemoved:DeleteMarkerCreated
  ObjectRestore:* ObjectRestore:Completed ObjectRestore:Delete ObjectRestore:Post ObjectRetention:Put ObjectTagging:* ObjectTagging:Delete
  ObjectTagging:Put ReducedRedundancyLostObject Replication:* Replication:OperationFailedReplication Replication:OperationMissedThreshold
  Replication:OperationNotTracked Replication:OperationReplicatedAfterThreshold`
    .split(/\s+/)
    .map((name) => `s3:${name}`),
);

const services = { Topic: 'sns', Queue: 'sqs', CloudFunction: 'lambda' } as const;

/** What is wrong with the document itself, whatever it names. @throws AwsError `InvalidArgument` */
export function checkNotification(bucket: Bucket, put: BucketNotification): void {
  const { Topics, Queues, Functions } = put;
  // Recorded (LocalStack, `test_bucket_notification_with_invalid_filter_rules`).
  for (const { Filter } of [...Topics, ...Queues, ...Functions])
    for (const { Name } of Filter?.S3Key?.FilterRules ?? [])
      if (!/^(prefix|suffix)$/i.test(Name))
        throw invalidArgument('filter rule name must be either prefix or suffix', 'FilterRule.Name', Name);
  const entries = entriesOf(put);
  for (const entry of entries) checkEntry(bucket, entry);
  const ids = entries.flatMap(({ id }) => id ?? []);
  // The text is ours.
  if (new Set(ids).size < ids.length)
    throw invalidArgument('Same ID used for multiple configurations. IDs must be unique');
  refuseOverlaps(entries);
}

function checkEntry(bucket: Bucket, { kind, arn, events: wanted }: NotificationEntry): void {
  const unknown = wanted.find((event) => !events.has(event));
  if (unknown !== undefined) throw invalidArgument('The event is not supported for notifications', 'Event', unknown);
  const { service, account = '' } = arnParts(arn) ?? {};
  // Recorded (LocalStack, `test_invalid_topic_arn`, `test_invalid_sqs_arn`).
  if (service !== services[kind] || !isAccountId(account))
    throw invalidArgument('The ARN could not be parsed', kind, arn);
  if (regionOf(arn) !== bucket.region)
    throw invalidArgument(
      'The notification destination service region is not valid for the bucket location constraint',
      kind,
      arn,
    );
}

/** S3 User Guide, notification-how-to-filtering. The texts are those of many reports. */
function refuseOverlaps(entries: readonly NotificationEntry[]): void {
  const pairs = entries.flatMap((one, index) => entries.slice(index + 1).map((other) => [one, other] as const));
  const overlap = pairs.find(([one, other]) => overlaps(one, other));
  if (overlap === undefined) return;
  const isFiltered = overlap.some(({ prefix, suffix }) => prefix !== '' || suffix !== '');
  throw invalidArgument(
    isFiltered
      ? 'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.'
      : 'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
  );
}

function overlaps(one: NotificationEntry, other: NotificationEntry): boolean {
  const isShared = one.events.some((a) => other.events.some((b) => includesEvent(a, b) || includesEvent(b, a)));
  const either = (test: (a: NotificationEntry, b: NotificationEntry) => boolean) =>
    test(one, other) || test(other, one);
  return isShared && either((a, b) => a.prefix.startsWith(b.prefix)) && either((a, b) => a.suffix.endsWith(b.suffix));
}

/** With all destinations that S3 cannot send to, as recorded (LocalStack, `test_invalid_sqs_arn`). @throws AwsError `InvalidArgument` */
export function refuseDestinations(state: SandboxState, bucket: Bucket, entries: readonly NotificationEntry[]): void {
  const refused = entries.flatMap((entry) => {
    const reason = reasonAgainst(state, bucket, entry);
    return reason === undefined ? [] : [[entry.arn, reason] as const];
  });
  if (refused.length === 0) return;
  const members = refused.flatMap(([arn, reason], index) => [
    [`ArgumentName${index + 1}`, arn] as const,
    [`ArgumentValue${index + 1}`, reason] as const,
  ]);
  const message = 'Unable to validate the following destination configurations';
  throw new AwsError('InvalidArgument', 400, message, Object.fromEntries(members));
}

/** The sandbox has neither queues nor functions: they do not exist. That a queue does not is recorded; the rest is worded after it. */
function reasonAgainst(state: SandboxState, bucket: Bucket, { kind, arn }: NotificationEntry): string | undefined {
  if (kind === 'Queue') return 'The destination queue does not exist';
  if (kind === 'CloudFunction') return 'The destination Lambda function does not exist';
  if (state.sns.topics[arn]?.isFifo === true) return 'FIFO SNS topics are not supported';
  const refusal = refuseService(state, arn, s3For(bucket));
  if (refusal === undefined) return undefined;
  return refusal.code === 'NotFound'
    ? 'The destination topic does not exist'
    : 'Permissions on the destination topic do not allow S3 to publish notifications from this bucket';
}
