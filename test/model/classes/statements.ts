/** Statements as strangers write them, and objects that they tell apart. */
import fc from 'fast-check';
import type { Statement } from '../../../src/aws/policy.ts';
import type { ObjectSnapshot } from '../../../src/model/snapshot.ts';
import { healthy, plus, roleArn, rule, srcKeyArn, type World, without } from '../replication/world.ts';

const keyPatterns = ['hr/*', 'hr/2026/*', '*.pdf', 's3repl*', 'tmp', 'a?c/*', '*secret*'] as const;
const resources = (bucket: string) =>
  fc
    .subarray([...keyPatterns], { minLength: 1, maxLength: 3 })
    .map((some) => some.map((one) => `arn:aws:s3:::${bucket}/${one}`));

const sse = 's3:x-amz-server-side-encryption';
const onWrites = fc.constantFrom<NonNullable<Statement['Condition']>>(
  {},
  { StringNotEquals: { [sse]: 'aws:kms' } },
  { StringEquals: { [sse]: 'AES256' } },
  { StringNotEqualsIfExists: { [sse]: ['aws:kms', 'aws:kms:dsse'] } },
  { Null: { [sse]: 'true' } },
);
const reads = ['s3:GetObjectVersionForReplication', 's3:GetObjectVersion', 's3:GetObjectVersionAcl'];

type Change = (world: World) => void;

const place = (bucket: string) =>
  fc.oneof(
    resources(bucket).map((Resource) => ({ Resource })),
    resources(bucket).map((NotResource) => ({ NotResource: [...NotResource, `arn:aws:s3:::${bucket}/plain*`] })),
    fc.constant({ Resource: `arn:aws:s3:::${bucket}/*` }),
  );

/** A Deny in the destination's bucket policy. */
const denyThere = fc
  .record({
    where: place('dst'),
    Action: fc.constantFrom('s3:ReplicateObject', 's3:ReplicateTags', 's3:ReplicateDelete', 's3:Replicate*'),
    Condition: onWrites,
  })
  .map(
    ({ where, Action, Condition }): Change =>
      (world) => {
        const only = Action === 's3:ReplicateObject' ? { Condition } : {};
        world.dst.policy = plus(world.dst.policy, {
          Sid: 'D',
          Effect: 'Deny',
          Principal: '*',
          Action,
          ...where,
          ...only,
        });
      },
  );

/** A Deny at the source: of the objects' keys, or of one of the reads. */
const denyHere = fc
  .record({ where: place('src'), Action: fc.constantFrom<string[]>(reads, ['s3:GetObjectVersionAcl'], ['s3:*']) })
  .map(
    ({ where, Action }): Change =>
      (world) => {
        world.src.policy = plus(world.src.policy ?? { Statement: [] }, {
          Sid: 'S',
          Effect: 'Deny',
          Principal: { AWS: roleArn },
          Action,
          ...where,
        });
      },
  );

/** The role may write some objects only. */
const narrowRole = place('dst').map(
  (where): Change =>
    (world) => {
      const kept = without(world.rolePolicy, 's3:ReplicateObject');
      world.rolePolicy = plus(kept, { Effect: 'Allow', Action: 's3:ReplicateObject', ...where });
    },
);

/** The role may use the source key for some objects, or with one form of the encryption context. */
const narrowKey = fc
  .constantFrom(['arn:aws:s3:::src'], ['arn:aws:s3:::src', 'arn:aws:s3:::src/hr/*'], ['arn:aws:s3:::src/*'])
  .map(
    (contexts): Change =>
      (world) => {
        const kept = without(world.rolePolicy, 'kms:Decrypt');
        world.rolePolicy = plus(
          plus(kept, {
            Effect: 'Allow',
            Action: 'kms:Decrypt',
            Resource: '*',
            Condition: { StringLike: { 'kms:ViaService': 's3.us-west-2.amazonaws.com' } },
          }),
          {
            Effect: 'Allow',
            Action: 'kms:Decrypt',
            Resource: srcKeyArn,
            Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': contexts } },
          },
        );
      },
  );

/** The role may not read tags of objects with some tag. */
const denyTags = fc
  .record({
    Resource: fc.constantFrom('*', 'hr/*', '*.pdf'),
    Condition: fc.constantFrom<NonNullable<Statement['Condition']>>(
      { StringEquals: { 's3:ExistingObjectTag/team': 'x' } },
      { StringLike: { 's3:ExistingObjectTag/class': 'secret*' } },
      {
        StringNotEquals: { 's3:ExistingObjectTag/class': ['public', 'open'] },
        Null: { 's3:ExistingObjectTag/class': 'false' },
      },
    ),
  })
  .map(
    ({ Resource, Condition }): Change =>
      (world) => {
        world.src.policy = plus(world.src.policy ?? { Statement: [] }, {
          Sid: 'T',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:GetObjectVersionTagging',
          Resource: `arn:aws:s3:::src/${Resource}`,
          Condition,
        });
      },
  );

/** The owner of the replica key keeps the role from it for some objects, or for those with or without a Bucket Key. */
const denyReplicaKey = fc
  .record({
    Condition: fc.constantFrom<NonNullable<Statement['Condition']>>(
      { StringLike: { 'kms:EncryptionContext:aws:s3:arn': ['arn:aws:s3:::dst/hr/*', 'arn:aws:s3:::dst/*.pdf'] } },
      { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::dst/*' } },
      { StringNotLike: { 'kms:EncryptionContext:aws:s3:arn': ['arn:aws:s3:::dst', 'arn:aws:s3:::dst/*.txt'] } },
    ),
    BucketKeyEnabled: fc.boolean(),
  })
  .map(
    ({ Condition, BucketKeyEnabled }): Change =>
      (world) => {
        world.dst.encryption = withBucketKey(world.dst, BucketKeyEnabled);
        world.dstKey.policy = plus(world.dstKey.policy, {
          Sid: 'K',
          Effect: 'Deny',
          Principal: { AWS: roleArn },
          Action: ['kms:Encrypt', 'kms:GenerateDataKey'],
          Resource: '*',
          Condition,
        });
      },
  );

function withBucketKey({ encryption }: World['src'], BucketKeyEnabled: boolean): World['src']['encryption'] {
  const [one] = encryption !== null && encryption !== 'unknown' ? (encryption.Rules ?? []) : [];
  return { Rules: [{ ...one, BucketKeyEnabled }] };
}

const noBucketKey: Change = (world) => {
  world.src.encryption = withBucketKey(world.src, false);
};

const prefix = fc.constantFrom('', 'hr/', 'h', 'abc/').map(
  (Prefix): Change =>
    (world) => {
      world.rules = [rule({ Filter: { Prefix } })];
    },
);

const changes = [denyThere, denyHere, narrowRole, narrowKey, fc.constant(noBucketKey)];

/** A setup of which others have changed up to four things. */
export const aWorld = changedBy(prefix, fc.array(fc.oneof(...changes), { maxLength: 4 }));

/** Setups, mostly of the whole bucket, of which others have changed one thing, and sometimes one more, by what that is. */
export const littleChanged: Readonly<Record<string, fc.Arbitrary<World>>> = Object.fromEntries(
  Object.entries({
    'a Deny in the bucket policy of the destination': denyThere,
    'a Deny in the bucket policy of the source': denyHere,
    'a role that may write some objects only': narrowRole,
    'a role that may use the source key for some objects only': narrowKey,
    'a Deny of objects with some tag': denyTags,
    'a Deny in the policy of the replica key': denyReplicaKey,
  }).map(([name, change]) => {
    const more = fc.oneof(...changes, denyTags, denyReplicaKey);
    const all = fc.tuple(change, fc.option(more, { freq: 2, nil: undefined }));
    const first = fc.oneof({ weight: 3, arbitrary: fc.constant<Change>(() => undefined) }, prefix);
    return [
      name,
      changedBy(
        first,
        all.map((some) => some.filter((one) => one !== undefined)),
      ),
    ];
  }),
);

function changedBy(first: fc.Arbitrary<Change>, others: fc.Arbitrary<Change[]>): fc.Arbitrary<World> {
  return fc.tuple(first, others).map(([one, more]) => {
    const world = healthy();
    for (const change of [one, ...more]) change(world);
    return world;
  });
}

/** An object or delete marker. */
export const anObject = fc
  .record({
    key: fc.constantFrom(
      'hr/x',
      'hr/2026/x',
      'hr/x.pdf',
      'x.pdf',
      's3repl.txt',
      'tmp',
      'abc/x',
      'a/secret/x',
      'plain.txt',
      'hr/2026/plain.pdf',
    ),
    tags: fc.constantFrom<Record<string, string>>({}, { team: 'x' }),
    encryption: fc.constantFrom<Partial<ObjectSnapshot>>(
      {},
      { encryption: 'SSE-S3', kmsKey: null, bucketKey: false },
      { bucketKey: false },
      { bucketKey: true },
      { encryption: 'DSSE-KMS', bucketKey: false },
    ),
    deleteMarker: fc.boolean(),
  })
  .map(
    ({ encryption, ...more }): Partial<ObjectSnapshot> =>
      more.deleteMarker
        ? { ...more, tags: {}, encryption: 'NONE', kmsKey: null, bucketKey: false }
        : { ...more, ...encryption },
  );
