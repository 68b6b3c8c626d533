import type { Rule } from '../../model/replication/rule.ts';
import type { Verdict } from '../../model/verdict.ts';
import { type Listener, listListeners } from '../s3/notification-listeners.ts';
import { sendEvent } from '../s3/notification-messages.ts';
import type { ObjectVersion } from '../s3/stored-object.ts';
import { arnOfBucket, type Bucket, type SandboxState } from '../store/state.ts';
import { noteOperation } from './replication-metrics.ts';
import type { ChangedPart, FailureEvent, RuleMetrics } from './replication-state.ts';

const mostEvents = 1000;

export interface Operated {
  readonly state: SandboxState;
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
  readonly rule: Rule;
  readonly part: ChangedPart | undefined;
  /** When the source was written; absent: not live replication. */
  readonly since?: number;
}

/** CloudWatch counts an operation that lost only tags as a success (recorded fact 68). */
export function tellSuccess(operated: Operated): void {
  count(operated, 'replicated');
}

/** Without metrics in the rule, nobody hears of it (S3 User Guide, replication-metrics). */
export function tellFailure(operated: Operated, failureReason: string): void {
  count(operated, 'failed');
  const { state, bucket, version, rule } = operated;
  if (!rule.metrics) return;
  const { events } = state.replication;
  const numbers = Object.keys(events);
  const listeners = listListeners(bucket, 's3:Replication:OperationFailedReplication', version.key);
  const event = eventOf(operated, failureReason, listeners);
  events[Number(numbers.at(-1) ?? 0) + 1] = event;
  const [oldest] = numbers;
  if (oldest !== undefined && numbers.length >= mostEvents) delete events[oldest];
  for (const listener of listeners) sendEvent(state, bucket, listener, event);
}

/** A batch's tasks have a code where live replication tells nobody (S3 User Guide, replication-metrics-events). */
export function codeOfLostTags({ causes }: Pick<Verdict, 'causes'>): string {
  const reads = causes.some(({ evidence }) => evidence.refused?.action.startsWith('s3:Get') === true);
  return reads ? 'SrcGetTaggingNotPermitted' : 'DstPutTaggingNotPermitted';
}

function count({ state, bucket, rule, since }: Operated, what: 'replicated' | 'failed'): void {
  if (!rule.metrics) return;
  noteOperation({ state, bucket, rule }, what, since);
  const { metrics } = state.replication;
  const name = `${bucket.name} ${rule.id}`;
  const before: RuleMetrics = metrics[name] ?? {
    bucket: bucket.name,
    rule: rule.id,
    destination: rule.destination,
    replicated: 0,
    failed: 0,
  };
  metrics[name] = { ...before, [what]: before[what] + 1 };
}

function eventOf(
  { state, bucket, version, rule, part }: Operated,
  failureReason: string,
  listeners: readonly Listener[],
): FailureEvent {
  const { key, versionId, lastModified } = version;
  return {
    eventVersion: '2.6',
    eventSource: 'aws:s3',
    awsRegion: bucket.region,
    eventTime: new Date(state.now).toISOString(),
    eventName: 'Replication:OperationFailedReplication',
    userIdentity: { principalId: 's3.amazonaws.com' },
    requestParameters: { sourceIPAddress: 's3.amazonaws.com' },
    s3: {
      bucket: { name: bucket.name, arn: arnOfBucket(bucket) },
      object: { key, versionId, ...(version.deleteMarker ? {} : { size: version.size, eTag: version.etag }) },
    },
    replicationEventData: {
      replicationRuleId: rule.id,
      destinationBucket: rule.destination,
      s3Operation: operationOf(version, part),
      requestTime: new Date(lastModified).toISOString(),
      failureReason,
    },
    sentTo: listeners.map(({ arn }) => arn),
  };
}

/** `OBJECT_PUT` is recorded; the other names are guesses after it. */
function operationOf(version: ObjectVersion, part: ChangedPart | undefined) {
  if (version.deleteMarker) return 'OBJECT_DELETE';
  if (part === 'tags') return 'OBJECT_TAGGING';
  return part === 'acl' ? 'OBJECT_ACL' : 'OBJECT_PUT';
}
