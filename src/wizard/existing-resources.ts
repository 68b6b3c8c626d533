import type { Spec } from '../config/spec.ts';
import { keyArnOf, replicationRole, sidesOf } from '../state/names.ts';
import { bucketOf, keysOf, nameOfKey, type State } from '../state/state.ts';

export function bucketText({ bucket }: { readonly bucket: string }): string {
  return `bucket ${bucket}`;
}

/** What the configuration names and AWS has already, for people. */
export function listExisting(spec: Spec, observed: State): readonly string[] {
  const buckets = sidesOf(spec).flatMap(({ account, bucket }) =>
    bucketOf(observed, account, bucket) ? [bucketText({ bucket })] : [],
  );
  const keys = sidesOf(spec).flatMap((side) => {
    const arn = keyArnOf(observed, side, spec);
    return keysOf(observed).flatMap((key) => (key.metadata.Arn === arn ? [`key ${nameOfKey(key)}`] : []));
  });
  const { role } = replicationRole(observed, spec);
  return [...buckets, ...new Set(keys), ...(role ? [`role ${spec.role.name}`] : [])];
}
