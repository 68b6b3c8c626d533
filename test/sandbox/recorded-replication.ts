/**
 * What S3 was recorded to answer to PutBucketReplication. Sources: `control N` and the like are the sequence numbers of the
 * native captures that recorded/replication.md digests; messages are those of rules.md 3.3, and none where none was recorded.
 */
import type { ReplicationRule } from '@aws-sdk/client-s3';
import { OTHER, SOURCE } from './clients.ts';
import { base, configuration, oldRule, ROLE_XML, RULE_XML } from './replication-rule.ts';

export interface RecordedPut {
  readonly source: string;
  readonly what: string;
  readonly rules: ReplicationRule[];
  /** Status and code. */
  readonly answer: string;
  /** What the message contains. */
  readonly message?: string;
  readonly role?: string;
}

function row(source: string, what: string, answer: string, ...rules: ReplicationRule[]): RecordedPut {
  return { source, what, rules, answer };
}

const XML = '400 MalformedXML';
const REQUEST = '400 InvalidRequest';
const ARGUMENT = '400 InvalidArgument';
const OK = '200';
const KEY = `arn:aws:kms:eu-central-1:${OTHER}:key/11111111-1111-4111-8111-111111111111`;

const tag = { Key: 'k', Value: 'v' };
const twoTags = [tag, { Key: 'l', Value: 'w' }];
const { Priority: _priority, ...noPriority } = base();
const { DeleteMarkerReplication: _marker, ...noMarker } = base();
const { Filter: _filter, ...noFilter } = base();
const on = { Status: 'Enabled' } as const;
const off = { Status: 'Disabled' } as const;
const minutes = (Minutes: number) => ({ Minutes });
const rtc = (status: 'Enabled' | 'Disabled', value = 15) => ({
  ReplicationTime: { Status: status, Time: minutes(value) },
});
const metrics = (status: 'Enabled' | 'Disabled', value?: number) => ({
  Metrics: { Status: status, ...(value === undefined ? {} : { EventThreshold: minutes(value) }) },
});
const sseKms = (status: 'Enabled' | 'Disabled') => ({
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: status } },
});
const withKey = (ReplicaKmsKeyID: string) => ({ EncryptionConfiguration: { ReplicaKmsKeyID } });
const to = (Bucket: string) => base({}, { Bucket });

/** Configurations and what PutBucketReplication answered to them. */
export const PUTS: readonly RecordedPut[] = [
  { ...row('control 34', 'an empty Role', ARGUMENT, base()), role: '' },
  {
    ...row('control 36', 'a Role that is no ARN', ARGUMENT, base()),
    role: 'not-an-arn',
    message: 'Invalid Role specified in replication configuration',
  },
  { ...row('control 42', 'the ARN of a user', ARGUMENT, base()), role: `arn:aws:iam::${SOURCE}:user/repl` },
  { ...row('control 38', 'a role that does not exist', OK, base()), role: `arn:aws:iam::${SOURCE}:role/nobody` },
  {
    ...row('control 40', 'a role of another account', '403 AccessDenied', base()),
    role: `arn:aws:iam::${OTHER}:role/repl`,
  },
  row('control 46', 'no rule', XML),
  row('control 48', 'a rule of the first version', OK, oldRule),
  row('control 50', 'neither Prefix nor Filter', XML, noFilter),
  row('control 52', 'first version with Priority', REQUEST, { ...oldRule, Priority: 1 }),
  {
    ...row('control 54', 'first version with DeleteMarkerReplication', REQUEST, {
      ...oldRule,
      DeleteMarkerReplication: off,
    }),
    message: 'DeleteMarkerReplication cannot be used for this version of Cross Region Replication configuration schema',
  },
  row('control 74', 'Prefix and Filter', XML, base({ Prefix: '' })),
  row('control 130', 'both versions', REQUEST, base(), oldRule),
  { ...row('control 112', 'no Priority', REQUEST, noPriority), message: 'Priority must be specified' },
  {
    ...row('control 114', 'no DeleteMarkerReplication', REQUEST, noMarker),
    message:
      'DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration schema',
  },
  row('control 56', 'an empty Filter', OK, base({ Filter: {} })),
  row('control 58', 'one Tag', OK, base({ Filter: { Tag: tag } })),
  row('control 60', 'And of prefix and two tags', OK, base({ Filter: { And: { Prefix: 'a', Tags: twoTags } } })),
  row('flow 68', 'And of prefix and one tag', OK, base({ Filter: { And: { Prefix: 'a', Tags: [tag] } } })),
  row('control 62', 'And of a prefix', XML, base({ Filter: { And: { Prefix: 'a' } } })),
  row('control 64', 'And of one tag', XML, base({ Filter: { And: { Tags: [tag] } } })),
  row('control 66', 'And of nothing', XML, base({ Filter: { And: {} } })),
  row('control 68', 'Prefix and Tag without And', XML, base({ Filter: { Prefix: 'a', Tag: tag } })),
  row('control 70', 'a tag key twice', REQUEST, base({ Filter: { And: { Tags: [tag, { ...tag, Value: 'w' }] } } })),
  row('control 76', 'priority -1', REQUEST, base({ Priority: -1 })),
  row('control 78', 'priority 0', OK, base({ Priority: 0 })),
  row('control 80', 'priority 2147483647', OK, base({ Priority: 2147483647 })),
  row('control 82', 'priority 2147483648', XML, base({ Priority: 2147483648 })),
  {
    ...row('control 124', 'a priority twice for one destination', REQUEST, base(), base({ ID: 'two' })),
    message: 'Found duplicate priority 1.',
  },
  row('control 86', 'an ID of 256 letters', ARGUMENT, base({ ID: 'x'.repeat(256) })),
  { ...row('control 122', 'an ID twice', ARGUMENT, base(), base({ Priority: 2 })), message: 'Rule Id must be unique' },
  row('control 88', 'status enabled', XML, base({ Status: 'enabled' as 'Enabled' })),
  row('control 200', 'an empty status', XML, base({ Status: '' as 'Enabled' })),
  row('control 90', 'status Disabled', OK, base({ Status: 'Disabled' })),
  row('control 92', 'delete markers with a prefix', OK, base({ Filter: { Prefix: 'a' }, DeleteMarkerReplication: on })),
  {
    ...row(
      'control 94',
      'delete markers with a tag',
      REQUEST,
      base({ Filter: { Tag: tag }, DeleteMarkerReplication: on }),
    ),
    message: 'Delete marker replication is not supported if any Tag filter is specified.',
  },
  row('control 96', 'an empty DeleteMarkerReplication', XML, base({ DeleteMarkerReplication: {} })),
  row('control 108', 'ExistingObjectReplication Enabled', XML, base({ ExistingObjectReplication: on })),
  row('control 110', 'ExistingObjectReplication Disabled', XML, base({ ExistingObjectReplication: off })),
  row('control 98', 'empty SourceSelectionCriteria', REQUEST, base({ SourceSelectionCriteria: {} })),
  row(
    'control 100',
    'replica modifications alone',
    OK,
    base({ SourceSelectionCriteria: { ReplicaModifications: on } }),
  ),
  row('control 102', 'no replica modifications', OK, base({ SourceSelectionCriteria: { ReplicaModifications: off } })),
  {
    ...row('control 104', 'SSE-KMS without a key', REQUEST, base(sseKms('Enabled'))),
    message: 'ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.',
  },
  {
    ...row('control 106', 'SSE-KMS Disabled without a key', REQUEST, base(sseKms('Disabled'))),
    message: 'ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.',
  },
  {
    ...row('control 160', 'a key without SSE-KMS', REQUEST, base({}, withKey(KEY))),
    message: 'SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.',
  },
  {
    ...row('control 180', 'a key that is no ARN', ARGUMENT, base(sseKms('Enabled'), withKey('not-a-key'))),
    message: 'Invalid ReplicaKmsKeyID ARN.',
  },
  row('control 182', 'a key that does not exist', OK, base(sseKms('Enabled'), withKey(KEY))),
  {
    ...row('control 132', 'a destination that does not exist', REQUEST, to('arn:aws:s3:::nowhere')),
    message: 'Destination bucket must have versioning enabled.',
  },
  {
    ...row('control 134', 'destination = source', REQUEST, to('arn:aws:s3:::src')),
    message: 'Destination bucket cannot be the same as the source bucket.',
  },
  row('control 136', 'a bare bucket name', ARGUMENT, to('dst')),
  row('control 138', 'the ARN of an object', ARGUMENT, to('arn:aws:s3:::dst/key')),
  row('control 140', 'the owner as Account', OK, base({}, { Account: OTHER })),
  row('control 142', 'another account as Account', OK, base({}, { Account: '333333333333' })),
  row('control 144', 'Account abc', OK, base({}, { Account: 'abc' })),
  {
    ...row(
      'control 146',
      'override without Account',
      REQUEST,
      base({}, { AccessControlTranslation: { Owner: 'Destination' } }),
    ),
    message: 'Account must be specified if the Owner in AccessControlTranslation has a value',
  },
  row(
    'control 148',
    'override with Account in one account',
    OK,
    base({}, { Bucket: 'arn:aws:s3:::dst-2', Account: SOURCE, AccessControlTranslation: { Owner: 'Destination' } }),
  ),
  row(
    'control 150',
    'override to Source',
    XML,
    base({}, { Account: OTHER, AccessControlTranslation: { Owner: 'Source' as 'Destination' } }),
  ),
  row('control 152', 'STANDARD_IA', OK, base({}, { StorageClass: 'STANDARD_IA' })),
  row('control 154', 'GLACIER', OK, base({}, { StorageClass: 'GLACIER' })),
  row('control 156', 'an unknown class', XML, base({}, { StorageClass: 'WARM' as 'GLACIER' })),
  row('control 158', 'EXPRESS_ONEZONE', XML, base({}, { StorageClass: 'EXPRESS_ONEZONE' })),
  row(
    'control 128',
    'several destinations',
    OK,
    base(),
    base({ ID: 'two', Priority: 2, Destination: { Bucket: 'arn:aws:s3:::dst-2' } }),
  ),
  row('control 162', 'metrics without threshold', OK, base({}, metrics('Enabled'))),
  row('control 164', 'metrics Disabled', OK, base({}, metrics('Disabled'))),
  {
    ...row('control 166', 'metrics with threshold 15 without RTC', ARGUMENT, base({}, metrics('Enabled', 15))),
    message: 'Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled',
  },
  {
    ...row('control 168', 'metrics with threshold 14 without RTC', ARGUMENT, base({}, metrics('Enabled', 14))),
    message: 'Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled',
  },
  {
    ...row('control 170', 'RTC without metrics', REQUEST, base({}, rtc('Enabled'))),
    message: 'Replication destination must contain both ReplicationTime and Metrics or neither.',
  },
  {
    ...row('control 178', 'RTC Disabled without metrics', REQUEST, base({}, rtc('Disabled'))),
    message: 'Replication destination must contain both ReplicationTime and Metrics or neither.',
  },
  row('control 172', 'RTC with metrics Disabled', ARGUMENT, base({}, { ...rtc('Enabled'), ...metrics('Disabled') })),
  row('control 176', 'RTC of 14 minutes', ARGUMENT, base({}, { ...rtc('Enabled', 14), ...metrics('Enabled', 15) })),
  row('control 174', 'RTC of 15 minutes', OK, base({}, { ...rtc('Enabled'), ...metrics('Enabled', 15) })),
  row('authority 127', 'a destination without any bucket policy', OK, base()),
];

const whole = configuration(ROLE_XML + RULE_XML);

/** Documents that no SDK would send. */
export const DOCUMENTS: readonly { source: string; what: string; answer: string; xml: string }[] = [
  { source: 'control 190', what: 'the Rule before the Role', answer: OK, xml: configuration(RULE_XML + ROLE_XML) },
  { source: 'control 192', what: 'no Role', answer: XML, xml: configuration(RULE_XML) },
  { source: 'control 194', what: 'no Rule', answer: XML, xml: configuration(ROLE_XML) },
  { source: 'control 196', what: 'two Roles', answer: XML, xml: configuration(ROLE_XML + ROLE_XML + RULE_XML) },
  {
    source: 'control 198',
    what: 'another root element',
    answer: XML,
    xml: whole.replaceAll('ReplicationConfiguration', 'Replication'),
  },
  {
    source: 'control 202',
    what: 'a priority of 2147483648',
    answer: XML,
    xml: whole.replace('<Priority>1<', '<Priority>2147483648<'),
  },
  { source: 'control 204', what: 'a truncated document', answer: XML, xml: whole.slice(0, -10) },
];
