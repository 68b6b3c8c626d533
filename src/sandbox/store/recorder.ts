import { disinherit } from './record.ts';

type Tree = Record<string, unknown>;

interface Place {
  readonly target: Tree;
  readonly parent: Place | undefined;
  readonly name: string;
  readonly proxy: object;
}

/** Without `json`, the member is gone. */
export type Tell = (path: readonly string[], json: string | undefined) => void;

/**
 * Reports every assignment and deletion, at a cost that does not depend on the tree's size. Assigned values are copied as JSON, and the
 * copies frozen: to change one, take it from the tree again. Objects in the tree inherit nothing: `constructor` is there only if it was put.
 * @param root becomes the tree: nobody else may change it from here on.
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

/** Reading the plain object costs less. Does not record changes: to change something, use the tree. */
export function unwrapRecorded<T extends object>(part: T): Readonly<T> {
  return (targets.get(part) as T | undefined) ?? part;
}

/** Undefined: no longer in the tree. */
function pathTo(place: Place | undefined): string[] | undefined {
  if (place?.parent === undefined) return place && [];
  const path = place.parent.target[place.name] === place.target ? pathTo(place.parent) : undefined;
  path?.push(place.name);
  return path;
}
