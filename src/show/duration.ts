/** In the two largest units: `3 h 20 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** A limit in words, in the largest unit that keeps it exact: `20 minutes`, `90 seconds`, `1 hour`. */
export function limitText(ms: number): string {
  const isWhole = (unit: number) => ms > 0 && ms % unit === 0;
  const [count, word] = isWhole(hour)
    ? [ms / hour, 'hour']
    : isWhole(minute)
      ? [ms / minute, 'minute']
      : [ms / second, 'second'];
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
