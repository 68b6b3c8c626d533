import { bucketNameIn } from '../aws/arn.ts';
import { lookUp } from '../aws/documents.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { enumerate } from '../model/evaluation/phrase.ts';
import type { Broken } from '../model/others/broken.ts';
import { findBrokenRules } from '../model/others/broken-rules.ts';
import type { AccountSnapshot, Found, Known, Named, Snapshot } from '../model/snapshot.ts';
import type { Finding } from '../state/change.ts';
import { isOurRule, ruleIdPrefix, sidesOf } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';
import { shellWord } from '../text/shell-word.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { snapshotOf } from './snapshot-of.ts';

export function sidesWithOthers(observed: State, spec: Spec): readonly AnySide[] {
  const sides = new Map(sidesOf(spec).map((side) => [side.bucket, side]));
  return [...sides.values()].filter(({ account, bucket }) =>
    bucketOf(observed, account, bucket)?.replication?.Rules?.some(
      (rule) => rule.Status === 'Enabled' && !isOurRule(rule, spec),
    ),
  );
}

/**
 * The rules of others on the bucket of a side that a plan would end or change, reported before the first write.
 * @param around a snapshot of where they lead, under the states; undefined: could not be read. @param accepted IDs of rules that only get a warning.
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
  const look = (state: State) => {
    const own = { ...snapshotOf(state, spec, takenAt), source };
    return around ? overlay(around, own) : own;
  };
  const prefix = ruleIdPrefix(spec);
  return findBrokenRules(look(observed), look(desired), (id) => id.startsWith(prefix)).map((one) =>
    findingOf(one, side, accepted.includes(one.rule.id)),
  );
}

function findingOf(broken: Broken, side: AnySide, isAccepted: boolean): Finding {
  const { rule, effect, how, objects, unseen } = broken;
  const what = objects.includes('') || objects.length === 0 ? 'new objects' : enumerate(objects);
  const to = bucketNameIn(rule.destination);
  const whose = `rule ${rule.id}, which s3repl did not create`;
  const where = `${what} from ${side.bucket} to ${to}`;
  const end = withoutPeriod(how);
  const now = `${unseen ? 's3repl cannot tell whether it replicates' : 'it replicates'} ${where} now`;
  const sentences: Readonly<Record<Broken['effect'], string>> = {
    stops: `this plan would stop ${whose}: ${now}, and ${unseen ? 'it ' : ''}would not afterwards: ${end}`,
    differs: `this plan would change ${whose}: ${now}, and afterwards ${end}`,
    begins: `this plan would change ${whose}: it leaves out ${where} now, and afterwards ${end} would replicate them, which hides the replicas`,
    unknown: `this plan may stop ${whose}: ${now}, and s3repl cannot tell whether it would afterwards: ${end}`,
  };
  return {
    level: isAccepted ? 'warning' : 'problem',
    step: 'replication-rule',
    code: 'breaks-others',
    side: side.id,
    message: sentences[effect],
    fix: isAccepted
      ? 'accepted with --accept-breaking; inform the owner of the rule'
      : `${wayOut(broken)} To continue anyway: --accept-breaking ${shellWord(rule.id)}`,
  };
}

function wayOut({ effect, cause, by }: Broken): string {
  const ask = 'Ask the owner of the rule.';
  const markers = (value: boolean) => `Write "deleteMarkers: ${value}" for the rule in repl.yaml. ${ask}`;
  if (effect === 'begins') return markers(false);
  if (effect !== 'stops' || cause === undefined) return ask;
  // Our rules select every encryption: one of them can only leave out delete markers.
  if (by && cause.check === 'C04') return markers(true);
  return `${ask} What keeps it working: ${withoutPeriod(cause.fix)}.`;
}

/** A state wins over what was read around the bucket. */
function overlay(around: Snapshot, own: Snapshot): Snapshot {
  if (around.accounts === 'unknown' || own.accounts === 'unknown') return { ...own, source: around.source };
  const accounts: Record<string, Known<AccountSnapshot>> = { ...around.accounts };
  for (const [id, account] of Object.entries(own.accounts)) {
    const known = accounts[id];
    accounts[id] =
      known && known !== 'unknown' && account !== 'unknown'
        ? {
            ...known,
            ...leaveOutUnknown(account),
            roles: putOver(known.roles, account.roles),
            buckets: putOver(known.buckets, account.buckets),
            keys: putOver(known.keys, account.keys),
          }
        : account;
  }
  return { ...around, accounts, objects: [] };
}

/** Control policies and what else a plan does not look at come from what was read around it. */
function leaveOutUnknown(account: AccountSnapshot): Partial<AccountSnapshot> {
  return Object.fromEntries(Object.entries(account).filter(([, member]) => member !== 'unknown'));
}

/** A state does not look at everything: grants of keys, and what it may not read, come from what was read around it. */
function putOver<T extends object>(
  below: Known<Named<Found<T>>>,
  above: Known<Named<Found<T>>>,
): Known<Named<Found<T>>> {
  if (below === 'unknown' || above === 'unknown') return above;
  const things = Object.entries(above).map(
    ([name, thing]) => [name, putOverThing(lookUp(below, name), thing)] as const,
  );
  return { ...below, ...Object.fromEntries(things) };
}

function putOverThing<T extends object>(below: Found<T> | undefined, above: Found<T>): Found<T> {
  if (below === undefined || below === null || below === 'unknown' || above === null) return above;
  if (above === 'unknown') return below;
  const known = Object.entries(above).filter(([, value]) => value !== 'unknown');
  return { ...below, ...Object.fromEntries(known) };
}
