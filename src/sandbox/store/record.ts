/** An empty table by name; it inherits nothing, so that a role named `constructor` is not there by itself. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null);
}

/** Makes an object inherit nothing, but not what it holds: V8 keeps such objects in a way that is slow to make and large. */
export function disinherit<T extends object>(value: T): T {
  return Array.isArray(value) ? value : Object.setPrototypeOf(value, null);
}
