import { isKeyArn } from '../aws/arn.ts';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import { isOurs, keyArnOf, sidesOf } from '../state/names.ts';
import type { LiveBucket } from '../state/need.ts';
import { bucketOf, type State } from '../state/state.ts';
import { mayWriteTls } from '../steps/tls-only.ts';

/** The key of each side, as far as it is on AWS or repl.yaml gives its ARN; and the sides that have none yet. */
export function liveKeysOf(
  state: State,
  spec: Spec,
): { readonly keys: ReadonlyMap<SideId, string>; readonly without: readonly AnySide[] } {
  const sides = sidesOf(spec).map((side) => ({ side, arn: keyArnOf(state, side, spec) }));
  // A key that is not there is a stand-in in words.
  const isThere = ({ arn }: { readonly arn: string }) => isKeyArn(arn);
  return {
    keys: new Map(sides.filter(isThere).map(({ side, arn }) => [side.id, arn])),
    without: sides.filter((one) => !isThere(one)).map(({ side }) => side),
  };
}

/** The bucket of each side as far as it is on AWS; one that is not there will be one of ours. */
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
