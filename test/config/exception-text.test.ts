import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceptionLine, parseException } from '../../src/config/exception-text.ts';
import { encryptions } from '../../src/config/rule-fields.ts';
import { changed, inRule, specOf } from './config-file.ts';

function readBack(line: string) {
  return specOf(changed(inRule(line))).destinations[0]?.rules[0]?.except;
}

describe('the line to paste', () => {
  it.each([
    [{ key: 'hr/*' }, 'except: [{ key: "hr/*", why: "…" }]'],
    [{ tags: { classification: 'secret' } }, 'except: [{ tags: { classification: "secret" }, why: "…" }]'],
    [{ tags: { yes: 'no', 'a:b': '' } }, 'except: [{ tags: { "yes": "no", "a:b": "" }, why: "…" }]'],
    [{ encryption: 'SSE-S3' }, 'except: [{ encryption: SSE-S3, why: "…" }]'],
    [
      { key: 'a"\n# ${HOME}\u202e', encryption: 'SSE-C' },
      'except: [{ key: "a\\"\\n# $${HOME}\\u202e", encryption: SSE-C, why: "…" }]',
    ],
    [{ key: 'a\u0001\u001b[2J*' }, 'except: [{ key: "a??[2J*", why: "…" }]'],
  ] as const)('of %j is %s', (objects, line) => {
    expect(exceptionLine([objects])).toBe(line);
  });

  it('is one line without anything that steers a terminal, and reads back as the same objects', () => {
    const key = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'binary' }),
        fc.stringMatching(/^[${}"'\\#:,&*!|>%@`]+$/),
        fc.constantFrom('${HOME}', 'a$${x', '${'),
      )
      .filter((text) => text !== '' && Buffer.byteLength(text) < 1000);
    const tagText = fc.stringMatching(/^[A-Za-z ][\w .:/=+@-]{0,20}$/).filter((name) => !/^aws:/i.test(name));
    const objects = fc.oneof(
      fc.record({ key }),
      fc.record({ tags: fc.dictionary(tagText, tagText, { minKeys: 1, maxKeys: 3 }) }),
      fc.record({ key, encryption: fc.constantFrom(...encryptions) }),
    );
    fc.assert(
      fc.property(objects, (wanted) => {
        const line = exceptionLine([wanted]);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        const held = 'key' in wanted ? { key: wanted.key.replace(/(?![\t\n\r])\p{Cc}|\p{Cs}/gu, '?') } : {};
        expect(readBack(line)).toEqual([{ ...wanted, ...held, why: '…' }]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an exception of the command line', () => {
  it.each([
    ['hr/*', { key: 'hr/*' }],
    ['key=hr/*', { key: 'hr/*' }],
    ['key=tag=a', { key: 'tag=a' }],
    ['year=2024/*', { key: 'year=2024/*' }],
    ['tag=classification=secret', { tags: { classification: 'secret' } }],
    ['tag=path=a=b', { tags: { path: 'a=b' } }],
    ['tag=empty=', { tags: { empty: '' } }],
    ['encryption=SSE-S3', { encryption: 'SSE-S3' }],
  ])('%s is for %j', (text, objects) => {
    expect(parseException(text)).toEqual(objects);
  });

  it.each([
    ['', 'it names no keys (write a pattern, such as hr/*)'],
    ['key=', 'it names no keys (write a pattern, such as hr/*)'],
    ['s3://acme/hr/*', `key "s3://acme/hr/*" is a URL`],
    ['k'.repeat(1025), 'key has 1025 bytes'],
    ['tag=secret', '"secret" is a tag without a value (write tag=NAME=VALUE)'],
    ['tags=a=b', '"tags=a=b" is not an exception (write tag=NAME=VALUE or encryption=SSE-S3; for such keys key=…)'],
    ['encryption:SSE-S3', '"encryption:SSE-S3" is not an exception (write tag=NAME=VALUE'],
    ['tag==a', 'tag "" is not the key of a tag'],
    ['tag=aws:x=a', 'tag "aws:x" begins with aws:'],
    ['encryption=sse-s3', 'encryption "sse-s3" is unknown'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseException(text)).toThrow(message);
  });

  it('and the line to paste say the same of every object', () => {
    expect(exceptionLine([parseException('hr/*')])).toBe('except: [{ key: "hr/*", why: "…" }]');
  });
});
