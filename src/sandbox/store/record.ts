/** No prototype: a role named `constructor` is not there by itself. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null);
}

/** Not what the object holds: in V8, objects without a prototype are slow to make and large. */
export function disinherit<T extends object>(value: T): T {
  return Array.isArray(value) ? value : Object.setPrototypeOf(value, null);
}
