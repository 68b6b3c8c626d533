import type { BucketSnapshot, Found, Known } from '../snapshot.ts';
import type { Cause } from '../verdict.ts';
import { unreadCause } from './finding.ts';
import type { Path } from './path.ts';
import { destinationSide, type Prepared, rulesIn } from './prepare.ts';
import type { Rule } from './rule.ts';

/** Replica modification sync has to be on in both buckets (S3 User Guide, replication-for-metadata-changes; rules.md 2.3 R28). */
export function oneSidedSync(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  return [...new Set(rules.map(({ destination }) => destination))].flatMap((arn): Cause[] => {
    const there = destinationSide(prepared, arn);
    const mine = rules.filter(({ destination }) => destination === arn);
    const rule = mine.find(({ replicaModifications }) => replicaModifications);
    const back = syncsBack(there.value, there.path, prepared.source.arn);
    if (back === 'unknown') {
      const what = `the replication configuration of bucket ${there.name}`;
      return rule ? [unreadCause('C04', what, arn, [...there.path, 'replication'])] : [];
    }
    if (back === (rule !== undefined)) return [];
    const [on, off] = rule ? [prepared.source, there] : [there, prepared.source];
    const summary = `Replica modification sync is on in bucket ${on.name} and not in ${off.name}: changes of metadata replicate one way, and the copies drift apart.`;
    const fix = `Put a rule with ReplicaModifications from ${off.name} to ${on.name}, or turn it off in ${on.name}.`;
    const path = rule?.path ?? [...there.path, 'replication'];
    return [{ check: 'C04', summary, fix, evidence: { arn: on.arn, path, sources: [{ note: 'rules.md 2.3 R28' }] } }];
  });
}

function syncsBack(bucket: Found<BucketSnapshot>, path: Path, source: string): Known<boolean> {
  const book = rulesIn(bucket, path);
  if (book === null || book === 'unknown') return book ?? false;
  return book.byDestination.flat().some((rule) => rule.destination === source && rule.replicaModifications);
}
