import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BucketName, brand } from '../../src/aws/brand.ts';
import {
  encodeKey,
  explainFirstRow,
  leaveOutRepeats,
  type ManifestReading,
  type ManifestRow,
  makeManifestFile,
  manifestFields,
  manifestText,
  readManifest,
  seemsEncoded,
} from '../../src/plan/own-manifest.ts';

const bucket = brand<BucketName>('acme-invoices');
const plain: ManifestReading = { bucket, keys: 'plain' };
const encoded: ManifestReading = { bucket, keys: 'url-encoded' };

const key = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '+', '%', '%20', '/', 'é', '🎉', '\ufeff') }),
  )
  .filter((one) => one !== '');
const versionId = fc.oneof(fc.constant('null'), fc.stringMatching(/^[A-Za-z0-9._]{1,40}$/));
const manifest = fc.oneof(
  fc.array(fc.record({ key, versionId }), { minLength: 1 }),
  fc.array(fc.record({ key }), { minLength: 1 }),
);

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

function problemsIn(text: string, reading = plain) {
  const read = readManifest(text, reading);
  return 'problems' in read ? read : { problems: [], more: 0 };
}

const header = 'has a header line, which S3 reads as an object';

describe('a manifest of somebody’s own', () => {
  it('is read as it was written, whatever the keys are', () => {
    fc.assert(
      fc.property(manifest, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows: ManifestRow[], lineEnd, hasHeader) => {
        const hasVersions = rows[0]?.versionId !== undefined;
        const header = hasHeader ? `${manifestFields({ hasVersions }).join(',')}${lineEnd}` : '';
        const lines = rows.map(({ key: written, versionId: version }) =>
          [bucket, quoted(written), ...(version === undefined ? [] : [version])].join(','),
        );
        expect(readManifest(header + lines.join(lineEnd), plain)).toEqual({ rows, hasVersions });
      }),
    );
  });

  it('goes out in a form that is read back exactly', () => {
    fc.assert(
      fc.property(manifest, (rows: ManifestRow[]) => {
        const text = manifestText({ rows }, bucket);
        expect(readManifest(text, encoded)).toEqual({ rows, hasVersions: rows[0]?.versionId !== undefined });
      }),
    );
  });

  it('goes out one row a line, with nothing to quote in it', () => {
    fc.assert(
      fc.property(manifest, (rows: ManifestRow[]) => {
        const text = manifestText({ rows }, bucket);
        expect(text).toMatch(/^(?:acme-invoices,[\x21-\x7e]+\n)+$/);
        expect(text).not.toMatch(/["+ ]/);
        expect(text.split('\n').length).toBe(rows.length + 1);
      }),
    );
  });

  it('has URL-encoded keys on its way out, with the slashes as they are', () => {
    expect(encodeKey('a b/ü+"x",1%')).toBe('a%20b/%C3%BC%2B%22x%22%2C1%25');
    const rows = [{ key: 'a b', versionId: 'null' }];
    expect(manifestText({ rows }, bucket)).toBe('acme-invoices,a%20b,null\n');
  });

  it('is a file of the same name for the same rows, and of another one for others', () => {
    const file = (...keys: string[]) => makeManifestFile({ rows: keys.map((one) => ({ key: one })) }, bucket);
    expect(file('a', 'b')).toEqual({
      name: expect.stringMatching(/^manifest-[0-9a-f]{16}\.csv$/),
      text: 'acme-invoices,a\nacme-invoices,b\n',
      etag: '40d4e1f053b4196369d359dd30b4017a',
    });
    expect(file('a', 'b')).toEqual(file('a', 'b'));
    expect(file('b', 'a').name).not.toBe(file('a', 'b').name);
  });

  it('names its columns as AWS does', () => {
    expect(manifestFields({ hasVersions: true })).toEqual(['Bucket', 'Key', 'VersionId']);
    expect(manifestFields({ hasVersions: false })).toEqual(['Bucket', 'Key']);
  });

  it('takes an empty column of version IDs as none', () => {
    expect(readManifest('acme-invoices,a,\nacme-invoices,b\n', plain)).toEqual({
      rows: [{ key: 'a' }, { key: 'b' }],
      hasVersions: false,
    });
  });

  it('has each version once where rows repeat it', () => {
    const rows = [
      { key: 'a', versionId: 'v' },
      { key: 'a' },
      { key: 'b', versionId: 'v' },
      { key: 'a', versionId: 'w' },
    ];
    expect(leaveOutRepeats([...rows, ...rows])).toEqual(rows);
  });

  it.each([
    ['Bucket,Key,VersionId\nacme-invoices,a,v\n', header],
    ['"Bucket","Key"', header],
    ['\ufeffacme-invoices,a,v', 'begins with a byte order mark, which S3 reads as part of the bucket name'],
    ['acme-invoices,Key,v', undefined],
    ['', undefined],
  ])('that S3 reads itself, %j, begins with a row or not', (text, why) => {
    expect(explainFirstRow(text)).toBe(why);
  });

  it.each<[what: string, rows: string, isEncoded: boolean]>([
    ['a key with an escape', 'acme-invoices,a%20b\nacme-invoices,c', true],
    ['no escape', 'acme-invoices,a\nacme-invoices,b+c', false],
    ['an escape and a key with a space', 'acme-invoices,a%20b\nacme-invoices,c d', false],
    ['an escape and a key that is no URL encoding', 'acme-invoices,a%20b\nacme-invoices,100%', false],
  ])('with %s seems to be URL-encoded or not', (_what, rows, isEncoded) => {
    const read = readManifest(rows, plain);
    expect('rows' in read && seemsEncoded(read)).toBe(isEncoded);
  });
});

describe('a wrong row', () => {
  it.each<[what: string, row: string, message: string, reading?: ManifestReading]>([
    ['of another bucket', 'acme-other,a,v', 'names the bucket "acme-other" instead of acme-invoices'],
    ['of a bucket in capitals', 'Acme-Invoices,a,v', 'names the bucket "Acme-Invoices" instead of acme-invoices'],
    ['without a key', 'acme-invoices', 'has no key: a row is Bucket,Key,VersionId'],
    ['with an empty key', 'acme-invoices,,v', 'has an empty key'],
    [
      'with a column too many',
      'acme-invoices,a,b,v',
      'has 4 columns: a row is Bucket,Key,VersionId, with "a,b" for a key with a comma',
    ],
    ['with a quotation mark out of place', 'acme-invoices,"a"b,v', 'has a misplaced quotation mark'],
    [
      'with a version ID that is none',
      'acme-invoices,a,v 1',
      'has "v 1" in the place of a version ID, which is not a version ID',
    ],
    ['with half a character', 'acme-invoices,\ud800,v', 'has the key "\\ud800", which is not valid Unicode text'],
    [
      'with a key that is not encoded',
      'acme-invoices,a b,v',
      'has the key "a b", which is not URL-encoded',
      { bucket, keys: 'url-encoded' },
    ],
    [
      'with a key that is wrongly encoded',
      'acme-invoices,a%zz,v',
      'has the key "a%zz", which is not URL-encoded',
      { bucket, keys: 'url-encoded' },
    ],
    [
      'without a version ID among others',
      'acme-invoices,a,',
      'has no version ID, but line 1 has one: write null for a version without an ID',
    ],
  ])('%s is named with its line', (_what, row, message, reading = plain) => {
    const text = `acme-invoices,first,null\n\n${row}\nacme-invoices,last,v2\n`;
    expect(readManifest(text, reading)).toEqual({ problems: [{ line: 3, message }], more: 0 });
  });

  it('with a version ID among others without', () => {
    expect(problemsIn('acme-invoices,a\nacme-invoices,b,v\n').problems).toEqual([
      { line: 2, message: 'has a version ID, but line 1 has none: give every row a version ID, or none' },
    ]);
  });

  it('may have a key of 1,024 bytes, and no longer one', () => {
    expect(problemsIn(`acme-invoices,${'é'.repeat(512)},v`).problems).toEqual([]);
    expect(problemsIn(`acme-invoices,${'é'.repeat(513)},v`).problems[0]?.message).toMatch(
      /^has a key of 1026 bytes; S3 allows at most 1024: "é+…"$/,
    );
  });

  it.each(['', '\n\n', 'Bucket,Key,VersionId\n'])('is missed where there is none: %j', (text) => {
    expect(problemsIn(text).problems).toEqual([{ message: 'there is no row: name at least one object' }]);
  });

  it('is one with a quotation mark that nothing closes', () => {
    const text = `acme-invoices,a,v\nacme-invoices,"${'b,v\n'.repeat(2 ** 19)}`;
    expect(problemsIn(text).problems).toEqual([{ line: 2, message: 'does not end: a quotation mark may be missing' }]);
  });

  it('is named up to 50 times, and the others are counted', () => {
    const wrong = (count: number) => problemsIn('acme-other,a,v\n'.repeat(count));
    expect(wrong(50)).toMatchObject({ problems: { length: 50 }, more: 0 });
    expect(wrong(53)).toMatchObject({ problems: { length: 50 }, more: 3 });
    expect(wrong(53).problems.at(-1)?.line).toBe(50);
  });

  it('in the place of a header is no header', () => {
    expect(problemsIn('bucket,key,versionid\nacme-invoices,a,v\n').problems.map(({ line }) => line)).toEqual([1]);
    expect(problemsIn('acme-invoices,a,v\nBucket,Key,VersionId\n').problems.map(({ line }) => line)).toEqual([2]);
  });
});
