import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { quote } from '../text/quote.ts';
import { formatPath, type Path } from './path.ts';
import { type Finding, keyProblem, problem } from './problem.ts';

/** By `formatPath`. Elements of lists have no key. */
export type Positions = ReadonlyMap<string, { readonly key?: number; readonly value: number }>;

export interface WalkedYaml {
  readonly findings: readonly Finding[];
  readonly positions: Positions;
  readonly readable: boolean;
}

interface Walk {
  readonly findings: Finding[];
  readonly positions: Map<string, { key?: number; value: number }>;
  readonly anchors: Map<string, Node>;
  /** Values that an anchor stands for, with those of aliases within it. */
  readonly sizes: Map<Node, number>;
  readonly open: Set<Node>;
  values: number;
  /** Of all lists. */
  entries: number;
  readable: boolean;
}

/** 1,000 rules, the most that S3 takes, with every field are 12,000 values. The rest is for exceptions. */
const mostValues = 15_000;
/** Of lists: rules, destinations (no more than rules), and keys. */
export const mostEntries = 2_500;

export const tooMuch =
  'the file says more than 1,000 rules would, the most that S3 takes (check that it is the right file)';

const tagPrefix = 'tag:yaml.org,2002:';
const plainTags = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `${tagPrefix}${tag}`));

/**
 * Finds what a configuration must not have: repeated keys, tags for more than plain values, aliases to nothing or themselves, too many values (aliases written
 * out).
 * Changes nodes: of a repeated key only the first stays; numbers and booleans become the written text where only text makes sense.
 */
export function walkYaml(root: Node): WalkedYaml {
  const walk: Walk = {
    findings: [],
    positions: new Map(),
    anchors: new Map(),
    sizes: new Map(),
    open: new Set(),
    values: 0,
    entries: 0,
    readable: true,
  };
  walkNode(walk, root, []);
  return walk;
}

function walkNode(walk: Walk, node: Node | null, path: Path, key?: number): void {
  const start = node?.range?.[0] ?? key ?? 0;
  const before = walk.values;
  count(walk, { values: 1 }, start, tooMuch);
  const isBlank = isScalar(node) && node.value === null && node.source === '';
  const value = isBlank ? (key ?? start) : start;
  walk.positions.set(formatPath(path), key === undefined ? { value } : { key, value });
  if (node === null) {
    return;
  }
  if (node.tag !== undefined && node.tag !== '!' && !plainTags.has(node.tag)) {
    const message = `the tag ${quote(node.tag.replace(tagPrefix, '!!'))} is unknown (remove it and write a plain value)`;
    walk.findings.push({ ...problem(path, message), offset: start });
  }
  walk.open.add(node);
  if (isAlias(node)) {
    walkAlias(walk, node, path, start);
  } else if (isMap(node)) {
    noteAnchor(walk, node);
    walkMap(walk, node, path);
  } else if (isSeq(node)) {
    noteAnchor(walk, node);
    count(walk, { entries: node.items.length }, start, tooMuch);
    node.items.forEach((item, index) => {
      walkNode(walk, item as Node | null, [...path, index]);
    });
  } else if (isScalar(node)) {
    noteAnchor(walk, node);
    walkScalar(walk, node, path, start);
  }
  walk.open.delete(node);
  if (!isAlias(node) && node.anchor !== undefined) {
    walk.sizes.set(node, walk.values - before);
  }
}

function walkAlias(walk: Walk, alias: Alias, path: Path, start: number): void {
  const target = walk.anchors.get(alias.source);
  if (target === undefined) {
    stop(walk, path, start, `${quote(`*${alias.source}`)} stands for nothing (write the value itself)`);
  } else if (walk.open.has(target)) {
    stop(walk, path, start, `${quote(`*${alias.source}`)} contains itself (write the value itself)`);
  } else {
    count(
      walk,
      { values: walk.sizes.get(target) ?? 0 },
      start,
      'the file repeats itself with too many aliases (write the values out)',
    );
  }
}

function count(walk: Walk, more: { values?: number; entries?: number }, start: number, message: string): void {
  const isWithin = isWithinBounds(walk);
  walk.values += more.values ?? 0;
  walk.entries += more.entries ?? 0;
  if (isWithin && !isWithinBounds(walk)) {
    stop(walk, [], start, message);
  }
}

function isWithinBounds({ values, entries }: Walk): boolean {
  return values <= mostValues && entries <= mostEntries;
}

function walkMap(walk: Walk, map: YAMLMap, path: Path): void {
  const seen = new Set<string>();
  map.items = map.items.filter((pair) => {
    // All keys are scalars: the parser reports others (stringKeys).
    const keyNode = pair.key as Scalar | null;
    const name = String(keyNode?.value ?? '');
    const start = keyNode?.range?.[0] ?? 0;
    const message =
      name === '__proto__'
        ? `${quote(name)} cannot be a key (remove it)`
        : `${quote(name)} is written twice (keep one)`;
    if (name === '__proto__' || seen.has(name)) {
      walk.findings.push({ ...keyProblem([...path, name], message), offset: start });
      return false;
    }
    seen.add(name);
    walkNode(walk, pair.value as Node | null, [...path, name], start);
    return true;
  });
}

function walkScalar(walk: Walk, scalar: Scalar, path: Path, start: number): void {
  if (isTextPath(path) && scalar.source !== undefined && scalar.value !== null) {
    scalar.value = scalar.source;
  }
  const control = /(?![\t\n\r])\p{Cc}/u.exec(String(scalar.value))?.[0];
  if (control !== undefined) {
    const message = `the text contains the control character ${quote(control)} (remove it)`;
    walk.findings.push({ ...problem(path, message), offset: start });
  }
}

function noteAnchor(walk: Walk, node: Node & { anchor?: string }): void {
  if (node.anchor !== undefined) {
    walk.anchors.set(node.anchor, node);
  }
}

function stop(walk: Walk, path: Path, offset: number, message: string): void {
  walk.findings.push({ ...problem(path, message), offset });
  walk.readable = false;
}

/** YAML reads 012345678901 as a number and loses the zero; account IDs and tags are text, quoted or not. */
function isTextPath(path: Path): boolean {
  return path.at(-1) === 'account' || path.at(-2) === 'tags';
}
