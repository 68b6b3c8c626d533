/** How far replication is behind, where a version is PENDING, and whether KMS may be what it waits for (C35). */
import { kmsRate } from '../aws/kms-rate.ts';
import { instantOf } from '../model/replication/dates.ts';
import type { KmsUseSnapshot, ObjectSnapshot, RuleMetricsSnapshot, Snapshot } from '../model/snapshot.ts';
import { crowded } from '../plan/backfill-time.ts';
import { countText } from '../text/count-text.ts';
import { withoutPeriod } from '../text/without-period.ts';
import type { Level, Sighting } from './diagnosis.ts';

const minuteMs = 60_000;

/** S3 replicates most objects within 15 minutes (S3 User Guide, replication-troubleshoot). */
const usualMinutes = 15;

/** Nothing where no version is PENDING. */
export function lookAtLag(snapshot: Snapshot, objects: readonly ObjectSnapshot[]): readonly Sighting[] {
  const takenAt = instantOf(snapshot.takenAt) ?? 0;
  const waiting = objects.flatMap(({ replicationStatus, key, lastModified }) => {
    const since = instantOf(lastModified);
    return replicationStatus === 'PENDING' && since !== undefined ? [{ key, since }] : [];
  });
  const [oldest] = waiting.toSorted((a, b) => a.since - b.since);
  if (oldest === undefined) return [];
  return [
    ...lookAtOldest(oldest.key, Math.floor((takenAt - oldest.since) / minuteMs), snapshot.replicationMetrics),
    ...(snapshot.kms ?? []).flatMap((one) => lookAtKms(one, snapshot.source.account)),
    ...listUnread(snapshot).map((reason) =>
      sight(
        'unknown',
        `s3repl could not read how far behind replication is: ${withoutPeriod(reason)}.`,
        'Allow this call, and run the same command again.',
      ),
    ),
  ];
}

function listUnread({ unreadable = [] }: Snapshot): readonly string[] {
  const ours = unreadable.filter(({ path }) => /^(replicationMetrics|kms)\b/.test(path));
  return [...new Set(ours.map(({ reason }) => reason))];
}

function lookAtOldest(
  object: string,
  minutes: number,
  metrics: readonly RuleMetricsSnapshot[] = [],
): readonly Sighting[] {
  if (minutes <= usualMinutes) return [];
  const behind = metrics.map(describeRule);
  return [
    sight(
      'warning',
      [`The version of ${object} has been PENDING for ${ageText(minutes)}.`, ...behind].join(' '),
      'Wait: S3 keeps trying by itself, and can take hours. If nothing changes, look for throttling by KMS and for a high rate of writes.',
      object,
    ),
  ];
}

function describeRule({ rule, destination, pendingOperations, latency }: RuleMetricsSnapshot): string {
  const place = `Rule ${rule} to ${destination}`;
  if (typeof latency !== 'number') return `${place}: s3repl cannot tell how far behind it is.`;
  const pending =
    typeof pendingOperations === 'number'
      ? `, with ${countText(pendingOperations)} ${pendingOperations === 1 ? 'operation' : 'operations'} pending`
      : '';
  return `${place} is ${ageText(Math.round(latency / 60))} behind, according to CloudWatch${pending}.`;
}

function lookAtKms({ region, requests, quota }: KmsUseSnapshot, account: string): readonly Sighting[] {
  if (requests === 'unknown' || requests / quota <= crowded) return [];
  const percent = Math.round((100 * requests) / quota);
  return [
    sight(
      'warning',
      `In the last hour account ${account} made up to ${countText(Math.round(requests))} KMS requests a second in ${region}, ${percent} % of its quota of ${countText(quota)}. KMS throttles an account that reaches it, and replication waits.`,
      `Use S3 Bucket Keys in the source and destination buckets: new objects then need up to 99 % fewer requests. Or ask for a higher quota in Service Quotas (KMS, ${kmsRate.name}, ${kmsRate.code}), in account ${account} and ${region}.`,
    ),
  ];
}

function sight(level: Level, summary: string, fix: string, object?: string): Sighting {
  return { level, cause: { check: 'C35', summary, fix, evidence: {} }, ...(object !== undefined && { object }) };
}

function ageText(minutes: number): string {
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  return `${countText(Math.floor(minutes / 60))} hours`;
}
