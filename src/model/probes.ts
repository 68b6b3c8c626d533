/** Objects to ask the model about before there are any: one per class that the documents of a setup tell apart. */

import { type KeyClass, type KeyClasses, keyClassesOf } from './classes/class-keys.ts';
import { anyTag } from './classes/class-text.ts';
import { tagSetsOf } from './classes/tag-sets.ts';
import { type TellingStatement, tellingStatements } from './classes/telling-statements.ts';
import { findEffectiveRules, findTakenPrefixes, newObject } from './governed-object.ts';
import type { Exclusion, ObjectClass } from './object-class.ts';
import { encryptionRules } from './replication/default-encryption.ts';
import { destinationSide, type Prepared } from './replication/prepare.ts';
import type { Rule } from './replication/rule.ts';
import type { ObjectSnapshot } from './snapshot.ts';

export interface Probe {
  readonly what: 'new-object' | 'delete-marker';
  /** The rule that it is made for and that governs it: it has that rule's prefix and tags. */
  readonly rule: Rule;
  readonly object: ObjectSnapshot;
  readonly class: ObjectClass;
  readonly plain: ObjectClass;
  /** Whether a writer has to ask for it: the defaults of the source bucket make no such object. */
  readonly asked: boolean;
  readonly statement?: TellingStatement;
  readonly more: readonly { readonly key: string; readonly pattern: string }[];
  /** Probes of one name meet the same, whatever rule they are made for. */
  readonly kind: () => string;
}

export type ExclusionsOf = (rule: Rule) => readonly Exclusion[];

/** For each enabled rule that governs objects: a new object as the source bucket's defaults make it, and a delete marker where those replicate. */
export function probesOf(prepared: Prepared, exclusionsOf: ExclusionsOf = () => []): readonly Probe[] {
  return findEffectiveRules(prepared).flatMap((rule) => {
    const setting = settingOf(prepared, rule, exclusionsOf(rule));
    return withMarker(setting, plainVariant(setting));
  });
}

/** The classes by key (with delete markers), tags, encryption and Bucket Key. Varies one at a time, and together what one statement names. */
export function classProbesOf(prepared: Prepared, rule: Rule, exclusions: readonly Exclusion[]): readonly Probe[] {
  const setting = settingOf(prepared, rule, exclusions);
  const plain = plainVariant(setting);
  const keys = setting.keys.others.map((keyClass) => ({
    ...plain,
    keyClass,
    ...statementMember([...keyClass.statements][0]),
  }));
  const tags = tagVariants(setting).map((some) => ({ ...plain, ...some }));
  const encryptions = encryptionVariants(setting).map((encryption) => ({ ...plain, ...encryption }));
  const together = setting.statements.flatMap((statement) => jointVariants(setting, statement, plain));
  return [
    ...keys.flatMap((variant) => withMarker(setting, variant)),
    ...[...tags, ...encryptions, ...together].map((variant) => probeOf(setting, variant)),
  ];
}

interface Setting {
  readonly prepared: Prepared;
  readonly rule: Rule;
  readonly statements: readonly TellingStatement[];
  readonly keys: KeyClasses;
  readonly object: ObjectSnapshot;
  readonly plain: ObjectClass;
  readonly scope: string;
  readonly namesTags: boolean;
}

type Encrypted = Pick<ObjectSnapshot, 'encryption' | 'kmsKey' | 'bucketKey'>;

interface Variant extends Encrypted, TagVariant {
  readonly keyClass: KeyClass;
}

function settingOf(prepared: Prepared, rule: Rule, exclusions: readonly Exclusion[]): Setting {
  const { snapshot } = prepared;
  const statements = tellingStatements(prepared, rule);
  const scope = `${rule.destination} ${rule.replicaKey} ${JSON.stringify(exclusions)}`;
  const taken = findTakenPrefixes(prepared, rule);
  const keys = prepared.answerOnce(`key classes ${JSON.stringify([rule.prefix, taken])} ${scope}`, () =>
    keyClassesOf(statements, exclusions, {
      prefix: rule.prefix,
      taken,
      buckets: [prepared.source.arn, rule.destination],
    }),
  );
  const object = newObject(snapshot, rule);
  const namesTags = statements.some(({ tags }) => tags.size > 0) || exclusions.some(({ tags }) => tags !== undefined);
  return { prepared, rule, statements, keys, object, plain: classOf(object, keys.plain.patterns[0]), scope, namesTags };
}

function classOf({ key, tags, encryption, bucketKey }: ObjectSnapshot, pattern = key, values = {}): ObjectClass {
  return { key: pattern, tags: { ...(tags === 'unknown' ? {} : tags), ...values }, encryption, bucketKey };
}

function plainVariant({ object: { encryption, kmsKey, bucketKey }, keys, rule }: Setting): Variant {
  return { keyClass: keys.plain, tags: Object.fromEntries(rule.tags), encryption, kmsKey, bucketKey };
}

function withMarker(setting: Setting, variant: Variant): readonly Probe[] {
  const added = probeOf(setting, variant);
  if (!setting.rule.deleteMarkers) return [added];
  const object = deleteMarkerOf(added.object);
  return [added, { ...added, what: 'delete-marker', object, ...nameClass(setting, object, variant) }];
}

function probeOf(setting: Setting, variant: Variant): Probe {
  const { rule, object: base, plain } = setting;
  const { keyClass, statement, values: _, ...more } = variant;
  const object: ObjectSnapshot = { ...base, ...more, key: keyClass.examples[0] ?? base.key };
  const asked = object.encryption !== plain.encryption || object.bucketKey !== plain.bucketKey;
  return {
    what: 'new-object',
    rule,
    object,
    plain,
    asked,
    ...statementMember(statement),
    ...nameClass(setting, object, variant),
  };
}

function nameClass({ keys, rule, scope, namesTags }: Setting, object: ObjectSnapshot, { keyClass, values }: Variant) {
  const { patterns, examples } = keyClass;
  const [, ...further] = patterns.map((pattern, index) => ({ pattern, key: examples[index] ?? '' }));
  const kind = () => {
    const { id: _, priority: __, prefix: ___, tags: ____, path: _____, ...acts } = rule;
    // Where no statement names a tag, it only counts whether there is one.
    const tags = namesTags ? object.tags : Object.keys(object.tags).length > 0;
    return JSON.stringify([keys.nameOf(object.key), { ...object, key: '', tags }, acts, scope]);
  };
  return { class: classOf(object, patterns[0], values), more: further, kind };
}

function statementMember(statement: TellingStatement | undefined) {
  return statement === undefined ? {} : { statement };
}

export function deleteMarkerOf({ retention: _, ...object }: ObjectSnapshot): ObjectSnapshot {
  return { ...object, size: 0, encryption: 'NONE', kmsKey: null, bucketKey: false, deleteMarker: true };
}

interface TagVariant {
  readonly tags: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, string>>;
  readonly statement?: TellingStatement;
}

function tagVariants({ rule, statements }: Setting): readonly TagVariant[] {
  const own = Object.fromEntries(rule.tags);
  const any = rule.tags.length === 0 ? [{ tags: anyTag }] : [];
  return [...any, ...statements.flatMap((statement) => tagsOf(statement, own))];
}

function tagsOf(statement: TellingStatement, own: Readonly<Record<string, string>>): readonly TagVariant[] {
  return tagSetsOf(statement.tags, own).map((tags) => {
    const named = Object.entries(tags).map(([key, value]) => [key, statement.patternsOfTags.get(value) ?? value]);
    return { tags: { ...own, ...tags }, values: Object.fromEntries(named), statement };
  });
}

function encryptionVariants(setting: Setting): readonly Encrypted[] {
  const { statements, prepared, rule, object } = setting;
  const flipped = bucketKeyVariant(object);
  const customer = blocksCustomerKeys(prepared, rule) ? [customerKey] : [];
  return [...flipped, ...customer, ...statements.flatMap((statement) => encryptionsOf(setting, statement))];
}

const customerKey: Encrypted = { encryption: 'SSE-C', kmsKey: null, bucketKey: false };

function bucketKeyVariant({ encryption, kmsKey, bucketKey }: Encrypted): readonly Encrypted[] {
  return encryption === 'SSE-KMS' && bucketKey !== 'unknown' ? [{ encryption, kmsKey, bucketKey: !bucketKey }] : [];
}

function encryptionsOf({ object, rule }: Setting, statement: TellingStatement): readonly Encrypted[] {
  const { kmsKey } = object;
  const byKms = rule.replicaKey !== null && kmsKey !== null && kmsKey !== 'unknown';
  const all: readonly Encrypted[] = [
    ...(statement.encryption ? [{ encryption: 'SSE-S3' as const, kmsKey: null, bucketKey: false }] : []),
    ...(statement.encryption && byKms
      ? [
          { encryption: 'SSE-KMS' as const, kmsKey, bucketKey: object.bucketKey },
          { encryption: 'DSSE-KMS' as const, kmsKey, bucketKey: false },
        ]
      : []),
    ...(statement.customerKey ? [customerKey] : []),
    ...(statement.context ? bucketKeyVariant(object) : []),
  ];
  return all.filter((one) => one.encryption !== object.encryption || one.bucketKey !== object.bucketKey);
}

/** The destination refuses what the source takes (S3 User Guide, blocking-unblocking-s3-c-encryption-gpb). */
function blocksCustomerKeys(prepared: Prepared, { destination }: Rule): boolean {
  const blocks = (value: Prepared['source']['value']) => {
    const rules = encryptionRules(value);
    return rules !== 'unknown' && rules.some((one) => one.BlockedEncryptionTypes?.EncryptionType?.includes('SSE-C'));
  };
  return blocks(destinationSide(prepared, destination).value) && !blocks(prepared.source.value);
}

function jointVariants(setting: Setting, statement: TellingStatement, plain: Variant): readonly Variant[] {
  const own = Object.fromEntries(setting.rule.tags);
  const mine = setting.keys.others.filter(({ statements }) => statements.has(statement));
  const any = statement.tagging && Object.keys(own).length === 0 ? [{ tags: anyTag }] : [];
  const tags = [...any, ...tagsOf(statement, own)];
  const encryptions = encryptionsOf(setting, statement);
  const both = tags.flatMap((some) => encryptions.map((one) => ({ ...plain, ...one, ...some, statement })));
  const byKey = mine.flatMap((keyClass) => [
    ...tags.map((some) => ({ ...plain, keyClass, ...some, statement })),
    ...encryptions.map((one) => ({ ...plain, keyClass, ...one, statement })),
    ...both.map((one) => ({ ...one, keyClass })),
  ]);
  return [...both, ...byKey];
}
