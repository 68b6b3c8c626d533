/** Times as people read them, in UTC. @param now of the same clock: a day is named only where it is another one. */
export function utcText(at: number, now: number): string {
  return `${dayAndMinute(at, now)} UTC`;
}

export function spanText({ from, to }: { readonly from: number; readonly to: number }, now: number): string {
  if (to >= now) return `since ${utcText(from, now)}`;
  const isOneDay = dayOf(from) === dayOf(to);
  return isOneDay
    ? `${dayAndMinute(from, now)}–${minuteOf(to)} UTC`
    : `${dayOf(from)} ${minuteOf(from)} – ${dayOf(to)} ${minuteOf(to)} UTC`;
}

/** With its day. */
export function momentText(at: number): string {
  return `${dayOf(at)} ${minuteOf(at)} UTC`;
}

function dayAndMinute(at: number, now: number): string {
  return dayOf(at) === dayOf(now) ? minuteOf(at) : `${dayOf(at)} ${minuteOf(at)}`;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function minuteOf(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
