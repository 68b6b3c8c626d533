/** What the requests of S3 have for conditions to ask for. */

import type { Statement } from '../../../../src/aws/policy.ts';
import { deny, dstKeyArn, other, plus, policy } from '../world.ts';
import {
  also,
  type Change,
  destinationDenies,
  fails,
  foreignKey,
  type Mutation,
  marker,
  metadata,
  plain,
  put,
  replicates,
  sourceDenies,
  src,
  sses3,
  tagged,
  unknown,
} from './mutation.ts';

type Condition = Required<Statement>['Condition'];
const writesDenied = (condition: Condition) => destinationDenies('s3:ReplicateObject', { Condition: condition });
const keyDenied =
  (condition: Condition): Change =>
  (w) => {
    w.dstKey.policy = plus(w.dstKey.policy, deny('kms:GenerateDataKey', { Principal: '*', Condition: condition }));
  };

const byTeam = { StringEquals: { 's3:RequestObjectTag/team': 'billing' } };
const tagDenied = sourceDenies('s3:GetObjectVersionForReplication', {
  Condition: { StringEquals: { 's3:ExistingObjectTag/team': 'billing' } },
});

export const requests: readonly Mutation[] = [
  ...(
    [
      ['the Region', { StringEquals: { 'aws:RequestedRegion': 'us-west-2' } }],
      ['the time of the snapshot', { DateEquals: { 'aws:CurrentTime': '2026-11-21T00:00:00Z' } }],
      ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }],
      ['no address', { Null: { 'aws:SourceIp': 'true' } }],
      ['the key of the replica', { StringEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': dstKeyArn } }],
      ['the encryption of the replica', { StringEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } }],
    ] as const
  ).map(([what, condition]) => fails(`writing denied by ${what}`, '1.5', put, writesDenied(condition))),
  ...(
    [
      ['how it is signed', { StringEquals: { 's3:signatureversion': 'AWS4-HMAC-SHA256' } }],
      ['where its signature is', { StringNotEquals: { 's3:authType': 'REST-HEADER' } }],
      ['the age of its signature', { NumericGreaterThan: { 's3:signatureAge': '600000' } }],
      ['a payload that is not signed', { StringEquals: { 's3:x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }],
      ['a floor of TLS 1.3', { NumericLessThan: { 's3:TlsVersion': '1.3' } }],
      ['an ARN that is none', { ArnLike: { 'aws:PrincipalArn': '*' } }],
    ] as const
  ).map(([what, condition]) => unknown(`writing denied by ${what}`, writesDenied(condition))),
  replicates('a floor of TLS 1.2', '1.5', writesDenied({ NumericLessThan: { 's3:TlsVersion': '1.2' } })),
  ...(
    [
      ['the Region', { StringEquals: { 'aws:RequestedRegion': 'us-west-2' } }],
      ['the service', { StringEquals: { 'kms:ViaService': 's3.us-west-2.amazonaws.com' } }],
      ['the context', { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::dst' } }],
      ['what is in the context', { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'aws:s3:arn' } }],
      ['the algorithm', { StringEquals: { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' } }],
      ['the kind of key', { StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT' } }],
      ['the use of the key', { StringEquals: { 'kms:KeyUsage': 'ENCRYPT_DECRYPT' } }],
      ['an alias of the key', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/dst' } }],
    ] as const
  ).map(([what, condition]) => fails(`use of the key denied by ${what}`, '1.5', put, keyDenied(condition))),
  replicates(
    'use of the key denied by the alias that asks',
    '1.5',
    keyDenied({ Null: { 'kms:RequestAlias': 'false' } }),
  ),
  fails(
    'writing of plaintext denied without a header',
    '1.5',
    put,
    also(plain, writesDenied({ Null: { 's3:x-amz-server-side-encryption': 'true' } })),
  ),
  fails(
    'writing denied without a key in a header, of an SSE-S3 object',
    '1.5',
    put,
    also(sses3, writesDenied({ Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'true' } })),
  ),
  fails(
    'reading denied without a version',
    '1.5',
    src,
    also(
      sourceDenies('s3:GetObjectVersionForReplication', { Condition: { Null: { 's3:VersionId': 'true' } } }),
      (w) => {
        w.object.versionId = null;
      },
    ),
  ),
  fails(
    'listing denied without a version, of a delete marker',
    '1.5',
    null,
    also(marker, sourceDenies('s3:ListBucket', { Condition: { Null: { 's3:VersionId': 'true' } } })),
  ),
  replicates(
    'uploads denied by a tag of the object',
    '1.4',
    also(tagged, destinationDenies('s3:PutObject', { Condition: byTeam })),
    { warning: /denies s3:PutObject/ },
  ),
  unknown(
    'the tag of the object that a Deny asks for',
    also(tagDenied, (w) => {
      w.object.tags = 'unknown';
    }),
  ),
  fails('a policy attached to the role denies', '1.5', put, (w) => {
    const attachedPolicies = { 'arn:aws:iam::aws:policy/No': policy(deny('s3:ReplicateObject')) };
    w.role = (role) => ({ ...role, attachedPolicies });
  }),
  ...(
    [
      ['organization', 's3:ReplicateObject', { StringEquals: { 'aws:ResourceOrgID': 'o-1' } }],
      ['tag of the role', 's3:ReplicateObject', { StringEquals: { 'aws:PrincipalTag/team': 'x' } }],
      ['tag of the bucket', 's3:ReplicateObject', { StringEquals: { 's3:BucketTag/team': 'x' } }],
    ] as const
  ).map(([what, action, condition]) =>
    unknown(`the ${what} that a Deny asks for`, destinationDenies(action, { Condition: condition })),
  ),
  ...(
    [
      ['kind of key', { StringEquals: { 'kms:KeySpec': 'RSA_2048' } }],
      ['use of the key', { StringEquals: { 'kms:KeyUsage': 'SIGN_VERIFY' } }],
    ] as const
  ).map(([what, condition]) =>
    unknown(
      `the ${what} that a Deny asks for`,
      also(keyDenied(condition), (w) => {
        w.dstKey.metadata = metadata({ KeySpec: 'unknown', KeyUsage: 'unknown' });
      }),
    ),
  ),
  unknown('whether the key is a replica, which a Deny asks for', keyDenied({ Bool: { 'kms:MultiRegion': 'true' } })),
  unknown(
    'the alias that asks, which a Deny asks for',
    also(keyDenied({ StringEquals: { 'kms:RequestAlias': 'alias/dst' } }), (w) =>
      foreignKey(dstKeyArn.replace(/key\/.*/, 'alias/dst'), w),
    ),
  ),
  unknown('the origin of the key, which a Deny asks for', keyDenied({ StringEquals: { 'kms:KeyOrigin': 'AWS_KMS' } })),
  unknown(
    'the aliases of the key, which a Deny asks for',
    also(keyDenied({ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/dst' } }), (w) => {
      w.dstKey.aliases = 'unknown';
    }),
  ),
  unknown(
    'the Region, which a Deny asks for',
    also(writesDenied({ StringEquals: { 'aws:RequestedRegion': 'us-west-2' } }), (w) => {
      w.dst.region = 'unknown';
    }),
  ),
  replicates(
    'Object Ownership of the destination is not known, and the object is of its owner',
    'recorded 49',
    (w) => {
      w.dst.ownership = 'unknown';
      w.object.owner = other;
      w.rules = w.rules.map(({ Destination, ...rest }) => {
        const { AccessControlTranslation: _, ...destination } = { Bucket: '', ...Destination };
        return { ...rest, Destination: destination };
      });
    },
    { replica: { owner: other } },
  ),
];
