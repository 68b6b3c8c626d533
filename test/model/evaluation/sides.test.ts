import { describe, expect, test } from 'vitest';
import type { PoliciesInPlay, Question } from '../../../src/model/decision.ts';
import {
  aKeyQuestion,
  allow,
  aQuestion,
  brief,
  deny,
  evaluate,
  grant,
  HERE,
  named,
  noPolicies,
  refuse,
  role,
  session,
  THERE,
} from './builders.ts';

const yes = named('role policy', allow());
const nothing = named('role policy', allow({ Action: 'ec2:*' }));
const keys = named('role policy', allow({ Action: 'kms:*' }));
const byRole = named('bucket policy', grant());
const byAccount = named('bucket policy', grant({ Principal: { AWS: HERE } }));
const bySession = named('bucket policy', grant({ Principal: { AWS: session } }));
const byEveryone = named('bucket policy', grant({ Principal: '*' }));
const keyPolicy = (principal: string) => named('key policy', grant({ Action: 'kms:*', Principal: { AWS: principal } }));
const root = (account: string) => `arn:aws:iam::${account}:root`;

const there = aQuestion();
const here = aQuestion({ resourceAccount: HERE });
const keyThere = aKeyQuestion();
const keyHere = aKeyQuestion({ resourceAccount: HERE });

describe('which sides have to allow', () => {
  test.for<[string, Question, Partial<PoliciesInPlay>, string]>([
    ['another account: both', there, { identity: [yes], resource: byRole }, 'allowed'],
    ['another account: both, by account', there, { identity: [yes], resource: byAccount }, 'allowed'],
    ['another account: both, by session', there, { identity: [yes], resource: bySession }, 'allowed'],
    ['another account: both, by everyone', there, { identity: [yes], resource: byEveryone }, 'allowed'],
    ['another account: the role alone', there, { identity: [yes] }, 'implicit resource'],
    [
      'another account: a bucket policy for others',
      there,
      { identity: [yes], resource: named('b', grant({ Principal: { AWS: THERE } })) },
      'implicit resource',
    ],
    ['another account: the resource alone', there, { resource: byRole }, 'implicit identity'],
    ['another account: the session alone', there, { resource: bySession }, 'implicit identity'],
    ['another account: everyone alone', there, { resource: byEveryone }, 'implicit identity'],
    ['another account: nobody', there, {}, 'implicit identity'],
    ['same account: the role alone', here, { identity: [yes] }, 'allowed'],
    ['same account: the resource names the role', here, { resource: byRole }, 'allowed'],
    ['same account: the resource names the session', here, { resource: bySession }, 'allowed'],
    ['same account: the resource only delegates', here, { resource: byAccount }, 'implicit identity'],
    [
      'same account: the resource delegates, the role allows',
      here,
      { identity: [yes], resource: byAccount },
      'allowed',
    ],
    ['same account: nobody', here, { identity: [nothing] }, 'implicit identity'],
    ['key elsewhere: both', keyThere, { identity: [keys], resource: keyPolicy(root(HERE)) }, 'allowed'],
    ['key elsewhere: key policy alone', keyThere, { resource: keyPolicy(role) }, 'implicit identity'],
    [
      'key elsewhere: delegates to its own account',
      keyThere,
      { identity: [keys], resource: keyPolicy(root(THERE)) },
      'implicit resource',
    ],
    ['own key: key policy names the role', keyHere, { resource: keyPolicy(role) }, 'allowed'],
    ['own key: key policy names everyone', keyHere, { resource: keyPolicy('*') }, 'allowed'],
    ['own key: delegates, the role allows', keyHere, { identity: [keys], resource: keyPolicy(root(HERE)) }, 'allowed'],
    ['own key: delegates, the role does not', keyHere, { resource: keyPolicy(root(HERE)) }, 'implicit identity'],
    ['own key: the role alone', keyHere, { identity: [keys], resource: keyPolicy(root(THERE)) }, 'implicit resource'],
    [
      'own key: delegates another action',
      keyHere,
      { identity: [keys], resource: named('k', grant({ Action: 'kms:Decrypt', Principal: { AWS: HERE } })) },
      'implicit resource',
    ],
    ['own key: no key policy', keyHere, { identity: [keys] }, 'implicit resource'],
    [
      'an alias has no key policy',
      aKeyQuestion({ resource: `arn:aws:kms:eu-west-1:${HERE}:alias/x`, resourceAccount: HERE }),
      { identity: [keys] },
      'allowed',
    ],
  ])('%s', ([, question, policies, expected]) => {
    expect(brief(evaluate(question, noPolicies(policies)))).toBe(expected);
  });
});

describe('what limits an allowance', () => {
  const s3 = named('limit', allow());
  const ec2 = named('limit', allow({ Action: 'ec2:*' }));
  test.for<[string, Question, Partial<PoliciesInPlay>, string]>([
    ['a boundary that allows', there, { identity: [yes], resource: byRole, boundary: s3 }, 'allowed'],
    ['a boundary that does not', there, { identity: [yes], resource: byRole, boundary: ec2 }, 'implicit boundary'],
    ['a boundary alone grants nothing', here, { boundary: s3 }, 'implicit identity'],
    [
      'a boundary limits what a resource gives the role',
      here,
      { resource: byRole, boundary: ec2 },
      'implicit boundary',
    ],
    ['a boundary does not limit what it gives the session', here, { resource: bySession, boundary: ec2 }, 'allowed'],
    ['a boundary does not limit what it gives everyone', here, { resource: byEveryone, boundary: ec2 }, 'allowed'],
    [
      'a boundary limits a session of another account',
      there,
      { identity: [yes], resource: bySession, boundary: ec2 },
      'implicit boundary',
    ],
    [
      'a boundary limits what a key gives the role',
      keyHere,
      { resource: keyPolicy(role), boundary: s3 },
      'implicit boundary',
    ],
    [
      'a boundary does not limit what a key gives the session',
      keyHere,
      { resource: keyPolicy(session), boundary: s3 },
      'allowed',
    ],
    [
      'a boundary that denies',
      here,
      { resource: bySession, boundary: named('limit', allow(), deny()) },
      'explicit boundary',
    ],
    ['a session policy that allows', there, { identity: [yes], resource: byRole, session: s3 }, 'allowed'],
    ['a session policy that does not', there, { identity: [yes], resource: byRole, session: ec2 }, 'implicit session'],
    [
      'a session policy limits what a resource gives the role',
      here,
      { resource: byRole, session: ec2 },
      'implicit session',
    ],
    ['a session policy does not limit the session', here, { resource: bySession, session: ec2 }, 'allowed'],
    [
      'a session policy that denies',
      here,
      { resource: bySession, session: named('limit', deny()) },
      'explicit session',
    ],
    [
      'a service control policy that allows',
      there,
      { identity: [yes], resource: byRole, serviceControl: [s3] },
      'allowed',
    ],
    [
      'a service control policy that does not',
      there,
      { identity: [yes], resource: byRole, serviceControl: [ec2] },
      'implicit service-control',
    ],
    ['it limits even the session', here, { resource: bySession, serviceControl: [ec2] }, 'implicit service-control'],
    [
      'a service control policy that denies',
      there,
      { identity: [yes], resource: byRole, serviceControl: [s3, named('scp', deny())] },
      'explicit service-control',
    ],
    [
      'a resource control policy that denies',
      there,
      { identity: [yes], resource: byRole, resourceControl: [named('rcp', refuse({ Principal: '*' }))] },
      'explicit resource-control',
    ],
    [
      'a resource control policy need not allow',
      there,
      {
        identity: [yes],
        resource: byRole,
        resourceControl: [named('rcp', refuse({ Principal: '*', Action: 'sqs:*' }))],
      },
      'allowed',
    ],
    [
      'a role policy that denies',
      there,
      { identity: [yes, named('other', deny())], resource: byRole },
      'explicit identity',
    ],
    [
      'a bucket policy that denies',
      here,
      { identity: [yes], resource: named('bucket policy', refuse()) },
      'explicit resource',
    ],
    [
      'a bucket policy that denies the account',
      here,
      { identity: [yes], resource: named('bucket policy', refuse({ Principal: { AWS: HERE } })) },
      'explicit resource',
    ],
    [
      'a key policy that denies',
      keyHere,
      { resource: named('key policy', grant({ Action: 'kms:*' }), refuse({ Action: 'kms:*' })) },
      'explicit resource',
    ],
    [
      'a Deny for somebody else',
      there,
      { identity: [yes], resource: named('bucket policy', grant(), refuse({ Principal: { AWS: THERE } })) },
      'allowed',
    ],
  ])('%s', ([, question, policies, expected]) => {
    expect(brief(evaluate(question, noPolicies(policies)))).toBe(expected);
  });
});
