import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactJson, printable, printableDeep, printableJson, shorten, wrapText } from '../../src/show/printable.ts';

/** What must never reach a terminal: C0 and C1 controls but the line feed, marks that turn the writing direction, and what nobody sees. */
const unprintable = new RegExp(
  [
    '[^\\P{Cc}\\n]|[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f]',
    '[\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e007f}\\u{e0100}-\\u{e01ef}\\u{d800}-\\u{dfff}]',
  ].join('|'),
  'u',
);
const someUnseen = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      'a',
      '\\',
      'u',
      '\n',
      '\u00ad',
      '\u200b',
      '\u202e',
      '\ufe0f',
      '\u3164',
      '\ufeff',
      '\ud800',
      '\udc00',
    ),
    fc.integer({ min: 0xe0000, max: 0xe01ef }).map((code) => String.fromCodePoint(code)),
  ),
  maxLength: 20,
});

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), someUnseen);

function unescaped(text: string): string {
  const code = /\\u(?:([0-9a-f]{4})|\{([0-9a-f]{5})\})/g;
  return text.replace(code, (_, four?: string, five?: string) =>
    String.fromCodePoint(Number.parseInt(four ?? five ?? '', 16)),
  );
}

describe('text that goes to a terminal', () => {
  it.each([
    ['a colour', '\u001b[31mred', '\\u001b[31mred'],
    ['the C1 form of an escape', '\u009b2J', '\\u009b2J'],
    ['a carriage return, that would hide the line', 'bad\rgood', 'bad\\u000dgood'],
    ['a backspace', 'a\bb', 'a\\u0008b'],
    ['a bell and a NUL', '\u0007\u0000', '\\u0007\\u0000'],
    ['a tab', 'a\tb', 'a\\u0009b'],
    ['delete', '\u007f', '\\u007f'],
    ['an override of the writing direction', 'a\u202eb', 'a\\u202eb'],
    ['an isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['marks of direction', '\u200e\u200f', '\\u200e\\u200f'],
    ['the Arabic letter mark', 'a\u061cb', 'a\\u061cb'],
    ['a space without width', 'a\u200bb', 'a\\u200bb'],
    ['joiners', 'a\u200cb\u200d', 'a\\u200cb\\u200d'],
    ['a soft hyphen', 'a\u00adb', 'a\\u00adb'],
    ['the mark at the beginning of a file', '\ufeffa', '\\ufeffa'],
    ['fillers, which look like nothing', '\u3164\u115f\uffa0', '\\u3164\\u115f\\uffa0'],
    ['variation selectors', 'a\ufe0f\u{e0100}', 'a\\ufe0f\\u{e0100}'],
    ['text written in tags', 'a\u{e0041}\u{e007f}b', 'a\\u{e0041}\\u{e007f}b'],
    ['operators that nobody sees', '\u2060\u2063', '\\u2060\\u2063'],
    ['half of a surrogate pair', 'a\ud83d', 'a\\ud83d'],
    ['separators of lines and paragraphs', '\u2028\u2029', '\\u2028\\u2029'],
  ])('has %s as an escape', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it.each(['', 'two\nlines', 'Grüße, 日本語, 👍🏽, …', '→ ✔ ✖'])('keeps %j', (text) => {
    expect(printable(text)).toBe(text);
  });

  it('has no control character, whatever it was, and nothing else is lost', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(unprintable);
        expect(unescaped(shown)).toBe(unescaped(text));
      }),
      { numRuns: 500, seed: 20261122 },
    );
  });

  it('is so in every text of a value, which is otherwise the same', () => {
    const value = { a: ['\u001b', { b: '\u202e', n: 1 }], c: null, d: true };
    expect(printableDeep(value)).toEqual({ a: ['\\u001b', { b: '\\u202e', n: 1 }], c: null, d: true });
  });

  it('is so in the names of members, which are texts of AWS as well: the keys of tags and conditions', () => {
    expect(JSON.stringify(printableDeep({ Tags: { 'a\u202eb': { '\u009b2J': 'x' } } }))).not.toMatch(unprintable);
  });
});

it('a line of JSON is JSON of the printable texts, whatever they were', () => {
  fc.assert(
    fc.property(anyText, anyText, (name, text) => {
      const line = printableJson({ name, [`x${name}`]: [text] });
      expect(line).not.toMatch(unprintable);
      expect(line).not.toContain('\n');
      expect(JSON.parse(line)).toEqual({ name: printable(name), [printable(`x${name}`)]: [printable(text)] });
    }),
    { numRuns: 300, seed: 20261128 },
  );
});

it('exact JSON means the same, whatever the texts are, and has nothing in it that is not seen', () => {
  fc.assert(
    fc.property(anyText, anyText, fc.constantFrom(undefined, 2), (name, text, indent) => {
      const value = { name, [`x${name}`]: [text], policy: JSON.stringify({ text }) };
      const json = exactJson(value, indent);
      expect(json).not.toMatch(unprintable);
      expect(JSON.parse(json)).toEqual(value);
    }),
    { numRuns: 300, seed: 20261128 },
  );
});

describe('wrapped text', () => {
  const word = fc.stringMatching(/^[a-zäé0-9:/.-]{1,30}$/);
  const words = fc.array(word, { minLength: 1, maxLength: 40 });

  it('keeps every word in its order and every line within the width, but for a longer word', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 20, max: 100 }), (list, spaces, width) => {
        const indent = ' '.repeat(spaces);
        const lines = wrapText(list.join(' '), indent, width).split('\n');
        expect(lines.join(' ').split(/\s+/).filter(Boolean)).toEqual(list);
        lines.forEach((line, index) => {
          if (index > 0) expect(line.startsWith(indent)).toBe(true);
          const text = index === 0 ? line : line.slice(spaces);
          // The first line stands behind a sign that is as wide as the indent.
          if (text.includes(' ')) expect(spaces + text.length).toBeLessThanOrEqual(width);
          expect(text).toBe(text.trim());
        });
      }),
      { numRuns: 500, seed: 20261122 },
    );
  });

  it('is as few lines as the words allow', () => {
    expect(wrapText('aaaa bbbb cccc', '', 9)).toBe('aaaa bbbb\ncccc');
    expect(wrapText('aaaa bbbb cccc', '  ', 9)).toBe('aaaa\n  bbbb\n  cccc');
  });

  it('is 80 columns wide where nothing else is said', () => {
    const text = Array.from({ length: 30 }, () => 'word').join(' ');
    expect(
      Math.max(
        ...wrapText(text, '')
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBe(79);
  });
});

describe('shortened text', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly-10', 10, 'exactly-10'],
    ['more than ten', 10, 'more than…'],
    ['x', 0, '…'],
    ['👍👍👍👍', 4, '👍…'],
  ])('%j in %d columns is %j', (text, width, expected) => {
    expect(shorten(text, width)).toBe(expected);
  });
});
