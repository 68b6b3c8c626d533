import type { ServerSideEncryptionConfiguration } from '@aws-sdk/client-s3';
import { bucketArn } from '../aws/arn.ts';
import { isSameJson } from '../aws/json.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { type Change, phase } from '../state/change.ts';
import { addOurTags, isOurs, keyArnOf, sidesOf } from '../state/names.ts';
import { accountOf, type BucketState, bucketNamed, bucketOf, put, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { type BucketWrite, bucketAsks, bucketCalls, bucketWriteNeeds, bucketWrites } from './bucket-calls.ts';
import { bucketDestroyFindings, bucketFindings } from './bucket-findings.ts';
import { defaultKeyOf, isKms, resolveKey } from './default-encryption.ts';
import { unreadFindings } from './unread-findings.ts';

const allBlocked = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** Step 2: both buckets, versioned, with default encryption SSE-KMS under the side's key. */
export const bucketStep: Step<BucketWrite, 'bucket-encryption' | 'bucket-tags'> = {
  id: 'bucket',
  phase: phase.buckets,

  writes: bucketWrites,

  documents: {
    'bucket-encryption': { lookUp: (state, name) => bucketNamed(state, name)?.encryption, isSame: isSameJson },
    'bucket-tags': { lookUp: (state, name) => bucketNamed(state, name)?.tags, isSame: isSameJson },
  },

  asks: bucketAsks,

  needs: bucketWriteNeeds,

  addOurs(observed, spec) {
    return sidesOf(spec).reduce((state, side) => {
      const present = accountOf(state, side.account).buckets[side.bucket] ?? null;
      if (present !== null && 'inaccessible' in present) return state;
      const bucket = present ?? newBucket(side);
      // Public access and ownership of a bucket that someone else made stay as they are.
      const made = present === null || isOurs(present, spec);
      const ownSettings = made
        ? {
            publicAccessBlock: { ...present?.publicAccessBlock, ...allBlocked },
            ownership: 'BucketOwnerEnforced' as const,
            tags: addOurTags(spec, bucket.tags),
          }
        : {};
      return put(state, side.account, 'buckets', side.bucket, {
        ...bucket,
        ...ownSettings,
        versioning: 'Enabled',
        encryption: encryptionFor(state, side, bucket.encryption, spec),
      });
    }, observed);
  },

  /** Buckets, versioning and default encryption stay: the objects need them. */
  removeOurs: (observed) => observed,

  diff(from, to, spec) {
    return sidesOf(spec).flatMap((side) =>
      changesOf(side, bucketOf(from, side.account, side.bucket), bucketOf(to, side.account, side.bucket)),
    );
  },

  findings(observed, spec) {
    return [...bucketFindings(observed, spec), ...unreadFindings(observed, spec)];
  },

  destroyFindings: (observed, _retired, spec) => bucketDestroyFindings(observed, spec),

  stays(observed, _retired, spec) {
    const buckets = sidesOf(spec).flatMap(({ account, bucket }) =>
      bucketOf(observed, account, bucket) ? [bucket] : [],
    );
    if (buckets.length === 0) return [];
    return [
      `buckets ${buckets.join(', ')}, with all their objects, tags and default encryption`,
      'their versioning, which AWS cannot disable',
    ];
  },
};

function newBucket(side: AnySide): BucketState {
  return {
    region: side.region,
    versioning: null,
    encryption: null,
    policy: null,
    replication: null,
    ownership: null,
    publicAccessBlock: null,
    objectLock: null,
    requestPayment: 'BucketOwner',
    tags: {},
    objectLockRetention: null,
    lifecycle: null,
  };
}

/** Keeps other members (BlockedEncryptionTypes). */
function encryptionFor(
  state: State,
  side: AnySide,
  present: ServerSideEncryptionConfiguration | null,
  spec: Spec,
): ServerSideEncryptionConfiguration {
  const [first, ...others] = present?.Rules ?? [];
  const key = keyArnOf(state, side, spec);
  const current = first?.ApplyServerSideEncryptionByDefault;
  if (present === null || !isKms(current?.SSEAlgorithm)) {
    const rule = {
      // AWS blocks SSE-C on new buckets (since 2026-04); a document without this member would lift that.
      ...(present === null ? { BlockedEncryptionTypes: { EncryptionType: ['SSE-C' as const] } } : {}),
      ...first,
      ApplyServerSideEncryptionByDefault: { ...current, SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key },
      BucketKeyEnabled: side.bucketKey,
    };
    return { ...present, Rules: [rule, ...others] };
  }
  const otherKey = resolveKey(state, side, defaultKeyOf(present)) !== key;
  const dsse = current?.SSEAlgorithm === 'aws:kms:dsse'; // Bucket Keys do not work with DSSE-KMS
  if (otherKey || dsse) return present;
  return { ...present, Rules: [{ ...first, BucketKeyEnabled: side.bucketKey }, ...others] };
}

function changesOf(side: AnySide, before: BucketState | undefined, after: BucketState | undefined): readonly Change[] {
  if (!after) return [];
  const calls = bucketCalls(side, before, after);
  if (calls.length === 0) return [];
  return [
    {
      step: 'bucket',
      phase: phase.buckets,
      side: side.id,
      account: side.account,
      region: side.region,
      action: before ? 'change' : 'create',
      resource: `bucket ${side.bucket}`,
      before: before ? showBucket(before) : null,
      after: showBucket(after),
      calls,
      target: bucketArn(side),
    },
  ];
}

function showBucket({ region, versioning, encryption, publicAccessBlock, ownership, tags }: BucketState) {
  return {
    Region: region,
    Versioning: versioning,
    DefaultEncryption: encryption,
    PublicAccessBlock: publicAccessBlock,
    ObjectOwnership: ownership,
    Tags: tags,
  };
}
