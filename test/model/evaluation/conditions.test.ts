import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../src/model/evaluate.ts';
import { allow, aQuestion, deny, HERE, named, noPolicies, role } from './builders.ts';

type Outcome = boolean | 'unknown';
const context = {
  'aws:RequestedRegion': 'eu-west-1',
  'aws:SecureTransport': 'true',
  'aws:CurrentTime': '2026-11-22T10:00:00Z',
  'aws:SourceIp': '203.0.113.9',
  'aws:TagKeys': ['team', 'cost'],
  'aws:CalledVia': [],
  'aws:EpochTime': '1795000000',
  's3:TlsVersion': '1.3',
  'aws:SourceArn': 'arn:aws:s3:::src',
  'kms:Ip6': '2001:db8::1:5',
  'x:Arn': 'arn:aws:iam::111111111111:role/a/b:c',
  'x:Binary': 'QmluYXJ5',
};

const either = [
  [{ 'x:False': 'false' }, {}],
  [{ 'x:Version': '1.2' }, { 'x:Version': '1.3' }],
];

/** Whether a condition holds, asked through an Allow and, turned round, through a Deny. */
function holds(Condition: unknown): Outcome {
  const question = aQuestion({
    resourceAccount: HERE,
    context,
    unknownKeys: ['x:Unknown', 'aws:PrincipalTag/*'],
    either,
  });
  const effect = (...statements: unknown[]) =>
    evaluate(question, noPolicies({ identity: [named('i', ...statements)] })).effect;
  const granted = effect(allow({ Condition }));
  const refused = effect(allow(), deny({ Condition }));
  expect([granted, refused]).toEqual(
    granted === 'unknown' ? ['unknown', 'unknown'] : [granted, granted === 'allowed' ? 'denied' : 'allowed'],
  );
  return granted === 'unknown' ? 'unknown' : granted === 'allowed';
}

describe('one operator on one key', () => {
  test.for<[operator: string, key: string, values: unknown, Outcome]>([
    ['StringEquals', 'aws:RequestedRegion', 'eu-west-1', true],
    ['StringEquals', 'AWS:requestedregion', ['x', 'eu-west-1'], true],
    ['StringEquals', 'aws:RequestedRegion', 'EU-WEST-1', false],
    ['StringEquals', 'aws:RequestedRegion', 'eu-*', false],
    ['StringEquals', 'aws:RequestedRegion', 'eu-west-?', false],
    ['stringequals', 'aws:RequestedRegion', 'eu-west-1', true],
    ['StringEquals', 'x:Missing', 'x', false],
    ['StringEqualsIfExists', 'x:Missing', 'x', true],
    ['StringEqualsIfExists', 'aws:RequestedRegion', 'x', false],
    ['StringNotEquals', 'aws:RequestedRegion', 'eu-west-1', false],
    ['StringNotEquals', 'aws:RequestedRegion', ['eu-west-1', 'x'], false],
    ['StringNotEquals', 'aws:RequestedRegion', ['x', 'y'], true],
    ['StringNotEquals', 'x:Missing', 'x', true],
    ['StringNotEqualsIfExists', 'x:Missing', 'x', true],
    ['StringEqualsIgnoreCase', 'aws:RequestedRegion', 'EU-WEST-1', true],
    ['StringEqualsIgnoreCase', 'aws:RequestedRegion', 'EU-*', false],
    ['StringNotEqualsIgnoreCase', 'aws:RequestedRegion', 'EU-WEST-1', false],
    ['StringLike', 'aws:RequestedRegion', 'eu-*', true],
    ['StringLike', 'aws:RequestedRegion', 'eu-west-?', true],
    ['StringLike', 'aws:RequestedRegion', 'EU-*', false],
    ['StringLike', 'x:Missing', '*', false],
    ['StringLike', 'aws:SourceArn', 'arn:aws:s3:::src/*', false],
    ['StringLike', 'x:Arn', 'arn:aws:iam::*b:c', true],
    ['StringLike', 'aws:RequestedRegion', 'eu-${*}', false],
    ['StringNotLike', 'aws:RequestedRegion', 'eu-*', false],
    ['StringNotLike', 'x:Missing', '*', true],
    ['ArnEquals', 'x:Arn', 'arn:aws:iam::111111111111:role/*', true],
    ['ArnLike', 'x:Arn', 'arn:aws:iam::*:role/a/*', true],
    ['ArnLike', 'x:Arn', 'arn:aws:iam::*:c', false],
    ['ArnLike', 'x:Arn', 'arn:*', 'unknown'],
    ['ArnLike', 'x:Arn', ['arn:*', 'arn:aws:iam::*:role/a/*'], true],
    ['ArnNotLike', 'x:Arn', '*', 'unknown'],
    ['ArnLike', 'x:Missing', '*', false],
    ['ArnLike', 'x:Arn', 'arn:aws:iam::${aws:PrincipalAccount}:role/a/b:?', true],
    ['ArnLike', 'x:Arn', 'arn:aws:iam::*b:*', false],
    ['ArnLike', 'aws:RequestedRegion', '*', 'unknown'],
    ['ArnLike', 'aws:RequestedRegion', '*:*:*:*:*:*', false],
    ['ArnLike', 'aws:PrincipalArn', role, true],
    ['ArnNotEquals', 'x:Arn', 'arn:aws:iam::111111111111:role/*', false],
    ['ArnNotLike', 'x:Arn', 'arn:aws:iam::222222222222:*', true],
    ['ArnNotLike', 'x:Missing', 'arn:aws:iam::222222222222:*', true],
    ['Bool', 'aws:SecureTransport', true, true],
    ['Bool', 'aws:SecureTransport', 'TRUE', true],
    ['Bool', 'aws:SecureTransport', 'false', false],
    ['Bool', 'aws:SecureTransport', 'yes', 'unknown'],
    ['Bool', 'x:Missing', 'false', false],
    ['BoolIfExists', 'x:Missing', 'false', true],
    ['Null', 'x:Missing', 'true', true],
    ['Null', 'x:Missing', false, false],
    ['Null', 'aws:CalledVia', 'true', true],
    ['Null', 'aws:SourceArn', 'true', false],
    ['Null', 'aws:SourceArn', 'False', true],
    ['Null', 'aws:SourceArn', ['true', 'false'], true],
    ['Null', 'aws:SourceArn', 'maybe', 'unknown'],
    ['Null', 'x:Unknown', 'true', 'unknown'],
    ['NullIfExists', 'x:Missing', 'true', 'unknown'],
    ['NumericEquals', 's3:TlsVersion', 1.3, true],
    ['NumericEquals', 's3:TlsVersion', '1.30', true],
    ['NumericNotEquals', 's3:TlsVersion', '1.2', true],
    ['NumericNotEquals', 's3:TlsVersion', ['1.2', '1.3'], false],
    ['NumericLessThan', 's3:TlsVersion', '1.3', false],
    ['NumericLessThan', 's3:TlsVersion', '1.4', true],
    ['NumericLessThanEquals', 's3:TlsVersion', '1.3', true],
    ['NumericLessThanEquals', 's3:TlsVersion', '1.2', false],
    ['NumericGreaterThan', 's3:TlsVersion', '1.3', false],
    ['NumericGreaterThan', 's3:TlsVersion', '1.2', true],
    ['NumericGreaterThanEquals', 's3:TlsVersion', '1.3', true],
    ['NumericGreaterThanEquals', 's3:TlsVersion', '1.4', false],
    ['NumericLessThan', 's3:TlsVersion', 'much', 'unknown'],
    ['NumericLessThan', 'aws:RequestedRegion', '1', 'unknown'],
    ['NumericLessThan', 'x:Missing', '1', false],
    ['DateEquals', 'aws:CurrentTime', '2026-11-22T11:00:00+01:00', true],
    ['DateNotEquals', 'aws:CurrentTime', '2026-11-22T10:00:00Z', false],
    ['DateLessThan', 'aws:CurrentTime', '2026-11-22T10:00:01Z', true],
    ['DateLessThan', 'aws:CurrentTime', '2026-11-22T10:00:00Z', false],
    ['DateLessThanEquals', 'aws:CurrentTime', '2026-11-22T10:00:00Z', true],
    ['DateLessThanEquals', 'aws:CurrentTime', '2026-11-22', false],
    ['DateGreaterThan', 'aws:CurrentTime', '2026-11-22', true],
    ['DateGreaterThan', 'aws:CurrentTime', '2026-11-22T10:00:00Z', false],
    ['DateGreaterThanEquals', 'aws:CurrentTime', '2026-11-22T10:00:00Z', true],
    ['DateGreaterThanEquals', 'aws:CurrentTime', '2026-11-23', false],
    ['DateLessThan', 'aws:EpochTime', '2026-01-01T00:00:00Z', false],
    ['DateEquals', 'aws:EpochTime', 1795000000, true],
    ['DateLessThan', 'aws:CurrentTime', 'tomorrow', 'unknown'],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', true],
    ['IpAddress', 'aws:SourceIp', '203.0.113.9', true],
    ['IpAddress', 'aws:SourceIp', '203.0.113.8/31', true],
    ['IpAddress', 'aws:SourceIp', '203.0.113.8/32', false],
    ['IpAddress', 'aws:SourceIp', '203.0.113.10', false],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/0', true],
    ['IpAddress', 'aws:SourceIp', '2001:db8::/32', false],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/33', 'unknown'],
    ['IpAddress', 'aws:SourceIp', '203.0.113', 'unknown'],
    ['IpAddress', 'aws:SourceIp', '203.0.113.300', 'unknown'],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/24/1', 'unknown'],
    ['IpAddress', 'kms:Ip6', '2001:db8::/32', true],
    ['IpAddress', 'kms:Ip6', '2001:DB8:0:0:0:0:1:5', true],
    ['IpAddress', 'kms:Ip6', '2001:db8::1:6/127', false],
    ['IpAddress', 'kms:Ip6', '::/0', true],
    ['IpAddress', 'kms:Ip6', '2001:db8:1', 'unknown'],
    ['IpAddress', 'kms:Ip6', '1:2:3:4:5:6:7:8::', 'unknown'],
    ['IpAddress', 'kms:Ip6', 'g::', 'unknown'],
    ['IpAddress', 'kms:Ip6', '1::2::3', 'unknown'],
    ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', false],
    ['NotIpAddress', 'aws:SourceIp', ['10.0.0.0/8', '192.168.0.0/16'], true],
    ['BinaryEquals', 'x:Binary', 'QmluYXJ5', true],
    ['BinaryEquals', 'x:Binary', 'qmluYXJ5', false],
    ['StringSounds', 'aws:RequestedRegion', 'eu-west-1', 'unknown'],
    ['constructor', 'aws:RequestedRegion', 'eu-west-1', 'unknown'],
    ['ForSomeValues:StringEquals', 'aws:RequestedRegion', 'eu-west-1', 'unknown'],
    ['StringEquals', 'x:Unknown', 'x', 'unknown'],
    ['StringNotEqualsIfExists', 'x:unknown', 'x', 'unknown'],
    ['StringLikeIfExists', 'x:Unknown', ['x', '*'], true],
    ['StringLike', 'x:Unknown', '*', 'unknown'],
    ['StringNotLikeIfExists', 'x:Unknown', '*', 'unknown'],
    ['BoolIfExists', 'x:Unknown', ['true', 'false'], true],
    ['Null', 'x:Unknown', ['true', 'false'], true],
    ['ForAllValues:StringLike', 'x:Unknown', '*', true],
    ['BoolIfExists', 'x:False', 'false', true],
    ['Bool', 'x:False', 'false', 'unknown'],
    ['Bool', 'x:False', 'true', false],
    ['Null', 'x:False', 'true', 'unknown'],
    ['NumericLessThan', 'x:Version', '1.2', false],
    ['NumericLessThan', 'x:Version', '1.3', 'unknown'],
    ['StringEquals', 'aws:RequestedRegion', '${x:Version}', false],
    ['StringEquals', 'aws:PrincipalTag/team', 'x', 'unknown'],
    ['StringEquals', 'aws:SourceVpce', 'vpce-1', 'unknown'],
    ['StringNotEquals', 'aws:sourcevpce', 'vpce-1', 'unknown'],
    ['StringEquals', 'aws:UserAgent', 'x', 'unknown'],
    ['StringEquals', 'aws:SourceIdentity', 'x', false],
    ['StringEquals', 'aws:RequestedRegion', '${x:Unknown}', 'unknown'],
    ['StringEquals', 'aws:RequestedRegion', ['${x:Unknown}', 'eu-west-1'], true],
    ['StringEquals', 'aws:RequestedRegion', '${x:Missing}', false],
    ['StringNotEquals', 'aws:RequestedRegion', '${x:Missing}', 'unknown'],
    ['StringEquals', 'aws:RequestedRegion', "${x:Missing, 'eu-west-1'}", true],
    ['StringEquals', 'aws:RequestedRegion', "${ x:Missing ,'eu-west-1' }", true],
    ['StringEquals', 'aws:RequestedRegion', '${x:Missing, eu-west-1}', false],
    ['StringEquals', 'aws:RequestedRegion', '${x,aws:RequestedRegion}', false],
    ['StringEquals', 'aws:PrincipalAccount', HERE, true],
    ['StringEquals', 'aws:ResourceAccount', '${aws:PrincipalAccount}', true],
    ['StringEquals', 'aws:PrincipalType', 'AssumedRole', true],
    ['StringLike', 'aws:userid', 'AROAEXAMPLEOFAROLEID1:*', true],
    ['Bool', 'aws:PrincipalIsAWSService', 'false', true],
  ])('%s %s %j is %s', ([operator, key, values, expected]) => {
    expect(holds({ [operator]: { [key]: values } })).toBe(expected);
  });
});

describe('keys with several values', () => {
  test.for<[operator: string, key: string, values: unknown, Outcome]>([
    ['ForAllValues:StringEquals', 'aws:TagKeys', ['team', 'cost', 'x'], true],
    ['ForAllValues:StringEquals', 'aws:TagKeys', ['team'], false],
    ['ForAllValues:StringLike', 'aws:TagKeys', '*', true],
    ['forallvalues:stringlike', 'aws:TagKeys', '*', true],
    ['ForAllValues:StringEquals', 'x:Missing', 'x', true],
    ['ForAllValues:StringEquals', 'aws:CalledVia', 'x', true],
    ['ForAllValues:StringNotEquals', 'aws:TagKeys', ['x', 'y'], true],
    ['ForAllValues:StringNotEquals', 'aws:TagKeys', ['x', 'team'], false],
    ['ForAllValues:StringEquals', 'aws:RequestedRegion', 'eu-west-1', true],
    ['ForAnyValue:StringEquals', 'aws:TagKeys', ['team', 'x'], true],
    ['ForAnyValue:StringEquals', 'aws:TagKeys', ['x'], false],
    ['ForAnyValue:StringEquals', 'x:Missing', 'x', false],
    ['ForAnyValue:StringEquals', 'aws:CalledVia', 'x', false],
    ['ForAnyValue:StringEqualsIfExists', 'x:Missing', 'x', 'unknown'],
    ['ForAnyValue:StringNotEquals', 'aws:TagKeys', 'team', true],
    ['ForAnyValue:StringNotEquals', 'aws:TagKeys', ['team', 'cost'], false],
    ['ForAnyValue:StringNotEquals', 'x:Missing', 'x', false],
    ['ForAnyValue:StringEquals', 'x:Unknown', 'x', 'unknown'],
    ['StringEquals', 'aws:TagKeys', 'team', 'unknown'],
    ['StringEquals', 'aws:TagKeys', ['team', 'cost'], true],
    ['StringEquals', 'aws:TagKeys', 'x', false],
    ['StringNotEquals', 'aws:TagKeys', 'x', true],
  ])('%s %s %j is %s', ([operator, key, values, expected]) => {
    expect(holds({ [operator]: { [key]: values } })).toBe(expected);
  });
});

describe('several operators and keys', () => {
  const yes = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };
  const no = { StringLike: { 'aws:RequestedRegion': 'us-*' } };
  const maybe = { StringEqualsIgnoreCase: { 'x:Unknown': 'x' } };
  test.for<[object, Outcome]>([
    [{}, true],
    [{ StringEquals: {} }, true],
    [{ ...yes, ...no }, false],
    [{ ...yes, ...maybe }, 'unknown'],
    [{ ...no, ...maybe }, false],
    [{ StringEquals: { 'aws:RequestedRegion': 'eu-west-1', 'x:Missing': 'x' } }, false],
    [{ ...yes, ArnLike: { 'x:Arn': 'arn:aws:iam::*:*' } }, true],
  ])('%j is %s', ([condition, expected]) => {
    expect(holds(condition)).toBe(expected);
  });
});
