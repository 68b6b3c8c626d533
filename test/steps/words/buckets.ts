import type { Region } from '../../../src/aws/brand.ts';
import { sidPrefix } from '../../../src/state/names.ts';
import type { AccountState } from '../../../src/state/state.ts';
import { aBucket, aDestination, aKey, aRule, aSource, aSpec, DESTINATION, keyArn, SOURCE } from '../../builders.ts';
import { branded } from '../../plain.ts';
import { allowing, byKms, destinationBucket, inBothAccounts, type Scenario, sourceBucket } from './scenario.ts';

type Bucket = NonNullable<AccountState['buckets'][string]>;
const atSource = (bucket: Bucket) => inBothAccounts({ buckets: { 'acme-invoices': bucket } });
const atDestination = (bucket: Bucket) => inBothAccounts({}, { buckets: { 'acme-invoices-replica': bucket } });
const usWest = branded<Region>('us-west-2');

const hidden: readonly [string, Bucket][] = [
  ['is in another Region', { inaccessible: 'wrong-region', region: usWest }],
  ['is in a Region that S3 does not tell', { inaccessible: 'wrong-region' }],
  ['is not shown', { inaccessible: 'forbidden' }],
  ['is not shown to its owner', { inaccessible: 'forbidden', owned: true }],
  ['belongs to another account', { inaccessible: 'wrong-region', region: usWest, owned: false }],
];
const hiddenBuckets = hidden.flatMap(([what, bucket]): readonly Scenario[] => [
  { title: `the source bucket ${what}`, state: atSource(bucket) },
  { title: `the destination bucket ${what}`, state: atDestination(bucket) },
  { title: `destroy: the source bucket ${what}`, state: atSource(bucket), destroy: true },
  { title: `destroy: the destination bucket ${what}`, state: atDestination(bucket), destroy: true },
]);

const sseS3 = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }] };
const blocking = (EncryptionType: 'NONE' | 'SSE-C') => ({
  Rules: [{ BlockedEncryptionTypes: { EncryptionType: [EncryptionType] } }],
});
const arn = keyArn();
const encryptions: readonly [string, Parameters<typeof sourceBucket>[0]][] = [
  ['SSE-S3', { encryption: sseS3 }],
  ['no default encryption', { encryption: null }],
  ['a default encryption that blocks nothing by name', { encryption: { Rules: [{ BlockedEncryptionTypes: {} }] } }],
  ['a default encryption without a rule', { encryption: { Rules: [] } }],
  ['a default encryption without rules', { encryption: { Rules: undefined } }],
  ['the AWS managed key by its alias', { encryption: byKms('alias/aws/s3') }],
  ['the AWS managed key by its ARN', { encryption: byKms(`arn:aws:kms:eu-west-1:${SOURCE}:alias/aws/s3`) }],
  ['no key named', { encryption: byKms() }],
  ['an alias that nobody sees', { encryption: byKms('alias/team') }],
  ['an alias of another key', { encryption: byKms('alias/there') }],
  ['another key by its ID', { encryption: byKms('99999999-0000-0000-0000-000000000000') }],
  ['the right key by its ID', { encryption: byKms(arn.split('/')[1]) }],
  ['the right key, and versioning suspended', { encryption: byKms(arn), versioning: 'Suspended' }],
];
const there = keyArn(SOURCE, 'eu-west-1', 'there');
const encrypted = encryptions.map(([what, bucket]) => ({
  title: `the source bucket has ${what}`,
  change: { source: aSource({ kmsKey: { kind: 'arn' as const, arn } }) },
  state: inBothAccounts({
    keys: { [arn]: aKey(arn), [there]: aKey(there, { aliases: ['alias/there'] }) },
    buckets: sourceBucket(bucket),
  }),
}));

const everybody = { Sid: 'Website', Principal: '*', Resource: 'arn:aws:s3:::acme-invoices-replica/*' };
const { Sid: _, ...nameless } = everybody;
const Condition = { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:role/*` } };
const writes = { Sid: `${sidPrefix(aSpec())}ReplicaWrites`, Principal: { AWS: 'arn:aws:iam::111111111111:role/r' } };
const dead = { Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } };
const policies: readonly Scenario[] = [
  {
    title:
      'a public statement in a policy that is to be changed, and one that may be public, where the bucket blocks them',
    state: atDestination(
      destinationBucketOf({
        publicAccessBlock: { BlockPublicPolicy: true },
        policy: allowing(everybody, { ...nameless, Condition }),
      }),
    ),
  },
  {
    title: 'a public statement in a policy that is to be changed, where the account blocks it',
    state: inBothAccounts(
      {},
      { publicAccessBlock: { BlockPublicPolicy: true }, buckets: destinationBucket({ policy: allowing(nameless) }) },
    ),
  },
  {
    title: 'a public statement in a policy that is to be changed, where nobody knows what the account blocks',
    state: inBothAccounts(
      {},
      { publicAccessBlock: 'unknown', buckets: destinationBucket({ policy: allowing(nameless) }) },
    ),
  },
  ...[null, { RestrictPublicBuckets: true }].map((publicAccessBlock) => ({
    title: `a public statement in a policy that is to be changed, where the account has ${JSON.stringify(publicAccessBlock)}`,
    state: inBothAccounts({}, { publicAccessBlock, buckets: destinationBucket({ policy: allowing(nameless) }) }),
  })),
  {
    title: 'destroy: a public statement beside ours on a bucket that is ours and blocks nothing',
    state: atDestination(destinationBucketOf({ tags: { s3repl: 'invoices-dr' }, policy: allowing(everybody, writes) })),
    destroy: true,
  },
  {
    title: 'a public statement beside ours on a bucket that was a destination once, in a Region where no side is',
    state: inBothAccounts(
      {},
      {
        publicAccessBlock: { BlockPublicPolicy: true },
        buckets: { 'acme-former': aBucket({ region: 'us-west-2', policy: allowing(everybody, writes) }) },
      },
    ),
  },
  {
    title: 'a public statement beside ours in an account where no side is',
    state: {
      accounts: {
        '333333333333': {
          roles: {},
          keys: {},
          publicAccessBlock: { BlockPublicPolicy: true },
          buckets: { 'acme-former': aBucket({ region: 'eu-central-1', policy: allowing(everybody, writes) }) },
        },
      },
    },
  },
  {
    title: 'a public statement in a policy that is to be changed, where the bucket is to block it',
    state: atDestination(destinationBucketOf({ tags: { s3repl: 'invoices-dr' }, policy: allowing(everybody) })),
  },
  {
    title:
      'deleted principals in a policy that is to be changed: in a statement without Sid, with an empty one, and with one',
    state: atDestination(
      destinationBucketOf({ policy: allowing(dead, { ...dead, Sid: '' }, { ...dead, Sid: 'Theirs' }) }),
    ),
  },
  {
    title: 'deleted principals in the policy of a key that is to be changed',
    change: { destinations: [aDestination({ kmsKey: { kind: 'arn', arn: keyArn(DESTINATION, 'eu-central-1') } })] },
    state: inBothAccounts(
      {},
      {
        keys: {
          [keyArn(DESTINATION, 'eu-central-1')]: aKey(keyArn(DESTINATION, 'eu-central-1'), {
            policy: allowing({ ...dead, Sid: 'Theirs' }),
          }),
        },
      },
    ),
  },
];

const formerRule = (bucket: string) => ({
  ID: `s3repl.invoices-dr.${bucket}`,
  Priority: 1,
  Status: 'Enabled' as const,
  Filter: {},
  Destination: { Bucket: `arn:aws:s3:::${bucket}`, Account: '333333333333' },
});
const Rules = [formerRule('acme-former'), formerRule('acme-invoices-replica')];

const twoDestinations = {
  destinations: [aDestination(), aDestination({ id: 'destinations[1]', bucket: 'acme-audit' })],
};
const tls = { Sid: `${sidPrefix(aSpec())}TlsOnly`, Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };

export const buckets: readonly Scenario[] = [
  ...hiddenBuckets,
  ...encrypted,
  { title: 'versioning is off at the destination', state: atDestination(destinationBucketOf({ versioning: null })) },
  {
    title: 'the destination is Requester Pays',
    state: atDestination(destinationBucketOf({ requestPayment: 'Requester' })),
  },
  {
    title: 'nobody knows who pays at the destination',
    state: atDestination(destinationBucketOf({ requestPayment: 'unknown' })),
  },
  {
    title: 'the source is Requester Pays',
    state: inBothAccounts({ buckets: sourceBucket({ requestPayment: 'Requester' }) }),
  },
  {
    title: 'the destination is Requester Pays, in the account of the source',
    change: { destinations: [aDestination({ account: SOURCE, rules: [aRule({ ownerOverride: false })] })] },
    state: inBothAccounts({ buckets: destinationBucket({ requestPayment: 'Requester' }) }),
  },
  {
    title: 'the destination blocks SSE-C, the source does not',
    state: inBothAccounts(
      { buckets: sourceBucket({ encryption: blocking('NONE') }) },
      { buckets: destinationBucket({ encryption: blocking('SSE-C') }) },
    ),
  },
  {
    title: 'both block SSE-C',
    state: inBothAccounts(
      { buckets: sourceBucket({ encryption: blocking('SSE-C') }) },
      { buckets: destinationBucket({ encryption: blocking('SSE-C') }) },
    ),
  },
  {
    title: 'nothing of what s3repl does not plan with can be read',
    state: inBothAccounts(
      { publicAccessBlock: 'unknown', organization: 'unknown', buckets: sourceBucket({ lifecycle: 'unknown' }) },
      { publicAccessBlock: 'unknown', organization: 'unknown', buckets: destinationBucket({ lifecycle: 'unknown' }) },
    ),
  },
  ...policies,
  {
    title: 'our rules name a destination that is out of reach',
    state: inBothAccounts({ buckets: sourceBucket({ replication: { Role: 'r', Rules } }) }),
  },
  {
    title: 'our rules name a destination that is out of repl.yaml, and can be seen',
    state: inBothAccounts(
      { buckets: sourceBucket({ replication: { Role: 'r', Rules } }) },
      { buckets: { 'acme-former': aBucket({ region: 'eu-central-1' }) } },
    ),
  },
  {
    title: 'our rules name a destination of repl.yaml that is not there',
    change: twoDestinations,
    state: inBothAccounts({ buckets: sourceBucket({ replication: { Role: 'r', Rules } }) }),
  },
  {
    title: 'destroy: our rules name a destination that is out of reach, and what stays of buckets',
    state: inBothAccounts(
      { buckets: sourceBucket({ replication: { Role: 'r', Rules } }) },
      { buckets: destinationBucket({}) },
    ),
    destroy: true,
  },
  {
    title: 'repl.yaml asks for TLS on buckets of others',
    change: { tlsOnly: true },
    state: inBothAccounts({ buckets: sourceBucket({}) }),
  },
  {
    title: 'repl.yaml asks for TLS, and our statement is there already',
    change: { tlsOnly: true },
    state: inBothAccounts({ buckets: sourceBucket({ policy: allowing(tls) }) }),
  },
];

function destinationBucketOf(change: Parameters<typeof destinationBucket>[0]): Bucket {
  const bucket = destinationBucket(change)['acme-invoices-replica'];
  if (!bucket) throw new Error('there is a bucket');
  return bucket;
}
