import { jointFilter, type RuleFilter, selectsAllOf } from '../../aws/rule-filter.ts';
import type { Described } from '../classes/class-text.ts';
import { newObject } from '../governed-object.ts';
import { classProbesOf, deleteMarkerOf, type Probe, probesOf } from '../probes.ts';
import { encryptionOf } from '../replication/default-encryption.ts';
import { listEnabledRules, type Prepared } from '../replication/prepare.ts';
import type { Rule } from '../replication/rule.ts';
import type { ObjectSnapshot } from '../snapshot.ts';

/** One write as it would be before and after: without a requested encryption it gets the bucket's default. */
export interface Compared extends Described {
  readonly before: ObjectSnapshot;
  readonly after: ObjectSnapshot;
  /** The KMS key that a writer asks for in place of the default's. */
  readonly asksKey?: string;
}

type Encrypted = Pick<ObjectSnapshot, 'encryption' | 'kmsKey' | 'bucketKey'>;

/** Classes that either state's documents tell apart, and those that two rules both select, each also with the encryptions that a writer may ask for. */
export function compareObjects(before: Prepared, after: Prepared): readonly Compared[] {
  const states = [before, after];
  const asked = listEncryptions(states);
  const narrower = overlaps(before, after);
  const seen = new Set<string>();
  const isNew = ({ path, prefix, tags }: Rule, probe: Probe) => {
    const kind = JSON.stringify([path, prefix, tags, probe.kind()]);
    return seen.size !== seen.add(kind).size;
  };
  const all = states.flatMap((prepared) => [
    ...probesOf(prepared).map((probe) => fromProbe(probe, before, after)),
    ...[...listEnabledRules(prepared), ...(prepared === before ? narrower : [])].flatMap((rule) =>
      classProbesOf(prepared, rule, [])
        .filter((probe) => isNew(rule, probe))
        .flatMap((probe) => [
          fromProbe(probe, before, after),
          ...(probe.what === 'delete-marker' || probe.asked ? [] : asked.map((one) => askEncryption(probe, one))),
        ]),
    ),
  ]);
  const plain = filtersOf([...listEnabledRules(before), ...narrower]).flatMap((filter) =>
    plainUnder(filter, before, after, asked),
  );
  const byObjects = [...all, ...plain].map((one) => [JSON.stringify([one.before, one.after]), one] as const);
  return [...new Map(byObjects).values()];
}

function plainUnder(
  filter: RuleFilter,
  before: Prepared,
  after: Prepared,
  asked: readonly Encrypted[],
): readonly Compared[] {
  const base = newObject(before.snapshot, filter);
  const plain = classOf(base, filter);
  const marker = deleteMarkerOf(base);
  return [
    { what: 'new-object', class: plain, plain, before: base, after: { ...base, ...encryptionOf(after.snapshot) } },
    { what: 'delete-marker', class: plain, plain, before: marker, after: marker },
    ...asked.map((one) => askEncryption({ class: plain, plain, object: base }, one)),
  ];
}

function fromProbe({ what, object, class: one, plain, asked }: Probe, before: Prepared, after: Prepared): Compared {
  const isFixed = asked || what === 'delete-marker';
  const as = ({ snapshot }: Prepared) => (isFixed ? object : { ...object, ...encryptionOf(snapshot) });
  return {
    what,
    class: one,
    plain,
    before: as(before),
    after: as(after),
  };
}

function askEncryption(
  { class: one, plain, object }: Pick<Probe, 'class' | 'plain' | 'object'>,
  asked: Encrypted,
): Compared {
  const { encryption, kmsKey, bucketKey } = asked;
  const made = { ...object, ...asked };
  const asksKey = kmsKey === object.kmsKey ? null : kmsKey;
  return {
    what: 'new-object',
    class: { ...one, encryption, bucketKey },
    plain,
    before: made,
    after: made,
    ...(asksKey !== null && asksKey !== 'unknown' && { asksKey }),
  };
}

function classOf({ tags, encryption, bucketKey }: ObjectSnapshot, { prefix }: RuleFilter): Compared['class'] {
  return { key: `${prefix}*`, tags: tags === 'unknown' ? {} : tags, encryption, bucketKey };
}

function listEncryptions(states: readonly Prepared[]): readonly Encrypted[] {
  const keys = states.flatMap(({ snapshot: { accounts }, source }) => {
    const account = accounts === 'unknown' ? 'unknown' : accounts[source.account];
    const known = account === undefined || account === 'unknown' ? 'unknown' : account.keys;
    return known === 'unknown' ? [] : Object.keys(known).filter((arn) => known[arn] !== null);
  });
  return [
    { encryption: 'SSE-S3', kmsKey: null, bucketKey: false },
    { encryption: 'SSE-C', kmsKey: null, bucketKey: false },
    ...[...new Set(keys)].flatMap((kmsKey) => [
      { encryption: 'SSE-KMS' as const, kmsKey, bucketKey: true },
      { encryption: 'SSE-KMS' as const, kmsKey, bucketKey: false },
      { encryption: 'DSSE-KMS' as const, kmsKey, bucketKey: false },
    ]),
  ];
}

function filtersOf(rules: readonly Rule[]): readonly RuleFilter[] {
  const all = rules.map(({ prefix, tags }) => ({ prefix, tags: tags.toSorted() }));
  return [...new Map(all.map((filter) => [JSON.stringify(filter), filter])).values()];
}

/** For a new or different rule of the other state with the same destination: what both rules select. */
function overlaps(before: Prepared, after: Prepared): readonly Rule[] {
  const old = listEnabledRules(before);
  const known = new Set(old.map(actsOf));
  // Two rules that are both unchanged need no comparison.
  const different = listEnabledRules(after).filter((rule) => !known.has(actsOf(rule)));
  return old.flatMap((rule) =>
    different.flatMap((other) => {
      const both = rule.destination === other.destination ? jointFilter(rule, other) : undefined;
      return both && !selectsAllOf(both, rule) ? [{ ...rule, ...both }] : [];
    }),
  );
}

function actsOf({ path: _, ...rule }: Rule): string {
  return JSON.stringify(rule);
}
