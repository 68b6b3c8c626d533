import { expect, it } from 'vitest';
import { ruleDocument } from '../../src/steps/rule-document.ts';
import { aRule } from '../builders.ts';

const place = { ID: 'id', Bucket: 'arn:aws:s3:::b', Account: '1', ReplicaKmsKeyID: 'k' };

it.each<[string, Readonly<Record<string, string>>, object]>([
  ['', {}, { Prefix: '' }],
  ['a/', {}, { Prefix: 'a/' }],
  ['', { x: '1' }, { Tag: { Key: 'x', Value: '1' } }],
  ['a/', { x: '1' }, { And: { Prefix: 'a/', Tags: [{ Key: 'x', Value: '1' }] } }],
  [
    '',
    { x: '1', y: '2' },
    {
      And: {
        Tags: [
          { Key: 'x', Value: '1' },
          { Key: 'y', Value: '2' },
        ],
      },
    },
  ],
])(
  'the filter of the prefix "%s" with the tags %j has one condition alone, and several in And',
  (prefix, tags, filter) => {
    expect(ruleDocument(aRule({ prefix, tags }), place).Filter).toEqual(filter);
  },
);
