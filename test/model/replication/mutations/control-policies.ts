/** Service and resource control policies, beyond what destination.ts has of them. */

import { deny, inOneAccount, policy } from '../world.ts';
import { also, everything, fails, type Mutation, put, replicates, src } from './mutation.ts';

const nothingOf = (action: string) => policy({ ...everything, Action: ['s3:*', 'kms:*'] }, deny(action));

export const controlPolicies: readonly Mutation[] = [
  replicates(
    'unreadable service control policies of the destination',
    '1.5 (3)',
    (w) => {
      w.ownersServiceControl = 'unknown';
    },
    { warning: /could not be read/ },
  ),
  replicates('service control policies of the destination that allow KMS only', '1.5 (3)', (w) => {
    w.ownersServiceControl = [policy({ ...everything, Action: 'kms:*' })];
  }),
  replicates(
    'unreadable service control policies in one account',
    'design.md 4',
    also(inOneAccount, (w) => {
      w.serviceControl = 'unknown';
    }),
    { warning: /could not be read/ },
  ),
  fails('the second service control policy denies', '1.5 (3)', put, (w) => {
    w.serviceControl = [policy(everything), nothingOf('s3:ReplicateObject')];
  }),
  fails('a resource control policy of the source denies', '1.5 (3)', src, (w) => {
    w.resourceControl = [policy(deny('s3:GetObjectVersionForReplication', { Principal: '*' }))];
  }),
];
