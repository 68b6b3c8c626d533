/** What the commands need at the KMS keys of a side. */

import { accountIn, bucketArn, keyArn, regionOf } from '../aws/arn.ts';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import { ownerTag, sidesOf } from '../state/names.ts';
import { type Need, planning, type SideKey } from '../state/need.ts';
import { rulesOf, s3Endpoints, unwrapSingle } from '../steps/scope.ts';
import { canaries } from './bucket-needs.ts';
import { stepNeeds } from './step-needs.ts';

/**
 * The keys that a side makes, those that it is given, and those of its account that other sides are given.
 *
 * @param live the keys that the sides have on AWS, to be named in place of tags and aliases.
 */
export function keyNeeds(side: AnySide, spec: Spec, live: LiveKeys = new Map()): readonly Need[] {
  const { kmsKey } = side;
  const arn = live.get(side.id);
  return [
    { sid: 'Find', actions: ['kms:ListKeys'], on: '*', for: kmsKey.kind === 'create' ? planning : ['init'] },
    { sid: 'Find', actions: ['kms:ListAliases'], on: '*', for: [...planning, 'doctor'] },
    { sid: 'ReadKeys', actions: ['kms:DescribeKey'], on: anyKey(side), for: ['init'] },
    ...(kmsKey.kind === 'create' ? newKeyNeeds(side, spec, arn) : []),
    ...(kmsKey.kind === 'alias' ? existingKeyNeeds(arn, side, spec, hasAlias(kmsKey.alias)) : []),
    ...listKeyArns(side, spec).flatMap((given) => existingKeyNeeds(given, side, spec)),
    canaryKey(side, spec, live),
  ];
}

/** The ARNs of the keys that sides have on AWS. */
export type LiveKeys = ReadonlyMap<SideId, string>;

type Which = Pick<Need, 'on' | 'condition'>;

type Place = Pick<AnySide, 'partition' | 'region' | 'account'>;

/** All keys of an account and Region. */
export function anyKey(place: Place): string {
  return keyArn(place, '*');
}

function hasAlias(alias: string): NonNullable<Need['condition']> {
  return { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } };
}

function isOurs({ name }: Spec): NonNullable<Need['condition']> {
  return { StringEquals: { [`aws:ResourceTag/${ownerTag}`]: name } };
}

/** All sides' keys in this side's account and Region: only who is signed in there may read and write their policies. */
function listKeyArns(side: AnySide, spec: Spec): readonly string[] {
  const given = sidesOf(spec).flatMap(({ kmsKey }) => (kmsKey.kind === 'arn' ? [kmsKey.arn] : []));
  return [...new Set([...given, ...spec.source.additionalKmsKeys])].filter(
    (arn) => accountIn(arn) === side.account && regionOf(arn) === side.region,
  );
}

/** @param tagged the keys whose tags are read, where these are more. */
function reads(which: Which, sid: string, tagged: Which = which): readonly Need[] {
  return [
    {
      sid,
      actions: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus'],
      for: [...planning, 'doctor'],
      ...which,
    },
    { sid: tagged === which ? sid : 'ReadTags', actions: ['kms:ListResourceTags'], for: planning, ...tagged },
    { sid, actions: ['kms:ListGrants'], for: ['doctor'], ...which },
  ];
}

/** A key that repl.yaml names: by ARN, or by an alias, which is a condition as long as nobody says whose it is. */
function existingKeyNeeds(
  arn: string | undefined,
  side: AnySide,
  spec: Spec,
  condition?: NonNullable<Need['condition']>,
): readonly Need[] {
  const which: Which = arn === undefined ? { on: anyKey(side), ...(condition ? { condition } : {}) } : { on: arn };
  return [...reads(which, 'Key'), ...keyWrites({ sid: 'Key', ...which }, { side, made: false, arn, live: true }, spec)];
}

/** What the steps need at a key: what makes it comes before what ends it. */
function keyWrites(resource: Which & Pick<Need, 'sid'>, key: SideKey, spec: Spec): readonly Need[] {
  const needs = stepNeeds(resource, ({ key: rightsAt }) => rightsAt?.(key, spec));
  const making = (need: Need) => need.for.includes('apply');
  return [...needs.filter(making), ...needs.filter((need) => !making(need))];
}

/**
 * A key that s3repl makes. One that is there is named, and none is made; which keys bear the tag is still read of all, for that is how
 * it is found again when it has lost its alias.
 */
function newKeyNeeds(side: AnySide, spec: Spec, live?: string): readonly Need[] {
  const ours: Which = live === undefined ? { on: anyKey(side), condition: isOurs(spec) } : { on: live };
  return [
    ...(live === undefined
      ? reads({ on: anyKey(side) }, 'ReadKeys')
      : reads({ on: live }, 'KeepKey', { on: anyKey(side) })),
    ...keyWrites({ sid: 'KeepKey', ...ours }, { side, made: true, live: live !== undefined }, spec),
  ];
}

/**
 * A canary is encrypted at the source; at a destination S3 shows its checksum to who may decrypt it. Nothing else of the key's is
 * in reach: the encryption context is the bucket's ARN with a Bucket Key, and the object's without (rules.md 1.5).
 */
function canaryKey(side: AnySide, spec: Spec, live: LiveKeys): Need {
  const owner = side.kmsKey.kind === 'source' ? spec.source : side;
  const { kmsKey } = owner;
  const arn = kmsKey.kind === 'arn' ? kmsKey.arn : live.get(owner.id);
  const rules = rulesOf(spec);
  const through = { 'kms:ViaService': unwrapSingle(s3Endpoints(side)) };
  const context = { 'kms:EncryptionContext:aws:s3:arn': [bucketArn(side), ...canaries(side, rules)] };
  // The tags and aliases of a key are no condition across accounts.
  const own = owner.account === side.account && arn === undefined;
  const tag = own && kmsKey.kind === 'create' ? isOurs(spec).StringEquals : {};
  return {
    sid: side.id === 'source' ? 'EncryptCanary' : 'DecryptCanary',
    actions: [side.id === 'source' ? 'kms:GenerateDataKey' : 'kms:Decrypt'],
    on: arn ?? anyKey(owner),
    for: rules.length > 0 ? ['verify'] : [],
    condition: {
      StringEquals: { ...tag, ...through },
      StringLike: context,
      ...(own && kmsKey.kind === 'alias' ? hasAlias(kmsKey.alias) : {}),
    },
  };
}
