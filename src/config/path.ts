export type Path = readonly (string | number)[];

/** `destinations[0].rules[1].id`; a key that is not a plain word is quoted: `tags["cost centre"]`. */
export function formatPath(path: Path): string {
  return path.map(formatSegment).join('');
}

/** For paths of plain words only, as flags have. */
export function parsePath(text: string): Path {
  const segments = text.match(/[^.[\]]+/g) ?? [];
  return segments.map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
}

export function valueAt(tree: unknown, path: Path): unknown {
  let value = tree;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) {
      return undefined;
    }
    value = (value as Readonly<Record<string | number, unknown>>)[segment];
  }
  return value;
}

/** Makes missing mappings and lists. Where something else, such as a number, is in the way, the tree stays: that is a problem of its own. */
export function withValueAt(tree: unknown, path: Path, value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) {
    return value;
  }
  const inner = withValueAt(valueAt(tree, [first]), rest, value);
  if (typeof first === 'number') {
    return Array.isArray(tree) || isEmpty(tree) ? replaceAt(tree ?? [], first, inner) : tree;
  }
  return isMapping(tree) || isEmpty(tree) ? { ...tree, [first]: inner } : tree;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function formatSegment(segment: string | number, index: number): string {
  if (typeof segment === 'number') {
    return `[${segment}]`;
  }
  if (!/^[A-Za-z_][\w-]*$/.test(segment)) {
    return `[${JSON.stringify(segment)}]`;
  }
  return index === 0 ? segment : `.${segment}`;
}

function replaceAt(list: unknown[], index: number, value: unknown): unknown[] {
  const copy = [...list];
  copy[index] = value;
  return copy;
}

function isEmpty(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
