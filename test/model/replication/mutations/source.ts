/** The role, and what it reads at the source. */

import { deny, other, plus, roleArn, source, without } from '../world.ts';
import {
  also,
  everything,
  fails,
  type Mutation,
  replicates,
  roleDenies,
  roleLacks,
  s3,
  sourceDenies,
  src,
  sses3,
  tagged,
  trust,
} from './mutation.ts';

export const roles: readonly Mutation[] = [
  fails('the role was deleted', '2.1', 'AssumeRoleNotPermitted', (w) => {
    w.role = () => null;
  }),
  fails('the role has another path', '1.6 X-15', 'AssumeRoleNotPermitted', (w) => {
    w.roleArn = roleArn.replace('role/', 'role/service-role/');
  }),
  fails('the role is in another account', '2.4 C01', 'AssumeRoleNotPermitted', (w) => {
    w.roleArn = roleArn.replace(source, other);
  }),
  fails('the configuration names no role', '2.4 C03', 'AssumeRoleNotPermitted', (w) => {
    w.roleArn = '';
  }),
  fails('trust names EC2 only', 'recorded 40', 'AssumeRoleNotPermitted', trust({ Service: 'ec2.amazonaws.com' })),
  fails(
    'trust names S3 Batch Operations only',
    '2.1',
    'AssumeRoleNotPermitted',
    trust({ Service: 'batchoperations.s3.amazonaws.com' }),
  ),
  fails(
    'trust wants another account',
    'recorded 52',
    'AssumeRoleNotPermitted',
    trust(s3, { StringEquals: { 'aws:SourceAccount': other } }),
  ),
  fails('trust denies S3', '2.4 C02', 'AssumeRoleNotPermitted', (w) => {
    w.trust = plus(w.trust, { Effect: 'Deny', Principal: s3, Action: 'sts:AssumeRole' });
  }),
  replicates('trust wants this account', '0.4 (a), F20', trust(s3, { StringEquals: { 'aws:SourceAccount': source } }), {
    warning: /condition/,
  }),
  replicates(
    'trust names two services',
    '4.2',
    trust({ Service: ['s3.amazonaws.com', 'batchoperations.s3.amazonaws.com'] }),
  ),
  replicates(
    'the role may do s3:*',
    '2.4 C38',
    (w) => {
      w.rolePolicy = plus(w.rolePolicy, { ...everything, Action: 's3:*' });
    },
    { warning: /s3:\*/ },
  ),
];

export const reads: readonly Mutation[] = [
  fails('no right to read', 'recorded 41', src, roleLacks('s3:GetObjectVersionForReplication')),
  fails(
    'reading denied in the source bucket policy',
    'recorded 40',
    src,
    sourceDenies('s3:GetObjectVersionForReplication'),
  ),
  fails(
    'reading denied but from a VPC endpoint',
    '1.5 (11)',
    src,
    sourceDenies('s3:*', { Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
  ),
  replicates(
    'SSE-S3 with s3:GetObjectVersion alone',
    'recorded 42',
    also(sses3, (w) => {
      w.rolePolicy = plus(without(w.rolePolicy, 's3:GetObjectVersionForReplication'), {
        ...everything,
        Action: 's3:GetObjectVersion',
      });
    }),
  ),
  replicates('SSE-S3, s3:GetObjectVersion denied', 'recorded 42', also(sses3, roleDenies('s3:GetObjectVersion'))),
  replicates(
    'SSE-S3, s3:GetObjectVersionForReplication denied, the other allowed',
    'recorded 42',
    also(sses3, (w) => {
      w.rolePolicy = plus(plus(w.rolePolicy, deny('s3:GetObjectVersionForReplication')), {
        ...everything,
        Action: 's3:GetObjectVersion',
      });
    }),
  ),
  fails('SSE-S3, both denied', 'recorded 42', src, also(sses3, roleDenies('s3:GetObjectVersion*'))),
  fails('SSE-KMS with s3:GetObjectVersion alone', '1.1', src, (w) => {
    w.rolePolicy = plus(without(w.rolePolicy, 's3:GetObjectVersionForReplication'), {
      ...everything,
      Action: 's3:GetObjectVersion',
    });
  }),
  fails('no right to read the ACL', 'recorded 41', 'SrcGetAclNotPermitted', roleLacks('s3:GetObjectVersionAcl')),
  fails('reading the ACL denied', 'recorded 40', 'SrcGetAclNotPermitted', sourceDenies('s3:GetObjectVersionAcl')),
  fails('an object of another account, ACLs on', '1.2 M24', 'SrcGetAclNotPermitted', (w) => {
    w.src.ownership = 'ObjectWriter';
    w.object.owner = '333333333333';
  }),
  replicates('an object of another account, Bucket owner enforced', '1.2 M24', (w) => {
    w.object.owner = '333333333333';
  }),
  fails(
    'reading the tags of a tagged object denied',
    'recorded 40',
    null,
    also(tagged, sourceDenies('s3:GetObjectVersionTagging')),
    { replica: { tags: false } },
  ),
  fails(
    'no right to read the tags of a tagged object',
    'recorded 41',
    null,
    also(tagged, roleLacks('s3:GetObjectVersionTagging')),
    { replica: { tags: false } },
  ),
  replicates('no right to read the tags of an untagged object', 'F4', roleLacks('s3:GetObjectVersionTagging'), {
    warning: /GetObjectVersionTagging/,
  }),
  replicates('no s3:GetReplicationConfiguration', '2.1', roleLacks('s3:GetReplicationConfiguration'), {
    warning: /GetReplicationConfiguration/,
  }),
  replicates('no s3:ListBucket', '2.1', roleLacks('s3:ListBucket'), { warning: /ListBucket/ }),
  fails('the source bucket was deleted', '2.1', 'SrcBucketNotFound', (w) => {
    w.source = () => null;
  }),
  fails('versioning of the source is off', '2.3 R01', null, (w) => {
    w.src.versioning = 'Suspended';
  }),
];
