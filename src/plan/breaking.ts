/** What a plan does to the replication rules of others: said before the first write. */
import type { AnySide, Spec } from '../config/spec.ts';
import { enumerate } from '../model/evaluation/element.ts';
import { type Broken, brokenRules } from '../model/others/broken-rules.ts';
import type { AccountSnapshot, Known, Named, Snapshot } from '../model/snapshot.ts';
import { snapshotOf } from '../model/snapshot-of.ts';
import type { Finding } from './change.ts';
import { isOurRule, ruleIdPrefix, sidesOf } from './names.ts';
import { shellWord } from './shell-word.ts';
import { bucketOf, type State } from './state.ts';

/** The buckets of a spec whose replication configurations have enabled rules of others. */
export function sidesWithOthers(observed: State, spec: Spec): readonly AnySide[] {
  const sides = new Map(sidesOf(spec).map((side) => [side.bucket, side]));
  return [...sides.values()].filter(({ account, bucket }) =>
    bucketOf(observed, account, bucket)?.replication?.Rules?.some(
      (rule) => rule.Status === 'Enabled' && !isOurRule(rule, spec),
    ),
  );
}

/**
 * The rules of others on the bucket of a side that a plan would end or change.
 *
 * @param around what was read of where they lead: a snapshot of that bucket; what the states know better wins. Undefined where that
 *   could not be read.
 * @param accepted IDs of rules of which a person has said so: a warning, no problem.
 */
export function breakingFindings(
  { observed, desired }: { readonly observed: State; readonly desired: State },
  spec: Spec,
  side: AnySide,
  around: Snapshot | undefined,
  accepted: readonly string[],
): readonly Finding[] {
  const takenAt = around ? new Date(around.takenAt) : new Date();
  const source = { account: side.account, bucket: side.bucket };
  const [before, after] = [observed, desired].map((state) => {
    const own = { ...snapshotOf(state, spec, takenAt), source };
    return around ? overlaid(around, own) : own;
  });
  if (before === undefined || after === undefined) return [];
  const prefix = ruleIdPrefix(spec);
  return brokenRules(before, after, (id) => id.startsWith(prefix)).map((one) =>
    findingOf(one, side, accepted.includes(one.rule.id)),
  );
}

function findingOf({ rule, effect, how, objects, cause }: Broken, side: AnySide, isAccepted: boolean): Finding {
  const what = objects.includes('') || objects.length === 0 ? 'new objects' : enumerate(objects);
  const to = rule.destination.slice(rule.destination.lastIndexOf(':') + 1);
  const whose = `rule ${rule.id}, which is somebody else's`;
  const where = `${what} from ${side.bucket} to ${to}`;
  const end = how.replace(/\.$/, '');
  const sentences: Readonly<Record<Broken['effect'], string>> = {
    stops: `this plan would stop ${whose}: it replicates ${where} now, and would not afterwards: ${end}`,
    differs: `this plan would change ${whose}: it replicates ${where} now, and afterwards ${end}`,
    begins: `this plan would change ${whose}: it leaves out ${where} now, and afterwards ${end} would replicate them, which hides the replicas`,
    unknown: `this plan may stop ${whose}: it replicates ${where} now, and s3repl cannot tell whether it would afterwards: ${end}`,
  };
  const first =
    effect === 'begins'
      ? 'Write "deleteMarkers: false" for the rule in repl.yaml. '
      : effect === 'stops' && cause
        ? `${cause.fix.replace(/\.$/, '')}. `
        : '';
  return {
    level: isAccepted ? 'warning' : 'problem',
    step: 'replication-rule',
    code: 'breaks-others',
    side: side.id,
    message: sentences[effect],
    fix: isAccepted
      ? 'accepted with --accept-breaking; tell the owner of the rule'
      : `${first}Ask the owner of the rule; to go on all the same: --accept-breaking ${shellWord(rule.id)}`,
  };
}

/** What was read around a bucket, and on top of it the accounts of a state. */
function overlaid(around: Snapshot, own: Snapshot): Snapshot {
  if (around.accounts === 'unknown' || own.accounts === 'unknown') return { ...own, source: around.source };
  const accounts: Record<string, Known<AccountSnapshot>> = { ...around.accounts };
  for (const [id, account] of Object.entries(own.accounts)) {
    const known = accounts[id];
    accounts[id] =
      known && known !== 'unknown' && account !== 'unknown'
        ? {
            ...known,
            ...account,
            roles: over(known.roles, account.roles),
            buckets: over(known.buckets, account.buckets),
            keys: over(known.keys, account.keys),
          }
        : account;
  }
  return { ...around, accounts, objects: [] };
}

function over<T>(below: Named<T> | 'unknown', above: Named<T> | 'unknown'): Named<T> | 'unknown' {
  if (below === 'unknown') return above;
  return above === 'unknown' ? below : { ...below, ...above };
}
