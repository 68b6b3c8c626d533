import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLags } from '../../src/sandbox/practice/lag.ts';

const page = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');

/** The code in the first column of a table, by rows. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, table = ''] = page.split(`\n${heading}\n|---|---|\n`);
  const rows = (table.split('\n\n')[0] ?? '').split('\n');
  return rows.map((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));
}

describe('the page about the sandbox', () => {
  const [kinds, units] = [
    rowsUnder('| WHAT | what is read late after it was written |'),
    rowsUnder('| HOW LONG | is |'),
  ];

  it('names everything that can be late', () => {
    const named = kinds.flat();
    const known = /late can be ([^;]+);/.exec(messageFor('x=1 s'))?.[1]?.split(', ');
    expect(named.toSorted()).toEqual(known?.toSorted());
    for (const kind of named) expect(() => parseLags([`${kind}=8 s`])).not.toThrow();
  });

  it('names the units, and there are no others', () => {
    for (const lag of units.flat()) expect(() => parseLags([`role=${lag}`])).not.toThrow();
    expect(units.map(([lag = '']) => lag.replace(/\d+ /, ''))).toEqual(['ms', 'requests']);
    for (const lag of ['5 m', '5 min', '1 h', '1.5 s', '3 reads', '3'])
      expect(messageFor(`role=${lag}`)).toContain('how long is a number of ms, s or requests');
  });
});

function messageFor(lag: string): string {
  try {
    parseLags([lag]);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${lag} is a lag`);
}
