/** Statements that allow more than replication needs. */

import type { Statement } from '../../../../src/aws/policy.ts';
import { dstKeyArn, kmsCondition, plus, srcKeyArn, without } from '../world.ts';
import { type Change, everything, type Mutation, replicates } from './mutation.ts';

const roleMay =
  (...Action: string[]): Change =>
  (w) => {
    w.rolePolicy = plus(w.rolePolicy, { ...everything, Action });
  };
const decrypts =
  (condition: Required<Statement>['Condition']): Change =>
  (w) => {
    const rest = without(w.rolePolicy, 'kms:Decrypt');
    const { Effect } = everything;
    const dst = { Effect, Action: 'kms:Decrypt', Resource: dstKeyArn };
    w.rolePolicy = plus(plus(rest, dst), { Effect, Action: 'kms:Decrypt', Resource: srcKeyArn, Condition: condition });
  };
const key = 'kms:EncryptionContext:aws:s3:arn';
const wide = ['arn:aws:s3:::src', 'arn:aws:s3:::src*'];

export const grants: readonly Mutation[] = [
  replicates('the role may do anything', '2.4 C38', roleMay('*'), { warning: /may do \*/ }),
  replicates('the role may do kms:*', '2.4 C38', roleMay('s3:Get*', 'KMS:*'), { warning: /KMS:\*/ }),
  replicates('the role may do s3:Get*, and more of this kind', '2.4 C38', roleMay('s3:Get*', 's3:*ForReplication')),
  replicates('the bucket policy allows s3:*', '2.4 C38', (w) => {
    w.dst.policy = plus(w.dst.policy, { ...everything, Principal: '*', Action: 's3:*' });
  }),
  replicates('the context of other buckets too', '0.4 (b)', decrypts(kmsCondition('us-east-1', wide)), {
    warning: /arn:aws:s3:::src\*/,
  }),
  replicates(
    'the context of other buckets too, by ArnLike and in capitals',
    '0.4 (b)',
    decrypts({ ArnLike: { [key.toUpperCase()]: 'arn:aws:s3:::s*' } }),
    { warning: /arn:aws:s3:::s\*/ },
  ),
  replicates(
    'the context of none but some others',
    '0.4 (b)',
    decrypts({
      ...{ StringNotLike: { [key]: 'arn:aws:s3:::src-*' }, StringNotEquals: { [key]: 'arn:aws:s3:::other' } },
      StringLike: { 'kms:ViaService': '*' },
    }),
  ),
  replicates('the context of the bucket, by StringEquals', '0.4 (b)', decrypts({ StringEquals: { [key]: wide } })),
];
