/** Settings that decide seldom, and what comes of them where they do, read or not. */

import { inOneAccount, plus, policy, roleArn, rule, source } from '../world.ts';
import {
  also,
  type Change,
  destinationDenies,
  everything,
  fails,
  inDestination,
  lockedBoth,
  lockedSource,
  type Mutation,
  marker,
  plain,
  put,
  replicates,
  roleDenies,
  roleLacks,
  silent,
  sourceDenies,
  sses3,
  unknown,
} from './mutation.ts';

const retentionUnread: Change = (w) => {
  w.object.retention = 'unknown';
};
const rulesOfNoList: Change = (w) => {
  w.dst.encryption = { Rules: 'unknown' as never };
};
const organization = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } };

/** The role has s3:GetObjectVersion, unless a Deny of which nobody can say is for it. */
const mayReadUnlessDenied = also(sourceDenies('s3:GetObjectVersion', organization), (w) => {
  w.rolePolicy = plus(w.rolePolicy, { ...everything, Action: 's3:GetObjectVersion' });
});

export const unreadSettings: readonly Mutation[] = [
  unknown('versioning of the source', (w) => {
    w.src.versioning = 'unknown';
  }),
  unknown(
    'Object Lock of the destination, for an object with a retention',
    also(lockedBoth, (w) => {
      w.dst.objectLock = 'unknown';
    }),
  ),
  unknown('the retention, where the source alone has Object Lock', also(lockedSource, retentionUnread)),
  unknown(
    'the retention, and Object Lock of the source',
    also(retentionUnread, (w) => {
      w.src.objectLock = 'unknown';
    }),
  ),
  unknown(
    'the retention, which the role may not read',
    also(lockedBoth, retentionUnread, roleDenies('s3:GetObjectRetention')),
  ),
  unknown(
    'the retention, which the role may not write',
    also(lockedBoth, retentionUnread, destinationDenies('s3:PutObjectRetention')),
  ),
  unknown(
    'Object Ownership of the destination, where the override is not allowed',
    also(roleLacks('s3:ObjectOwnerOverrideToBucketOwner'), (w) => {
      w.dst.ownership = 'unknown';
    }),
  ),
  unknown('the rules of the default encryption, for plaintext', also(plain, rulesOfNoList)),
  unknown(
    'the rules of the default encryption, for an object without a Bucket Key',
    also(rulesOfNoList, (w) => {
      w.object.bucketKey = false;
      w.dstKey.policy = policy({
        ...everything,
        Principal: { AWS: roleArn },
        Action: 'kms:Encrypt',
      });
    }),
  ),
  unknown('the key of an object, which is said to have none', (w) => {
    w.object.kmsKey = null;
  }),
  unknown('the archive tier', (w) => {
    w.object.archiveStatus = 'unknown';
  }),
  unknown('whether it is older, and its status', (w) => {
    w.object.existedBeforeRule = 'unknown';
    w.object.replicationStatus = 'unknown';
  }),
];

export const readSettings: readonly Mutation[] = [
  replicates(
    'Object Lock of the destination is not known, for a bare object',
    'recorded 65',
    also(lockedSource, (w) => {
      w.dst.objectLock = 'unknown';
    }),
    { warning: /^$/ },
  ),
  replicates(
    'no override, and no right to one',
    'recorded 49',
    also(roleLacks('s3:ObjectOwnerOverrideToBucketOwner'), (w) => {
      w.dst.ownership = 'ObjectWriter';
      inDestination(w, { AccessControlTranslation: undefined });
    }),
  ),
  silent('the object is older, and has been replicated all the same', 'recorded 58', 'existing-object', (w) => {
    w.object.existedBeforeRule = true;
    w.object.replicationStatus = 'COMPLETED';
  }),
  replicates(
    'a delete marker under a rule of version 1 that names the account of both buckets',
    '1.6 X-21',
    also(marker, inOneAccount, (w) => {
      const { Filter: _, DeleteMarkerReplication: __, Priority: ___, ...version1 } = rule();
      w.rules = [{ ...version1, Prefix: '', Destination: { Bucket: 'arn:aws:s3:::dst', Account: source } }];
    }),
    { warning: /^$/ },
  ),
  replicates('the retention is not known, in a bucket without Object Lock', 'recorded 65', retentionUnread),
  fails(
    'Object Lock at the source, a retention, and a legal hold that is not known',
    'recorded 65',
    'DstBucketObjectLockConfigMissing',
    also(lockedBoth, (w) => {
      w.object.legalHold = 'unknown';
      w.dst.objectLock = null;
    }),
  ),
  replicates(
    'whether the role may read the retention is not known, and there is none',
    'recorded 41',
    also(lockedSource, sourceDenies('s3:GetObjectRetention', organization), (w) => {
      w.dst.objectLock = 'Enabled';
    }),
  ),
  replicates(
    'whether the role may read the tags is not known, and there are none',
    'F4',
    sourceDenies('s3:GetObjectVersionTagging', organization),
  ),
  replicates(
    'no right to read a retention that nobody mentions',
    'recorded 41',
    also(lockedSource, roleLacks('s3:GetObjectRetention'), (w) => {
      w.dst.objectLock = 'Enabled';
      const { retention: _, ...bare } = w.object;
      w.object = bare;
    }),
  ),
  replicates(
    'an SSE-S3 object that may be read by one right; of the other nobody knows',
    'recorded 42',
    also(sses3, mayReadUnlessDenied),
    { warning: /^$/ },
  ),
  unknown(
    'whether an SSE-S3 object may be read by the other right',
    also(sses3, roleLacks('s3:GetObjectVersionForReplication'), mayReadUnlessDenied),
  ),
  replicates('it is PENDING, and whether it is older is not known', 'recorded 61', (w) => {
    w.object.existedBeforeRule = 'unknown';
    w.object.replicationStatus = 'PENDING';
  }),
  replicates(
    'a delete marker has neither a storage class nor an encryption',
    'recorded 56',
    also(marker, (w) => {
      w.object.encryption = 'SSE-KMS';
      w.object.storageClass = 'GLACIER';
      w.rules = [rule({ SourceSelectionCriteria: undefined })];
    }),
  ),
  fails('a key for signatures, whose KeySpec AWS does not tell', '1.3 K9', put, (w) => {
    w.dstKey.metadata = { Arn: 'arn', KeyState: 'Enabled', KeyUsage: 'SIGN_VERIFY', KeyManager: 'CUSTOMER' };
  }),
  fails('an RSA key, whose KeyUsage AWS does not tell', '1.3 K9', put, (w) => {
    w.dstKey.metadata = { Arn: 'arn', KeyState: 'Enabled', KeySpec: 'RSA_4096', KeyManager: 'CUSTOMER' };
  }),
  fails('the bucket policy names a deleted role, and the role has no right', '1.5 (9)', put, (w) => {
    roleLacks('s3:ReplicateObject')(w);
    w.dst.policy = JSON.parse(JSON.stringify(w.dst.policy).replaceAll(roleArn, 'AROAEXAMPLEEXAMPLEX'));
  }),
  fails('no service control policy allows', '1.5 (3)', put, (w) => {
    w.serviceControl = [policy({ ...everything, Action: ['s3:Get*', 's3:List*', 'kms:*'] })];
  }),
];
