/** Whether `s3repl apply` would mend a cause: only what it sets, in the buckets, role and keys of its configuration. */
import type { Spec } from '../config/spec.ts';
import type { Cause } from '../model/verdict.ts';
import { ownAliases, ruleIdPrefix } from '../state/names.ts';
import type { Scope } from './scope.ts';

/** False also where it might: a wrong promise would cost another run. */
export function mendedByApply({ prepared, keys }: Scope, { check, evidence }: Cause, spec: Spec): boolean {
  const { snapshot, role } = prepared;
  const buckets = [spec.source, ...spec.destinations].map((side) => `arn:${side.partition}:s3:::${side.bucket}`);
  const ofOurs = (arn: string | undefined) => arn !== undefined && buckets.includes(arn);
  if (snapshot.source.bucket !== spec.source.bucket || snapshot.source.account !== spec.source.account) return false;
  const isOurRole = role.arn.slice(role.arn.lastIndexOf('/') + 1) === spec.role.name;
  const { refused } = evidence;
  if (refused) {
    const isSet = refused.by === 'no-allow' && (refused.side === 'identity' || refused.side === 'resource');
    if (!isSet || !isOurRole || !ofOurs(refused.bucket)) return false;
    return !refused.action.startsWith('kms:') || isKeyOf(spec, keys, refused.resource);
  }
  // What nobody knows is not mended.
  if (evidence.unknown) return false;
  switch (check) {
    case 'C03':
      return evidence.path === undefined || isOurRule(evidence.path);
    case 'C04':
    case 'C16':
      return evidence.path !== undefined && isOurRule(evidence.path);
    case 'C05':
      return prepared.source.value === null && evidence.arn === prepared.source.arn;
    case 'C06':
      return ofOurs(evidence.arn);
    default:
      return false;
  }

  function isOurRule(path: string): boolean {
    const index = /\.Rules\[(\d+)\]/.exec(path)?.[1];
    const { value } = prepared.source;
    const replication = value === null || value === 'unknown' ? null : value.replication;
    if (index === undefined || replication === null || replication === 'unknown') return false;
    return replication.Rules?.[Number(index)]?.ID?.startsWith(ruleIdPrefix(spec)) ?? false;
  }
}

/** A key that the configuration names, or one that it makes. */
function isKeyOf(spec: Spec, keys: Scope['keys'], arn: string): boolean {
  const found = keys.find((key) => key.arn === arn)?.value;
  const aliases = found === null || found === undefined || found === 'unknown' ? 'unknown' : found.aliases;
  const made = Object.values(ownAliases(spec));
  const named = [spec.source.kmsKey, ...spec.destinations.map(({ kmsKey }) => kmsKey)];
  if (spec.source.additionalKmsKeys.includes(arn)) return true;
  return named.some((key) => {
    if (key.kind === 'arn') return key.arn === arn;
    const wanted = key.kind === 'alias' ? [key.alias] : made;
    return aliases !== 'unknown' && aliases.some((alias) => wanted.includes(alias));
  });
}
