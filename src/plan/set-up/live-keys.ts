import type { AnySide, SideId, Spec } from '../../config/spec.ts';
import { keyArnOf, sidesOf } from '../names.ts';
import type { State } from '../state.ts';

/** The key of each side, as far as it is on AWS or repl.yaml gives its ARN; and the sides that have none yet. */
export function liveKeysOf(
  state: State,
  spec: Spec,
): { readonly keys: ReadonlyMap<SideId, string>; readonly without: readonly AnySide[] } {
  const sides = sidesOf(spec).map((side) => ({ side, arn: keyArnOf(state, side, spec) }));
  // A key that is not there is a stand-in in words.
  const isThere = ({ arn }: { readonly arn: string }) => /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/.test(arn);
  return {
    keys: new Map(sides.filter(isThere).map(({ side, arn }) => [side.id, arn])),
    without: sides.filter((one) => !isThere(one)).map(({ side }) => side),
  };
}
