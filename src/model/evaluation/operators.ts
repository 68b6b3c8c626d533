/** The condition operators (IAM User Guide, reference_policies_elements_condition_operators). */
import { isInRange } from './ip-address.ts';
import { matches, matchesArn, type Pattern, patternOf, type Syntax } from './pattern.ts';
import type { Truth } from './truth.ts';

type Compare = (has: string, wants: string, variables: Syntax['variables']) => Truth | 'unresolved';

export interface Operator {
  readonly quantifier: 'all' | 'any' | 'single';
  readonly ifExists: boolean;
  readonly negated: boolean;
  readonly compare: Compare | 'null';
  /** Whether the values of a statement cover whatever a request may have. */
  readonly coversAll: (wants: readonly string[]) => boolean;
}

function onPattern(wildcards: boolean, test: (pattern: Pattern, has: string) => Truth): Compare {
  return (has, wants, variables) => {
    const pattern = patternOf(wants, { wildcards, variables });
    return pattern === 'unknown' || pattern === 'unresolved' ? pattern : test(pattern, has);
  };
}

/** A value that cannot be read is unknown: AWS would not have stored it. */
function onValues<T>(read: (text: string) => T | undefined, test: (has: T, wants: T) => boolean): Compare {
  return (hasText, wantsText) => {
    const [has, wants] = [read(hasText), read(wantsText)];
    return has === undefined || wants === undefined ? 'unknown' : test(has, wants);
  };
}

const readNumber = (text: string) => (/^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined);
const readBoolean = (text: string) => (/^(true|false)$/i.test(text) ? text.toLowerCase() : undefined);

/** ISO 8601 or seconds since 1970, in milliseconds. */
function readDate(text: string): number | undefined {
  const seconds = readNumber(text);
  const time = seconds === undefined ? (/^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN) : seconds * 1000;
  return Number.isNaN(time) ? undefined : time;
}

const equal = onPattern(false, matches);
const equalIgnoringCase = onPattern(false, (pattern, has) => pattern.join('').toLowerCase() === has.toLowerCase());
const like = onPattern(true, matches);
const arn = onPattern(true, matchesArn);
const inRange: Compare = (has, wants) => isInRange(has, wants) ?? 'unknown';
const is = (a: unknown, b: unknown) => a === b;

const matchesEveryText = (wants: readonly string[]) => wants.some((want) => /^\*+$/.test(want));
const matchesEveryBoolean = (wants: readonly string[]) =>
  ['true', 'false'].every((one) => wants.some((want) => want.toLowerCase() === one));

const comparisons: Readonly<
  Record<string, Pick<Operator, 'compare'> & Partial<Pick<Operator, 'negated' | 'coversAll'>>>
> = {
  stringequals: { compare: equal },
  stringnotequals: { compare: equal, negated: true },
  stringequalsignorecase: { compare: equalIgnoringCase },
  stringnotequalsignorecase: { compare: equalIgnoringCase, negated: true },
  stringlike: { compare: like, coversAll: matchesEveryText },
  stringnotlike: { compare: like, negated: true, coversAll: matchesEveryText },
  arnequals: { compare: arn },
  arnlike: { compare: arn },
  arnnotequals: { compare: arn, negated: true },
  arnnotlike: { compare: arn, negated: true },
  bool: { compare: onValues(readBoolean, is), coversAll: matchesEveryBoolean },
  null: { compare: 'null', coversAll: matchesEveryBoolean },
  numericequals: { compare: onValues(readNumber, is) },
  numericnotequals: { compare: onValues(readNumber, is), negated: true },
  numericlessthan: { compare: onValues(readNumber, (has, wants) => has < wants) },
  numericlessthanequals: { compare: onValues(readNumber, (has, wants) => has <= wants) },
  numericgreaterthan: { compare: onValues(readNumber, (has, wants) => has > wants) },
  numericgreaterthanequals: { compare: onValues(readNumber, (has, wants) => has >= wants) },
  dateequals: { compare: onValues(readDate, is) },
  datenotequals: { compare: onValues(readDate, is), negated: true },
  datelessthan: { compare: onValues(readDate, (has, wants) => has < wants) },
  datelessthanequals: { compare: onValues(readDate, (has, wants) => has <= wants) },
  dategreaterthan: { compare: onValues(readDate, (has, wants) => has > wants) },
  dategreaterthanequals: { compare: onValues(readDate, (has, wants) => has >= wants) },
  ipaddress: { compare: inRange },
  notipaddress: { compare: inRange, negated: true },
  binaryequals: { compare: (has, wants) => has === wants },
};

/** In any case; undefined where IAM has no such operator. */
export function operatorOf(name: string): Operator | undefined {
  const [, prefix, base = '', suffix] =
    /^(forallvalues:|foranyvalue:)?(.*?)(ifexists)?$/.exec(name.toLowerCase()) ?? [];
  const comparison = Object.hasOwn(comparisons, base) ? comparisons[base] : undefined;
  if (comparison === undefined || (comparison.compare === 'null' && (prefix || suffix))) return undefined;
  return {
    quantifier: prefix === undefined ? 'single' : prefix === 'forallvalues:' ? 'all' : 'any',
    ifExists: suffix !== undefined,
    negated: comparison.negated ?? false,
    compare: comparison.compare,
    coversAll: comparison.coversAll ?? (() => false),
  };
}
