/** From what was read to how replication is doing. */
import { bucketNameIn } from '../aws/arn.ts';
import { settingOf } from '../model/replication/find.ts';
import { destinationSide, listEnabledRules, type Prepared, prepare } from '../model/replication/prepare.ts';
import type { Rule } from '../model/replication/rule.ts';
import type { JobSnapshot, Known } from '../model/snapshot.ts';
import { isJobOver } from '../plan/backfill-jobs.ts';
import { crowded } from '../plan/backfill-time.ts';
import { isMeasured } from './measured.ts';
import { metersOff, readMeters } from './meter.ts';
import { highestOf, lineOf, maxOf } from './points.ts';
import type { BucketKeySavings, KmsStatus, Period, RuleStatus, Status, StatusReason } from './replication-status.ts';
import { describeBucketKeys, describeSample, listGoverned } from './sample.ts';
import { hearsOf, listAlarms, listEvents } from './status-alarms.ts';
import { isUnread, type KmsRead, type StatusFacts, type WantedRule } from './status-facts.ts';
import { listReasons } from './status-reasons.ts';

/** How replication is doing, by what S3, CloudWatch and the newest versions say themselves. Why it is so, `doctor` says. */
export function judgeStatus(facts: StatusFacts): Status {
  const { snapshot, period, configured, wanted } = facts;
  const prepared = prepare(snapshot);
  const isCounted = (rule: Rule) => wanted === undefined || findWanted(wanted, rule) !== undefined;
  const exceptionsOf = (rule: Rule) => findWanted(wanted ?? [], rule)?.except ?? [];
  const governed = listGoverned(prepared, { isCounted, exceptionsOf });
  const rules = [...listEnabledRules(prepared), ...listDisabledRules(prepared)].map((rule) =>
    describeRule(prepared, rule, facts, wanted === undefined ? rule.enabled : isCounted(rule)),
  );
  const all = [...rules, ...listMissing(rules, prepared, wanted)];
  const reasons = listReasons({ prepared, facts, rules: all, governed });
  const { account, bucket } = snapshot.source;
  return {
    source: { account, bucket, region: settingOf(prepared.source.value, 'region') },
    period,
    outcome: outcomeOf(reasons),
    reasons,
    configured,
    rules: all.toSorted((a, b) => harmOf(b, reasons) - harmOf(a, reasons)),
    sample: describeSample(facts, governed),
    jobs: listRecentJobs(snapshot.jobs, period),
    alarms: listAlarms(prepared, facts.alarmStates),
    events: listEvents(prepared),
    kms: facts.kms.map((one) => describeKms(one, period)),
    bucketKeys: describeBucketKeys(snapshot, countReplicated(all)),
    unread: snapshot.unreadable ?? [],
  };
}

function findWanted(wanted: readonly WantedRule[], { id, destination }: Pick<Rule, 'id' | 'destination'>) {
  return wanted.find((one) => one.rule === id && one.destination === bucketNameIn(destination));
}

function listDisabledRules({ rules }: Prepared): readonly Rule[] {
  return rules === null || rules === 'unknown' ? [] : rules.disabled;
}

function describeRule(
  prepared: Prepared,
  rule: Rule,
  { metrics, period, wanted }: StatusFacts,
  counts: boolean,
): RuleStatus {
  const destination = bucketNameIn(rule.destination);
  const seen = settingOf(destinationSide(prepared, rule.destination).value, 'region');
  const series = metrics.filter((one) => one.rule === rule.id && one.destination === destination);
  return {
    rule: rule.id,
    destination,
    region: seen === 'unknown' ? (wanted?.find((one) => one.destination === destination)?.region ?? seen) : seen,
    state: rule.enabled ? 'enabled' : 'disabled',
    counts,
    ...(rule.enabled && rule.metrics ? readMeters(series, period) : metersOff),
    heard: rule.enabled ? hearsOf(prepared, rule) : false,
  };
}

/** Rules of repl.yaml that the bucket does not have. */
function listMissing(
  rules: readonly RuleStatus[],
  { rules: book }: Prepared,
  wanted: readonly WantedRule[] = [],
): readonly RuleStatus[] {
  if (book === 'unknown') return [];
  return wanted
    .filter((one) => !rules.some(({ rule, destination }) => rule === one.rule && destination === one.destination))
    .map(({ except: _, ...one }) => ({ ...one, state: 'missing', counts: true, ...metersOff, heard: false }));
}

const harmful = ['failed', 'sample-failed', 'differs', 'rule-off', 'no-rule'];

function outcomeOf(reasons: readonly StatusReason[]): Status['outcome'] {
  if (reasons.some(({ kind }) => harmful.includes(kind))) return 'blocked';
  return reasons.length > 0 ? 'unknown' : 'healthy';
}

/** Those that do not count come last. */
function harmOf({ rule, destination, counts, failed }: RuleStatus, reasons: readonly StatusReason[]): number {
  const index = reasons.findIndex((one) => 'rule' in one && one.rule === rule && one.destination === destination);
  const hasFailed = isMeasured(failed) && failed.count > 0;
  const harm = (index < 0 ? 0 : 1 + reasons.length - index) + (hasFailed ? 1 : 0);
  return counts ? harm + 2 : harm > 0 ? 1 : 0;
}

function listRecentJobs(jobs: Known<readonly JobSnapshot[]> = [], { from }: Period): Status['jobs'] {
  if (jobs === 'unknown') return jobs;
  return jobs.filter((job) => !isJobOver(job) || Date.parse(job.ended ?? job.created ?? '') >= from);
}

function describeKms({ region, minutes, quota, quotaUnread }: KmsRead, period: Period): KmsStatus {
  if (isUnread(minutes)) return { region, use: 'unknown', quota, quotaUnread, share: 'unknown', isCrowded: false };
  const busiest = highestOf(minutes);
  const perSecond = (busiest?.value ?? 0) / 60;
  const share = perSecond / quota.perSecond;
  const line = lineOf(minutes, period, (values) => maxOf(values) / 60);
  const use = { perSecond, at: busiest?.at ?? null, line };
  return { region, use, quota, quotaUnread, share, isCrowded: share > crowded };
}

/** Of the rules that count. */
function countReplicated(rules: readonly RuleStatus[]): BucketKeySavings['operations'] {
  let count = 0;
  for (const { failed } of rules.filter(({ counts, state }) => counts && state === 'enabled')) {
    if (failed === 'none') continue;
    if (!isMeasured(failed)) return 'unknown';
    count += failed.operations - failed.count;
  }
  return count;
}
