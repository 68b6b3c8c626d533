import { describe, expect, it } from 'vitest';
import {
  anyTag,
  classSummary,
  classText,
  type Described,
  isPlain,
  remarkOn,
} from '../../../src/model/classes/class-text.ts';
import { exceptText, objectsText } from '../../../src/model/classes/except-text.ts';
import type { Exclusion, ObjectClass } from '../../../src/model/object-class.ts';

const plain: ObjectClass = { key: '*', tags: { team: 'a' }, encryption: 'SSE-KMS', bucketKey: true };
const objects = (change: Partial<ObjectClass> = {}): Described => ({
  what: 'new-object',
  class: { ...plain, ...change },
  plain,
});
const markers = (change: Partial<ObjectClass> = {}): Described => ({ ...objects(change), what: 'delete-marker' });

describe('a class of objects', () => {
  it.each<[Described, string]>([
    [objects(), 'other objects'],
    [markers(), 'other delete markers'],
    [objects({ key: 'hr/*' }), 'objects under hr/'],
    [objects({ key: 'hr*' }), 'objects whose keys begin with hr'],
    [objects({ key: '*.pdf' }), 'objects whose keys match *.pdf'],
    [objects({ key: 'a*b*' }), 'objects whose keys match a*b*'],
    [objects({ key: 'a?' }), 'objects whose keys match a?'],
    [objects({ key: 'readme' }), 'objects named readme'],
    [objects({ encryption: 'SSE-S3', bucketKey: false }), 'objects encrypted with SSE-S3'],
    [objects({ bucketKey: false }), 'objects without an S3 Bucket Key'],
    [{ ...objects({ bucketKey: true }), plain: { ...plain, bucketKey: false } }, 'objects with an S3 Bucket Key'],
    [objects({ tags: { team: 'a', ...anyTag } }), 'objects with tags'],
    [objects({ tags: { team: 'a', class: 'hr' } }), 'objects tagged class=hr'],
    [objects({ tags: { s3repl: 'other' } }), 'objects tagged s3repl=other'],
    [objects({ tags: { other: 'probe' } }), 'objects tagged other=probe'],
    [objects({ tags: { ...anyTag, class: 'hr' } }), 'objects tagged s3repl=probe, class=hr'],
    [
      objects({ key: 'hr/*', tags: anyTag, bucketKey: false }),
      'objects under hr/ and with tags and without an S3 Bucket Key',
    ],
    [markers({ key: 'hr/*', tags: anyTag, encryption: 'SSE-S3' }), 'delete markers under hr/'],
  ])('%# is named %s', (described, text) => {
    expect(classText(described)).toBe(text);
    expect(isPlain(described)).toBe(text.startsWith('other'));
  });

  it('is remarked on with its name, and with why it is left out where it is', () => {
    const remark = { name: 'objects under hr/', subject: 'objects', rest: 'under hr/', said: 'fails' };
    expect(remarkOn(objects({ key: 'hr/*' }), 'fails')).toStrictEqual(remark);
    expect(remarkOn(objects({ key: 'hr/*' }), 'fails', 'personal data')).toStrictEqual({
      ...remark,
      except: 'personal data',
    });
  });
});

describe('what is said of several classes at once', () => {
  const [hr, legal, pdf] = ['hr/*', 'legal/*', '*.pdf'].map((key) => objects({ key }));
  if (!(hr && legal && pdf)) throw new Error('three classes');

  it.each<[string, Parameters<typeof classSummary>[0], string]>([
    [
      'all are left out, with every reason once',
      [remarkOn(hr, 'fails', 'personal'), remarkOn(legal, 'fails', 'secret'), remarkOn(pdf, 'unknown', 'secret')],
      'Objects under hr/, under legal/, whose keys match *.pdf do not replicate, as meant (personal, secret): Why.',
    ],
    [
      'those that fail are named, and neither those left out nor doubts',
      [remarkOn(hr, 'fails', 'personal'), remarkOn(legal, 'fails'), remarkOn(pdf, 'unknown')],
      'Objects under legal/ would fail: Why.',
    ],
    [
      'doubts are named where none fails',
      [remarkOn(hr, 'fails', 'personal'), remarkOn(legal, 'remark'), remarkOn(pdf, 'unknown')],
      's3repl cannot tell whether objects whose keys match *.pdf replicate: Why.',
    ],
    [
      'those that are left out are no part of a remark',
      [remarkOn(hr, 'remark', 'personal'), remarkOn(legal, 'remark')],
      'Objects under legal/: Why.',
    ],
    [
      'objects and delete markers of one class, and of others',
      [remarkOn(hr, 'fails'), remarkOn(markers({ key: 'hr/*' }), 'fails'), remarkOn(markers(), 'fails')],
      'Objects and delete markers under hr/; other delete markers would fail: Why.',
    ],
  ])('%s', (_, remarks, text) => {
    expect(classSummary(remarks, 'Why.')).toBe(text);
  });
});

it.each<[readonly Exclusion[], string]>([
  [[], ''],
  [[{ key: 'hr/*', why: 'personal data' }], ', except hr/* (personal data)'],
  [
    [
      { tags: { class: 'hr', team: 'a' }, why: 'personal data' },
      { key: 'old/*', encryption: 'SSE-S3', why: 'legacy writers' },
    ],
    ', except class=hr and team=a (personal data), old/* and SSE-S3 (legacy writers)',
  ],
])('%j are left out of what is told', (exclusions, text) => {
  expect(exceptText(exclusions)).toBe(text);
});

it('objects that are left out by nothing have no name', () => {
  expect(objectsText({})).toBe('');
});
