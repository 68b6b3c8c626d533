import { ofDestinations, ofSource, theJobs, theObjects, whoHears, withJobs, withObjects } from '../needs.ts';
import { repairJobRole } from '../remedy.ts';
import type { Check } from './check.ts';
import { s3Page } from './pages.ts';

const troubleshoot = s3Page('replication-troubleshoot');
const batch = s3Page('s3-batch-replication-batch');
const events = s3Page('replication-metrics-events');

export const objectChecks = {
  C28: {
    title: 'The filters match what is meant',
    seen: 'documents',
    means:
      'Prefixes are literal and case-sensitive, keys do not begin with a slash, and tags must be there when the object is written. Of the rules that select an object for the same bucket, only the one with the highest priority counts.',
    causes:
      'A prefix such as `/Tax/` or `Tax/*` for keys such as `Tax/a.txt`: `*` is no wildcard here; tags that were added later; a rule that never takes effect, because one with a higher priority selects all its objects.',
    fix: 'Write the prefix as the keys begin, and send the tags with the object; what was tagged later needs S3 Batch Replication (`s3repl backfill`). Remove a rule that never takes effect, or give it the higher priority.',
    page: troubleshoot,
    needs: [ofSource('replication')],
    byHand: 'Only you know which objects are meant.',
  },
  C29: {
    title: 'No object is archived',
    seen: 'objects',
    means:
      'S3 does not replicate objects in S3 Glacier Flexible Retrieval, Deep Archive or the archive tiers of Intelligent-Tiering.',
    causes: 'A lifecycle rule moved them before they were replicated, or they were written there.',
    fix: 'Restore them and copy them over themselves in another storage class.',
    page: s3Page('replication-what-is-isnot-replicated'),
    when: withObjects,
    needs: [theObjects],
    byHand: 'To restore objects costs money, and takes hours: decide for which.',
  },
  C31: {
    title: 'Lifecycle leaves time to replicate, and replicas where they are',
    seen: 'documents',
    means:
      'A version that expires within a day may be gone before it has replicated. S3 Lifecycle does not replicate: each bucket has its own rules, and those of the destination can expire replicas whose source objects stay.',
    causes:
      'A lifecycle rule of the source bucket that expires objects or noncurrent versions after a day; one of the destination that expires current versions earlier than the source does.',
    fix: 'Let the rule of the source wait for some days. Let the rule of the destination expire noncurrent versions only, or as late as the source does.',
    page: s3Page('lifecycle-and-other-bucket-config'),
    needs: [ofSource('lifecycle'), ofDestinations('lifecycle')],
    byHand: 'Only you know how long objects must stay.',
  },
  C32: {
    title: 'Jobs of S3 Batch Replication do their work',
    seen: 'jobs',
    means:
      'A job runs in the Region of the source bucket and has a role of its own, with `s3:InitiateReplication` and a place for its report. A job that is Complete may have failed for every object.',
    causes:
      'The job waits to be confirmed, or was created in another Region; its role trusts only `s3.amazonaws.com`, or may not start replication or write the report; objects failed for any cause in this list.',
    fix: 'Fix what the job or its report names, and run `s3repl backfill`, with `--status failed` for what FAILED. It makes the role, or puts its own right. A role of yours must trust `batchoperations.s3.amazonaws.com`.',
    page: s3Page('s3-batch-replication-policies'),
    when: withJobs,
    needs: [theJobs],
    remedy: repairJobRole,
  },
  C33: {
    title: 'No replica was deleted for good',
    seen: 'batch',
    means:
      'Deleting a version by its ID is never replicated; a replica deleted like that at the destination cannot be replicated again under the same version.',
    causes: 'Somebody, or a lifecycle rule of the destination, deleted versions there.',
    fix: 'Copy the source object over itself, which makes a new version.',
    page: batch,
  },
  C34: {
    title: 'Somebody hears of failures',
    seen: 'documents',
    means:
      'Of rules with metrics, S3 counts failed objects in the CloudWatch metric `OperationsFailedReplication`, and tells of each one, with the reason, in the event `s3:Replication:OperationFailedReplication` to SNS, SQS or Lambda. Without an alarm or a notification that reaches somebody, nobody notices.',
    causes:
      'No alarm, and no event notification on the source bucket; metrics are off in the rule; the topic of the alarm is gone, refuses to be published to, or has no confirmed subscriber.',
    fix: 'Set an alarm on the metric for each rule, or send the replication events of the source bucket to a queue or topic, and enable metrics. With `alerts` in `repl.yaml`, `s3repl apply` does it.',
    page: events,
    needs: [whoHears],
    byHand: 'Only you know who should hear of it. With alerts in repl.yaml, s3repl apply does it.',
  },
  C35: {
    title: 'No failures or delays in the metrics',
    seen: 'runtime',
    means:
      '`OperationsFailedReplication` counts failures at the source’s Region; `ReplicationLatency` shows what is behind.',
    causes: 'Objects failed earlier; throttling by KMS or S3; a very high rate of writes.',
    fix: 'Look at the metrics in CloudWatch, and set an alarm.',
    page: s3Page('repl-metrics'),
  },
  C36: {
    title: 'No object FAILED or is PENDING for long',
    seen: 'objects',
    means:
      '`x-amz-replication-status` of a source object is PENDING, COMPLETED or FAILED. S3 never tries a FAILED one again, and S3 Lifecycle neither expires nor moves one that is PENDING or FAILED.',
    causes:
      'Anything in this list, now or when the object was written; objects that no rule took in when they were written have no status. Where the newest objects FAILED and nothing explains it, the cause is in what could not be read, such as a service control policy, or it is gone.',
    fix: 'Fix the cause. Where none is named, let `s3repl verify` write a test object. Then write the object again or use S3 Batch Replication for objects with status FAILED or NONE (`s3repl backfill`).',
    page: s3Page('replication-status'),
    when: withObjects,
    needs: [theObjects],
    // Of what FAILED, S3 does not try again, and of what is older than its rule.
    remedy: (_scope, { path }) => (path === undefined ? undefined : { kind: 'backfill' }),
  },
} satisfies Readonly<Record<string, Check>>;
