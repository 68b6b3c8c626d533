import {
  ofDestinations,
  ofSource,
  theJobs,
  theLag,
  theObjects,
  whoHears,
  withJobs,
  withLag,
  withObjects,
} from '../needs.ts';
import { repairJobRole } from '../remedy.ts';
import type { Check } from './check.ts';
import { s3Page } from './pages.ts';

const troubleshoot = s3Page('replication-troubleshoot');
const batch = s3Page('s3-batch-replication-batch');
const events = s3Page('replication-metrics-events');

export const objectChecks = {
  C28: {
    title: 'The rule filters match your objects',
    seen: 'documents',
    means:
      'Prefixes are literal and case-sensitive, keys do not begin with a slash, and an object must have its tags when it is written. If several rules select an object for the same bucket, only the one with the highest priority applies.',
    causes:
      'A prefix such as `/Tax/` or `Tax/*` for keys such as `Tax/a.txt` (`*` is not a wildcard here); tags that were added later; a rule that never applies, because one with a higher priority selects all its objects.',
    fix: 'Write the prefix exactly as the keys begin, and send the tags with the object. Objects that were tagged later need S3 Batch Replication (`s3repl backfill`). Remove a rule that never applies, or give it the higher priority.',
    page: troubleshoot,
    needs: [ofSource('replication')],
    byHand: 'Only you know which objects should replicate.',
  },
  C29: {
    title: 'No object is archived',
    seen: 'objects',
    means:
      'S3 does not replicate objects in S3 Glacier Flexible Retrieval, Deep Archive or the archive tiers of Intelligent-Tiering.',
    causes: 'A lifecycle rule moved them before they were replicated, or they were written there.',
    fix: 'Restore each of them, and copy it onto itself in another storage class.',
    page: s3Page('replication-what-is-isnot-replicated'),
    when: withObjects,
    needs: [theObjects],
    byHand: 'Restoring objects costs money and takes hours, so you decide which ones to restore.',
  },
  C31: {
    title: 'Lifecycle rules leave time to replicate, and keep the replicas',
    seen: 'documents',
    means:
      'A version that expires within a day may be gone before S3 has replicated it. S3 does not replicate lifecycle rules: each bucket has its own, and those of the destination can expire replicas whose source objects stay.',
    causes:
      'A lifecycle rule of the source bucket that expires objects or noncurrent versions after a day; one of the destination that expires current versions earlier than the source does.',
    fix: 'Let the rule of the source wait for some days. Let the rule of the destination expire noncurrent versions only, or no earlier than the source does.',
    page: s3Page('lifecycle-and-other-bucket-config'),
    needs: [ofSource('lifecycle'), ofDestinations('lifecycle')],
    byHand: 'Only you know how long to keep objects.',
  },
  C32: {
    title: 'S3 Batch Replication jobs succeed',
    seen: 'jobs',
    means:
      'A job runs in the Region of the source bucket. It has its own role, which needs `s3:InitiateReplication` and permission to write the report. A job that is Complete may have failed for every object.',
    causes:
      'The job waits for confirmation, or was created in another Region; its role trusts only `s3.amazonaws.com`, or may not start replication or write the report; objects failed for another cause in this list.',
    fix: 'Fix what the job or its report names, and run `s3repl backfill`, with `--status failed` for objects that FAILED. It creates the role, or fixes the role that it created. Your own role must trust `batchoperations.s3.amazonaws.com`.',
    page: s3Page('s3-batch-replication-policies'),
    when: withJobs,
    needs: [theJobs],
    remedy: repairJobRole,
  },
  C33: {
    title: 'No replica was permanently deleted',
    seen: 'batch',
    means:
      'S3 never replicates the deletion of a version by its ID. If somebody deletes a replica like that at the destination, S3 cannot replicate the same version again.',
    causes: 'Somebody, or a lifecycle rule of the destination, deleted versions there.',
    fix: 'Copy the source object onto itself, which makes a new version.',
    page: batch,
  },
  C34: {
    title: 'Failures notify somebody',
    seen: 'documents',
    means:
      'For rules with metrics, S3 counts failed objects in the CloudWatch metric `OperationsFailedReplication`. For each one, it can send the event `s3:Replication:OperationFailedReplication`, with the reason, to SNS, SQS or Lambda. Without an alarm or a notification that reaches somebody, nobody notices failures.',
    causes:
      'There is no alarm, and no event notification on the source bucket; the rule has no metrics; the topic of the alarm was deleted, does not let the service publish, or has no confirmed subscriber.',
    fix: 'Set an alarm on the metric for each rule, or send the replication events of the source bucket to a queue or topic, and enable metrics. With `alerts` in `repl.yaml`, `s3repl apply` sets this up.',
    page: events,
    needs: [whoHears],
    byHand: 'Only you know who should be notified. With alerts in repl.yaml, s3repl apply sets this up.',
  },
  C35: {
    title: 'Replication keeps up',
    seen: 'objects',
    means:
      'S3 replicates most objects within 15 minutes, but can take hours. `ReplicationLatency` and `OperationsPendingReplication`, in the Region of the destination, show how far behind it is.',
    causes:
      'A very high rate of writes; throttling by KMS, which counts the requests of the source account in the Region of each bucket; throttling by S3.',
    fix: 'Use S3 Bucket Keys in both buckets, or ask for a higher KMS request quota in the source account. `s3repl status` shows the metrics and how much of the quota is used.',
    page: s3Page('repl-metrics'),
    when: withLag,
    needs: [theObjects, theLag],
  },
  C36: {
    title: 'No object is FAILED, or PENDING for long',
    seen: 'objects',
    means:
      '`x-amz-replication-status` of a source object is PENDING, COMPLETED or FAILED. S3 never tries a FAILED one again, and S3 Lifecycle neither expires nor moves one that is PENDING or FAILED.',
    causes:
      'Any cause in this list, now or when the object was written. Objects that no rule selected when they were written have no status. If the newest objects FAILED and nothing explains it, the cause is in something that s3repl could not read, such as a service control policy, or it is fixed by now.',
    fix: 'Fix the cause. If none is named, run `s3repl verify`, which writes a test object. Then write the object again or use S3 Batch Replication for objects with status FAILED or NONE (`s3repl backfill`).',
    page: s3Page('replication-status'),
    when: withObjects,
    needs: [theObjects],
    // S3 does not try objects again that FAILED, nor those that are older than their rule.
    remedy: (_scope, { path }) => (path === undefined ? undefined : { kind: 'backfill' }),
  },
} satisfies Readonly<Record<string, Check>>;
