import { expect, it, test } from 'vitest';
import { brief, evaluateTrust, HERE, named } from './builders.ts';

const trusts = (change: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'sts:AssumeRole',
  ...change,
});
const context = { 'aws:SourceAccount': HERE, 'aws:SourceArn': 'arn:aws:s3:::src' };
const ask = (...statements: unknown[]) =>
  brief(evaluateTrust(named('trust policy', ...statements), 's3.amazonaws.com', context));

test.for<[object, string]>([
  [{}, 'allowed'],
  [{ Principal: { Service: ['batchoperations.s3.amazonaws.com', 's3.amazonaws.com'] } }, 'allowed'],
  [{ Principal: { Service: 'ec2.amazonaws.com' } }, 'implicit resource'],
  [{ Principal: { Service: 's3.amazonaws.com.cn' } }, 'implicit resource'],
  [{ Principal: { AWS: HERE } }, 'implicit resource'],
  [{ Principal: { AWS: 's3.amazonaws.com' } }, 'implicit resource'],
  [{ Principal: { AWS: HERE, Service: 's3.amazonaws.com' } }, 'allowed'],
  [{ Principal: '*' }, 'allowed'],
  [{ Principal: undefined }, 'implicit resource'],
  [{ Action: 'sts:*' }, 'allowed'],
  [{ Action: ['sts:TagSession', 'STS:assumeRole'] }, 'allowed'],
  [{ Action: 'sts:AssumeRoleWithWebIdentity' }, 'implicit resource'],
  [{ Resource: '*' }, 'implicit resource'],
  [{ Condition: { StringEquals: { 'aws:SourceAccount': HERE } } }, 'allowed'],
  [{ Condition: { StringEquals: { 'aws:SourceAccount': '222222222222' } } }, 'implicit resource'],
  [{ Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::src' } } }, 'allowed'],
  [{ Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }, 'implicit resource'],
  [{ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } }, 'unknown'],
  [{ Condition: { StringEquals: { 'aws:SourceOrgID': 'o-1' } } }, 'unknown'],
  [{ Condition: { 'ForAnyValue:StringLike': { 'aws:SourceOrgPaths': 'o-1/*' } } }, 'unknown'],
  [{ Condition: { StringLike: { 'sts:RoleSessionName': 's3-*' } } }, 'unknown'],
  [{ Condition: { Bool: { 'aws:PrincipalIsAWSService': 'true' } } }, 'allowed'],
])('a trust policy with %j', ([change, expected]) => {
  expect(ask(trusts(change))).toBe(expected);
});

it('a Deny wins', () => {
  expect(ask(trusts(), trusts({ Effect: 'Deny', Principal: '*' }))).toBe('explicit resource');
  expect(ask(trusts(), trusts({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: HERE } }))).toBe(
    'explicit resource',
  );
  expect(
    ask(trusts(), trusts({ Effect: 'Deny', Principal: undefined, NotPrincipal: { Service: 's3.amazonaws.com' } })),
  ).toBe('allowed');
});

it('a Deny by what S3 alone knows of its request is not taken to be without effect', () => {
  const names = { 'aws:PrincipalServiceNamesList': 's3.amazonaws.com' };
  const condition = { 'ForAnyValue:StringEquals': names };
  expect(ask(trusts(), trusts({ Effect: 'Deny', Principal: '*', Condition: condition }))).toBe('unknown');
});

it('says which statement decided, or what is wrong with the nearest', () => {
  expect(evaluateTrust(named('trust policy', trusts({ Sid: 'S3' })), 's3.amazonaws.com')).toEqual({
    effect: 'allowed',
    by: [{ policy: 'trust policy', statement: 0, sid: 'S3' }],
    uncertain: [],
  });
  expect(
    evaluateTrust(named('trust policy', trusts({ Principal: { Service: 'ec2.amazonaws.com' } })), 's3.amazonaws.com'),
  ).toMatchObject({
    by: [{ policy: 'trust policy', statement: 0, mismatch: 'Principal ec2.amazonaws.com is not s3.amazonaws.com' }],
  });
});
