import { describe, expect, it, test } from 'vitest';
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
  role,
} from './builders.ts';

const yes = named('role policy', allow());
const keys = named('role policy', allow({ Action: 'kms:*' }));
const byRole = named('bucket policy', grant());

const there = aQuestion();
const here = aQuestion({ resourceAccount: HERE });
const keyHere = aKeyQuestion({ resourceAccount: HERE });

describe('what could not be read', () => {
  const scps = 'service control policies of account 111111111111 could not be read';
  const rcps = 'resource control policies of account 222222222222 could not be read';
  test.for<[string, Question, Partial<PoliciesInPlay>, string]>([
    ['an identity policy may deny', here, { identity: [yes, 'unknown'] }, 'unknown'],
    ['an identity policy may allow', there, { identity: ['unknown'], resource: byRole }, 'unknown'],
    ['an identity policy cannot help without the bucket policy', there, { identity: ['unknown'] }, 'implicit resource'],
    ['a bucket policy may allow', there, { identity: [yes], resource: 'unknown' }, 'unknown'],
    ['a bucket policy may deny', here, { identity: [yes], resource: 'unknown' }, 'unknown'],
    ['a bucket policy cannot help without the role', there, { resource: 'unknown' }, 'implicit identity'],
    ['a boundary', there, { identity: [yes], resource: byRole, boundary: 'unknown' }, 'unknown'],
    [
      'a boundary where a Deny stands anyway',
      there,
      { identity: [named('i', deny())], boundary: 'unknown' },
      'explicit identity',
    ],
    ['a key policy', keyHere, { identity: [keys], resource: 'unknown' }, 'unknown'],
  ])('%s', ([, question, policies, expected]) => {
    expect(brief(evaluate(question, noPolicies(policies)))).toBe(expected);
  });

  it('says what', () => {
    expect(evaluate(there, noPolicies({ identity: [yes], resource: 'unknown', boundary: 'unknown' }))).toEqual({
      effect: 'unknown',
      why: [
        `the permissions boundary of ${role} could not be read`,
        `the policy of ${there.resource} could not be read`,
      ],
    });
  });

  it('leaves an answer allowed where only organization policies are missing, and says so', () => {
    const policies = noPolicies({
      identity: [yes],
      resource: byRole,
      serviceControl: 'unknown',
      resourceControl: 'unknown',
    });
    expect(evaluate(there, policies)).toMatchObject({ effect: 'allowed', uncertain: [scps, rcps] });
  });

  it('notes a service control policy that is silent beside one that allows, as their levels are not known', () => {
    const policies = noPolicies({
      identity: [yes],
      resource: byRole,
      serviceControl: [named('Full', allow()), named('Ec2Only', allow({ Action: 'ec2:*' }))],
    });
    expect(evaluate(there, policies)).toMatchObject({
      effect: 'allowed',
      uncertain: [expect.stringMatching(/^Ec2Only does not allow it/)],
    });
  });
});
