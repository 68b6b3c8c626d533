/** Grants of a key (KMS Developer Guide, grants). */
import type { GrantListEntry } from '@aws-sdk/client-kms';
import { deny, plus, roleArn, source } from '../world.ts';
import {
  also,
  boundary,
  type Change,
  everything,
  fails,
  keyLacks,
  type Mutation,
  put,
  replicates,
  roleLacks,
} from './mutation.ts';

const kms = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'];
const granted =
  (more: Partial<GrantListEntry> = {}): Change =>
  (w) => {
    const grant: GrantListEntry = {
      GranteePrincipal: roleArn,
      Operations: ['Encrypt', 'Decrypt', 'GenerateDataKey'],
      ...more,
    };
    w.dstKey.grants = [grant];
  };
const session = `arn:aws:sts::${source}:assumed-role/s3repl-x/s3-replication`;
/** The key policy does not name the role. */
const notNamed = keyLacks(...kms);
/** Nor does the role's own policy. */
const notAllowed = also(notNamed, roleLacks('kms:Encrypt', 'kms:GenerateDataKey'));
const constrained = (Constraints: GrantListEntry['Constraints']) => also(notNamed, granted({ Constraints }));
const context = (arn: string) => ({ 'aws:s3:arn': arn });

export const keyGrants: readonly Mutation[] = [
  fails('no grant, none looked at', 'KMS', put, notNamed),
  fails(
    'no grant, and grants could not be read',
    'KMS',
    put,
    also(notNamed, (w) => {
      w.dstKey.grants = 'unknown';
    }),
  ),
  fails(
    'no grant',
    'KMS',
    put,
    also(notNamed, (w) => {
      w.dstKey.grants = [];
    }),
  ),
  replicates('a grant in place of the key policy', 'KMS', also(notNamed, granted())),
  replicates('a grant in place of both policies', 'KMS', also(notAllowed, granted())),
  replicates('a grant to the session', 'KMS', also(notAllowed, granted({ GranteePrincipal: session }))),
  fails('a grant to another role', 'KMS', put, also(notNamed, granted({ GranteePrincipal: `${roleArn}-2` }))),
  replicates(
    'a grant to the account leaves it to the role',
    'KMS',
    also(notNamed, granted({ GranteePrincipal: `arn:aws:iam::${source}:root` })),
  ),
  fails(
    'a grant to the account, and the role may not',
    'KMS',
    put,
    also(notAllowed, granted({ GranteePrincipal: `arn:aws:iam::${source}:root` })),
  ),
  fails(
    'a grant to a service',
    'KMS',
    put,
    also(notNamed, (w) => {
      w.dstKey.grants = [
        { GranteeServicePrincipal: 's3.amazonaws.com', Operations: ['Encrypt', 'Decrypt', 'GenerateDataKey'] },
      ];
    }),
  ),
  fails('a grant without GenerateDataKey', 'KMS', put, also(notNamed, granted({ Operations: ['Encrypt', 'Decrypt'] }))),
  replicates(
    'a grant for the encryption context of the bucket',
    'KMS',
    constrained({ EncryptionContextSubset: context('arn:aws:s3:::dst') }),
  ),
  replicates(
    'a grant for exactly this encryption context',
    'KMS',
    constrained({ EncryptionContextEquals: context('arn:aws:s3:::dst') }),
  ),
  fails(
    'a grant for another encryption context',
    'KMS',
    put,
    constrained({ EncryptionContextSubset: context('arn:aws:s3:::dst/*') }),
  ),
  fails(
    'a grant for a context of more',
    'KMS',
    put,
    constrained({ EncryptionContextEquals: { ...context('arn:aws:s3:::dst'), team: 'x' } }),
  ),
  fails('a grant on behalf of a resource', 'KMS', put, constrained({ SourceArn: 'arn:aws:s3:::src' })),
  fails(
    'a grant, and the key policy denies',
    'KMS',
    put,
    also(granted(), (w) => {
      w.dstKey.policy = plus(w.dstKey.policy, deny('kms:Encrypt', { Principal: '*', Resource: '*' }));
    }),
  ),
  fails(
    'a grant, and the boundary does not go so far',
    'KMS',
    put,
    also(notAllowed, granted(), boundary({ ...everything, Action: ['s3:*', 'kms:Decrypt'] })),
  ),
  fails(
    'a grant, and a service control policy denies',
    'KMS',
    put,
    also(granted(), (w) => {
      w.serviceControl = [{ Version: '2012-10-17', Statement: [everything, deny('kms:Encrypt', { Resource: '*' })] }];
    }),
  ),
];
