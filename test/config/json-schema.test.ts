import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { changed, inRule, plainFile, problemsOf, warningsOf } from './config-file.ts';

const docs = new URL('../../docs/', import.meta.url);
const published = readFileSync(new URL('repl.schema.json', docs), 'utf8');
const examples = readdirSync(new URL('examples/', docs)).filter((name) => name.endsWith('.yaml'));

/** Whether an editor that knows the published schema marks nothing in the text. */
function suitsEditors(text: string): boolean {
  return z.fromJSONSchema(JSON.parse(published)).safeParse(parse(text)).success;
}

test('docs/repl.schema.json is what npm run schema writes', () => {
  expect(published).toBe(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
});

test('every field has a description and what has a default shows it', () => {
  const described: string[] = [];
  const look = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) {
      return;
    }
    for (const [key, field] of Object.entries('properties' in node ? Object(node.properties) : {})) {
      expect(field, `${path}.${key}`).toHaveProperty('description');
      described.push(`${path}.${key}`);
      look(field, `${path}.${key}`);
    }
    look('items' in node ? node.items : undefined, `${path}[]`);
  };
  look(JSON.parse(published), '');
  expect(described).toContain('.destinations[].rules[].storageClass');
  expect(JSON.parse(published)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 's3repl configuration (repl.yaml)',
    required: ['version', 'name', 'source', 'destinations'],
    properties: { source: { properties: { kmsKey: { default: 'create' }, bucketKey: { default: true } } } },
  });
});

describe('editors', () => {
  test.each([
    ['the plain file', plainFile],
    ['an account ID without quotes', changed(['"111111111111"', '111111111111'])],
    ['environment variables', changed(['acme-replica', '${BUCKET}'], inRule('storageClass: ${CLASS}'))],
    ['a number as the value of a tag', changed(inRule('tags: { cost: 42 }'))],
    ['an exception by one of its members', changed(inRule('except: [{ encryption: SSE-S3, why: legacy writers }]'))],
  ])('accept %s', (_what, text) => {
    expect(suitsEditors(text)).toBe(true);
  });

  test.each([
    ['an unknown key', changed(inRule('colour: blue'))],
    ['a bad bucket name', changed(['acme-replica', 'Acme'])],
    ['a bad storage class', changed(inRule('storageClass: COLD'))],
    ['a URL as a prefix', changed(inRule('prefix: s3://acme-invoices/tax/'))],
    ['an exception of no objects', changed(inRule('except: [{ why: legacy writers }]'))],
    ['an exception without its reason', changed(inRule('except: [{ key: "hr/*" }]'))],
    ['an exception of unknown encryption', changed(inRule('except: [{ encryption: AES256, why: legacy writers }]'))],
    ['a missing bucket', changed(['    bucket: acme-replica\n', ''])],
  ])('mark %s', (_what, text) => {
    expect(suitsEditors(text)).toBe(false);
    expect(problemsOf(text)).not.toEqual([]);
  });
});

describe('the examples', () => {
  test('are there', () => {
    expect(examples).toContain('invoices.yaml');
    expect(examples).toContain('everything.yaml');
  });

  test.each(examples)('%s has no problems, names the schema and suits editors', (name) => {
    const text = readFileSync(new URL(`examples/${name}`, docs), 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../repl.schema.json');
    expect(problemsOf(text)).toEqual([]);
    expect(warningsOf(text)).toHaveLength(name === 'shared-key.yaml' ? 1 : 0);
    expect(suitsEditors(text)).toBe(true);
  });

  test('everything.yaml shows every option', () => {
    const text = readFileSync(new URL('examples/everything.yaml', docs), 'utf8');
    for (const key of JSON.stringify(jsonSchema()).matchAll(/"(\w+)":\{[^{}]*"description"/g)) {
      expect(text).toContain(`${key[1]}:`);
    }
  });
});
