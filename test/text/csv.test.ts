import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvReader, CsvTooLong, readCsv } from '../../src/text/csv.ts';

const fieldsOf = (text: string) => [...readCsv(text)].map(({ fields }) => fields);
const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;

const field = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\ufeff') }));
const record = fc.array(field, { minLength: 1, maxLength: 8 });

function piecesOf(text: string, sizes: readonly number[]): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const end = at + (sizes[turn % sizes.length] ?? 1);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

describe('CSV', () => {
  it('is read back as it was written, wherever the pieces end', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(record), fc.constantFrom('\n', '\r\n'), sizes, (records, lineEnd, pieceSizes) => {
        const text = records.map((fields) => fields.map(quoted).join(',') + lineEnd).join('');
        const reader = new CsvReader();
        const read = piecesOf(text, pieceSizes).flatMap((piece) => [...reader.read(piece)]);
        expect([...read, ...reader.finish()].map(({ fields }) => fields)).toEqual(records);
        expect(read.every(({ isSound }) => isSound)).toBe(true);
      }),
    );
  });

  it.each<[what: string, text: string, records: readonly (readonly string[])[]]>([
    [
      'without quotation marks',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'without an end of the last line',
      'a,b\nc,',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    ['with blank lines', '\n\r\na\n\n', [['a']]],
    ['with an empty field in quotation marks', '""\n', [['']]],
    ['with a quotation mark within a field', 'a"b,c\n', [['a"b', 'c']]],
    ['with a mark of the byte order', '\ufeffa,b\n', [['a', 'b']]],
    ['with a carriage return within a field', 'a\rb,c\r\n', [['a\rb', 'c']]],
    ['of nothing', '', []],
  ])('%s is read', (_what, text, records) => {
    expect(fieldsOf(text)).toEqual(records);
  });

  it('says at which line a record begins', () => {
    const lines = [...readCsv('a\n"b\n\nc",d\n\ne\n')].map(({ line, fields }) => [line, fields[0]]);
    expect(lines).toEqual([
      [1, 'a'],
      [2, 'b\n\nc'],
      [6, 'e'],
    ]);
  });

  it.each([
    ['text after the closing quotation mark', '"a"b,c\nd\n'],
    ['a quotation mark that nothing closes', '"a,c\nd\n'],
  ])('with %s is not sound', (_what, text) => {
    expect([...readCsv(text)][0]?.isSound).toBe(false);
  });

  it('keeps no more than one record, however long it is', () => {
    const reader = new CsvReader();
    const endless = () => {
      [...reader.read('a\n"')];
      for (let piece = 0; piece < 40; piece += 1) [...reader.read('x'.repeat(2 ** 16))];
    };
    expect(endless).toThrow(CsvTooLong);
    expect(endless).toThrow('the record that begins at line 2 does not end');
  });
});
