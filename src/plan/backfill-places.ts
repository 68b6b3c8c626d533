import type { Spec } from '../config/spec.ts';
import { defaultKey } from '../model/replication/default-encryption.ts';
import { bucketOf, type State } from '../state/state.ts';
import type { KmsUse, Places } from './kms-load.ts';

/**
 * By what the buckets encrypt new objects with: how old ones were encrypted only they know, and a Bucket Key that was switched on later does not change them. A replica of
 * an object with a KMS key has the Bucket Key setting of that object; of any other, that of its bucket (S3 User Guide, bucket-key).
 */
export function placesOf(state: State, { source, destinations }: Spec): Places {
  const atSource = kmsUseOf(state, source);
  return {
    source: { region: source.region, kms: atSource },
    destinations: destinations.map((side) => ({
      region: side.region,
      kms: atSource === 'no KMS' ? kmsUseOf(state, side) : atSource,
    })),
  };
}

function kmsUseOf(state: State, { account, bucket }: Pick<Spec['source'], 'account' | 'bucket'>): KmsUse {
  const key = defaultKey(bucketOf(state, account, bucket) ?? null);
  if (key === null) return 'no KMS';
  // Who cannot tell counts what takes longest.
  return key !== 'unknown' && key.bucketKey ? 'Bucket Key' : 'each object';
}
