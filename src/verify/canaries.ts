/** Which canary each rule needs: the smallest object that it governs, and where else that object goes. */
import { randomBytes } from 'node:crypto';
import type { DestinationSide, RuleSpec, Spec } from '../config/spec.ts';
import { governing } from '../model/replication/governing.ts';
import { type Rule, type RuleBook, ruleBookOf } from '../model/replication/rule.ts';
import type { ObjectSnapshot } from '../model/snapshot.ts';
import { bucketArn, keyArnOf, ruleIdPrefix } from '../plan/names.ts';
import { bucketOf, type State } from '../plan/state.ts';

export interface Canary {
  /** ID of the rule in repl.yaml. */
  readonly rule: RuleSpec;
  readonly destination: DestinationSide;
  /** Random: nobody else has an object of this key. */
  readonly key: string;
  /** ARN of the key that its replica must be encrypted with. */
  readonly replicaKey: string;
  /** All sides of ours that it is replicated to, its own among them. */
  readonly landings: readonly DestinationSide[];
  /** Buckets of others that rules of others replicate it to: from there we cannot remove it. */
  readonly elsewhere: readonly { readonly rule: string; readonly bucket: string }[];
}

export interface Canaries {
  readonly canaries: readonly Canary[];
  /** Enabled rules that no object can prove, and why. */
  readonly unprovable: readonly { readonly rule: string; readonly reason: string }[];
}

/** One canary for each enabled rule of the spec, by what the source bucket's configuration makes of it. */
export function canariesFor(state: State, spec: Spec, prefix: string): Canaries {
  const replication = bucketOf(state, spec.source.account, spec.source.bucket)?.replication;
  const book = ruleBookOf(replication ?? { Role: undefined, Rules: [] }, '');
  const chosen = spec.destinations.flatMap((destination) =>
    destination.rules
      .filter(({ enabled }) => enabled)
      .map((rule) => ({ rule, ...canaryFor(rule, destination, book, state, spec, prefix) })),
  );
  return {
    canaries: chosen.flatMap(({ canary }) => canary ?? []),
    unprovable: chosen.flatMap(({ rule, reason }) => (reason === undefined ? [] : [{ rule: rule.id, reason }])),
  };
}

function canaryFor(
  rule: RuleSpec,
  destination: DestinationSide,
  book: RuleBook,
  state: State,
  spec: Spec,
  prefix: string,
): { readonly canary?: Canary; readonly reason?: string } {
  const name = randomBytes(12).toString('hex');
  const ours = ruleIdPrefix(spec);
  const arn = bucketArn(destination);
  let stronger: Rule | undefined;
  for (const key of [`${prefix}${name}`, `${rule.prefix}${prefix}${name}`]) {
    const governed = governing(book, objectOf(key, rule, spec)).map((one) => one.rule);
    const here = governed.find((one) => one.destination === arn);
    if (here?.id !== `${ours}${rule.id}`) {
      stronger = here ?? stronger;
      continue;
    }
    const landings = spec.destinations.filter((side) => governed.some((one) => one.destination === bucketArn(side)));
    const elsewhere = governed
      .filter((one) => !landings.some((side) => bucketArn(side) === one.destination))
      .map((one) => ({ rule: one.id, bucket: one.destination.split(':::')[1] ?? '' }));
    return {
      canary: { rule, destination, key, replicaKey: keyArnOf(state, destination, spec), landings, elsewhere },
    };
  }
  return {
    reason: stronger
      ? `rule ${stronger.id} has the higher priority (${stronger.priority}) and takes all its objects to ${destination.bucket}`
      : 'it is not in the replication configuration',
  };
}

function objectOf(key: string, rule: RuleSpec, { source }: Spec): ObjectSnapshot {
  return {
    key,
    versionId: null,
    size: 1,
    encryption: 'SSE-KMS',
    kmsKey: null,
    bucketKey: source.bucketKey,
    storageClass: 'STANDARD',
    tags: rule.tags,
    deleteMarker: false,
    owner: source.account,
    replicationStatus: null,
    existedBeforeRule: false,
  };
}
