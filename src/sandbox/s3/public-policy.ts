import { publicStatements } from '../../aws/public-policy.ts';
import { reshapePolicy, type StoredPolicy } from '../iam/stored-policy.ts';
import type { Bucket, SandboxState } from '../store/state.ts';
import type { PublicAccessBlock } from './shapes.ts';

export function isPublic(policy: StoredPolicy): boolean {
  return publicStatements(reshapePolicy(policy)).length > 0;
}

/** By its own or its account's setting: the stricter counts (S3 User Guide, access-control-block-public-access). */
export function isBlocked(
  { accounts }: Pick<SandboxState, 'accounts'>,
  bucket: Pick<Bucket, 'account' | 'publicAccessBlock'>,
  setting: keyof PublicAccessBlock,
): boolean {
  const blocks = [bucket.publicAccessBlock, accounts[bucket.account]?.publicAccessBlock];
  return blocks.some((block) => block?.[setting] === true);
}

/** S3 keeps what was not put as off. */
export function withAllSettings(put: PublicAccessBlock): PublicAccessBlock {
  return {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
    ...put,
  };
}
