import { expect, it } from 'vitest';
import { objectInS3, parseReportPlace } from '../../src/config/report-place.ts';

it.each([
  ['acme-reports', 'acme-reports', ''],
  ['acme-reports/', 'acme-reports', ''],
  ['s3://acme-reports/batch/2026/', 'acme-reports', 'batch/2026'],
  ['acme.reports/.s3repl-backfill', 'acme.reports', '.s3repl-backfill'],
  ["acme-reports/a.b_c!('x')", 'acme-reports', "a.b_c!('x')"],
])('%s is a place for reports', (text, bucket, prefix) => {
  expect(parseReportPlace(text)).toEqual({ bucket, prefix });
});

it.each([
  ...[
    '',
    'a',
    'Acme',
    'acme-reports//a',
    'acme-reports/a//b',
    'acme-reports/..',
    'acme-reports/a/../b',
    'acme-reports/.',
  ],
  ...[
    'acme-reports/a b',
    'acme-reports/a*',
    'acme-reports/a?',
    'acme-reports/${x}',
    'acme-reports/ü',
    'http://acme-reports/a',
  ],
  ...['acme-reports\n', `acme-reports/${'a'.repeat(570)}`, 'arn:aws:s3:::acme-reports'],
])('%j is no place for reports', (text) => {
  expect(parseReportPlace(text)).toBeUndefined();
});

it.each([
  ['s3://acme-reports/a b/c.csv', { bucket: 'acme-reports', key: 'a b/c.csv' }],
  ['s3://acme-reports/', undefined],
  ['s3://acme-reports', undefined],
  ['acme-reports/a', undefined],
  ['s3://Acme/a', undefined],
])('%j names an object or none', (text, expected) => {
  expect(objectInS3(text)).toEqual(expected);
});
