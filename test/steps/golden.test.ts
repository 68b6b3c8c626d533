import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goldenCases } from './golden-cases.ts';
import { documentsOf } from './golden-documents.ts';

const folder = new URL('golden/', import.meta.url);

describe('the documents that are written', () => {
  it.each(Object.entries(goldenCases))('are exactly those of golden/%s.json', (name, golden) => {
    const expected: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
    expect(documentsOf(golden)).toEqual(expected);
  });

  it('have a golden file for every case, and a case for every file', () => {
    const files = readdirSync(folder).map((file) => file.replace('.json', ''));
    expect(files.sort()).toEqual(Object.keys(goldenCases).sort());
  });
});
