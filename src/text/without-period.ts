/** A sentence as it stands where other words follow it, or where none of its kind ends in a period. */
export function withoutPeriod(sentence: string): string {
  return sentence.endsWith('.') ? sentence.slice(0, -1) : sentence;
}
