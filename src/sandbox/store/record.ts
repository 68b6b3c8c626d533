/** An empty table by name; it inherits nothing, so that a role named `constructor` is not there by itself. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null);
}
