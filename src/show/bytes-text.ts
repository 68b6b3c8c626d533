import { countText } from '../text/count-text.ts';

const units = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** In decimal units, three digits at most: `1.2 GB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${countText(bytes)} bytes`;
  let value = bytes / 1000;
  let index = 0;
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : countText(Math.round(value))} ${units[index]}`;
}
