/** What could not be read. */

import { conditioned, deny, dstKeyArn, kmsCondition, other, plus, policy, rule, srcKeyArn } from '../world.ts';
import {
  also,
  type Change,
  destinationDenies,
  everything,
  foreignKey,
  lockedBoth,
  type Mutation,
  metadata,
  plain,
  roleDenies,
  roleLacks,
  s3,
  ssec,
  tagged,
  trust,
  unknown,
} from './mutation.ts';

const objectWriter: Change = (w) => {
  w.src.ownership = 'ObjectWriter';
};

export const unread: readonly Mutation[] = [
  unknown('the role', (w) => {
    w.role = () => 'unknown';
  }),
  unknown('the trust policy', (w) => {
    w.trust = 'unknown';
  }),
  unknown('the inline policies', (w) => {
    w.role = (role) => ({ ...role, inlinePolicies: 'unknown' });
  }),
  unknown('an attached policy', (w) => {
    w.role = (role) => ({ ...role, attachedPolicies: { arn: 'unknown' } });
  }),
  unknown('the permissions boundary', (w) => {
    w.role = (role) => ({ ...role, permissionsBoundary: 'unknown' });
  }),
  unknown('the source bucket', (w) => {
    w.source = () => 'unknown';
  }),
  unknown('the replication configuration', (w) => {
    w.src.replication = 'unknown';
  }),
  unknown('the source bucket policy', (w) => {
    w.src.policy = 'unknown';
  }),
  unknown('the Region of the source', (w) => {
    w.src.region = 'unknown';
  }),
  unknown('the destination bucket', (w) => {
    w.destination = () => 'unknown';
  }),
  unknown('the destination bucket policy', (w) => {
    w.dst.policy = 'unknown';
  }),
  unknown('the Region of the destination', (w) => {
    w.dst.region = 'unknown';
  }),
  unknown('versioning of the destination', (w) => {
    w.dst.versioning = 'unknown';
  }),
  unknown('who pays at the destination', (w) => {
    w.dst.requestPayment = 'unknown';
  }),
  unknown('the source key', (w) => {
    w.sourceKeys = { [srcKeyArn]: 'unknown' };
  }),
  unknown('the source key policy', (w) => {
    w.srcKey.policy = 'unknown';
  }),
  unknown('the state of the source key', (w) => {
    w.srcKey.metadata = 'unknown';
  }),
  unknown('the destination key', (w) => {
    w.keys = { [dstKeyArn]: 'unknown' };
  }),
  unknown('the destination key policy', (w) => {
    w.dstKey.policy = 'unknown';
  }),
  unknown('the state of the destination key', (w) => {
    w.dstKey.metadata = 'unknown';
  }),
  unknown('the encryption of the object', (w) => {
    w.object.encryption = 'unknown';
  }),
  unknown('the key of the object', (w) => {
    w.object.kmsKey = 'unknown';
  }),
  unknown('the storage class', (w) => {
    w.object.storageClass = 'unknown';
  }),
  unknown('whether it is a replica', (w) => {
    w.object.replicationStatus = 'unknown';
  }),
  unknown('the rules of the configuration', (w) => {
    w.rules = 'unknown' as never;
  }),
  unknown('whether it is a delete marker', (w) => {
    w.object.deleteMarker = 'unknown';
  }),
  unknown('an element of the rule, for a replica', (w) => {
    w.rules = [{ ...rule(), '<Novelty>': 'Enabled' } as never];
    w.object.replicationStatus = 'REPLICA';
  }),
  unknown('the version, where a Deny names another one', (w) => {
    w.object.versionId = 'unknown';
    const another = { StringEquals: { 's3:VersionId': 'v2' } };
    w.src.policy = policy(deny('s3:GetObjectVersionForReplication', { Principal: '*', Condition: another }));
  }),
  unknown('whether it is older', (w) => {
    w.object.existedBeforeRule = 'unknown';
  }),
  unknown('the tags under a rule with tags', (w) => {
    w.object.tags = 'unknown';
    w.rules = [rule({ Filter: { Tag: { Key: 'team', Value: 'billing' } } })];
  }),
  unknown(
    'the tags, where reading them is denied',
    also((w) => {
      w.object.tags = 'unknown';
    }, roleDenies('s3:GetObjectVersionTagging')),
  ),
  unknown(
    'the default encryption, for plaintext',
    also(plain, (w) => {
      w.dst.encryption = 'unknown';
    }),
  ),
  unknown(
    'whether SSE-C is blocked',
    also(ssec, (w) => {
      w.dst.encryption = 'unknown';
    }),
  ),
  unknown('the organization that a bucket policy asks for', (w) => {
    w.dst.policy = policy({
      ...everything,
      Principal: '*',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
    });
  }),
  unknown('the Bucket Key, where only one form is allowed', (w) => {
    w.object.bucketKey = 'unknown';
    w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst'));
  }),
  ...(['KeyState', 'KeySpec', 'KeyUsage', 'KeyManager'] as const).map((member) =>
    unknown(`${member} of the destination key`, (w) => {
      w.dstKey.metadata = metadata({ [member]: 'unknown' });
    }),
  ),
  unknown('the account of the destination key', (w) => {
    w.rolePolicy = plus(w.rolePolicy, everything);
    foreignKey(dstKeyArn.replace(other, '333333333333'), w);
  }),
  unknown(
    'whose the object is, in a bucket with ACLs',
    also(objectWriter, (w) => {
      w.object.owner = 'unknown';
    }),
  ),
  unknown('whether the source bucket has ACLs, for an object of another account', (w) => {
    w.object.owner = '333333333333';
    w.src.ownership = 'unknown';
  }),
  unknown(
    'the organization that a Deny of s3:PutObjectRetention asks for',
    also(
      lockedBoth,
      destinationDenies('s3:PutObjectRetention', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
    ),
  ),
  unknown(
    'the organization that a Deny of s3:ReplicateTags asks for, of a tagged object',
    also(
      tagged,
      roleLacks('s3:ReplicateTags'),
      destinationDenies('s3:ReplicateTags', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
    ),
  ),
  unknown('the address that the trust policy asks for', trust(s3, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })),
  unknown('the tags under a rule with tags that does not select KMS', (w) => {
    w.object.tags = 'unknown';
    w.rules = [
      rule({ Filter: { Tag: { Key: 'team', Value: 'billing' } }, Destination: { Bucket: 'arn:aws:s3:::dst' } }),
    ];
  }),
];
