const day = 24 * 60 * 60 * 1000;

/** Milliseconds: changes are reported one quarter ahead. */
export const horizon = 90 * day;

/** Milliseconds. ISO 8601 or epoch seconds (IAM User Guide, reference_policies_elements_condition_operators, "Date condition operators"). */
export function instantOf(value: unknown): number | undefined {
  const isSeconds = typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()));
  if (isSeconds) return Number(value) * 1000;
  if (!(value instanceof Date) && (typeof value !== 'string' || !/^\d{4}-\d\d/.test(value))) return undefined;
  const instant = new Date(value).getTime();
  return Number.isNaN(instant) ? undefined : instant;
}

/** `2026-12-24`, with the time of day unless it is midnight. */
export function dateText(instant: number): string {
  const [date = '', time = ''] = new Date(instant).toISOString().split('T');
  return time === '00:00:00.000Z' ? date : `${date} ${time.slice(0, 5)} UTC`;
}
