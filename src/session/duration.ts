import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** The longest that Node waits for: 24 days. */
const longestMs = 2 ** 31 - 1;

/** In milliseconds; takes `90s`, `15m`, `2h`. */
export function parseDuration(value: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smh])$/.exec(value) ?? [];
  const ms = Number(count) * (units[unit] ?? Number.NaN);
  if (ms > 0 && ms <= longestMs) return ms;
  throw new InvalidArgumentError('it is a time with its unit, at most 24 days: 90s, 15m, 2h');
}

/** In minutes; a number alone is of minutes. */
export function parseMinutes(value: string): number {
  if (/^0(\.0+)?[smh]?$/.test(value)) return 0;
  try {
    return parseDuration(/^[\d.]+$/.test(value) ? `${value}m` : value) / 60_000;
  } catch {
    throw new InvalidArgumentError('it is a time: 90s, 15m, 2h; without a unit it is of minutes');
  }
}
