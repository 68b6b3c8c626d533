/** Fast checks for large JSON files: loading zod takes many times longer. Only what becomes another type is parsed with zod (config/schema.ts). */
import { isObject } from '../model/evaluation/element.ts';

export interface Misfit {
  readonly path: readonly (string | number)[];
  /** Follows the path: `must be a text`. */
  readonly message: string;
}

/** Lists every misfit; does not change the value. */
export type Shape = (value: unknown) => readonly Misfit[];

const none: readonly Misfit[] = [];

/** @param what completes "must be …". */
export function predicate(what: string, test: (value: unknown) => boolean): Shape {
  return (value) =>
    test(value) ? none : [{ path: [], message: value === undefined ? 'is missing' : `must be ${what}` }];
}

export const text = predicate('a text', (value) => typeof value === 'string');
export const flag = predicate('true or false', (value) => typeof value === 'boolean');
export const number = predicate('a number', (value) => typeof value === 'number');

export function oneOf(...values: readonly unknown[]): Shape {
  return predicate(values.join(' or '), (value) => values.includes(value));
}

export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? none : shape(value));
}

/** The value, or `"unknown"` where it could not be read. */
export function orUnknown(shape: Shape): Shape {
  return (value) => (value === 'unknown' ? none : shape(value));
}

export function orNullOrUnknown(shape: Shape): Shape {
  return (value) => (value === 'unknown' || value === null ? none : shape(value));
}

export function list(shape: Shape): Shape {
  const all = predicate('a list', Array.isArray);
  return (value) =>
    Array.isArray(value) ? value.flatMap((member: unknown, index) => prefixPath(index, shape(member))) : all(value);
}

/** Other members may exist too. */
export function object(members: Readonly<Record<string, Shape>>, what = 'an object'): Shape {
  const all = predicate(what, isObject);
  const shapes = Object.entries(members);
  return (value) =>
    isObject(value) ? shapes.flatMap(([name, shape]) => prefixPath(name, shape(value[name]))) : all(value);
}

export function recordOf(shape: Shape): Shape {
  const all = predicate('an object', isObject);
  return (value) =>
    isObject(value) ? Object.entries(value).flatMap(([name, member]) => prefixPath(name, shape(member))) : all(value);
}

function prefixPath(member: string | number, misfits: readonly Misfit[]): readonly Misfit[] {
  return misfits.length === 0 ? none : misfits.map(({ path, message }) => ({ path: [member, ...path], message }));
}
