import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { flags } from '../../src/config/flags.ts';
import { configSchema } from '../../src/config/schema.ts';

interface Leaf {
  readonly path: string;
  readonly kind: string;
  readonly description: string | undefined;
}

/** Every field of the schema that holds a value of its own; lists of mappings are entered at their first element. */
function leavesOf(field: unknown, path: string, described?: string): readonly Leaf[] {
  if (!(field instanceof z.ZodType)) {
    throw new Error(`${path} is no field`);
  }
  const description = field.description ?? described;
  if (field instanceof z.ZodExactOptional || field instanceof z.ZodDefault) {
    return leavesOf(field.unwrap(), path, description);
  }
  if (field instanceof z.ZodObject) {
    return Object.entries(field.shape).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`));
  }
  if (field instanceof z.ZodPipe) return leavesOf(field.out, path, description);
  if (field instanceof z.ZodArray && field.element instanceof z.ZodObject) {
    return leavesOf(field.element, `${path}[0]`);
  }
  return [{ path, kind: kindOf(field), description }];
}

function kindOf(field: z.ZodType): string {
  if (field instanceof z.ZodArray) {
    return 'list';
  }
  if (field instanceof z.ZodRecord) {
    return 'map';
  }
  if (field instanceof z.ZodBoolean) {
    return 'boolean';
  }
  return field instanceof z.ZodNumber ? 'integer' : 'text';
}

test('every field of the file but exceptions has a flag of its kind and description, and the other way round', () => {
  const fields = leavesOf(configSchema, '').filter(({ path }) => path !== 'version' && !path.includes('.except[0].'));
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  const rows = flags.map(({ path, kind, description }) => ({ path, kind, description }));
  expect(rows.toSorted(byPath)).toEqual(fields.toSorted(byPath));
});

test('a flag is the path in kebab-case', () => {
  const names = new Map(flags.map(({ path, flag }) => [path, flag]));
  expect(names.get('source.access.assumeRole')).toBe('--source-access-assume-role');
  expect(names.get('destinations[0].kmsKey')).toBe('--destination-kms-key');
  expect(names.get('destinations[0].rules[0].deleteMarkers')).toBe('--destination-rules-delete-markers');
  expect(names.get('newKeys.administrators')).toBe('--new-keys-administrators');
  expect(names.get('source.additionalKmsKeys')).toBe('--source-additional-kms-keys');
  expect(new Set(names.values()).size).toBe(flags.length);
});

/** A file of `src/config` and those of its folder that it loads, without the lines that say so: whatever else is loaded stays. */
function textWithParts(file: string, seen: Set<string> = new Set()): string {
  if (seen.has(file)) return '';
  seen.add(file);
  const text = readFileSync(new URL(`../../src/config/${file}`, import.meta.url), 'utf8');
  const own = /^import (?!type )[^;]*? from '\.\/([\w-]+\.ts)';$/gm;
  const parts = [...text.matchAll(own)].map(([, part = '']) => textWithParts(part, seen));
  // Types are gone when the program runs.
  return [text.replace(own, '').replace(/^import type [^;]*;$/gm, ''), ...parts].join('\n');
}

test('the table of flags loads nothing else, so that --help stays fast', () => {
  expect(textWithParts('flags.ts')).not.toMatch(/^import|import\(|require\(/m);
});
