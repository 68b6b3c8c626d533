import type { Fields } from './field.ts';

const topicExample = 'arn:aws:sns:eu-west-1:111111111111:alerts';

/** What is in `alerts:` (docs/alerts.md). */
export const alertFields = {
  topics: {
    kind: 'list',
    word: 'create',
    example: topicExample,
    limit: 'topicArn',
    default: [],
    description: 'create, or the ARN of an SNS topic for each Region that needs one (default: create)',
    comment: 'create, or ARNs of SNS topics, one for each Region that needs one',
  },
  emails: {
    kind: 'list',
    example: 'storage@example.com',
    limit: 'email',
    most: 20,
    default: [],
    description: 'E-mail address that gets the alarms, once it is confirmed',
    comment: 'for topics that s3repl creates; each has to be confirmed within 48 hours',
  },
  kmsKey: {
    kind: 'text',
    write: topicExample.replace(':sns:', ':kms:').replace('alerts', 'key/1234abcd-12ab-34cd-56ef-1234567890ab'),
    limit: 'keyArn',
    description: 'ARN of a customer managed key that encrypts new topics (default: not encrypted)',
    comment: 'a customer managed key for new topics; not encrypted when left out',
  },
  failures: {
    kind: 'boolean',
    default: true,
    description: 'An alarm for each rule, on the first operation that fails',
    comment: 'any failed operation, for each rule',
  },
  /** Absent: 15 minutes for rules with S3 RTC, off for others. */
  latency: {
    kind: 'text',
    write: 'latency: 15m, or latency: off',
    limit: {
      pattern: '^(off|[1-9]\\d{0,3}[mh])$',
      otherwise: 'latency {value} is not a time (write minutes or hours, such as 15m or 2h, or off)',
    },
    description: 'An alarm for each rule, on replication that is later than this (default: 15m with S3 RTC, else off)',
    comment: 'replication that is later than this; 15m with S3 RTC, else off',
  },
  silence: {
    kind: 'boolean',
    default: false,
    description: 'An alarm for each rule, on metrics that stop',
    comment: 'metrics that existed stop',
  },
  events: {
    kind: 'text',
    write: 'events: arn:aws:sqs:eu-west-1:111111111111:failed',
    limit: 'eventTarget',
    description: 'ARN of a topic or queue that gets each failed object, with the reason of AWS (default: none)',
    comment: 'a topic without e-mail, or a queue: gets each failed object and its reason',
  },
} as const satisfies Fields;
