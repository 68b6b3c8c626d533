import { theAlarms, theTopics, withAlarms, withTopics } from '../needs.ts';
import type { Check } from './check.ts';
import { s3Page } from './pages.ts';

export const alarmChecks = {
  C39: {
    title: 'Alarms watch what S3 counts',
    seen: 'documents',
    means:
      'S3 counts failed operations in the account and Region of the source bucket, and pending ones, with the latency, in the Region of the destination; each metric has the dimensions `SourceBucket`, `DestinationBucket` and `RuleId`, all three. An alarm on anything else watches a metric that does not exist, and never fires.',
    causes:
      'A dimension is missing, or its value is an ARN; the rule has another ID now, or no metrics; the alarm is in another Region or account; its actions are off. It waits for failures in several periods, as AWS’s recommended alarm does (5 of 5), or keeps its state while there is no data (`ignore`), and so misses single failed objects.',
    fix: 'An alarm for each rule on `OperationsFailedReplication`, with all three dimensions, where the source bucket is: Sum > 0 in 1 of 1 periods, `notBreaching`.',
    page: s3Page('repl-metrics'),
    when: withAlarms,
    needs: [theAlarms],
    byHand: 'Only whoever made the alarm knows what it should watch.',
  },
  C40: {
    title: 'What alarms and notifications tell arrives',
    seen: 'documents',
    means:
      'A topic of SNS passes on what CloudWatch or S3 may publish: by its policy, and by that of its KMS key. Without a confirmed subscriber it passes it on to nobody, and nothing says so.',
    causes:
      'The topic was deleted; its policy was replaced without a statement for the service; it is encrypted with `alias/aws/sns`, which no service may use, or with a key whose policy does not name the service; nobody has confirmed a subscription.',
    fix: 'Allow the service in the policies of topic and key, and have somebody confirm a subscription.',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/notify-users-alarm-changes.html',
    when: withTopics,
    needs: [theTopics],
    byHand: 'Only you know who should hear of it.',
  },
} satisfies Readonly<Record<string, Check>>;
