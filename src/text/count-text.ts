/** `1,234`. */
export function countText(number: number): string {
  return number.toLocaleString('en-US');
}
