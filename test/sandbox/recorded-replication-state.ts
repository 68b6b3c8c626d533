import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { type Clients, OTHER } from './clients.ts';
import { after, type RecordedCall } from './recorded-calls.ts';
import { base, ROLE } from './replication-rule.ts';

const NOT_VERSIONED = "Versioning must be 'Enabled' on the bucket to apply a replication configuration";

const getReplication = (Bucket: string, ExpectedBucketOwner?: string) => (aws: Clients) =>
  aws.s3.send(new GetBucketReplicationCommand({ Bucket, ExpectedBucketOwner }));
const deleteReplication = (Bucket: string, ExpectedBucketOwner?: string) => (aws: Clients) =>
  aws.s3.send(new DeleteBucketReplicationCommand({ Bucket, ExpectedBucketOwner }));
const putReplication =
  (Bucket: string, { owner, to = 'dst' }: { owner?: string; to?: string } = {}) =>
  (aws: Clients) =>
    aws.s3.send(
      new PutBucketReplicationCommand({
        Bucket,
        ExpectedBucketOwner: owner,
        ReplicationConfiguration: { Role: ROLE, Rules: [base({}, { Bucket: `arn:aws:s3:::${to}` })] },
      }),
    );
const suspend = (Bucket: string) => (aws: Clients) =>
  aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));

/** Calls on replication configurations; see recorded-calls.ts. */
export const REPLICATION: readonly RecordedCall[] = [
  {
    source: 'control 8; test_replication_config, expected_error_no_replication_set',
    what: 'Get without a configuration',
    answer: '404 ReplicationConfigurationNotFoundError',
    message: 'The replication configuration was not found',
    send: getReplication('src'),
  },
  { source: 'control 9', what: 'Delete without one', answer: '204', send: deleteReplication('src') },
  {
    source: 'control 208; test_replication_config, delete-bucket-replication',
    what: 'Delete with one',
    answer: '204',
    send: after(putReplication('src'), deleteReplication('src')),
  },
  { source: 'control 10', what: 'Get, no bucket', answer: '404 NoSuchBucket', send: getReplication('nowhere') },
  { source: 'control 12', what: 'Delete, no bucket', answer: '404 NoSuchBucket', send: deleteReplication('nowhere') },
  { source: 'control 14', what: 'Put, no bucket', answer: '404 NoSuchBucket', send: putReplication('nowhere') },
  { source: 'control 11', what: 'Get, wrong owner', answer: '403 AccessDenied', send: getReplication('src', OTHER) },
  {
    source: 'control 13',
    what: 'Delete, wrong owner',
    answer: '403 AccessDenied',
    send: deleteReplication('src', OTHER),
  },
  {
    source: 'control 16',
    what: 'Put, wrong owner',
    answer: '403 AccessDenied',
    send: putReplication('src', { owner: OTHER }),
  },
  {
    source: 'control 18; test_replication_config, expected_error_versioning_not_enabled',
    what: 'a source that was never versioned',
    answer: '400 InvalidRequest',
    message: NOT_VERSIONED,
    send: putReplication('plain'),
  },
  {
    source: 'control 212',
    what: 'a source with suspended versioning',
    answer: '400 InvalidRequest',
    message: NOT_VERSIONED,
    send: putReplication('suspended'),
  },
  {
    source: 'control 21; test_replication_config_without_filter, expected_error_dest_versioning_disabled',
    what: 'a destination that was never versioned',
    answer: '400 InvalidRequest',
    message: 'Destination bucket must have versioning enabled.',
    send: putReplication('src', { to: 'plain' }),
  },
  {
    source: 'control 29',
    what: 'a destination with suspended versioning',
    answer: '400 InvalidRequest',
    message: 'Destination bucket must have versioning enabled.',
    send: putReplication('src', { to: 'suspended' }),
  },
  {
    source: 'control 27; message: rules.md 3.3',
    what: 'suspending a source that replicates',
    answer: '409 InvalidBucketState',
    message: 'A replication configuration is present on this bucket, so you cannot change the versioning state',
    send: after(putReplication('src'), suspend('src')),
  },
  {
    source: 'control 211',
    what: 'suspending it after the configuration was deleted',
    answer: '200',
    send: after(putReplication('src'), deleteReplication('src'), suspend('src')),
  },
];
