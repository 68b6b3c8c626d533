/** Who imports whom in `src`, and on which floor each folder stands. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** From the ground up: a folder imports from those below it, and from its own. */
export const floors = [
  ['aws', 'text'],
  ['config'],
  ['state'],
  ['steps', 'model'],
  ['events', 'doctor', 'sandbox', 'plan', 'permissions', 'status'],
  ['files', 'connect', 'show'],
  ['observe'],
  ['apply'],
  ['session', 'verify', 'backfill'],
  ['wizard'],
  ['commands'],
  ['cli'],
];

/** Every file of `src`, as `plan/plan.ts`. */
export const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort();

export const textOf = (file) => readFileSync(`${root}src/${file}`, 'utf8');

/** What a file imports: static or dynamic, values or only types; `to` is the file of ours, where it is one. */
export function importsOf(file) {
  return [
    ...textOf(file).matchAll(
      /^(?:import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)'|(?:import|required)\('([^']+)'\)/gm,
    ),
  ].map(([, type, from, dynamic]) => {
    const specifier = from ?? dynamic;
    const to = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined;
    return { type: Boolean(type), specifier, ...(to === undefined ? {} : { to }) };
  });
}

export const folderOf = (file) => file.split('/')[0];

/** The number of the floor, from 0; -1 where the map has none. */
export const floorOf = (file) => floors.findIndex((folders) => folders.includes(folderOf(file)));

/** Groups of files, or of folders, that import each other round in a circle; types count. */
export function circlesIn(edges) {
  const next = new Map();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const number = new Map();
  const low = new Map();
  const path = [];
  const circles = [];
  const visit = (one) => {
    number.set(one, number.size);
    low.set(one, number.get(one));
    path.push(one);
    for (const other of next.get(one) ?? []) {
      if (!number.has(other)) visit(other);
      if (path.includes(other)) low.set(one, Math.min(low.get(one), low.get(other)));
    }
    if (low.get(one) !== number.get(one)) return;
    const circle = path.splice(path.indexOf(one));
    if (circle.length > 1) circles.push(circle);
  };
  for (const one of next.keys()) if (!number.has(one)) visit(one);
  return circles;
}
