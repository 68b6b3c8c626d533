import { quote } from '../text/quote.ts';
import { type PlacedRule, placeRules } from './check-rules.ts';
import { type Draft, type DraftRule, valueOr } from './draft.ts';
import type { Config } from './fields.ts';
import { formatPath, type Path } from './path.ts';
import { type Finding, problem, warning } from './problem.ts';
import { ruleFields } from './rule-fields.ts';

type DraftException = NonNullable<NonNullable<DraftRule['except']>[number]>;

/** Each exception must name objects, of its own rule, once. */
export function checkExceptions(draft: Draft<Config>): readonly Finding[] {
  const rules = (draft.destinations ?? []).flatMap((destination, index) => placeRules(destination, index));
  return rules.flatMap(checkRule);
}

function checkRule({ path, rule }: PlacedRule): readonly Finding[] {
  const seen = new Map<string, string>();
  return (rule.except ?? []).flatMap((exception, index) => {
    if (exception === undefined) return [];
    const at = [...path, 'except', index];
    const empty = checkEmpty(at, exception);
    if (empty !== undefined) return [empty];
    if (!isWhole(exception)) return [];
    const first = seen.get(identity(exception));
    seen.set(identity(exception), first ?? formatPath(at));
    if (first !== undefined) return [problem(at, `the exception is the same as ${first} (remove one of the two)`)];
    return checkObjects(at, exception, rule);
  });
}

function checkEmpty(path: Path, exception: DraftException): Finding | undefined {
  if (!ruleFields.except.entry.anyOf.some((name) => Object.hasOwn(exception, name))) {
    return problem(path, 'the exception names no objects (write key, tags or encryption too)');
  }
  return exception.tags && Object.keys(exception.tags).length === 0
    ? problem([...path, 'tags'], 'tags is empty (write tags: { classification: secret }, or leave it out)')
    : undefined;
}

function isWhole({ why: _, ...objects }: DraftException): boolean {
  return [...Object.values(objects), ...Object.values(objects.tags ?? {})].every((value) => value !== undefined);
}

function identity({ key, tags, encryption }: DraftException): string {
  return JSON.stringify([key, tags && Object.entries(tags).sort(), encryption]);
}

function checkObjects(path: Path, { key, tags = {}, encryption }: DraftException, rule: DraftRule): readonly Finding[] {
  const prefix = valueOr(rule, 'prefix', ruleFields.prefix.default);
  const ruleTags = new Map(Object.entries(rule.tags ?? {}));
  if (key !== undefined && prefix !== undefined && !mayMatch(key, prefix)) {
    const message = `no object of the rule matches: all their keys begin with ${quote(prefix)} (write that first, or *)`;
    return [problem([...path, 'key'], message)];
  }
  const other = Object.keys(tags).find((name) => (ruleTags.get(name) ?? tags[name]) !== tags[name]);
  if (other !== undefined) {
    const message = 'no object of the rule matches: all have another value of this tag (write that, or leave it out)';
    return [problem([...path, 'tags', other], message)];
  }
  const anyKey = key === undefined || (prefix !== undefined && matchesAll(key, prefix));
  const anyTags = Object.keys(tags).every((name) => ruleTags.has(name));
  if (!anyKey || !anyTags || encryption !== undefined) return [];
  const message = 'the exception is for every object of the rule (write enabled: false, or a narrower exception)';
  return [warning(path, message)];
}

/** The first `*` of a pattern can stand for the rest of any prefix. */
function mayMatch(pattern: string, prefix: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const long = [...head];
  const reaches = rest.length > 0 || long.length >= [...prefix].length;
  return (
    reaches && [...prefix].slice(0, long.length).every((character, at) => ['?', character].includes(long[at] ?? ''))
  );
}

function matchesAll(pattern: string, prefix: string): boolean {
  const head = /^([^*]*)\*+$/.exec(pattern)?.[1];
  return head !== undefined && [...head].length <= [...prefix].length && mayMatch(pattern, prefix);
}
