import { z } from 'zod';
import { keyPatternProblem, oneLineProblem, patterns, tagKeyProblem } from './field-rules.ts';
import { explain, tagsField, textField, wordField } from './fields.ts';
import { encryptions } from './spec.ts';

const key = textField({
  name: 'key',
  write: 'key: "hr/*"',
  pattern: patterns.keyText,
  rule: keyPatternProblem,
});

const why = textField({ name: 'why', write: 'why: "the reason"', pattern: patterns.oneLine, rule: oneLineProblem });

const example = 'except: [{ key: "hr/*", why: "the reason" }]';

const exception = z
  .strictObject(
    {
      key: key.describe('Objects whose key matches this pattern; * and ? stand for other characters').exactOptional(),
      tags: tagsField(10, tagKeyProblem).describe('Objects with all of these tags').exactOptional(),
      encryption: wordField('encryption', encryptions).describe('Objects that are encrypted this way').exactOptional(),
      why: why.describe('Why they are not meant to replicate; said where s3repl says what replicates'),
    },
    { error: explain('an exception', 'a mapping', example) },
  )
  .describe('Objects that are not meant to replicate: at least one of key, tags and encryption')
  .meta({
    anyOf: ['key', 'tags', 'encryption'].map((name) => ({
      type: 'object',
      properties: { [name]: {} },
      required: [name],
    })),
  });

/** What of a rule is left out on purpose, as written. */
export const exceptions = z
  .array(exception, { error: explain('except', 'a list', example) })
  .describe('Objects of the rule that others keep from being replicated on purpose: s3repl says so, and does not fail');
