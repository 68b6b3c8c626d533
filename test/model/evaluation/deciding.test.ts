import { expect, it, test } from 'vitest';
import type { PoliciesInPlay, Question } from '../../../src/model/decision.ts';
import {
  aKeyQuestion,
  allow,
  aQuestion,
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

const there = aQuestion();
const here = aQuestion({ resourceAccount: HERE });
const ownKey = aKeyQuestion({ resourceAccount: HERE });
const yes = { identity: [named('i', allow({ Action: '*' }))] };
const no = { identity: [named('i', allow({ Action: 'ec2:*' }))] };
const resource = (AWS: string) => named('r', grant({ Action: '*', Principal: { AWS } }));
const notIncluded = (action: string) => `i: Action ec2:* does not include ${action}`;

test.for<[string, Question, Partial<PoliciesInPlay>, readonly string[]]>([
  ['another account: role and bucket', there, { ...yes, resource: resource(role) }, ['i', 'r']],
  ['another account: role and bucket, by account', there, { ...yes, resource: resource(HERE) }, ['i', 'r']],
  [
    'another account: only the role is missing',
    there,
    { ...no, resource: resource(HERE) },
    [notIncluded('s3:ReplicateObject')],
  ],
  ['own bucket: it names the role', here, { resource: resource(role) }, ['r']],
  ['own bucket: it leaves it to the account', here, { ...yes, resource: resource(HERE) }, ['i']],
  [
    'own bucket: neither allows',
    here,
    { ...no, resource: resource(THERE) },
    [notIncluded('s3:ReplicateObject'), `r: Principal ${THERE} is not ${role}`],
  ],
  ['own key: it leaves it to the account', ownKey, { ...yes, resource: resource(HERE) }, ['i', 'r']],
  ['own key: only the role is missing', ownKey, { ...no, resource: resource(HERE) }, [notIncluded('kms:Encrypt')]],
])('what is named: %s', ([, question, policies, expected]) => {
  const decision = evaluate(question, noPolicies(policies));
  const by: readonly { policy: string; mismatch?: string }[] = decision.effect === 'unknown' ? [] : decision.by;
  expect(by.map(({ policy, mismatch }) => (mismatch === undefined ? policy : `${policy}: ${mismatch}`))).toEqual(
    expected,
  );
});

it('a Deny for all but the role may be about it where nobody knows whether it has a boundary', () => {
  const NotPrincipal = { AWS: [role, session, HERE] };
  const bucket = named('r', grant({ Principal: { AWS: session } }), deny({ NotPrincipal }));
  const ask = (boundary: PoliciesInPlay['boundary']) => evaluate(here, noPolicies({ resource: bucket, boundary }));
  expect(ask(null)).toMatchObject({ effect: 'allowed' });
  expect(ask(named('boundary', allow()))).toMatchObject({ effect: 'denied', kind: 'explicit' });
  expect(ask('unknown')).toEqual({
    effect: 'unknown',
    why: [
      `the permissions boundary of ${role} could not be read`,
      `r, statement 2: NotPrincipal ${role}, ${session}, ${HERE} may or may not cover ${role}`,
    ],
  });
});

it('all that nobody can say about a statement is told', () => {
  const Condition = { StringEquals: { 'aws:SourceVpc': 'vpc-1', 'aws:SourceVpce': 'vpce-1' } };
  expect(evaluate(here, noPolicies({ identity: [named('i', allow({ Condition }))] }))).toEqual({
    effect: 'unknown',
    why: [
      'i, statement 1: Condition StringEquals aws:SourceVpc: nobody can say what the request has; Condition StringEquals aws:SourceVpce: nobody can say what the request has',
    ],
  });
});

it('a service control policy that only denies is not silent', () => {
  const serviceControl = [named('Full', allow()), named('NoDeletion', deny({ Action: 's3:Delete*' }))];
  expect(evaluate(here, noPolicies({ ...yes, serviceControl }))).toMatchObject({ effect: 'allowed', uncertain: [] });
});

it('what one side alone refuses names no other, and a Deny that holds leaves no doubt whether there is one', () => {
  const Condition = { StringEquals: { 'aws:SourceVpc': 'vpc-1' } };
  const identity = [named('i', allow(), deny())];
  expect(evaluate(here, noPolicies({ identity, resource: named('r', refuse({ Condition })) }))).toEqual({
    effect: 'denied',
    kind: 'explicit',
    side: 'identity',
    by: [{ policy: 'i', statement: 1 }],
  });
  expect(evaluate(here, noPolicies({ identity: [named('i', deny({ Condition }))] }))).toMatchObject({
    kind: 'implicit',
    mayDeny: ['i, statement 1: Condition StringEquals aws:SourceVpc: nobody can say what the request has'],
  });
});
