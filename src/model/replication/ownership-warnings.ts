import type { Cause } from '../verdict.ts';
import { accountIn, settingOf } from './find.ts';
import { type BucketSide, destinationSide, type Prepared } from './prepare.ts';
import type { Rule } from './rule.ts';

function findRulesLeftToAcls(
  prepared: Prepared,
  rules: readonly Rule[],
): readonly (readonly [BucketSide, readonly Rule[]])[] {
  const arns = [...new Set(rules.map(({ destination }) => destination))];
  return arns.flatMap((arn) => {
    const side = destinationSide(prepared, arn);
    const mine = rules.filter((rule) => rule.destination === arn && !rule.ownerOverride);
    return mine.length > 0 && hasAcls(side) ? [[side, mine] as const] : [];
  });
}

/** False also where we cannot tell. A bucket without ownership controls is Object writer (API: GetBucketOwnershipControls). */
function hasAcls({ value }: BucketSide): boolean {
  const ownership = settingOf(value, 'ownership');
  return ownership !== 'unknown' && ownership !== 'BucketOwnerEnforced';
}

/**
 * Without owner override, and with ACLs on at the destination, the owner of the source object owns the replica in another account (S3 User Guide,
 * replication-change-owner; recorded/replication.md 49: the destination cannot even read its tags).
 */
export function foreignReplicas(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  return findRulesLeftToAcls(prepared, rules).flatMap(([{ name, arn, path, account }, [rule]]): readonly Cause[] => {
    if (account === 'unknown' || account === prepared.source.account || rule === undefined) return [];
    return [
      {
        check: 'C16',
        summary: `Replicas in bucket ${name} belong to source account ${prepared.source.account}: rule ${rule.id} has no owner override, and ACLs are on in ${name}. Account ${account} may not be able to read them.`,
        fix: `Set Object Ownership of ${name} to Bucket owner enforced, or put AccessControlTranslation with Owner Destination, and Account ${account}, into the Destination of rule ${rule.id}.`,
        evidence: { arn, path: [...path, 'ownership'], sources: [{ note: 'recorded/replication.md 49' }] },
      },
    ];
  });
}

/**
 * Without owner override a replica has its source's ACL. `BlockPublicAcls` refuses writes with a public ACL (API: PublicAccessBlockConfiguration),
 * which only a source bucket can hold that has ACLs on and does not block them itself.
 */
export function warnOfBlockedAcls(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  const { source } = prepared;
  if (!hasAcls(source) || blocksPublicAcls(prepared, source) !== false) return [];
  return findRulesLeftToAcls(prepared, rules).flatMap(([side, [rule]]): readonly Cause[] => {
    if (rule === undefined || blocksPublicAcls(prepared, side) !== true) return [];
    return [
      {
        check: 'C10',
        summary: `Objects of bucket ${source.name} with a public ACL may fail to replicate: rule ${rule.id} copies their ACL, and BlockPublicAcls of bucket ${side.name} refuses a public one.`,
        fix: `Set Object Ownership of ${source.name} to Bucket owner enforced, or put an owner override into rule ${rule.id}.`,
        evidence: { arn: side.arn, path: [...side.path, 'publicAccessBlock'] },
      },
    ];
  });
}

/** The stricter of bucket and account counts. What was not looked at does not block. */
function blocksPublicAcls({ snapshot }: Prepared, { account, value }: BucketSide): boolean | 'unknown' {
  const owner = account === 'unknown' ? 'unknown' : accountIn(snapshot, account);
  const settings = [settingOf(value, 'publicAccessBlock'), owner === 'unknown' ? null : owner.publicAccessBlock];
  if (settings.some((one) => one && one !== 'unknown' && one.BlockPublicAcls === true)) return true;
  return settings.includes('unknown') ? 'unknown' : false;
}
