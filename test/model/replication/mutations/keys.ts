/** The keys. */

import { branded } from '../../../plain.ts';
import {
  conditioned,
  deny,
  dstKeyArn,
  kmsCondition,
  other,
  plus,
  policy,
  roleArn,
  rootStatement,
  source,
  srcKeyArn,
} from '../world.ts';
import {
  also,
  everything,
  fails,
  foreignKey,
  keyLacks,
  type Mutation,
  metadata,
  noBucketKeys,
  put,
  replicates,
  roleLacks,
  s3,
  src,
  unknown,
} from './mutation.ts';

export const sourceKeys: readonly Mutation[] = [
  fails('no kms:Decrypt', 'recorded 53', src, (w) => {
    w.rolePolicy = policy(...(w.rolePolicy.Statement as []).filter((one: { Sid?: string }) => one.Sid !== 'SrcKey'));
  }),
  ...(['Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable'] as const).map((KeyState) =>
    fails(`the source key is ${KeyState}`, '1.3 K10', 'SrcKmsKeyInvalidState', (w) => {
      w.srcKey.metadata = metadata({ KeyState });
    }),
  ),
  fails('the source key was deleted', '2.1', src, (w) => {
    w.sourceKeys = { [srcKeyArn]: null };
  }),
  fails('the object has another key than the policy', '2.4 C23', src, (w) => {
    w.object.kmsKey = srcKeyArn.replaceAll('1111-', '9999-');
    w.sourceKeys = { [w.object.kmsKey]: w.srcKey };
  }),
  fails('the context has the object form, the object a Bucket Key', '1.2 M12', src, (w) => {
    w.rolePolicy = conditioned(w.rolePolicy, kmsCondition('us-east-1', 'arn:aws:s3:::src/*'));
  }),
  fails('the condition is spelled as in the troubleshooting page', '1.6 X-5', src, (w) => {
    w.rolePolicy = conditioned(w.rolePolicy, {
      StringLike: { 'kms:EncryptionContext:arn:aws:arn': 'arn:aws:s3:::src' },
    });
  }),
  fails('ViaService of the source names the destination Region', '1.5 (6)', src, (w) => {
    w.rolePolicy = JSON.parse(JSON.stringify(w.rolePolicy).replace('s3.us-east-1', 's3.us-west-2'));
  }),
  fails('the source key policy has no root statement', '1.5 (2)', src, (w) => {
    w.srcKey.policy = policy({ ...rootStatement(source), Principal: { AWS: `arn:aws:iam::${source}:role/admin` } });
  }),
  fails('the source key policy is limited to addresses', '2.3 R19', src, (w) => {
    w.srcKey.policy = plus(
      w.srcKey.policy,
      deny('kms:*', { Principal: '*', Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
    );
  }),
  replicates('the source key policy names the role, and the role has no kms:Decrypt on it', '1.5 (2)', (w) => {
    w.srcKey.policy = policy({ ...rootStatement(source), Principal: { AWS: roleArn } });
  }),
  replicates(
    'the AWS managed key of the source',
    '1.3 K7',
    (w) => {
      w.srcKey.metadata = metadata({ KeyManager: 'AWS' });
    },
    { warning: /AWS managed key/ },
  ),
  replicates('no kms:GenerateDataKey on the source key', '1.6 X-2', () => {}),
];

export const destinationKeys: readonly Mutation[] = [
  ...(['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'] as const).flatMap((action) => [
    fails(
      `the role lacks ${action} with Bucket Keys`,
      '1.5, table',
      action === 'kms:Decrypt' ? src : put,
      roleLacks(action),
    ),
    fails(`the key policy lacks ${action} with Bucket Keys`, '1.5, table', put, keyLacks(action)),
  ]),
  replicates(
    'kms:Encrypt alone without Bucket Keys',
    'recorded 54',
    also(noBucketKeys, keyLacks('kms:Decrypt', 'kms:GenerateDataKey')),
  ),
  fails('no kms:Encrypt without Bucket Keys', '1.2 M8', put, also(noBucketKeys, keyLacks('kms:Encrypt'))),
  replicates(
    'the object form without Bucket Keys',
    '1.2 M11',
    also(noBucketKeys, (w) => {
      w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst/*'));
    }),
  ),
  fails(
    'the bucket form without Bucket Keys',
    '1.2 M11',
    put,
    also(noBucketKeys, (w) => {
      w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst'));
    }),
  ),
  unknown('a Bucket Key at the destination only, object form only', (w) => {
    w.object.bucketKey = false;
    w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst/*'));
  }),
  unknown('a Bucket Key at the destination only, bucket form only', (w) => {
    w.object.bucketKey = false;
    w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst'));
  }),
  unknown(
    'a Bucket Key at the destination only, no kms:Decrypt',
    also((w) => {
      w.object.bucketKey = false;
    }, keyLacks('kms:Decrypt')),
  ),
  fails(
    'a Bucket Key at the destination only, no kms:Encrypt',
    '1.6 X-12',
    put,
    also((w) => {
      w.object.bucketKey = false;
    }, keyLacks('kms:Encrypt')),
  ),
  ...(['Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable'] as const).map((KeyState) =>
    fails(`the destination key is ${KeyState}`, '1.3 K10', 'DstKmsKeyInvalidState', (w) => {
      w.dstKey.metadata = metadata({ KeyState });
    }),
  ),
  fails('the destination key does not exist', 'recorded 26', 'DstKmsKeyNotFound', (w) => {
    w.keys = { [dstKeyArn]: null };
  }),
  fails('the destination key is in another Region', '1.3 K4', 'DstKmsKeyNotFound', (w) => {
    const arn = dstKeyArn.replace('us-west-2', 'us-east-1');
    w.keys = { [arn]: w.dstKey };
    foreignKey(arn, w);
  }),
  fails('no key has the alias', '2.1', 'DstKmsKeyNotFound', (w) =>
    foreignKey(`arn:aws:kms:us-west-2:${other}:alias/none`, w),
  ),
  fails('an alias name is looked up in the source account', '1.3 K8', 'DstKmsKeyNotFound', (w) =>
    foreignKey('alias/dst', w),
  ),
  replicates('an alias ARN', '1.3 K8', (w) => foreignKey(`arn:aws:kms:us-west-2:${other}:alias/dst`, w), {
    warning: /alias/,
    replica: { kmsKey: dstKeyArn },
  }),
  fails('an asymmetric key', '1.3 K9', put, (w) => {
    w.dstKey.metadata = metadata({ KeySpec: 'RSA_4096' });
  }),
  fails('an HMAC key', '1.3 K9', put, (w) => {
    w.dstKey.metadata = metadata({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  }),
  fails('the AWS managed key of the destination', '1.3 K5', put, (w) => {
    w.dstKey.metadata = metadata({ KeyManager: 'AWS' });
  }),
  fails('the key policy names a deleted role', '1.5 (9)', put, (w) => {
    w.dstKey.policy = JSON.parse(JSON.stringify(w.dstKey.policy).replaceAll(roleArn, 'AROAEXAMPLEEXAMPLEX'));
  }),
  fails('the key policy has a Resource other than *', '1.5 (8)', put, (w) => {
    w.dstKey.policy = JSON.parse(
      JSON.stringify(w.dstKey.policy).replaceAll('"Resource":"*"', '"Resource":"arn:aws:s3:::dst/*"'),
    );
  }),
  fails('the key policy names the service', '1.5 (10)', put, (w) => {
    w.dstKey.policy = policy({ ...rootStatement(other), Principal: s3 });
  }),
  replicates('the key policy names the session', '1.5 (10)', (w) => {
    w.dstKey.policy = policy({
      ...rootStatement(other),
      Principal: { AWS: `arn:aws:sts::${source}:assumed-role/s3repl-x/s3-replication` },
    });
  }),
  replicates('the key policy names the source account', '0.4 (e)', (w) => {
    w.dstKey.policy = policy({ ...rootStatement(other), Principal: { AWS: source } });
  }),
  fails('the key policy is limited to a VPC endpoint', '2.3 R19', put, (w) => {
    w.dstKey.policy = conditioned(w.dstKey.policy, { StringEquals: { 'aws:SourceVpce': 'vpce-1' } });
  }),
  replicates(
    'one key of the source account for both',
    '1.3 K2',
    (w) => {
      w.dst.region = branded('us-east-1');
      w.rolePolicy = plus(w.rolePolicy, {
        ...everything,
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: srcKeyArn,
      });
      foreignKey(srcKeyArn, w);
    },
    { warning: /source account/ },
  ),
  replicates(
    'DSSE-KMS with the object form',
    '1.4',
    (w) => {
      w.object.encryption = 'DSSE-KMS';
      w.object.bucketKey = false;
      w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst/*'));
    },
    { replica: { encryption: 'DSSE-KMS', kmsKey: dstKeyArn } },
  ),
  fails('DSSE-KMS with the bucket form', '1.2 M9', put, (w) => {
    w.object.encryption = 'DSSE-KMS';
    w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst'));
  }),
];
