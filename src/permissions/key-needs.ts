import { accountIn, bucketArn, keyArn, regionOf } from '../aws/arn.ts';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import { ownerTag, sidesOf } from '../state/names.ts';
import { type Need, planning, type SideKey } from '../state/need.ts';
import { rulesOf, s3Endpoints, unwrapSingle } from '../steps/scope.ts';
import { canaries } from './bucket-needs.ts';
import { stepNeeds } from './step-needs.ts';

/** @param live the keys that the sides have on AWS, named in place of tags and aliases. */
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

export type LiveKeys = ReadonlyMap<SideId, string>;

type Which = Pick<Need, 'on' | 'condition'>;

type Place = Pick<AnySide, 'partition' | 'region' | 'account'>;

export function anyKey(place: Place): string {
  return keyArn(place, '*');
}

function hasAlias(alias: string): NonNullable<Need['condition']> {
  return { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } };
}

function isOurs({ name }: Spec): NonNullable<Need['condition']> {
  return { StringEquals: { [`aws:ResourceTag/${ownerTag}`]: name } };
}

/** The keys of all sides in this account and Region: only who is signed in there may read and write their policies. */
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

/** An alias is a condition as long as nobody says whose key it is. */
function existingKeyNeeds(
  arn: string | undefined,
  side: AnySide,
  spec: Spec,
  condition?: NonNullable<Need['condition']>,
): readonly Need[] {
  const which: Which = arn === undefined ? { on: anyKey(side), ...(condition ? { condition } : {}) } : { on: arn };
  return [...reads(which, 'Key'), ...keyWrites({ sid: 'Key', ...which }, { side, made: false, arn, live: true }, spec)];
}

function keyWrites(resource: Which & Pick<Need, 'sid'>, key: SideKey, spec: Spec): readonly Need[] {
  const needs = stepNeeds(resource, ({ key: rightsAt }) => rightsAt?.(key, spec));
  const making = (need: Need) => need.for.includes('apply');
  return [...needs.filter(making), ...needs.filter((need) => !making(need))];
}

/** Also with `live`, the tags of all keys are read: that finds the key again when it has lost its alias. */
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
 * A canary is encrypted at the source; at a destination S3 shows its checksum only to who may decrypt it. The encryption context keeps
 * everything else out of reach: the bucket's ARN with a Bucket Key, the object's without (rules.md 1.5).
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
