import type { BucketLocationConstraint } from '@aws-sdk/client-s3';
import { isSameJson, toJson } from '../aws/json.ts';
import { keepUnknown, withoutUnknown } from '../aws/unknown-elements.ts';
import type { AnySide } from '../config/spec.ts';
import { type Call, type Input, type SeenDocument, turn } from '../state/change.ts';
import { ownerIn, ownerTag } from '../state/names.ts';
import type { Needs } from '../state/need.ts';
import type { BucketState } from '../state/state.ts';
import type { Asks, Step } from '../state/step.ts';
import { bucketVisible } from './waits.ts';

export type BucketWrite =
  | 'CreateBucket'
  | 'PutBucketEncryption'
  | 'PutBucketOwnershipControls'
  | 'PutBucketTagging'
  | 'PutBucketVersioning'
  | 'PutPublicAccessBlock';

const waits = [bucketVisible];

export const bucketWrites: Step<BucketWrite>['writes'] = {
  CreateBucket: {
    makesTarget: true,
    makes: ({ Bucket, CreateBucketConfiguration }) => ({
      at: 'bucket',
      name: Bucket,
      is: ({ tags }) => tags[ownerTag] === ownerIn(CreateBucketConfiguration?.Tags),
    }),
  },
  PutBucketTagging: {
    waits,
    replaces: 'tags',
    leaves: ({ Tagging }) => Object.fromEntries((Tagging.TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  },
  PutBucketOwnershipControls: { waits, replaces: 'Object Ownership' },
  PutPublicAccessBlock: { waits, replaces: 'Block Public Access' },
  PutBucketVersioning: { waits, replaces: 'versioning' },
  PutBucketEncryption: {
    waits,
    replaces: 'default encryption',
    leaves: ({ ServerSideEncryptionConfiguration }) => ServerSideEncryptionConfiguration,
  },
};

export const bucketAsks: Asks = {
  S3: {
    CreateBucket: { actions: ['s3:CreateBucket', 's3:TagResource', 's3:PutBucketOwnershipControls'] },
    GetBucketEncryption: {
      answer: { root: 'ServerSideEncryptionConfiguration' },
      actions: ['s3:GetEncryptionConfiguration'],
      writtenBack: true,
    },
    GetBucketOwnershipControls: { answer: { root: 'OwnershipControls' }, writtenBack: true },
    GetBucketTagging: { answer: { root: 'Tagging' }, writtenBack: true },
    GetBucketVersioning: { answer: { root: 'VersioningConfiguration' }, writtenBack: true },
    GetPublicAccessBlock: {
      answer: { root: 'PublicAccessBlockConfiguration' },
      actions: ['s3:GetBucketPublicAccessBlock'],
      writtenBack: true,
    },
    PutBucketEncryption: { actions: ['s3:PutEncryptionConfiguration'] },
    PutPublicAccessBlock: { actions: ['s3:PutBucketPublicAccessBlock'] },
  },
};

const toMakeIt = [
  's3:CreateBucket',
  's3:TagResource',
  's3:PutBucketTagging',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPublicAccessBlock',
];

export const bucketWriteNeeds: Needs = {
  bucket: (_side, _spec, { made }) => [
    ...(made ? [{ actions: toMakeIt, for: ['apply'] as const }] : []),
    { actions: ['s3:PutBucketVersioning', 's3:PutEncryptionConfiguration'], for: ['apply'] },
  ],
};

export function bucketCalls(side: AnySide, before: BucketState | undefined, after: BucketState): readonly Call[] {
  const Bucket = side.bucket;
  const calls: Call[] = [];
  const call = <O extends BucketWrite>(operation: O, input: Input<O>, onlyIf?: SeenDocument) =>
    ({ side: side.id, service: 'S3', operation, input, turn: turn.things, ...(onlyIf ? { onlyIf } : {}) }) as const;
  const ours = { Bucket, ExpectedBucketOwner: side.account };
  const tagSet = (bucket: BucketState) =>
    Object.entries(withoutUnknown(bucket.tags)).map(([Key, Value]) => ({ Key, Value }));

  if (!before) {
    const CreateBucketConfiguration = {
      // us-east-1 has no LocationConstraint (API: CreateBucket). Without tags it makes your own bucket again and resets its ACLs; with tags it refuses
      // that (recorded: test_create_bucket_with_tags_us_east_1_idempotency). The cast: the SDK's list of Regions is older than AWS's.
      ...(side.region === 'us-east-1' ? {} : { LocationConstraint: side.region as BucketLocationConstraint }),
      Tags: tagSet(after),
    };
    calls.push(call('CreateBucket', { Bucket, ObjectOwnership: 'BucketOwnerEnforced', CreateBucketConfiguration }));
  } else {
    if (!isSameJson(before.tags, after.tags)) {
      const seen = { document: 'bucket-tags', of: Bucket, is: before.tags } as const;
      const Tagging = { ...keepUnknown(after.tags), TagSet: tagSet(after) };
      calls.push(call('PutBucketTagging', { ...ours, Tagging }, seen));
    }
    if (after.ownership && before.ownership !== after.ownership) {
      const OwnershipControls = { ...before.beside?.ownership, Rules: [{ ObjectOwnership: after.ownership }] };
      calls.push(call('PutBucketOwnershipControls', { ...ours, OwnershipControls }));
    }
  }
  if (!isSameJson(before?.publicAccessBlock, after.publicAccessBlock)) {
    const PublicAccessBlockConfiguration = { ...after.publicAccessBlock };
    calls.push(call('PutPublicAccessBlock', { ...ours, PublicAccessBlockConfiguration }));
  }
  if (after.versioning && before?.versioning !== after.versioning) {
    const VersioningConfiguration = { ...before?.beside?.versioning, Status: after.versioning };
    calls.push(call('PutBucketVersioning', { ...ours, VersioningConfiguration }));
  }
  if (after.encryption && !isSameJson(before?.encryption, after.encryption)) {
    const ServerSideEncryptionConfiguration = toJson(after.encryption);
    const seen = before && ({ document: 'bucket-encryption', of: Bucket, is: before.encryption } as const);
    calls.push(call('PutBucketEncryption', { ...ours, ServerSideEncryptionConfiguration }, seen));
  }
  return calls;
}
