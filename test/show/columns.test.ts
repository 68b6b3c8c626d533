import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, cutAt, foldText } from '../../src/show/columns.ts';

describe('the columns of a text', () => {
  it.each([
    ['invoice', 7],
    ['名前', 4],
    ['한글', 4],
    ['🔒', 2],
    ['e\u0301', 1],
    ['▁█·→', 4],
    ['', 0],
  ])('%j takes %d', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it('are what is cut to, without half a character', () => {
    expect(cutAt('名前名前', 6, '…')).toBe('名前…');
    expect(cutAt('名前', 4, '…')).toBe('名前');
    expect(cutAt('🔒🔒🔒', 4, '...')).toBe('🔒...');
  });
});

describe('folded text', () => {
  it('goes on in the next line at a space, and within a word only where the word is wider than the line', () => {
    expect(foldText('one two three', 8)).toEqual(['one two', 'three']);
    expect(foldText('a abcdefghij b', 4)).toEqual(['a', 'abcd', 'efgh', 'ij b']);
  });

  it('loses no character but the spaces where it goes on, and is never wider than it may be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = foldText(text, width);
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
