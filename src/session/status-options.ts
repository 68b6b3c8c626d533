import { InvalidArgumentError } from 'commander';
import type { BucketOptions } from './sides-of-flags.ts';

export interface StatusOptions extends BucketOptions {
  /** In milliseconds. */
  readonly since: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** CloudWatch keeps the values of single minutes for 15 days (CloudWatch User Guide, cloudwatch_concepts). */
const longest = 14 * dayMs;

/** In milliseconds; takes `24h` and `7d`. */
export function parseSince(text: string): number {
  const [, count, unit] = /^(\d+)([hd])$/.exec(text) ?? [];
  const ms = Number(count) * (unit === 'd' ? dayMs : hourMs);
  if (ms >= hourMs && ms <= longest) return ms;
  throw new InvalidArgumentError('use a time from 1h to 14d, like 24h or 7d.');
}
