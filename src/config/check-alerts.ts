import { arnParts } from '../aws/arn.ts';
import { latencySeconds } from './alert-latency.ts';
import { checkArnPartition } from './check-sides.ts';
import { type Draft, type DraftSide, draftDestinations, draftSource } from './draft.ts';
import type { Config } from './fields.ts';
import { isMapping, type Path } from './path.ts';
import { type Finding, problem, warning } from './problem.ts';

type DraftAlerts = NonNullable<Draft<Config>['alerts']>;

/** An alarm and its topic are in one Region, and all are the source account's (CloudWatch API, PutMetricAlarm; S3 User Guide, metrics-dimensions). */
export function checkAlerts(draft: Draft<Config>): readonly Finding[] {
  const { alerts } = draft;
  if (!isMapping(alerts)) return [];
  const source = draftSource(draft);
  const topics = Array.isArray(alerts.topics) ? (alerts.topics as readonly (string | undefined)[]) : [];
  const given = topics.filter((topic) => topic !== 'create');
  return [
    ...given.flatMap((topic, index) => checkPlace('topic', topic, ['alerts', 'topics', index], source)),
    ...(given.length > 0 ? checkGiven(draft, alerts, given, source) : []),
    ...checkSomebody(draft, alerts, source),
    ...checkKey(draft, alerts, source),
    ...checkEvents(alerts, source),
  ];
}

function checkPlace(what: string, text: string | undefined, path: Path, source: DraftSide): readonly Finding[] {
  const { account } = arnParts(text ?? '') ?? {};
  const wrongPartition = checkArnPartition(text, path, source);
  if (wrongPartition.length > 0 || account === undefined || source.account === undefined || account === source.account)
    return wrongPartition;
  const message = `the ${what} belongs to account ${account}, not to the source account ${source.account}`;
  return [problem(path, `${message} (write a ${what} of account ${source.account})`)];
}

function checkGiven(
  draft: Draft<Config>,
  alerts: DraftAlerts,
  given: readonly (string | undefined)[],
  source: DraftSide,
): readonly Finding[] {
  const findings: Finding[] = [];
  if ((alerts.emails ?? []).length > 0)
    findings.push(
      problem(
        ['alerts', 'emails'],
        's3repl subscribes emails only to topics that it creates, and topics names your own (subscribe the addresses yourself, or write topics: create)',
      ),
    );
  if (alerts.kmsKey !== undefined)
    findings.push(
      problem(
        ['alerts', 'kmsKey'],
        'kmsKey is for topics that s3repl creates, and topics names your own (remove kmsKey: your topics keep their own keys)',
      ),
    );
  const regions = given.map((topic): string | undefined => arnParts(topic ?? '')?.region);
  const needed = regionsNeeded(draft, alerts, source);
  regions.forEach((region, index) => {
    const path = ['alerts', 'topics', index];
    if (region === undefined || needed.includes(undefined)) return;
    if (regions.indexOf(region) < index)
      findings.push(problem(path, `there are two topics in ${region} (write one for each Region)`));
    else if (!needed.includes(region))
      findings.push(
        problem(
          path,
          `there is no alarm in ${region}: an alarm and its topic have to be in the same Region (remove this topic)`,
        ),
      );
  });
  if (regions.includes(undefined)) return findings;
  const missing = needed.filter((region) => region !== undefined && !regions.includes(region));
  for (const region of missing)
    findings.push(
      problem(
        ['alerts', 'topics'],
        `there are alarms in ${region}, but no topic (add a topic of ${region}, or write topics: create)`,
      ),
    );
  return findings;
}

/** Undefined for those that are not known. Pending operations and latency are counted in the Region of the destination (S3 User Guide, metrics-dimensions). */
function regionsNeeded(draft: Draft<Config>, alerts: DraftAlerts, source: DraftSide): readonly (string | undefined)[] {
  const late = draftDestinations(draft).filter((_, index) => {
    const rules = draft.destinations?.[index]?.rules ?? [{}];
    return (
      alerts.silence === true ||
      rules.some((rule) => latencySeconds(alerts.latency, rule?.replicationTimeControl !== false) !== undefined)
    );
  });
  return [...new Set([...(alerts.failures === false ? [] : [source.region]), ...late.map(({ region }) => region)])];
}

/** Addresses without an alarm. */
function checkSomebody(draft: Draft<Config>, alerts: DraftAlerts, source: DraftSide): readonly Finding[] {
  if ((alerts.emails ?? []).length === 0 || regionsNeeded(draft, alerts, source).length > 0) return [];
  const message = 'nobody gets any message: failures, latency and silence are all off (write failures: true)';
  return [warning(['alerts', 'emails'], message)];
}

function checkKey(draft: Draft<Config>, alerts: DraftAlerts, source: DraftSide): readonly Finding[] {
  const path = ['alerts', 'kmsKey'];
  const { region, resource = '' } = arnParts(alerts.kmsKey ?? '') ?? {};
  if (region === undefined) return [];
  const placed = checkPlace('key', alerts.kmsKey, path, source);
  if (placed.length > 0 || resource.startsWith('key/mrk-')) return placed;
  const others = regionsNeeded(draft, alerts, source).filter((one) => one !== undefined && one !== region);
  if (others.length === 0) return [];
  return [
    problem(
      path,
      `the key is in ${region}, but there are also topics in ${others.join(', ')} (write a multi-Region key with a replica in each, or your own topics)`,
    ),
  ];
}

function checkEvents({ events }: DraftAlerts, source: DraftSide): readonly Finding[] {
  const path = ['alerts', 'events'];
  const { region, service } = arnParts(events ?? '') ?? {};
  const what = service === 'sqs' ? 'queue' : 'topic';
  const placed = checkPlace(what, events, path, source);
  if (placed.length > 0 || region === undefined || source.region === undefined || region === source.region)
    return placed;
  const message = `the ${what} is in ${region}, but S3 sends events only within the Region of the bucket, ${source.region}`;
  return [problem(path, `${message} (write a ${what} of ${source.region})`)];
}
