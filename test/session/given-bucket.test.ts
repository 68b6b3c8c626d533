import { describe, expect, it } from 'vitest';
import { brand } from '../../src/aws/brand.ts';
import { parseBucket } from '../../src/session/given-bucket.ts';
import { sidesOfFlags } from '../../src/session/sides-of-flags.ts';

describe('--bucket', () => {
  it.each([
    ['acme-invoices', { name: 'acme-invoices' }],
    ['s3://acme-invoices', { name: 'acme-invoices' }],
    ['S3://acme-invoices/', { name: 'acme-invoices' }],
    ['arn:aws:s3:::acme-invoices', { name: 'acme-invoices', partition: 'aws' }],
    ['arn:aws-cn:s3:::acme-invoices', { name: 'acme-invoices', partition: 'aws-cn' }],
    ['Old_Bucket.of.us-east-1', { name: 'Old_Bucket.of.us-east-1' }],
  ])('takes %s', (text, bucket) => {
    expect(parseBucket(text)).toEqual(bucket);
  });

  it.each([
    's3://acme-invoices/Tax/2026.pdf',
    'arn:aws:s3:::acme-invoices/*',
    'arn:aws:s3:::acme-invoices/Tax/',
    'arn:aws:s3:eu-west-1:111111111111:accesspoint/invoices',
    'arn:aws:kms:eu-west-1:111111111111:alias/invoices',
    'acme-invoices/Tax',
    's3://',
    '',
  ])('refuses "%s", which is not a bucket alone', (text) => {
    expect(() => parseBucket(text)).toThrow('give the bucket alone, as NAME, s3://NAME or its ARN');
  });

  it.each([
    ['arn:aws:s3:::acme-invoices', 'eu-west-1'],
    ['arn:aws-cn:s3:::acme-invoices', 'cn-north-1'],
    ['arn:aws-us-gov:s3:::acme-invoices', 'us-gov-west-1'],
    ['acme-invoices', 'cn-north-1'],
  ])('%s fits Region %s', (text, region) => {
    const [source] = sidesFor(text, region);
    expect(source).toMatchObject({ bucket: 'acme-invoices', region });
  });

  it.each([
    ['arn:aws-cn:s3:::acme-invoices', 'eu-west-1', /partition aws-cn, but Region eu-west-1 is in aws$/],
    ['arn:aws:s3:::acme-invoices', 'cn-north-1', /partition aws, but Region cn-north-1 is in aws-cn$/],
  ])('%s is refused with Region %s', (text, region, message) => {
    expect(() => sidesFor(text, region)).toThrow(
      expect.objectContaining({ outcome: 'invalid', code: 'wrong-partition', message: expect.stringMatching(message) }),
    );
  });
});

function sidesFor(bucket: string, region: string) {
  const flagValues = { 'source.region': brand(region) };
  return sidesOfFlags({ bucket: parseBucket(bucket), flagValues, state: '.s3repl', color: false }, { env: {} });
}
