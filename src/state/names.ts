/** The names and marks of what is ours (design.md 1): deterministic, so that the next run finds them. */
import { createHash } from 'node:crypto';
import type { ReplicationRule } from '@aws-sdk/client-s3';
import { bucketArn, keyArn, keyArnStart, nameIn, regionOf, roleArn } from '../aws/arn.ts';
import type { Tags } from '../aws/documents.ts';
import { backfillName, resourceName } from '../config/own-name.ts';
import type { AnySide, DestinationSide, SideId, Spec } from '../config/spec.ts';
import { accountOf, bucketOf, type KeyState, type RoleState, type State } from './state.ts';

export const canaryPrefix = '.s3repl-canary/';

export function sidesOf(spec: Spec): readonly AnySide[] {
  return [spec.source, ...spec.destinations];
}

export function sideOf(spec: Spec, id: SideId): AnySide {
  const side = sidesOf(spec).find((one) => one.id === id);
  if (!side) throw new Error(`no side ${id} in ${spec.name}`);
  return side;
}

export const ownerTag = 's3repl';

/** Tells the two keys of one setup apart where both are in one account and Region. */
export const keyUseTag = 's3repl-key';

/** On the role: `yes` where alarms or topics of ours may be, so that a run without `alerts:` in repl.yaml looks for them; `no` once they are gone. */
export const alertsTag = 's3repl-alerts';

export function isOurs(resource: { readonly tags: Tags }, spec: Spec): boolean {
  return resource.tags[ownerTag] === spec.name;
}

export function ownerIn(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): string | undefined {
  return tags.find(({ Key }) => Key === ownerTag)?.Value;
}

export function addOurTags(spec: Spec, present: Tags = {}): Tags {
  return { ...present, ...spec.tags, [ownerTag]: spec.name };
}

export function sidPrefix(spec: Spec): string {
  return sidPrefixOf(spec.name, bucketArn(spec.source));
}

/** `S3repl` and 12 hexadecimal digits of SHA-256(name, source bucket ARN): what all our Sids begin with. */
export function sidPrefixOf(name: string, sourceArn: string): string {
  return `S3repl${createHash('sha256').update(`${name}\n${sourceArn}`).digest('hex').slice(0, 12)}`;
}

export function matchOurSid(spec: Spec): (sid: string) => boolean {
  const prefix = sidPrefix(spec);
  return (sid) => sid.startsWith(prefix);
}

export function ruleIdPrefix(spec: Pick<Spec, 'name'>): string {
  return `s3repl.${spec.name}.`;
}

/** Of the configuration that a rule of s3repl belongs to. */
export function nameInRuleId(id: string): string | undefined {
  return /^s3repl\.([a-z][a-z0-9-]{0,39})\./.exec(id)?.[1];
}

export function isOurRule(rule: ReplicationRule, spec: Spec): boolean {
  return rule.ID?.startsWith(ruleIdPrefix(spec)) ?? false;
}

export function findOurRules(state: State, spec: Spec): readonly ReplicationRule[] {
  const rules = bucketOf(state, spec.source.account, spec.source.bucket)?.replication?.Rules ?? [];
  return rules.filter((rule) => isOurRule(rule, spec));
}

export function inlinePolicyName(spec: Pick<Spec, 'name'>): string {
  return resourceName(spec.name);
}

/** Of the role that S3 Batch Operations assumes. */
export function backfillPolicyName(spec: Spec): string {
  return backfillName(spec.name);
}

export function keyAliases({ name }: Pick<Spec, 'name'>): Readonly<Record<KeySlot['use'], string>> {
  return { source: `alias/${resourceName(name)}`, replica: `alias/${resourceName(name)}-replica` };
}

/** A key that s3repl makes: one at the source, one for all destinations of an account and Region. */
export interface KeySlot {
  readonly side: AnySide;
  readonly use: 'source' | 'replica';
  readonly alias: string;
}

export function keySlots(spec: Spec): readonly KeySlot[] {
  const slots: KeySlot[] = [];
  if (spec.source.kmsKey.kind === 'create') slots.push(sourceSlot(spec));
  for (const side of spec.destinations) {
    const shared = slots.some(
      (slot) => slot.use === 'replica' && slot.side.account === side.account && slot.side.region === side.region,
    );
    if (side.kmsKey.kind === 'create' && !shared) slots.push(replicaSlot(spec, side));
  }
  return slots;
}

function sourceSlot(spec: Spec): KeySlot {
  return { side: spec.source, use: 'source', alias: keyAliases(spec).source };
}

function replicaSlot(spec: Spec, side: DestinationSide): KeySlot {
  return { side, use: 'replica', alias: keyAliases(spec).replica };
}

/** Stands for the ARN of a key that does not exist yet; `send` puts the real one in its place. */
export function newKeyArn(slot: KeySlot): string {
  return keyArn(slot.side, `(new key ${slot.alias.slice('alias/'.length)})`);
}

export const newKeyPattern = new RegExp(`${keyArnStart}\\(new key ([^()]+)\\)`, 'g');

/** Among several keys with our tags (a race), the first by ARN, so that every run takes the same. */
export function keyInSlot(state: State, slot: KeySlot, spec: Spec): KeyState | undefined {
  const keys = Object.values(accountOf(state, slot.side.account).keys).filter(
    (key): key is KeyState =>
      key !== null &&
      regionOf(key.metadata.Arn) === slot.side.region &&
      isOurs(key, spec) &&
      key.tags[keyUseTag] === slot.use,
  );
  const rank = (key: KeyState) => `${key.aliases.includes(slot.alias) ? 0 : 1}${key.metadata.Arn}`;
  return keys.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}

/** The key that a side encrypts with: its real ARN where it exists, its stand-in otherwise. */
export function keyArnOf(state: State, side: AnySide, spec: Spec): string {
  switch (side.kmsKey.kind) {
    case 'arn':
      return side.kmsKey.arn;
    case 'source':
      return keyArnOf(state, spec.source, spec);
    case 'alias':
      return keyByAlias(state, side, side.kmsKey.alias)?.metadata.Arn ?? `(no key ${side.kmsKey.alias})`;
    case 'create': {
      const slot = side.id === 'source' ? sourceSlot(spec) : replicaSlot(spec, side);
      return keyInSlot(state, slot, spec)?.metadata.Arn ?? newKeyArn(slot);
    }
  }
}

export function keyByAlias(
  state: State,
  side: Pick<AnySide, 'account' | 'region'>,
  alias: string,
): KeyState | undefined {
  return Object.values(accountOf(state, side.account).keys).find(
    (key): key is KeyState => key !== null && regionOf(key.metadata.Arn) === side.region && key.aliases.includes(alias),
  );
}

export interface NamedRole {
  /** Its real one where it exists (its path may not be ours: rules.md X-15), otherwise the one it will have. */
  readonly arn: string;
  readonly role: RoleState | null;
}

export function replicationRole(state: State, spec: Spec): NamedRole {
  return findRole(state, spec, spec.role.name);
}

/** The role that S3 Batch Operations assumes; null too where `observe` was not asked for it. */
export function backfillRole(state: State, spec: Spec): NamedRole {
  return findRole(state, spec, spec.backfill.role);
}

function findRole(state: State, spec: Spec, name: string): NamedRole {
  const found = Object.entries(accountOf(state, spec.source.account).roles).find(
    ([arn, role]) => role !== null && nameIn(arn) === name,
  );
  if (found) return { arn: found[0], role: found[1] };
  return { arn: roleArn(spec.source, spec.role.path ?? '/', name), role: null };
}
