import { theAlarms, theTopics, withAlarms, withTopics } from '../needs.ts';
import type { Check } from './check.ts';
import { s3Page } from './pages.ts';

export const alarmChecks = {
  C39: {
    title: 'Alarms watch metrics that S3 publishes',
    seen: 'documents',
    means:
      'S3 publishes the metric of failed operations in the account and Region of the source bucket, and those of pending operations and latency in the Region of the destination. Each metric has all three dimensions: `SourceBucket`, `DestinationBucket` and `RuleId`. An alarm on anything else watches a metric that does not exist, and never fires.',
    causes:
      'A dimension is missing, or its value is an ARN; the rule has a new ID, or no metrics; the alarm is in another Region or account; its actions are disabled. An alarm that needs failures in several periods, as AWS’s recommended one does (5 of 5), or that keeps its state while there is no data (`ignore`), misses single failed objects.',
    fix: 'Create an alarm for each rule on `OperationsFailedReplication`, with all three dimensions, in the account and Region of the source bucket: Sum > 0 in 1 of 1 periods, `notBreaching`.',
    page: s3Page('repl-metrics'),
    when: withAlarms,
    needs: [theAlarms],
    byHand: 'Only the person who created the alarm knows what it should watch.',
  },
  C40: {
    title: 'Alarms and notifications reach somebody',
    seen: 'documents',
    means:
      'CloudWatch and S3 can publish to an SNS topic only if its policy allows it, and, for an encrypted topic, if the policy of its KMS key does too. A topic without a confirmed subscriber delivers to nobody, and AWS does not report that.',
    causes:
      'The topic was deleted; its policy was replaced by one without a statement for the service; it is encrypted with `alias/aws/sns`, which no service may use, or with a key whose policy does not name the service; nobody has confirmed a subscription.',
    fix: 'Allow the service in the policies of the topic and its key, and have somebody confirm a subscription.',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/notify-users-alarm-changes.html',
    when: withTopics,
    needs: [theTopics],
    byHand: 'Only you know who should be notified.',
  },
} satisfies Readonly<Record<string, Check>>;
