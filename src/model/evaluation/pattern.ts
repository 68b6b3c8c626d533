/** Patterns of the policy language: wildcards and policy variables (IAM User Guide, reference_policies_variables). */
import { arnFields, patternFields } from '../../aws/arn.ts';
import { type ContextValues, isOneOf } from './request.ts';
import type { Truth } from './truth.ts';

export const many = Symbol('*');
export const one = Symbol('?');

export type Pattern = readonly (string | typeof many | typeof one)[];

export interface Syntax {
  readonly wildcards: boolean;
  /** Null where `${…}` means itself, as in version 2008-10-17. */
  readonly variables: ((key: string) => ContextValues) | null;
}

/** @returns `unresolved` for a variable without a value and default, `unknown` for one whose value we cannot tell. */
export function patternOf(text: string, { wildcards, variables }: Syntax): Pattern | 'unresolved' | 'unknown' {
  if (variables === null || !text.includes('${')) return plainPattern(text, wildcards);
  const pieces: Pattern[] = [];
  for (const [index, part] of text.split(/\$\{([^}]*)\}/).entries()) {
    if (index % 2 === 1) {
      const value = valueOfVariable(part, variables);
      if (value === 'unresolved' || value === 'unknown') return value;
      pieces.push([...value.text]);
    } else {
      pieces.push(plainPattern(part, wildcards));
    }
  }
  return pieces.flat();
}

export function wildcardPattern(text: string): Pattern {
  return plainPattern(text, true);
}

/** A cache: policies compare the same few texts for every request. */
const made = new Map<string, Pattern>();
const madeAtMost = 10_000;

function plainPattern(text: string, wildcards: boolean): Pattern {
  if (!wildcards) return [...text];
  const known = made.get(text);
  if (known) return known;
  if (made.size === madeAtMost) made.clear();
  const pattern = [...text].map((character) => (character === '*' ? many : character === '?' ? one : character));
  made.set(text, pattern);
  return pattern;
}

function valueOfVariable(variable: string, valuesOf: (key: string) => ContextValues) {
  if (['*', '?', '$'].includes(variable)) return { text: variable };
  const [, key, fallback] = /^\s*([^,']+?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(variable) ?? [];
  if (key === undefined) return 'unresolved';
  const values = valuesOf(key);
  if (values === 'unknown' || isOneOf(values)) return 'unknown';
  const [value, ...others] = values === 'absent' ? [fallback] : values;
  return value === undefined || others.length > 0 ? 'unresolved' : { text: value };
}

/** `*` also stands for `/` and `:`. The time grows with the product of both lengths at most, whatever the pattern. */
export function matches(pattern: Pattern, text: string): boolean {
  const characters = [...text];
  let [at, reached] = [0, 0];
  let retry: { readonly pattern: number; text: number } | undefined;
  while (reached < characters.length) {
    const piece = pattern[at];
    if (piece === many) {
      retry = { pattern: at + 1, text: reached };
      at += 1;
    } else if (piece === one || piece === characters[reached]) {
      at += 1;
      reached += 1;
    } else if (retry) {
      retry.text += 1;
      at = retry.pattern;
      reached = retry.text;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every((piece) => piece === many);
}

/** Compares part by part. The IAM User Guide (reference_policies_elements_condition_operators, ARN operators) does not say what a non-ARN like `*` means. */
export function matchesArn(pattern: Pattern, arn: string): Truth {
  const wanted = patternFields(pattern);
  const given = arnFields(arn);
  if (wanted.length !== 6) return 'unknown';
  return given.length === 6 && wanted.every((field, index) => matches(field, given[index] ?? ''));
}
