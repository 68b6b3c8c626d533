/** One thing changed in a healthy set-up, and what S3 then does, by rules.md and recorded/replication.md. */

import type { Replica, Verdict } from '../../../src/model/verdict.ts';
import type { KeyMetadata } from '../../../src/plan/state.ts';
import {
  conditioned,
  deny,
  dstKeyArn,
  inOneAccount,
  kmsCondition,
  other,
  plus,
  policy,
  roleArn,
  rootStatement,
  rule,
  source,
  srcKeyArn,
  type World,
  without,
} from './world.ts';

export interface Mutation {
  readonly title: string;
  readonly from: string;
  readonly change: (world: World) => void;
  readonly outcome: Verdict['outcome'];
  readonly reason: Verdict['reason'];
  readonly warning?: RegExp;
  readonly replica?: Partial<Replica>;
}

type Change = Mutation['change'];
type More = Pick<Mutation, 'warning' | 'replica'>;

const replicates = (title: string, from: string, change: Change, more: More = {}): Mutation => ({
  ...{ title, from, change, outcome: 'replicates', reason: null },
  ...more,
});
const fails = (title: string, from: string, reason: Verdict['reason'], change: Change, more: More = {}): Mutation => ({
  ...{ title, from, change, outcome: 'fails', reason },
  ...more,
});
const silent = (title: string, from: string, reason: Verdict['reason'], change: Change): Mutation => ({
  ...{ title, from, change, outcome: 'not-replicated', reason },
});
const unknown = (title: string, change: Change): Mutation => ({
  ...{ title, from: 'design.md 5', change, outcome: 'unknown', reason: null },
});

const metadata = (more: Partial<KeyMetadata>): KeyMetadata => ({
  ...{
    Arn: 'arn',
    KeyState: 'Enabled',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyManager: 'CUSTOMER',
  },
  ...more,
});
const encrypted = (w: World, encryption: World['object']['encryption']) => {
  w.object.encryption = encryption;
  w.object.kmsKey = null;
  w.object.bucketKey = false;
};
const marker: Change = (w) => {
  encrypted(w, 'NONE');
  w.object.deleteMarker = true;
};
const lockedSource: Change = (w) => {
  w.src.objectLock = 'Enabled';
  w.rolePolicy = plus(w.rolePolicy, {
    Effect: 'Allow',
    Action: ['s3:GetObjectRetention', 's3:GetObjectLegalHold'],
    Resource: 'arn:aws:s3:::src/*',
  });
};
const lockedBoth: Change = (w) => {
  lockedSource(w);
  w.dst.objectLock = 'Enabled';
  w.object.retention = { mode: 'GOVERNANCE', until: '2027-01-01T00:00:00Z' };
};
const noBucketKeys: Change = (w) => {
  w.object.bucketKey = false;
  w.dst.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] };
};
const inDestination = (w: World, more: object) => {
  w.rules = [rule({ Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', ...more } })];
};
const foreignKey = (arn: string, w: World) => inDestination(w, { EncryptionConfiguration: { ReplicaKmsKeyID: arn } });
const plain: Change = (w) => encrypted(w, 'NONE');
const ssec: Change = (w) => encrypted(w, 'SSE-C');
const sses3: Change = (w) => encrypted(w, 'SSE-S3');
const tagged: Change = (w) => {
  w.object.tags = { team: 'billing' };
};
const also =
  (...changes: Change[]): Change =>
  (w) => {
    for (const change of changes) change(w);
  };
const roleLacks =
  (...actions: string[]): Change =>
  (w) => {
    w.rolePolicy = without(w.rolePolicy, ...actions);
  };
const bucketLacks =
  (...actions: string[]): Change =>
  (w) => {
    w.dst.policy = without(w.dst.policy, ...actions);
  };
const keyLacks =
  (...actions: string[]): Change =>
  (w) => {
    w.dstKey.policy = without(w.dstKey.policy, ...actions);
  };
const roleDenies =
  (action: string): Change =>
  (w) => {
    w.rolePolicy = plus(w.rolePolicy, deny(action));
  };
const destinationDenies =
  (action: string, more = {}): Change =>
  (w) => {
    w.dst.policy = plus(w.dst.policy, deny(action, { Principal: '*', ...more }));
  };
const sourceDenies =
  (action: string, more = {}): Change =>
  (w) => {
    w.src.policy = policy(deny(action, { Principal: '*', ...more }));
  };
const boundary =
  (...statements: Parameters<typeof policy>): Change =>
  (w) => {
    w.role = (role) => ({ ...role, permissionsBoundary: policy(...statements) });
  };
const trust =
  (Principal: object, Condition?: object): Change =>
  (w) => {
    const statement = {
      Effect: 'Allow' as const,
      Principal: Principal as { Service: string },
      Action: 'sts:AssumeRole',
    };
    w.trust = policy(
      Condition ? { ...statement, Condition: Condition as { StringEquals: object } as never } : statement,
    );
  };
const everything = { Effect: 'Allow' as const, Action: '*', Resource: '*' };
const s3 = { Service: 's3.amazonaws.com' };
const src = 'SrcGetObjectNotPermitted';
const put = 'DstPutObjectNotPermitted';

const roles: readonly Mutation[] = [
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

const reads: readonly Mutation[] = [
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

const sourceKeys: readonly Mutation[] = [
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

const destinationKeys: readonly Mutation[] = [
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
  replicates(
    'a Bucket Key at the destination only, object form only',
    '1.6 X-12',
    (w) => {
      w.object.bucketKey = false;
      w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst/*'));
    },
    { warning: /disagree/ },
  ),
  replicates(
    'a Bucket Key at the destination only, bucket form only',
    '1.6 X-12',
    (w) => {
      w.object.bucketKey = false;
      w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst'));
    },
    { warning: /disagree/ },
  ),
  fails(
    'a Bucket Key at the destination only, no kms:Decrypt',
    '1.5, table',
    put,
    also((w) => {
      w.object.bucketKey = false;
    }, keyLacks('kms:Decrypt')),
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
      w.dst.region = 'us-east-1';
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

const buckets: readonly Mutation[] = [
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

const owners: readonly Mutation[] = [
  ...(
    [
      ['the role', roleLacks('s3:ObjectOwnerOverrideToBucketOwner')],
      ['the bucket policy', bucketLacks('s3:ObjectOwnerOverrideToBucketOwner')],
    ] as const
  ).flatMap(([who, change]) => [
    fails(
      `${who} does not allow the override, ACLs on`,
      '1.2 M13',
      put,
      also(change, (w) => {
        w.dst.ownership = 'ObjectWriter';
      }),
    ),
    replicates(`${who} does not allow the override, Bucket owner enforced`, '1.2 M13a', change, {
      warning: /ObjectOwnerOverride/,
      replica: { owner: other },
    }),
  ]),
  replicates(
    'no override, ObjectWriter',
    'recorded 49',
    (w) => {
      w.dst.ownership = 'ObjectWriter';
      w.rules = [
        rule({ Destination: { Bucket: 'arn:aws:s3:::dst', EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn } } }),
      ];
    },
    { replica: { owner: source } },
  ),
  replicates(
    'no override, Bucket owner enforced',
    'recorded 49',
    (w) => {
      w.rules = [
        rule({ Destination: { Bucket: 'arn:aws:s3:::dst', EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn } } }),
      ];
    },
    { replica: { owner: other } },
  ),
  replicates(
    'the wrong Account without an override',
    'recorded 28',
    (w) => {
      w.rules = [
        rule({
          Destination: {
            Bucket: 'arn:aws:s3:::dst',
            Account: 'abc',
            EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn },
          },
        }),
      ];
    },
    { warning: /abc/ },
  ),
  fails('the wrong Account with an override', '2.4 C16', put, (w) => inDestination(w, { Account: '333333333333' })),
  replicates('the storage class of the rule', 'recorded 62', (w) => inDestination(w, { StorageClass: 'STANDARD_IA' }), {
    replica: { storageClass: 'STANDARD_IA' },
  }),
];

const encryptions: readonly Mutation[] = [
  replicates('plaintext takes the default encryption', '1.4', plain, {
    replica: { encryption: 'SSE-KMS', kmsKey: dstKeyArn },
  }),
  fails('plaintext without kms:GenerateDataKey', '1.2 M6', put, also(plain, keyLacks('kms:GenerateDataKey'))),
  replicates('plaintext without kms:Encrypt', '1.5, table', also(plain, keyLacks('kms:Encrypt', 'kms:Decrypt'))),
  replicates(
    'plaintext to a bucket without default encryption',
    '1.2 M5',
    also(plain, (w) => {
      w.dst.encryption = null;
    }),
    { replica: { encryption: 'SSE-S3', kmsKey: null } },
  ),
  fails(
    'plaintext to a bucket with aws/s3 as default, across accounts',
    '1.3 K5',
    put,
    also(plain, (w) => {
      w.dst.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] };
    }),
  ),
  fails(
    'plaintext, the default key disabled',
    '1.3 K10',
    'DstKmsKeyInvalidState',
    also(plain, (w) => {
      w.dstKey.metadata = metadata({ KeyState: 'Disabled' });
    }),
  ),
  replicates(
    'SSE-S3 stays SSE-S3, without any KMS right',
    '1.2 M7',
    also(sses3, roleLacks('kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey')),
    { replica: { encryption: 'SSE-S3', kmsKey: null } },
  ),
  replicates('SSE-C stays SSE-C', 'recorded 51', ssec, { replica: { encryption: 'SSE-C' } }),
  fails(
    'SSE-C is blocked',
    'recorded 51',
    put,
    also(ssec, (w) => {
      w.dst.encryption = { Rules: [{ BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } }] };
    }),
  ),
  replicates(
    'SSE-C blocking is off',
    'recorded 51',
    also(ssec, (w) => {
      w.dst.encryption = { Rules: [{ BlockedEncryptionTypes: { EncryptionType: ['NONE'] } }] };
    }),
  ),
];

const markers: readonly Mutation[] = [
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

const locks: readonly Mutation[] = [
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
];

const rules: readonly Mutation[] = [
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
];

const unread: readonly Mutation[] = [
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
];

export const mutations: readonly Mutation[] = [
  ...[roles, reads, sourceKeys, destinationKeys, buckets, owners, encryptions, markers, locks, rules, unread].flat(),
];
