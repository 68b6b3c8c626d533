import * as z from 'zod';
import type { Field, Limit, ListField, MapField, MappingField, MappingsField, TextField, WordField } from './field.ts';
import { limits, patternRule, type TextLimit, type TextRule } from './field-rules.ts';
import { configFile } from './fields.ts';
import { isMapping } from './path.ts';

/** For editors: `${VAR}` may stand for any text. */
const variablePattern = '\\$\\{';

/** After `${VAR}` is replaced. Unknown keys are problems. What fits is a `Config`. */
export const configSchema: z.ZodType = schemaOf('the file', configFile);

/** defaults.ts fills in defaults that depend on the rest of the file. */
function fieldSchema([key, field]: readonly [string, Field]): readonly [string, z.ZodType] {
  const schema = schemaOf(key, field);
  if (field.required) return [key, schema];
  const value = 'default' in field && typeof field.default !== 'function' ? field.default : undefined;
  return [key, value === undefined ? schema.exactOptional() : schema.default(value)];
}

function schemaOf(name: string, field: Field): z.ZodType {
  return valueSchema(name, field).describe(field.description);
}

function valueSchema(name: string, field: Field): z.ZodType {
  switch (field.kind) {
    case 'text':
      return textSchema(name, field);
    case 'word':
      return wordSchema(name, field);
    case 'boolean':
      return z.boolean({ error: explain(name, 'true or false', `${name}: true or ${name}: false`) });
    case 'integer': {
      const error = explain(name, `a whole number from 0 to ${field.most}`, field.write);
      return z.int({ error }).min(0, { error }).max(field.most, { error });
    }
    case 'list':
      return listSchema(name, field);
    case 'map':
      return tagsSchema(field);
    case 'constant':
      return z.literal(field.value, { error: explain(name, String(field.value), `${name}: ${field.value}`) });
    case 'mapping':
      return mappingSchema(name, field);
    case 'mappings':
      return mappingsSchema(name, field);
  }
}

function textSchema(
  name: string,
  { write, limit, mayBeEmpty, digits }: Pick<TextField, 'write' | 'limit' | 'mayBeEmpty' | 'digits'>,
) {
  const { pattern, rule } = limitOf(limit);
  const problemOf: TextRule = (given) =>
    given === '' && mayBeEmpty === undefined ? `${name} is empty (write ${write})` : rule(given);
  const needsQuotes = (input: unknown): boolean =>
    (typeof input === 'number' || typeof input === 'boolean') && problemOf(String(input)) === undefined;
  return z
    .string({
      error: ({ input }) => explain(name, 'text', needsQuotes(input) ? `it in quotes: "${input}"` : write)({ input }),
    })
    .superRefine((given, context) => {
      const message = problemOf(given);
      if (message !== undefined) {
        context.addIssue({ code: 'custom', message });
      }
    })
    .meta({
      ...(pattern === undefined ? {} : { pattern: `${pattern}|${variablePattern}` }),
      ...(digits ? { type: ['string', 'integer'] } : {}),
    });
}

function limitOf(limit: Limit | undefined): TextLimit {
  if (limit === undefined) return { rule: () => undefined };
  return typeof limit === 'string' ? limits[limit] : { ...limit, rule: patternRule(limit.pattern, limit.otherwise) };
}

/** A text first: it may be ${VAR} until the environment is known. */
function wordSchema(name: string, { words }: WordField) {
  return z
    .string({ error: explain(name, 'text', `${name}: ${words[0]}`) })
    .pipe(z.enum(words, { error: `${name} {value} is unknown (write one of ${words.join(', ')})` }))
    .meta({ anyOf: [{ enum: words }, { type: 'string', pattern: variablePattern }] });
}

function listSchema(name: string, { example, limit, word, most }: ListField) {
  const entry = textSchema(`an entry of ${name}`, { write: example, limit });
  const write = `${name}: [ "${example}" ]`;
  const all = z.array(entry, { error: explain(name, 'a list', word === undefined ? write : `${word}, or ${write}`) });
  const list = most === undefined ? all : all.max(most, { error: `${name} has more than ${most} entries` });
  if (word === undefined) return list;
  // A flag gives a list of one.
  const isWord = (given: unknown) =>
    given === word || (Array.isArray(given) && given.length === 1 && given[0] === word);
  return z
    .preprocess((given) => (isWord(given) ? [] : given), list)
    .meta({ type: ['array', 'string'], pattern: `^${word}$|${variablePattern}` });
}

function tagsSchema({ most, limit }: MapField) {
  const key = textSchema('the key of a tag', { write: 'team: platform', limit });
  const value = textSchema('the value of a tag', { write: '"text"', limit: 'tagValue', mayBeEmpty: true });
  return z
    .record(key, value.meta({ type: ['string', 'number', 'boolean'] }), {
      error: explain('tags', 'a mapping', 'tags: { team: platform }'),
    })
    .refine((given) => Object.keys(given).length <= most, {
      error: ({ input }) => `there are ${Object.keys(Object(input)).length} tags (write at most ${most})`,
      when: ({ value: given }) => isMapping(given),
    })
    .meta({ maxProperties: most });
}

function mappingSchema(name: string, { fields, write }: Pick<MappingField, 'fields' | 'write'>) {
  const shape = Object.fromEntries(Object.entries(fields).map(fieldSchema));
  return z.strictObject(shape, { error: explain(name, 'a mapping', write) });
}

function mappingsSchema(name: string, { fields, write, entry, mayBeEmpty }: MappingsField) {
  const { anyOf } = entry;
  const one = mappingSchema(entry.name, { fields, write: entry.write }).describe(entry.description);
  const needed = anyOf?.map((key) => ({ type: 'object', properties: { [key]: {} }, required: [key] }));
  const all = z.array(needed ? one.meta({ anyOf: needed }) : one, { error: explain(name, 'a list', write) });
  return mayBeEmpty ? all : all.min(1, { error: `${name} is empty (write ${write})` });
}

function explain(name: string, kind: string, write: string) {
  return ({ input }: { readonly input?: unknown }): string => {
    if (input === undefined) {
      return `${name} is missing (write ${write})`;
    }
    return input === null
      ? `${name} has no value (write ${write})`
      : `${name} must be ${kind}, not {value} (write ${write})`;
  };
}
