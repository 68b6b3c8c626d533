/** The destination bucket. */

import { deny, dstKeyArn, inOneAccount, other, policy, roleArn, source, srcKeyArn } from '../world.ts';
import {
  also,
  boundary,
  bucketLacks,
  destinationDenies,
  everything,
  fails,
  type Mutation,
  put,
  replicates,
  roleDenies,
  roleLacks,
  s3,
  sses3,
  tagged,
} from './mutation.ts';

export const buckets: readonly Mutation[] = [
  fails('the destination does not exist', '2.1', 'DstBucketNotFound', (w) => {
    w.destination = () => null;
  }),
  fails('versioning of the destination suspended', 'recorded 40', 'DstBucketUnversioned', (w) => {
    w.dst.versioning = 'Suspended';
  }),
  fails('versioning of the destination never enabled', '2.1', 'DstBucketUnversioned', (w) => {
    w.dst.versioning = null;
  }),
  fails('Requester Pays in another account', '2.3 R03', put, (w) => {
    w.dst.requestPayment = 'Requester';
  }),
  replicates(
    'Requester Pays in one account',
    '2.3 R03',
    also(inOneAccount, (w) => {
      w.dst.requestPayment = 'Requester';
    }),
  ),
  fails('no destination bucket policy', 'recorded 48', put, (w) => {
    w.dst.policy = null;
  }),
  replicates('no destination bucket policy in one account', '1.2 M1', inOneAccount, { replica: { owner: source } }),
  replicates('an object-level statement is enough', 'recorded 48', () => {}, {
    replica: { owner: other, kmsKey: dstKeyArn },
  }),
  fails('the role lacks s3:ReplicateObject', 'recorded 41', put, roleLacks('s3:ReplicateObject')),
  fails('the bucket policy lacks s3:ReplicateObject', '2.1', put, bucketLacks('s3:ReplicateObject')),
  fails('s3:ReplicateObject denied', 'recorded 40', put, destinationDenies('s3:ReplicateObject')),
  fails('the bucket policy names a deleted role', '1.5 (9)', put, (w) => {
    w.dst.policy = JSON.parse(JSON.stringify(w.dst.policy).replaceAll(roleArn, 'AROAEXAMPLEEXAMPLEX'));
  }),
  fails('the bucket policy names the service', '1.5 (10)', put, (w) => {
    w.dst.policy = policy({ Effect: 'Allow', Principal: s3, Action: 's3:*', Resource: '*' });
  }),
  replicates('the bucket policy names everyone with the account as condition', '1.5 (10)', (w) => {
    w.dst.policy = policy({
      ...everything,
      Principal: '*',
      Action: 's3:*',
      Condition: { StringEquals: { 'aws:PrincipalAccount': source } },
    });
  }),
  fails(
    'everything denied but from a VPC endpoint',
    '1.5 (11)',
    put,
    destinationDenies('s3:*', { Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
  ),
  replicates(
    'everything denied without TLS',
    '1.5 (11)',
    destinationDenies('s3:*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  ),
  replicates(
    'uploads denied without SSE-KMS, an SSE-S3 object',
    '1.4',
    also(
      sses3,
      destinationDenies('s3:PutObject', {
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      }),
    ),
    { warning: /s3:PutObject/ },
  ),
  fails(
    'everything denied without SSE-KMS, an SSE-S3 object',
    '1.5 (11)',
    put,
    also(
      sses3,
      destinationDenies('s3:ReplicateObject', {
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      }),
    ),
  ),
  replicates(
    'everything denied without SSE-KMS, an SSE-KMS object',
    '1.2 M22',
    destinationDenies('s3:ReplicateObject', {
      Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
    }),
  ),
  fails(
    'another key denied, by its ARN',
    '1.2 M22',
    put,
    destinationDenies('s3:ReplicateObject', {
      Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': srcKeyArn } },
    }),
  ),
  replicates(
    'no s3:ReplicateTags for a tagged object',
    'recorded 43',
    also(tagged, roleLacks('s3:ReplicateTags'), bucketLacks('s3:ReplicateTags')),
  ),
  ...(
    [
      ['the role', roleDenies('s3:ReplicateTags')],
      ['the bucket policy', destinationDenies('s3:ReplicateTags')],
      ['the boundary', boundary(everything, deny('s3:ReplicateTags'))],
    ] as const
  ).flatMap(([who, change]) => [
    fails(`s3:ReplicateTags denied by ${who}, a tagged object`, 'recorded 43', null, also(tagged, change), {
      replica: { tags: false, owner: other },
    }),
    replicates(`s3:ReplicateTags denied by ${who}, an untagged object`, 'recorded 44', change),
  ]),
  replicates(
    'a boundary without s3:ReplicateTags',
    'recorded 43',
    also(
      tagged,
      boundary({ ...everything, Action: ['s3:Get*', 's3:List*', 's3:ReplicateObject', 's3:ObjectOwner*', 'kms:*'] }),
    ),
  ),
  fails(
    'a boundary without s3:ReplicateObject',
    '1.5 (4)',
    put,
    boundary({ ...everything, Action: ['s3:Get*', 's3:List*', 'kms:*'] }),
  ),
  fails('a service control policy denies', '1.5 (3)', put, (w) => {
    w.serviceControl = [policy(everything, deny('s3:ReplicateObject'))];
  }),
  fails('a resource control policy denies', '1.5 (3)', put, (w) => {
    w.ownersResourceControl = [policy(deny('s3:ReplicateObject', { Principal: '*' }))];
  }),
  replicates(
    'a service control policy of the destination denies',
    '1.5 (3)',
    (w) => {
      w.ownersServiceControl = [policy(everything, deny('s3:ReplicateObject'))];
    },
    { warning: /service control policy/ },
  ),
  replicates(
    'unreadable service control policies',
    'design.md 4',
    (w) => {
      w.serviceControl = 'unknown';
    },
    { warning: /could not be read/ },
  ),
  replicates(
    'unreadable resource control policies',
    'design.md 4',
    (w) => {
      w.ownersResourceControl = 'unknown';
    },
    { warning: /could not be read/ },
  ),
];
