/** S3 RTC replicates within it (S3 User Guide, replication-time-control). */
const rtcSeconds = 15 * 60;

/** @param text `latency` of `alerts:`. @returns seconds that replication may take before the alarm; undefined: no alarm. */
export function latencySeconds(text: string | undefined, hasRtc: boolean): number | undefined {
  if (text === undefined) return hasRtc ? rtcSeconds : undefined;
  const [, count, unit] = /^(\d+)([mh])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'h' ? 3600 : 60);
}
