/**
 * What a JSON value has to look like. Large files are looked at in a fraction of the time that zod takes to be loaded; what becomes a
 * value of another type is parsed with zod (config/schema.ts).
 */
import { isObject } from '../model/evaluation/element.ts';

/** Where a value is not what it has to be, and how. */
export interface Misfit {
  readonly path: readonly (string | number)[];
  /** Follows what the path names: `must be a text`. */
  readonly message: string;
}

/** Everything about a value that does not fit; it stays as it is. */
export type Shape = (value: unknown) => readonly Misfit[];

const none: readonly Misfit[] = [];

/** Whatever passes a test; `what` completes "must be …". */
export function predicate(what: string, test: (value: unknown) => boolean): Shape {
  return (value) =>
    test(value) ? none : [{ path: [], message: value === undefined ? 'is missing' : `must be ${what}` }];
}

export const text = predicate('a text', (value) => typeof value === 'string');
export const flag = predicate('true or false', (value) => typeof value === 'boolean');
export const number = predicate('a number', (value) => typeof value === 'number');

/** One of some texts. */
export function oneOf(...values: readonly unknown[]): Shape {
  return predicate(values.join(' or '), (value) => values.includes(value));
}

/** A member that may be absent. */
export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? none : shape(value));
}

/** The value, or `"unknown"` where it could not be read. */
export function orUnknown(shape: Shape): Shape {
  return (value) => (value === 'unknown' ? none : shape(value));
}

/** The same for a thing that may not exist. */
export function orNullOrUnknown(shape: Shape): Shape {
  return (value) => (value === 'unknown' || value === null ? none : shape(value));
}

/** A list of one kind of values. */
export function list(shape: Shape): Shape {
  const all = predicate('a list', Array.isArray);
  return (value) =>
    Array.isArray(value) ? value.flatMap((member: unknown, index) => prefixPath(index, shape(member))) : all(value);
}

/** An object with these members, whatever others it has. */
export function object(members: Readonly<Record<string, Shape>>, what = 'an object'): Shape {
  const all = predicate(what, isObject);
  const shapes = Object.entries(members);
  return (value) =>
    isObject(value) ? shapes.flatMap(([name, shape]) => prefixPath(name, shape(value[name]))) : all(value);
}

/** An object whose members are of one kind. */
export function recordOf(shape: Shape): Shape {
  const all = predicate('an object', isObject);
  return (value) =>
    isObject(value) ? Object.entries(value).flatMap(([name, member]) => prefixPath(name, shape(member))) : all(value);
}

function prefixPath(member: string | number, misfits: readonly Misfit[]): readonly Misfit[] {
  return misfits.length === 0 ? none : misfits.map(({ path, message }) => ({ path: [member, ...path], message }));
}
