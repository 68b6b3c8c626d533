import { quoteValue } from '../text/quote.ts';
import { type Flag, type FlagValues, flagAt } from './flags.ts';
import { defaultRuleId } from './own-name.ts';
import { formatPath, isMapping, type Path, parsePath, valueAt, withValueAt } from './path.ts';
import { type Finding, keyProblem } from './problem.ts';

export interface FlaggedTree {
  readonly tree: unknown;
  readonly origins: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

/** A flag wins over its line, a list replaces the list, `key=value` pairs win over the same keys of a mapping. Undefined: the flag was not given. */
export function applyFlags(fileTree: unknown, values: FlagValues): FlaggedTree {
  const origins = new Map<string, string>();
  const findings: Finding[] = [];
  let tree = fileTree;
  const set = (path: Path, value: unknown, name: string) => {
    tree = withValueAt(tree, path, value);
    origins.set(formatPath(path), name);
  };
  const setPairs = (path: Path, value: unknown, name: string) => {
    const { entries, badPairs } = readPairs(value);
    if (!isMapping(valueAt(tree, path))) {
      set(path, {}, name);
    }
    for (const [key, entry] of entries) {
      set([...path, key], entry, name);
    }
    for (const pair of badPairs) {
      const message = `${name} must be key=value, not ${quoteValue(pair)} (write ${name} team=platform)`;
      const pairPath = [...path, quoteValue(pair)];
      findings.push(keyProblem(pairPath, message));
      origins.set(formatPath(pairPath), name);
    }
  };
  for (const [pathText, value] of Object.entries(values)) {
    if (value === undefined) {
      continue;
    }
    const flag = flagAt(pathText);
    const path = parsePath(pathText);
    const name = flag?.flag ?? pathText;
    if (flag?.kind === 'map') {
      setPairs(path, value, name);
    } else {
      set(path, readValue(flag, value), name);
    }
  }
  return { tree: withRuleId(fileTree, tree), origins, findings };
}

/** Flags begin a rule only where the destination has none; its ID is then that of a file without rules. */
function withRuleId(fileTree: unknown, tree: unknown): unknown {
  const path = parsePath('destinations[0].rules[0]');
  const begun = valueAt(fileTree, path) === undefined && isMapping(valueAt(tree, path));
  const idPath = [...path, 'id'];
  return begun && valueAt(tree, idPath) === undefined ? withValueAt(tree, idPath, defaultRuleId(0)) : tree;
}

function readValue(flag: Flag | undefined, value: unknown): unknown {
  if (flag?.kind === 'list' && typeof value === 'string') {
    return [value];
  }
  if (typeof value !== 'string') {
    return value;
  }
  if (flag?.kind === 'boolean' && (value === 'true' || value === 'false')) {
    return value === 'true';
  }
  return flag?.kind === 'integer' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

function readPairs(value: unknown): { entries: readonly [string, unknown][]; badPairs: readonly unknown[] } {
  if (isMapping(value)) {
    return { entries: Object.entries(value), badPairs: [] };
  }
  const pairs = [value].flat();
  const isPair = (pair: unknown): pair is string => typeof pair === 'string' && pair.includes('=');
  const cut = (pair: string): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  };
  return { entries: pairs.filter(isPair).map(cut), badPairs: pairs.filter((pair) => !isPair(pair)) };
}
