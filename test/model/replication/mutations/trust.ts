/** The trust policy of the role, beyond what source.ts has of it. */

import type { Statement } from '../../../../src/aws/policy.ts';
import { plus, policy, source } from '../world.ts';
import { also, type Change, fails, type Mutation, replicates, s3, trust, unknown } from './mutation.ts';

const ifFrom = (Condition: Required<Statement>['Condition']): Statement => ({
  Effect: 'Allow',
  Principal: s3,
  Action: 'sts:AssumeRole',
  Condition,
});
const trustAlso =
  (statement: Statement): Change =>
  (w) => {
    w.trust = plus(w.trust, statement);
  };

export const trusts: readonly Mutation[] = [
  fails('trust names nobody', '2.4 C02', 'AssumeRoleNotPermitted', (w) => {
    w.trust = policy();
  }),
  replicates(
    'trust wants this account in one statement, and nothing in another',
    '0.4 (a), F20',
    trustAlso(ifFrom({ StringEquals: { 'aws:SourceAccount': source } })),
  ),
  replicates(
    'trust wants the source bucket',
    '0.4 (a), F20',
    trust(s3, { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::src' } }),
    { warning: /condition/ },
  ),
  unknown(
    'what two statements of the trust policy ask for',
    also(
      trust(s3, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
      trustAlso(ifFrom({ IpAddress: { 'aws:SourceIp': '192.168.0.0/16' } })),
    ),
  ),
];
