import { bucketArn, nameIn, roleArn } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { memberOf } from '../model/replication/find.ts';
import { isWithin, type Path } from '../model/replication/path.ts';
import { replicaKeySide } from '../model/replication/prepare.ts';
import type { Found, RoleSnapshot } from '../model/snapshot.ts';
import type { Cause } from '../model/verdict.ts';
import { keyAliases, ownerTag, ruleIdPrefix } from '../state/names.ts';
import { type CheckId, checks } from './catalogue.ts';
import type { Scope } from './scope.ts';

/** Only what `apply` sets in its own buckets, role and keys. False also where it might: a wrong promise would cost another run. */
export function isFixedByApply(scope: Scope, { check, evidence }: Cause<CheckId>, spec: Spec): boolean {
  // `apply` does not look at jobs, nor at their role.
  if (checks[check].seen === 'jobs') return false;
  const { prepared, keys, rules } = scope;
  const { snapshot, role, source } = prepared;
  const { arn, path, refused, unknown } = evidence;
  const buckets: readonly string[] = [spec.source, ...spec.destinations].map(bucketArn);
  const isOurBucket = (one: string | undefined) => one !== undefined && buckets.includes(one);
  if (snapshot.source.bucket !== spec.source.bucket || snapshot.source.account !== spec.source.account) return false;
  if (refused) {
    const isSet = refused.by === 'no-allow' && (refused.side === 'identity' || refused.side === 'resource');
    if (!isSet || nameIn(role.arn) !== spec.role.name || !isOurBucket(refused.bucket)) return false;
    return !refused.action.startsWith('kms:') || isKeyOf(spec, keys, refused.resource);
  }
  // What we cannot tell is not fixed.
  if (unknown) return false;
  const isOurs = {
    missing: () => path === undefined,
    rule: () => path !== undefined && isOurRule(path),
    bucket: () => isOurBucket(arn),
    'no bucket': () =>
      isOurBucket(arn) && [source, ...scope.destinations].some((side) => side.arn === arn && side.value === null),
    'our role': () =>
      role.arn === roleArn(spec.source, spec.role.path ?? '/', spec.role.name) && isMadeByApply(role.value),
    'another key': () => {
      const naming = rules.filter((rule) => replicaKeySide(prepared, rule)?.arn === arn);
      return naming.length > 0 && naming.every(({ path: of }) => isOurRule(of)) && !isWanted(spec, arn);
    },
  };
  return checks[check].fixedByApply?.some((what) => isOurs[what]()) ?? false;

  /** It leaves the trust policy of a role alone that it did not make. */
  function isMadeByApply(found: Found<RoleSnapshot>): boolean {
    const tags = found === null ? null : memberOf(found, 'tags');
    return (
      found === null || (tags !== null && tags !== undefined && tags !== 'unknown' && tags[ownerTag] === spec.name)
    );
  }

  function isOurRule(at: Path): boolean {
    return ourRules().some((rule) => isWithin(at, rule));
  }

  function ourRules(): readonly Path[] {
    const replication = memberOf(source.value, 'replication');
    if (replication === null || replication === 'unknown' || !Array.isArray(replication.Rules)) return [];
    return replication.Rules.flatMap(({ ID }, index) =>
      ID?.startsWith(ruleIdPrefix(spec)) ? [[...source.path, 'replication', 'Rules', index]] : [],
    );
  }
}

/** Whether a rule may name this key as the configuration wants it. An alias may mean any key. */
function isWanted({ destinations }: Spec, arn: string | undefined): boolean {
  return destinations.some(({ kmsKey }) => kmsKey.kind !== 'create' && (kmsKey.kind !== 'arn' || kmsKey.arn === arn));
}

function isKeyOf(spec: Spec, keys: Scope['keys'], arn: string): boolean {
  const found = keys.find((key) => key.arn === arn)?.value;
  const aliases = found === null || found === undefined || found === 'unknown' ? 'unknown' : found.aliases;
  const made = Object.values(keyAliases(spec));
  const named = [spec.source.kmsKey, ...spec.destinations.map(({ kmsKey }) => kmsKey)];
  if (spec.source.additionalKmsKeys.some((one) => one === arn)) return true;
  return named.some((key) => {
    if (key.kind === 'arn') return key.arn === arn;
    const wanted = key.kind === 'alias' ? [key.alias] : made;
    return aliases !== 'unknown' && aliases.some((alias) => wanted.includes(alias));
  });
}
