import type { ServerSideEncryptionRule } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import {
  byCustomerKey,
  byEncryption,
  type Change,
  denyThere,
  encryptionText,
  probesIn,
  tagsText,
  textOf,
  withDefault,
} from './changed-probes.ts';
import { rule, srcKeyArn } from './replication/world.ts';

const unreadDefault: Change = (world) => {
  world.src.encryption = 'unknown';
};
const kmsNotSelected: Change = (world) => {
  world.rules = [rule({ SourceSelectionCriteria: {} })];
};
const blocking =
  (side: 'src' | 'dst', ...rules: ServerSideEncryptionRule[]): Change =>
  (world) => {
    world[side].encryption = { Rules: rules };
  };
const blocked: ServerSideEncryptionRule = { BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } };

describe('classes of objects by encryption', () => {
  const [withKey, withoutKey] = ['SSE-KMS with Bucket Key', 'SSE-KMS without Bucket Key'];
  it.each<[string, readonly Change[], readonly string[]]>([
    ['the default has a Bucket Key: one without', [], [withoutKey]],
    ['the default has none: one with it', [withDefault('aws:kms', srcKeyArn, false)], [withKey]],
    ['the default is DSSE-KMS, which has no Bucket Keys: none', [withDefault('aws:kms:dsse', srcKeyArn)], []],
    ['the default is SSE-S3: none', [withDefault('AES256')], []],
    ['the default could not be read: none', [unreadDefault], []],
    [
      'a statement asks for the encryption: each that the default is not',
      [denyThere(byEncryption)],
      [withoutKey, 'SSE-S3', 'DSSE-KMS'],
    ],
    [
      'a statement asks for the encryption, and the default is DSSE-KMS',
      [denyThere(byEncryption), withDefault('aws:kms:dsse', srcKeyArn)],
      ['SSE-S3', withoutKey],
    ],
    [
      'a statement asks for the encryption, and the default is SSE-KMS without a Bucket Key',
      [denyThere(byEncryption), withDefault('aws:kms', srcKeyArn, false)],
      [withKey, 'SSE-S3', 'DSSE-KMS'],
    ],
    ['a statement asks for it where no KMS key is known', [denyThere(byEncryption), withDefault('AES256')], []],
    [
      'a statement asks for it where nobody knows the key behind an alias',
      [denyThere(byEncryption), withDefault('aws:kms', 'alias/nobody-knows')],
      [withoutKey, 'SSE-S3'],
    ],
    ['a statement asks for it where the default was not read', [denyThere(byEncryption), unreadDefault], ['SSE-S3']],
    [
      'a statement asks for it, and the rule selects no KMS objects',
      [denyThere(byEncryption), kmsNotSelected],
      [withoutKey, 'SSE-S3'],
    ],
    ['a statement asks for keys of customers', [denyThere(byCustomerKey)], [withoutKey, 'SSE-S3', 'DSSE-KMS', 'SSE-C']],
    ['the destination alone blocks SSE-C', [blocking('dst', blocked)], [withoutKey, 'SSE-C']],
    ['one of several rules of the destination blocks it', [blocking('dst', {}, blocked)], [withoutKey, 'SSE-C']],
    ['both buckets block it', [blocking('dst', blocked), blocking('src', blocked)], []],
    ['the source alone blocks it', [blocking('src', blocked)], []],
    ['the destination blocks other encryption', [blocking('dst', { BlockedEncryptionTypes: {} })], [withoutKey]],
    [
      'nobody knows what the destination blocks',
      [
        (world) => {
          world.dst.encryption = 'unknown';
        },
      ],
      [withoutKey],
    ],
  ])('%s', (_, changes, expected) => {
    const probes = probesIn(changes).filter(({ object: { tags } }) => tagsText(tags).length === 0);
    expect([...new Set(probes.map(({ object }) => encryptionText(object)))]).toEqual(expected);
    // The defaults of the bucket make no such object.
    expect(probes.filter(({ asked }) => !asked)).toEqual([]);
  });

  it('have the key of the source where KMS encrypts them, and a Bucket Key with SSE-KMS alone', () => {
    const probes = probesIn([denyThere(byCustomerKey)]).map(({ object }) => object);
    expect([
      ...new Set(probes.map(({ encryption, kmsKey, bucketKey }) => JSON.stringify([encryption, kmsKey, bucketKey]))),
    ]).toEqual(
      [
        ['SSE-KMS', srcKeyArn, true],
        ['SSE-KMS', srcKeyArn, false],
        ['SSE-S3', null, false],
        ['DSSE-KMS', srcKeyArn, false],
        ['SSE-C', null, false],
      ].map((one) => JSON.stringify(one)),
    );
  });

  it('are what a writer asks for also where only the encryption differs from SSE-S3', () => {
    const probes = probesIn([withDefault('AES256'), denyThere(byCustomerKey)]);
    expect(probes.map((one) => [textOf(one), one.asked])).toEqual([
      ['s3repl-probe, s3repl=probe, SSE-S3', false],
      ['s3repl-probe, SSE-C', true],
    ]);
  });
});
