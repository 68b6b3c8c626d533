import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordChanges } from '../../../src/sandbox/store/recorder.ts';

type Tree = Record<string, unknown>;

/** A value of JSON in which no object inherits anything. */
function plain(json: string): unknown {
  return JSON.parse(json, (_, value) =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.assign(Object.create(null), value),
  );
}

/** A recorded tree, and what those who are told of the changes make of them. */
function followed(root: Tree) {
  const copy = plain(JSON.stringify(root)) as Tree;
  const told: [readonly string[], string | undefined][] = [];
  const tree = recordChanges(root, (path, json) => {
    told.push([path, json]);
    const parent = path.slice(0, -1).reduce<Tree>((at, name) => at[name] as Tree, copy);
    const last = path.at(-1) ?? '';
    if (json === undefined) delete parent[last];
    else parent[last] = plain(json);
  });
  return { tree, copy, told };
}

const name = fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__', '0');
const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(name, leaf), fc.dictionary(name, fc.array(leaf)));
const step = fc.record({
  path: fc.array(name, { maxLength: 3 }),
  kind: fc.constantFrom('set', 'delete', 'push', 'splice', 'sort', 'reverse', 'move'),
  name,
  value,
});

describe('a recorded tree', () => {
  test('is at any time what its told changes make, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { tree, copy } = followed({ a: {}, b: [] });
        for (const { path, kind, name, value } of steps) {
          let at: unknown = tree;
          for (const part of path) {
            const inner = Object.hasOwn(at as Tree, part) ? (at as Tree)[part] : undefined;
            if (typeof inner === 'object' && inner !== null) at = inner;
          }
          if (Array.isArray(at)) {
            if (kind === 'push' || kind === 'set') at.push(value);
            if (kind === 'splice' || kind === 'delete') at.splice(1, 1, value);
            if (kind === 'sort') at.sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
            if (kind === 'reverse') at.reverse();
          } else {
            const record = at as Tree;
            if (kind === 'delete') delete record[name];
            else record[name] = kind === 'move' ? (tree.b ?? null) : value;
          }
          expect(JSON.stringify(tree)).toBe(JSON.stringify(copy));
        }
      }),
    );
  });

  test('tells of a new member of a long list or a large table in one change of its own size', () => {
    const table = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, [n]]));
    const list = Array.from({ length: 10_000 }, (_, n) => n);
    const { tree, told } = followed({ table, list });
    (tree.table as Tree).new = ['value'];
    (tree.list as number[]).push(1);
    (tree.list as number[]).splice(10_001, 0, 2);
    expect(told).toEqual([
      [['table', 'new'], '["value"]'],
      [['list', '10000'], '1'],
      [['list', '10001'], '2'],
    ]);
  });

  test('tells nothing of what is as before, of what is only read, and of what was taken out', () => {
    const { tree, told } = followed({ a: { b: { c: 1 } } });
    const a = tree.a as { b: Tree };
    a.b.c = 1;
    const { b } = a;
    expect({ ...b }).toEqual({ c: 1 });
    expect(told).toEqual([]);
    tree.a = {};
    b.c = 2;
    delete b.c;
    expect(told).toEqual([[['a'], '{}']]);
  });

  test('refuses changes to what was copied into it, which would be lost', () => {
    const { tree, told } = followed({});
    const mine: Tree = { list: [] };
    tree.mine = mine;
    expect(() => (mine.list as number[]).push(1)).toThrow(TypeError);
    ((tree.mine as Tree).list as number[]).push(1);
    expect(told.at(-1)).toEqual([['mine', 'list', '0'], '1']);
  });

  test('has only the members that were put there, at any depth', () => {
    const json = '{"list":[{"__proto__":{"b":1}}]}';
    const { tree } = followed({ read: JSON.parse(json) });
    tree.set = JSON.parse(json);
    for (const first of ['read', 'set'])
      for (const path of [[first], [first, 'list', '0'], [first, 'list', '0', '__proto__']])
        expect(Object.getPrototypeOf(path.reduce<Tree>((at, name) => at[name] as Tree, tree)), `${path}`).toBeNull();
    expect(JSON.stringify(tree)).toBe(`{"read":${json},"set":${json}}`);
  });

  test('gives the same object for the same place', () => {
    const { tree } = followed({ a: { b: {} } });
    expect((tree.a as Tree).b).toBe((tree.a as Tree).b);
  });
});
