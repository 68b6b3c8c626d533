/** Why the answer is not `healthy`. */
import { bucketNameIn } from '../aws/arn.ts';
import type { Prepared } from '../model/replication/prepare.ts';
import { isMeasured } from './measured.ts';
import { hourMs } from './meter.ts';
import { staleMs } from './points.ts';
import type { RuleStatus, StatusReason } from './replication-status.ts';
import { coversLastHour, type GovernedVersion, groupByWay } from './sample.ts';
import { isUnread, type StatusFacts } from './status-facts.ts';

export interface Judged {
  readonly prepared: Prepared;
  readonly facts: StatusFacts;
  readonly rules: readonly RuleStatus[];
  /** The newest first. */
  readonly governed: readonly GovernedVersion[];
}

/** The most harmful first. */
export function listReasons(judged: Judged): readonly StatusReason[] {
  const { rules } = judged;
  const counted = rules.filter(({ counts }) => counts);
  return [
    ...counted.flatMap(describeFailed),
    ...describeFailedSample(judged, counted),
    ...describeConfigured(judged, counted),
    ...describeUnread(judged),
    ...describeNoStatus(judged),
    ...counted.filter(({ state }) => state === 'enabled').flatMap((rule) => describeBlind(judged, rule)),
  ];
}

function describeFailed({ rule, destination, failed }: RuleStatus): readonly StatusReason[] {
  if (!isMeasured(failed) || failed.recent === 0) return [];
  return [{ kind: 'failed', rule, destination, count: failed.recent, last: failed.last ?? 0 }];
}

/** The newest version of each way, and where no metric of ours counts it, any of the last hour. */
function describeFailedSample({ facts, governed }: Judged, counted: readonly RuleStatus[]): readonly StatusReason[] {
  const since = facts.period.to - hourMs;
  const newest = new Set(groupByWay(governed).map(([first]) => first));
  const isBlind = ({ ways }: GovernedVersion) =>
    ways.some(({ rule, by }) => by !== rule || counted.some((one) => one.rule === rule.id && one.failed === 'off'));
  const failed = governed.find(
    (one) => one.status === 'FAILED' && (newest.has(one) || (one.modified >= since && isBlind(one))),
  );
  if (failed === undefined) return [];
  const { key, versionId, modified } = failed;
  return [{ kind: 'sample-failed', key, versionId, modified }];
}

function describeConfigured(
  { facts: { configured }, prepared }: Judged,
  counted: readonly RuleStatus[],
): readonly StatusReason[] {
  if (configured.kind === 'differs') {
    // Alarms are made once S3 has published their metrics: objects replicate without.
    const changes = configured.changes - configured.ofAlerts + configured.problems;
    return [...listOff(counted), ...(changes > 0 ? [{ kind: 'differs', changes } as const] : [])];
  }
  if (configured.kind !== 'not-compared') return listOff(counted);
  const isKnown = prepared.rules !== 'unknown';
  return isKnown && counted.length === 0 ? [{ kind: 'no-rule' }] : [];
}

/** Rules of repl.yaml. Of a setup without it, nobody says that a disabled rule is meant to be enabled. */
function listOff(counted: readonly RuleStatus[]): readonly StatusReason[] {
  return counted.flatMap(({ rule, destination, state }) =>
    state === 'enabled' ? [] : [{ kind: 'rule-off', rule, destination, state }],
  );
}

function describeUnread({ prepared, facts: { configured, snapshot } }: Judged): readonly StatusReason[] {
  const reasonAt = (path: string) =>
    snapshot.unreadable?.find((one) => one.path.startsWith(path))?.reason ?? 'it could not be read';
  return [
    ...(prepared.rules === 'unknown'
      ? [{ kind: 'unread', what: 'replication', why: reasonAt('accounts') } as const]
      : []),
    ...(configured.kind === 'unknown' ? [{ kind: 'unread', what: 'configuration', why: configured.why } as const] : []),
    ...(snapshot.objects === 'unknown' ? [{ kind: 'unread', what: 'sample', why: reasonAt('objects') } as const] : []),
  ];
}

/**
 * S3 gives a status to what a rule takes, when it is written (S3 User Guide, replication-status; recorded facts 55 and 58). A later version that has one shows that
 * S3 replicates, so only the newest counts, and only for an hour: it may be older than the rule. It is not where the rule took an earlier one.
 */
function describeNoStatus({ facts: { period }, governed }: Judged): readonly StatusReason[] {
  const since = period.to - hourMs;
  const skipped = new Set(groupByWay(governed).map((group) => findNew(group, since) ?? findSkipped(group)));
  const found = governed.find((one) => skipped.has(one));
  if (found === undefined) return [];
  const { key, versionId, modified } = found;
  return [{ kind: 'no-status', key, versionId, modified }];
}

function findNew(group: readonly GovernedVersion[], since: number): GovernedVersion | undefined {
  const newest = group.find(({ status, lacksStatus }) => status !== null || lacksStatus);
  return newest?.lacksStatus === true && newest.modified >= since ? newest : undefined;
}

function findSkipped(group: readonly GovernedVersion[]): GovernedVersion | undefined {
  const [newest] = group;
  if (newest?.status !== null) return undefined;
  const sure = newest.ways.filter(({ isSure }) => isSure).map(({ rule }) => rule);
  const wasTaken = group.some(
    ({ status, ways }) => status !== null && ways.some(({ rule, isSure }) => isSure && sure.includes(rule)),
  );
  return wasTaken ? newest : undefined;
}

/** Where a failure of the last hour could hide. */
function describeBlind({ facts, governed }: Judged, rule: RuleStatus): readonly StatusReason[] {
  const where = { rule: rule.rule, destination: rule.destination };
  const { failed, pending } = rule;
  if (failed === 'off') return coversLastHour(facts) ? [] : [{ kind: 'no-metrics', ...where }];
  const [unread] = [failed, pending].filter(isUnread);
  if (unread) return [{ kind: 'metrics-unread', ...where, why: unread.unread }];
  if (isMeasured(pending) && pending.isStale) return [{ kind: 'metrics-stopped', ...where, last: pending.asOf }];
  return pending === 'none' && shouldHaveBegun(rule, facts, governed)
    ? [{ kind: 'metrics-stopped', ...where, last: null }]
    : [];
}

/** S3 publishes what is pending from a rule's first object on, each minute. */
function shouldHaveBegun(
  { rule, destination }: RuleStatus,
  { period: { from, to } }: StatusFacts,
  governed: readonly GovernedVersion[],
): boolean {
  return governed.some(
    ({ status, modified, ways }) =>
      (status === 'COMPLETED' || status === 'PENDING' || status === 'FAILED') &&
      modified >= from &&
      modified < to - staleMs &&
      ways.some(
        (one) =>
          one.isSure &&
          one.by === one.rule &&
          one.rule.id === rule &&
          bucketNameIn(one.rule.destination) === destination,
      ),
  );
}
