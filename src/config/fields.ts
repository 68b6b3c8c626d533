import { z } from 'zod';
import { type TextRule, tagValueProblem } from './field-rules.ts';
import { flagAt } from './flags.ts';
import { isMapping } from './path.ts';

/** For editors: `${VAR}` may stand for any text. */
export const variablePattern = '\\$\\{';

interface TextField {
  /** The key in the file, for messages. */
  readonly name: string;
  /** What to write, for messages: `region: eu-west-1`. */
  readonly write: string;
  readonly rule?: TextRule;
  /** The rule for editors, as far as a regular expression can say it. */
  readonly pattern?: string;
  readonly mayBeEmpty?: true;
}

/** A text with a rule of its own, and one message for each way to get it wrong. */
export function textField({ name, write, rule, pattern, mayBeEmpty }: TextField) {
  const problemOf: TextRule = (text) =>
    text === '' && mayBeEmpty === undefined ? `${name} is empty (write ${write})` : rule?.(text);
  const needsQuotes = (input: unknown): boolean =>
    (typeof input === 'number' || typeof input === 'boolean') && problemOf(String(input)) === undefined;
  return z
    .string({
      error: ({ input }) => explain(name, 'text', needsQuotes(input) ? `it in quotes: "${input}"` : write)({ input }),
    })
    .superRefine((text, context) => {
      const message = problemOf(text);
      if (message !== undefined) {
        context.addIssue({ code: 'custom', message });
      }
    })
    .meta(pattern === undefined ? {} : { pattern: `${pattern}|${variablePattern}` });
}

/** true or false. */
export function booleanField(name: string) {
  return z.boolean({ error: explain(name, 'true or false', `${name}: true or ${name}: false`) });
}

/** One of some words. A text first, because it may be ${VAR} until the environment is known. */
export function wordField<const Words extends readonly [string, ...string[]]>(name: string, words: Words) {
  return z
    .string({ error: explain(name, 'text', `${name}: ${words[0]}`) })
    .pipe(z.enum(words, { error: `${name} {value} is unknown (write one of ${words.join(', ')})` }))
    .meta({ anyOf: [{ enum: words }, { type: 'string', pattern: variablePattern }] });
}

/** A list of texts that one rule checks. */
export function listField(name: string, example: string, rule: TextRule, pattern: string) {
  const entry = textField({ name: `an entry of ${name}`, write: example, rule, pattern });
  return z.array(entry, { error: explain(name, 'a list', `${name}: [ "${example}" ]`) });
}

/** Tags: at most `most`, each key checked by `keyRule`. Numbers and booleans have become text before. */
export function tagsField(most: number, keyRule: TextRule) {
  const key = textField({ name: 'the key of a tag', write: 'team: platform', rule: keyRule });
  const value = textField({ name: 'the value of a tag', write: '"text"', rule: tagValueProblem, mayBeEmpty: true });
  return z
    .record(key, value.meta({ type: ['string', 'number', 'boolean'] }), {
      error: explain('tags', 'a mapping', 'tags: { team: platform }'),
    })
    .refine((tags) => Object.keys(tags).length <= most, {
      error: ({ input }) => `there are ${Object.keys(Object(input)).length} tags (write at most ${most})`,
      when: ({ value: tags }) => isMapping(tags),
    })
    .meta({ maxProperties: most });
}

/** The message for a field that is missing, empty or of the wrong type. */
export function explain(name: string, kind: string, write: string) {
  return ({ input }: { readonly input?: unknown }): string => {
    if (input === undefined) {
      return `${name} is missing (write ${write})`;
    }
    return input === null
      ? `${name} has no value (write ${write})`
      : `${name} must be ${kind}, not {value} (write ${write})`;
  };
}

/** The description of the flag for `path`: files, flags and editors say the same. */
export function descriptionOf(path: string): string {
  const flag = flagAt(path);
  if (flag === undefined) {
    throw new Error(`there is no flag for ${path}`);
  }
  return flag.description;
}
