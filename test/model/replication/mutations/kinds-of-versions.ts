/** Delete markers and Object Lock. */

import { inOneAccount, plus, rule } from '../world.ts';
import {
  also,
  bucketLacks,
  destinationDenies,
  fails,
  lockedBoth,
  lockedSource,
  type Mutation,
  marker,
  replicates,
  roleLacks,
  silent,
} from './mutation.ts';

export const markers: readonly Mutation[] = [
  replicates('a delete marker', 'recorded 56', marker),
  replicates(
    'a delete marker without any KMS right',
    '1.2 M16',
    also(marker, roleLacks('kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey')),
  ),
  fails(
    'a delete marker, the role lacks s3:ReplicateDelete',
    '2.1',
    'DstDelObjNotPermitted',
    also(marker, roleLacks('s3:ReplicateDelete')),
  ),
  fails(
    'a delete marker, the bucket policy lacks s3:ReplicateDelete',
    '2.1',
    'DstDelObjNotPermitted',
    also(marker, bucketLacks('s3:ReplicateDelete')),
  ),
  fails(
    'a delete marker, s3:ReplicateDelete denied',
    '2.1',
    'DstDelObjNotPermitted',
    also(marker, destinationDenies('s3:ReplicateDelete')),
  ),
  fails('a delete marker, no s3:ListBucket', '1.2 M16', null, also(marker, roleLacks('s3:ListBucket'))),
  replicates('an object, no s3:ReplicateDelete', '1.2 M16', roleLacks('s3:ReplicateDelete')),
  replicates(
    'a delete marker under a rule of version 1',
    '1.6 X-21',
    also(marker, (w) => {
      const { Filter: _, DeleteMarkerReplication: __, Priority: ___, ...version1 } = rule();
      w.rules = [{ ...version1, Prefix: '' }];
    }),
    { warning: /Prefix in place of a Filter/ },
  ),
  replicates(
    'a delete marker under a rule of version 1, in one account',
    '1.6 X-21',
    also(marker, inOneAccount, (w) => {
      const { Filter: _, DeleteMarkerReplication: __, Priority: ___, ...version1 } = w.rules[0] ?? rule();
      w.rules = [{ ...version1, Prefix: '' }];
    }),
    { warning: /^$/ },
  ),
  silent(
    'a delete marker under a rule that does not select them',
    '2.2',
    'delete-marker-not-selected',
    also(marker, (w) => {
      w.rules = [rule({ DeleteMarkerReplication: { Status: 'Disabled' } })];
    }),
  ),
  silent(
    'a delete marker under a rule with tags',
    '2.2',
    'delete-marker-not-selected',
    also(marker, (w) => {
      w.rules = [rule({ Filter: { Tag: { Key: 'team', Value: 'billing' } } })];
    }),
  ),
];

export const locks: readonly Mutation[] = [
  replicates('Object Lock at both, retention', 'recorded 64', lockedBoth, { warning: /PutObjectRetention/ }),
  replicates('Object Lock at both, in one account', 'recorded 64', also(inOneAccount, lockedBoth)),
  replicates('Object Lock at the source, a bare object', 'recorded 65', lockedSource, { warning: /Object Lock/ }),
  fails(
    'Object Lock at the source, retention',
    'recorded 65',
    'DstBucketObjectLockConfigMissing',
    also(lockedBoth, (w) => {
      w.dst.objectLock = null;
    }),
  ),
  fails(
    'Object Lock at the source, a legal hold that is OFF',
    'recorded 65',
    'DstBucketObjectLockConfigMissing',
    also(lockedSource, (w) => {
      w.object.legalHold = 'OFF';
    }),
  ),
  fails(
    'no right to read the retention',
    'recorded 41',
    'SrcGetRetentionNotPermitted',
    also(lockedBoth, roleLacks('s3:GetObjectRetention')),
  ),
  fails(
    'no right to read the legal hold',
    'recorded 41',
    'SrcGetLegalHoldNotPermitted',
    also(
      lockedBoth,
      (w) => {
        w.object.legalHold = 'ON';
      },
      roleLacks('s3:GetObjectLegalHold'),
    ),
  ),
  replicates(
    'no right to read a retention that is not there',
    'recorded 41',
    also(
      lockedSource,
      (w) => {
        w.dst.objectLock = 'Enabled';
      },
      roleLacks('s3:GetObjectRetention'),
    ),
    { warning: /GetObjectRetention/ },
  ),
  fails(
    's3:PutObjectRetention denied',
    '2.1',
    'DstPutRetentionNotPermitted',
    also(lockedBoth, destinationDenies('s3:PutObjectRetention')),
  ),
  fails(
    's3:PutObjectLegalHold denied',
    '2.1',
    'DstPutLegalHoldNotPermitted',
    also(
      lockedBoth,
      (w) => {
        w.object.legalHold = 'ON';
      },
      destinationDenies('s3:PutObjectLegalHold'),
    ),
  ),
  replicates(
    's3:PutObjectRetention allowed by both: nothing to warn about',
    'recorded 64',
    also(lockedBoth, (w) => {
      const allowed = { Effect: 'Allow' as const, Action: 's3:PutObjectRetention', Resource: 'arn:aws:s3:::dst/*' };
      w.rolePolicy = plus(w.rolePolicy, allowed);
      w.dst.policy = plus(w.dst.policy, { ...allowed, Principal: { AWS: w.roleArn } });
    }),
    { warning: /^$/ },
  ),
];
