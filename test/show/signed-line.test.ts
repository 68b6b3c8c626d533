import { expect, it } from 'vitest';
import { row } from '../../src/show/signed-line.ts';

const key = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';

it('a row has its label and its text on one line', () => {
  expect(row('where', 'arn:aws:s3:::bucket')).toEqual([{ text: '  where    arn:aws:s3:::bucket' }]);
});

it('a name that is too long for the rest of the line has the next one, within 80 columns', () => {
  const lines = row('where', `${key}, Sid Allow`);
  expect(lines).toEqual([{ text: '  where' }, { text: `    ${key},\n    Sid Allow` }]);
  expect(lines.flatMap(({ text }) => text.split('\n')).filter((line) => line.length > 80)).toEqual([]);
});

it('a row without text is none', () => {
  expect(row('where', '')).toEqual([]);
});
