/** What changes a tree of plain values, told as it happens: whoever changes it need not say so. */

import { disinherit } from './record.ts';

type Tree = Record<string, unknown>;

/** Where an object stands in the tree; the names on the way to it follow from its parents. */
interface Place {
  readonly target: Tree;
  readonly parent: Place | undefined;
  readonly name: string;
  readonly proxy: object;
}

/** Told of each change: where, and the new value as JSON; without one, the member is gone. */
export type Tell = (path: readonly string[], json: string | undefined) => void;

/**
 * A tree that tells of every assignment and deletion in it, at a cost that does not depend on what else is there.
 *
 * What is assigned is copied, as JSON has it: the tree never shares an object with anything, and is always what the told
 * changes make of it. What was copied is frozen: to change it, take it from the tree again. Objects that are reached through
 * the tree inherit nothing, so that a name like `constructor` is there only if it was put there.
 *
 * @param root becomes the tree: nobody else is to change it from here on.
 */
export function recordChanges<T extends object>(root: T, tell: Tell): T {
  const places = new WeakMap<object, Place>();

  const proxyOf = (target: Tree, parent: Place | undefined, name: string): object => {
    const proxy = new Proxy(disinherit(target), handler);
    places.set(target, { target, parent, name, proxy });
    targets.set(proxy, target);
    return proxy;
  };
  const freeze = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || targets.has(value) || Object.isFrozen(value)) return;
    for (const member of Object.values(Object.freeze(value))) freeze(member);
  };
  const tellChange = (target: Tree, name: string, json: string | undefined) => {
    const path = pathTo(places.get(target));
    if (path !== undefined) tell([...path, name], json);
  };
  const handler: ProxyHandler<Tree> = {
    get(target, name) {
      if (typeof name === 'symbol') return Reflect.get(target, name);
      const value = target[name];
      if (typeof value !== 'object' || value === null) return value;
      return places.get(value)?.proxy ?? proxyOf(value as Tree, places.get(target), name);
    },
    set(target, name, value) {
      if (typeof name === 'symbol') return false;
      const json = JSON.stringify(value);
      if (json === undefined) return handler.deleteProperty?.(target, name) ?? false;
      const isObject = typeof value === 'object' && value !== null;
      if (!isObject && Object.hasOwn(target, name) && target[name] === value) return true;
      target[name] = isObject ? JSON.parse(json) : value;
      freeze(value);
      tellChange(target, name, json);
      return true;
    },
    deleteProperty(target, name) {
      if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return true;
      delete target[name];
      tellChange(target, name, undefined);
      return true;
    },
    defineProperty: () => false,
    setPrototypeOf: () => false,
  };
  return proxyOf(root as Tree, undefined, '') as T;
}

const targets = new WeakMap<object, object>();

/** The plain object behind a part of a recorded tree: reading much of it costs less. It does not record changes; to change something, use the tree. */
export function unwrapRecorded<T extends object>(part: T): Readonly<T> {
  return (targets.get(part) as T | undefined) ?? part;
}

/** The names from the root; undefined for what has been taken out of the tree. */
function pathTo(place: Place | undefined): string[] | undefined {
  if (place?.parent === undefined) return place && [];
  const path = place.parent.target[place.name] === place.target ? pathTo(place.parent) : undefined;
  path?.push(place.name);
  return path;
}
