import type * as z from 'zod';
import { quote, quoteValue } from '../text/quote.ts';
import { type Config, fieldAt, fieldsIn } from './fields.ts';
import { flags } from './flags.ts';
import { nearestWord } from './nearest-word.ts';
import { formatPath, type Path, parsePath, valueAt } from './path.ts';
import { type Finding, keyProblem, problem } from './problem.ts';
import { exceptionFields, ruleFields } from './rule-fields.ts';
import { configSchema } from './schema.ts';

export interface SchemaCheck {
  readonly findings: readonly Finding[];
  /** Only without findings. */
  readonly config?: Config;
}

/** Messages quote `written`, the tree before environment variables were replaced, so that no log shows a value of a variable. */
export function checkSchema(tree: unknown, written: unknown): SchemaCheck {
  const result = configSchema.safeParse(tree);
  if (result.success) {
    return { findings: [], config: result.data as Config };
  }
  const findings = result.error.issues.flatMap((issue) => findingsOf(issue, tree, written));
  return { findings: keepFirstAtEachPath(findings) };
}

function findingsOf(issue: z.core.$ZodIssue, tree: unknown, written: unknown): readonly Finding[] {
  const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(path, issue.keys);
    case 'invalid_key': {
      const message = issue.issues[0]?.message ?? issue.message;
      return [
        keyProblem(
          path,
          message.replace('{value}', () => quote(String(path.at(-1)))),
        ),
      ];
    }
    default: {
      const value = valueAt(written, path);
      const replaced = value !== valueAt(tree, path) && typeof value === 'string';
      const shown = `${quoteValue(value)}${replaced ? ' as set' : ''}`;
      return [
        problem(
          path,
          issue.message.replace('{value}', () => shown),
        ),
      ];
    }
  }
}

function unknownKeys(path: Path, keys: readonly string[]): readonly Finding[] {
  const known = Object.keys(fieldsIn(fieldAt(path)));
  const places = placesByKey();
  const advice = (key: string): string => {
    const elsewhere = places.get(key);
    const near = nearestWord(key, known);
    if (elsewhere !== undefined) {
      return `it belongs at ${elsewhere.join(' or ')}`;
    }
    return near === undefined ? `write one of ${known.join(', ')}, or remove it` : `did you mean ${near}?`;
  };
  return keys.map((key) => keyProblem([...path, key], `unknown key ${quote(key)} (${advice(key)})`));
}

/** A list of mappings has no flag. Tags are more often meant for the rule. */
const pathsWithoutFlag = Object.keys(exceptionFields)
  .filter((key) => !(key in ruleFields))
  .map((key) => `destinations[0].rules[0].except[0].${key}`);

function placesByKey(): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const text of [...flags.map(({ path }) => path), ...pathsWithoutFlag]) {
    const path = parsePath(text);
    path.forEach((key, index) => {
      const place = formatPath(path.slice(0, index + 1));
      const others = places.get(String(key)) ?? [];
      places.set(String(key), others.includes(place) ? others : [...others, place]);
    });
  }
  return places;
}

/** The first message at a path says the most: a number may be both too small and no integer. */
function keepFirstAtEachPath(findings: readonly Finding[]): readonly Finding[] {
  const byPath = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.on ?? 'value'} ${formatPath(finding.path)}`;
    if (!byPath.has(key)) {
      byPath.set(key, finding);
    }
  }
  return [...byPath.values()];
}
