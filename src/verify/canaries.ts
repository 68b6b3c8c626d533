import { randomBytes } from 'node:crypto';
import { bucketArn, bucketNameIn } from '../aws/arn.ts';
import type { DestinationSide, RuleSpec, Spec } from '../config/spec.ts';
import { covers } from '../model/classes/judge-classes.ts';
import { findGoverning } from '../model/replication/governing.ts';
import { type Rule, type RuleBook, ruleBookOf } from '../model/replication/rule.ts';
import type { ObjectSnapshot } from '../model/snapshot.ts';
import { keyArnOf, ownerTag, ruleIdPrefix } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';

export interface Canary {
  readonly rule: RuleSpec;
  readonly destination: DestinationSide;
  /** Random: nobody else has an object with this key. */
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The first canary of a rule has no tag of ours. */
  readonly second: boolean;
  /** ARN of the key that must encrypt the replica. */
  readonly replicaKey: string;
  readonly landings: readonly DestinationSide[];
  /** From buckets of others we cannot remove it. */
  readonly elsewhere: readonly { readonly rule: string; readonly bucket: string }[];
}

export interface Canaries {
  readonly canaries: readonly Canary[];
  readonly unprovable: readonly ({ readonly rule: string } & Unprovable)[];
  /** A plain object can prove these, but a tagged one cannot: another rule takes it, or it is an exception. */
  readonly untagged: readonly string[];
}

interface Unprovable {
  readonly reason: string;
  readonly fix: string;
}

/**
 * A rule for tags has one canary, with its tags and ours. Others have two, one without tags and one with ours: a policy may deny tags alone
 * (recorded: replication.md 40, 44).
 */
export function canariesFor(state: State, spec: Spec, prefix: string): Canaries {
  const replication = bucketOf(state, spec.source.account, spec.source.bucket)?.replication;
  const book = ruleBookOf(replication ?? { Role: undefined, Rules: [] }, []);
  const chosen = spec.destinations.flatMap((destination) =>
    destination.rules
      .filter(({ enabled }) => enabled)
      .map((rule) => {
        const chooseFor = (tags: Canary['tags']) => canaryFor(rule, tags, destination, { book, state, spec, prefix });
        const tagged = chooseFor({ [ownerTag]: spec.name, ...rule.tags });
        const plain = chooseFor(rule.tags);
        // S3 takes ten tags an object (S3 User Guide, object-tagging).
        const count = Object.keys(rule.tags).length;
        if (count > 0) return { rule, ...(tagged.canary && count < mostTags ? tagged : plain) };
        return { rule, ...plain, ...(plain.canary ? { second: tagged.canary ?? null } : {}) };
      }),
  );
  return {
    canaries: chosen.flatMap(({ canary, second }) => [
      ...(canary ? [canary] : []),
      ...(second ? [{ ...second, second: true }] : []),
    ]),
    unprovable: chosen.flatMap(({ rule, canary, unprovable }) =>
      canary || !unprovable ? [] : [{ rule: rule.id, ...unprovable }],
    ),
    untagged: chosen.flatMap(({ rule, second }) => (second === null ? [rule.id] : [])),
  };
}

const mostTags = 10;

interface Ground {
  readonly book: RuleBook;
  readonly state: State;
  readonly spec: Spec;
  readonly prefix: string;
}

function canaryFor(
  rule: RuleSpec,
  tags: Canary['tags'],
  destination: DestinationSide,
  { book, state, spec, prefix }: Ground,
): { readonly canary?: Canary; readonly unprovable?: Unprovable } {
  const name = randomBytes(12).toString('hex');
  const ours = ruleIdPrefix(spec);
  const arn = bucketArn(destination);
  let stronger: Rule | undefined;
  let isExcepted = false;
  for (const key of [`${prefix}${name}`, `${rule.prefix}${prefix}${name}`]) {
    const object = objectOf(key, tags, spec);
    const governed = findGoverning(book, object).map((one) => one.rule);
    const here = governed.find((one) => one.destination === arn);
    if (here?.id !== `${ours}${rule.id}`) {
      stronger = here ?? stronger;
      continue;
    }
    if (rule.except.some((one) => covers(one, object))) {
      isExcepted = true;
      continue;
    }
    const landings = spec.destinations.filter((side) => governed.some((one) => one.destination === bucketArn(side)));
    const elsewhere = governed
      .filter((one) => !landings.some((side) => bucketArn(side) === one.destination))
      .map((one) => ({ rule: one.id, bucket: bucketNameIn(one.destination) }));
    const replicaKey = keyArnOf(state, destination, spec);
    return { canary: { rule, destination, key, tags, second: false, replicaKey, landings, elsewhere } };
  }
  if (isExcepted) {
    const reason = 'the test object would match one of its exceptions';
    return {
      unprovable: {
        reason,
        fix: 'narrow the exception, or choose another place for test objects: --canary-prefix PREFIX',
      },
    };
  }
  if (!stronger)
    return { unprovable: { reason: 'it is not in the replication configuration', fix: 'run s3repl apply' } };
  const reason = `rule ${stronger.id} has the higher priority (${stronger.priority}) and takes all its objects to ${destination.bucket}`;
  return { unprovable: { reason, fix: 'it replicates no objects: raise its priority, or remove it' } };
}

function objectOf(key: string, tags: Canary['tags'], { source }: Spec): ObjectSnapshot {
  return {
    key,
    versionId: null,
    size: 1,
    encryption: 'SSE-KMS',
    kmsKey: null,
    bucketKey: source.bucketKey,
    storageClass: 'STANDARD',
    tags,
    deleteMarker: false,
    owner: source.account,
    replicationStatus: null,
    existedBeforeRule: false,
  };
}
