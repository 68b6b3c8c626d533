/** The replication rules. */

import { rule } from '../world.ts';
import { also, fails, type Mutation, replicates, silent, sses3, tagged, unknown } from './mutation.ts';

export const rules: readonly Mutation[] = [
  silent('no replication configuration', '2.2', 'no-rule', (w) => {
    w.noConfiguration = true;
  }),
  silent('the rule is disabled', 'recorded 58', 'rule-disabled', (w) => {
    w.rules = [rule({ Status: 'Disabled' })];
  }),
  silent('another prefix', 'recorded 58', 'filter', (w) => {
    w.rules = [rule({ Filter: { Prefix: 'A/' } })];
  }),
  silent(
    'another tag',
    'recorded 58',
    'filter',
    also(tagged, (w) => {
      w.rules = [rule({ Filter: { Tag: { Key: 'team', Value: 'Billing' } } })];
    }),
  ),
  silent(
    'one of two tags',
    '2.3 R16',
    'filter',
    also(tagged, (w) => {
      w.rules = [
        rule({
          Filter: {
            And: {
              Prefix: '',
              Tags: [
                { Key: 'team', Value: 'billing' },
                { Key: 'x', Value: 'y' },
              ],
            },
          },
        }),
      ];
    }),
  ),
  replicates(
    'the tag',
    'recorded 59',
    also(tagged, (w) => {
      w.object.replicationStatus = 'PENDING';
      w.rules = [rule({ Filter: { Tag: { Key: 'team', Value: 'billing' } } })];
    }),
  ),
  silent(
    'the tag, and no status though it is not older',
    '2.2',
    'tagged-later',
    also(tagged, (w) => {
      w.rules = [rule({ Filter: { Tag: { Key: 'team', Value: 'billing' } } })];
    }),
  ),
  replicates(
    'the tag, and it does not exist yet',
    '2.2',
    also(tagged, (w) => {
      w.object.versionId = null;
      w.rules = [rule({ Filter: { Tag: { Key: 'team', Value: 'billing' } } })];
    }),
  ),
  unknown(
    'the tag, no status, and nobody knows whether it is older',
    also(tagged, (w) => {
      w.object.existedBeforeRule = 'unknown';
      w.rules = [rule({ Filter: { Tag: { Key: 'team', Value: 'billing' } } })];
    }),
  ),
  silent('the rule does not select KMS', 'recorded 55', 'kms-not-selected', (w) => {
    const { SourceSelectionCriteria: _, ...none } = rule();
    w.rules = [none];
  }),
  silent('the rule selects KMS and names no key', '1.2 M8', 'kms-not-selected', (w) => {
    w.rules = [rule({ Destination: { Bucket: 'arn:aws:s3:::dst' } })];
  }),
  replicates(
    'SSE-S3 under a rule that does not select KMS',
    '2.2',
    also(sses3, (w) => {
      const { SourceSelectionCriteria: _, ...none } = rule();
      w.rules = [none];
    }),
  ),
  silent('the object is older', 'recorded 58', 'existing-object', (w) => {
    w.object.existedBeforeRule = true;
  }),
  silent('a replica', '2.2', 'replica', (w) => {
    w.object.replicationStatus = 'REPLICA';
  }),
  silent('a replica under replica modification sync', '1.2 M18', 'replica', (w) => {
    w.object.replicationStatus = 'REPLICA';
    w.rules = [
      rule({
        SourceSelectionCriteria: {
          SseKmsEncryptedObjects: { Status: 'Enabled' },
          ReplicaModifications: { Status: 'Enabled' },
        },
      }),
    ];
  }),
  silent('the deletion of a version', 'recorded 56', 'version-delete', (w) => {
    w.object.versionDelete = true;
  }),
  silent('Glacier Flexible Retrieval', 'recorded 62', 'archived', (w) => {
    w.object.storageClass = 'GLACIER';
  }),
  silent('Deep Archive', 'recorded 62', 'archived', (w) => {
    w.object.storageClass = 'DEEP_ARCHIVE';
  }),
  silent('an archive tier of Intelligent-Tiering', '2.2', 'archived', (w) => {
    w.object.archiveStatus = 'ARCHIVE_ACCESS';
  }),
  replicates('Glacier Instant Retrieval', 'recorded 62', (w) => {
    w.object.storageClass = 'GLACIER_IR';
  }),
  replicates(
    'the higher priority wins',
    'recorded 60',
    (w) => {
      w.rules = [
        rule({
          ID: 'low',
          Status: 'Enabled',
          Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', StorageClass: 'GLACIER' },
        }),
        rule({
          ID: 'high',
          Priority: 2,
          Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', StorageClass: 'STANDARD_IA' },
        }),
      ];
    },
    { replica: { storageClass: 'STANDARD_IA' } },
  ),
  silent('the higher priority wins, even where it does not select KMS', '2.2', 'kms-not-selected', (w) => {
    w.rules = [rule(), rule({ ID: 'high', Priority: 2, Destination: { Bucket: 'arn:aws:s3:::dst' } })];
  }),
  replicates('a rule of version 1', 'recorded 14', (w) => {
    const { Filter: _, DeleteMarkerReplication: __, Priority: ___, ...version1 } = rule();
    w.rules = [{ ...version1, Prefix: 'a/' }];
  }),
  fails('it FAILED before, and all is repaired', 'recorded 46', null, (w) => {
    w.object.replicationStatus = 'FAILED';
  }),
  replicates('it is PENDING', 'recorded 61', (w) => {
    w.object.replicationStatus = 'PENDING';
  }),
  silent('a rule that is disabled and has another prefix is not what keeps it', 'recorded 58', 'filter', (w) => {
    w.rules = [rule({ Filter: { Prefix: 'x/' } }), rule({ ID: 'off', Status: 'Disabled', Filter: { Prefix: 'y/' } })];
  }),
];
