import { describe, expect, it } from 'vitest';
import type { PoliciesInPlay, Question } from '../../../src/model/decision.ts';
import {
  allow,
  aQuestion,
  brief,
  deny,
  evaluate,
  grant,
  HERE,
  named,
  noPolicies,
  object,
  role,
  roleId,
} from './builders.ts';

const ask = (question: Partial<Question>, policies: Partial<PoliciesInPlay>) =>
  brief(evaluate(aQuestion({ resourceAccount: HERE, ...question }), noPolicies(policies)));
const when = (key: string, value: string) => named('p', allow({ Condition: { StringEquals: { [key]: value } } }));

describe('a user', () => {
  const caller = { roleArn: `arn:aws:iam::${HERE}:user/people/anna`, roleId: 'AIDAEXAMPLE', account: HERE };

  it.each([
    ['aws:username', 'anna', 'allowed'],
    ['aws:username', 'people/anna', 'implicit identity'],
    ['aws:PrincipalType', 'User', 'allowed'],
    ['aws:PrincipalType', 'AssumedRole', 'implicit identity'],
    ['aws:userid', 'AIDAEXAMPLE', 'allowed'],
    ['aws:PrincipalArn', caller.roleArn, 'allowed'],
  ])('bears %s %s: %s', (key, value, expected) => {
    expect(ask({ caller }, { identity: [when(key, value)] })).toBe(expected);
  });
});

it('a user is left out of a Deny that names the user and the account: a user has no session', () => {
  const caller = { roleArn: `arn:aws:iam::${HERE}:user/anna`, roleId: 'AIDAEXAMPLE', account: HERE };
  const butFor = (...AWS: string[]) => ({
    identity: [named('i', allow())],
    resource: named('b', deny({ NotPrincipal: { AWS } })),
  });
  expect(ask({ caller }, butFor(caller.roleArn, HERE))).toBe('allowed');
  expect(ask({ caller }, butFor(HERE))).toBe('unknown');
  expect(ask({}, butFor(role, HERE))).toBe('unknown');
});

describe('a session of a role', () => {
  it.each([
    ['aws:PrincipalType', 'AssumedRole', 'allowed'],
    ['aws:PrincipalType', 'User', 'implicit identity'],
    ['aws:username', 'repl', 'implicit identity'],
    ['aws:userid', `${roleId}:s3-replication`, 'allowed'],
    ['aws:ResourceAccount', HERE, 'allowed'],
    ['aws:PrincipalIsAWSService', 'false', 'allowed'],
  ])('bears %s %s: %s', (key, value, expected) => {
    expect(ask({}, { identity: [when(key, value)] })).toBe(expected);
  });

  it.each([
    [`${roleId}:s3-replication`, 'allowed'],
    [`${roleId}:another`, 'implicit identity'],
  ])('is named by the id of its role and its own name: %s is %s', (AWS, expected) => {
    expect(ask({}, { resource: named('b', grant({ Principal: { AWS } })) })).toBe(expected);
  });

  it('of a partition of its own is named by the ARN of that partition', () => {
    const caller = { roleArn: `arn:aws-cn:iam::${HERE}:role/repl`, sessionName: 's', roleId, account: HERE };
    const named_ = (partition: string) =>
      named('b', grant({ Principal: { AWS: `arn:${partition}:sts::${HERE}:assumed-role/repl/s` }, Resource: object }));
    expect(ask({ caller }, { resource: named_('aws-cn') })).toBe('allowed');
    expect(ask({ caller }, { resource: named_('aws') })).toBe('implicit identity');
  });
});

describe('a role that is to be assumed', () => {
  const resource = `arn:aws:iam::${HERE}:role/other`;
  const trust = (Principal: object) => named('trust', { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  const identity = [named('p', allow({ Action: 'sts:*' }))];
  const assume = (policies: Partial<PoliciesInPlay>) => ask({ action: 'sts:AssumeRole', resource }, policies);

  it('must consent, whatever the policies of the account say', () => {
    expect(assume({ identity, resource: trust({ AWS: `arn:aws:iam::${HERE}:role/third` }) })).toBe('implicit resource');
    expect(assume({ identity, resource: null })).toBe('implicit resource');
    expect(assume({ identity, resource: trust({ AWS: role }) })).toBe('allowed');
    expect(assume({ identity, resource: trust({ AWS: HERE }) })).toBe('allowed');
    expect(assume({ resource: trust({ AWS: HERE }) })).toBe('implicit identity');
  });

  it('has a trust policy, in which no Resource belongs', () => {
    const sound = { Effect: 'Allow', Principal: { AWS: role }, Action: 'sts:AssumeRole' };
    expect(assume({ identity, resource: named('trust', { ...sound, Resource: '*' }) })).not.toBe('allowed');
  });
});

describe('policies that could not be read', () => {
  const why = (policies: Partial<PoliciesInPlay>) => {
    const decision = evaluate(aQuestion({ resourceAccount: HERE }), noPolicies(policies));
    return decision.effect === 'unknown' ? decision.why : decision.effect;
  };

  it.each<[string, Partial<PoliciesInPlay>]>([
    [`an identity policy of ${role} could not be read`, { identity: ['unknown'] }],
    [`the permissions boundary of ${role} could not be read`, { identity: [named('p', allow())], boundary: 'unknown' }],
    [`the policy of ${object} could not be read`, { identity: [named('p', allow())], resource: 'unknown' }],
  ])('are named: %s', (text, policies) => {
    expect(why(policies)).toEqual([text]);
  });

  it('of the organization are a remark, and no Deny of theirs is one', () => {
    const scp = named('scp', allow(), deny({ Action: 's3:Delete*' }));
    expect(
      evaluate(
        aQuestion({ resourceAccount: HERE }),
        noPolicies({ identity: [named('p', allow())], serviceControl: [scp] }),
      ),
    ).toMatchObject({ effect: 'allowed', uncertain: [] });
  });
});
