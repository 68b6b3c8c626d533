import { isKeyArn } from '../aws/arn.ts';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import { isOurs, keyArnOf, sidesOf } from '../state/names.ts';
import type { LiveBucket } from '../state/need.ts';
import { bucketOf, type State } from '../state/state.ts';
import { mayWriteTls } from '../steps/tls-only.ts';

export function liveKeysOf(
  state: State,
  spec: Spec,
): { readonly keys: ReadonlyMap<SideId, string>; readonly without: readonly AnySide[] } {
  const sides = sidesOf(spec).map((side) => ({ side, arn: keyArnOf(state, side, spec) }));
  // Otherwise the ARN is the stand-in of a key that does not exist.
  const isThere = ({ arn }: { readonly arn: string }) => isKeyArn(arn);
  return {
    keys: new Map(sides.filter(isThere).map(({ side, arn }) => [side.id, arn])),
    without: sides.filter((one) => !isThere(one)).map(({ side }) => side),
  };
}

/** A bucket that does not exist yet will be one of ours. */
export function liveBucketsOf(state: State, spec: Spec): ReadonlyMap<SideId, LiveBucket> {
  return new Map(
    sidesOf(spec).flatMap((side) => {
      const bucket = bucketOf(state, side.account, side.bucket);
      return bucket
        ? [[side.id, { made: isOurs(bucket, spec), secured: mayWriteTls(bucket, side, spec) }] as const]
        : [];
    }),
  );
}
