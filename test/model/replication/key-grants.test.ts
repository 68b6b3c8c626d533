import type { GrantListEntry } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { areGrantsRead, grantsPolicy } from '../../../src/model/replication/key-grants.ts';
import { keySide } from '../../../src/model/replication/prepare.ts';
import type { KeySnapshot } from '../../../src/model/snapshot.ts';
import { prepared } from '../changed-probes.ts';
import { dstKeyArn, other, roleArn } from './world.ts';

function sideWith(grants: KeySnapshot['grants']) {
  const all = prepared((world) => Object.assign(world.dstKey, grants !== undefined && { grants }));
  return keySide(all, dstKeyArn, other, 'us-west-2');
}
const toRole: GrantListEntry = { GranteePrincipal: roleArn, Operations: ['Encrypt', 'GenerateDataKey'] };
const means = {
  Effect: 'Allow',
  Principal: { AWS: roleArn },
  Action: ['kms:Encrypt', 'kms:GenerateDataKey'],
  Resource: '*',
};
const context = 'arn:aws:s3:::dst';

it.each<[string, GrantListEntry, readonly object[]]>([
  ['allows what it names', toRole, [means]],
  [
    'allows with these parts of an encryption context',
    { ...toRole, Constraints: { EncryptionContextSubset: { 'aws:s3:arn': context } } },
    [{ ...means, Condition: { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': context } } }],
  ],
  [
    'allows with this encryption context, and no other parts',
    { ...toRole, Constraints: { EncryptionContextEquals: { 'aws:s3:arn': context } } },
    [
      {
        ...means,
        Condition: {
          StringEquals: { 'kms:EncryptionContext:aws:s3:arn': context },
          'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['aws:s3:arn'] },
        },
      },
    ],
  ],
  [
    'allows for a source',
    { ...toRole, Constraints: { SourceArn: context } },
    [{ ...means, Condition: { StringEquals: { 'aws:SourceArn': context } } }],
  ],
  ['allows nothing, without operations', { ...toRole, Operations: [] }, []],
  ['allows nothing, where nobody knows the operations', { GranteePrincipal: roleArn }, []],
  ['allows the role nothing, where it is for a service', { Operations: ['Encrypt'] }, []],
])('a grant %s', (_, grant, Statement) => {
  const side = sideWith([grant]);
  expect(grantsPolicy(side)).toEqual({
    name: `grants of key ${dstKeyArn}`,
    document: { Version: '2008-10-17', Statement },
  });
  expect(areGrantsRead(side)).toBe(true);
});

it.each<[string, KeySnapshot['grants'], boolean]>([
  ['none', [], true],
  ['some that could not be read', 'unknown', false],
  ['some that nobody looked at', undefined, false],
])('a key with %s has no policy of grants', (_, grants, isRead) => {
  const side = sideWith(grants);
  expect([grantsPolicy(side), areGrantsRead(side)]).toEqual([null, isRead]);
});
