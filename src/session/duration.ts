import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** The longest that Node waits for: 24 days. */
const longestMs = 2 ** 31 - 1;

/** In milliseconds; takes `90s`, `15m`, `2h`. */
export function parseDuration(value: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smh])$/.exec(value) ?? [];
  const ms = Number(count) * (units[unit] ?? Number.NaN);
  if (ms > 0 && ms <= longestMs) return ms;
  throw new InvalidArgumentError('use 90s, 15m or 2h, at most 24 days');
}

/** In minutes; a bare number means minutes. */
export function parseMinutes(value: string): number {
  if (/^0(\.0+)?[smh]?$/.test(value)) return 0;
  try {
    return parseDuration(/^[\d.]+$/.test(value) ? `${value}m` : value) / 60_000;
  } catch {
    throw new InvalidArgumentError('use 90s, 15m or 2h; a bare number means minutes');
  }
}
