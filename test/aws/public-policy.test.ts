import { describe, expect, it } from 'vitest';
import type { OneOrMany, PolicyDocument, Principal, Statement } from '../../src/aws/policy.ts';
import { publicStatements, unclearStatements } from '../../src/aws/public-policy.ts';

type Condition = Record<string, Record<string, OneOrMany>>;

function allowing(principal: Principal, Condition?: Condition): Statement {
  const allow = { Effect: 'Allow', Principal: principal, Action: 's3:PutObject', Resource: '*' } as const;
  return Condition === undefined ? allow : { ...allow, Condition };
}

function verdictOn(...Statement: readonly Statement[]): string {
  const document: PolicyDocument = { Version: '2012-10-17', Statement };
  if (publicStatements(document).includes(0)) return 'public';
  return unclearStatements(document).includes(0) ? 'unclear' : 'not public';
}

const underCondition: readonly (readonly [string, Condition])[] = [
  // The page's own examples come first.
  ['public', { StringLike: { 'aws:SourceVpc': 'vpc-*' } }],
  ['not public', { StringEquals: { 'aws:SourceVpc': 'vpc-91237329' } }],
  ['not public', { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }],
  ['not public', { StringEquals: { 'AWS:principalorgid': ['o-a1b2c3d4e5', 'o-f6g7h8i9j0'] } }],
  ['public', { StringEquals: { 'aws:PrincipalOrgID': ['o-a1b2c3d4e5', 'o-*'] } }],
  ['public', { StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } }],
  ['public', { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }],
  ['public', { 'ForAllValues:StringEquals': { 'aws:SourceVpce': 'vpce-1' } }],
  ['not public', { 'ForAnyValue:StringEquals': { 'aws:SourceVpce': 'vpce-1' } }],
  ['public', { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }],
  ['public', { Null: { 'aws:SourceVpce': 'false' } }],
  ['public', { Bool: { 'aws:SecureTransport': 'true' } }],
  ['public', { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } }],
  ['not public', { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:SourceAccount': '111111111111' } }],
  ['not public', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::bucket' } }],
  ['public', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }],
  ['not public', { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/a' } }],
  ['unclear', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/*' } }],
  ['public', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/a' } }],
  ['unclear', { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } }],
  ['public', { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': '*/r-ab12/*' } }],
  ['unclear', { StringEquals: { 'aws:SourceOrgID': 'o-a1b2c3d4e5' } }],
  ['unclear', { Bool: { 'aws:PrincipalIsAWSService': 'true' } }],
  ['public', { Bool: { 'aws:PrincipalIsAWSService': 'false' } }],
  ['not public', { StringEquals: { 'aws:userid': 'AIDAEXAMPLE' } }],
  ['unclear', { StringLike: { 'aws:userId': 'AROAEXAMPLE:*' } }],
  ['public', { StringLike: { 'aws:userid': 'AIDA*' } }],
  ['not public', { StringLike: { 's3:DataAccessPointArn': 'arn:aws:s3:us-west-2:123456789012:accesspoint/*' } }],
  ['public', { StringLike: { 's3:DataAccessPointArn': 'arn:aws:s3:us-west-2:*:accesspoint/*' } }],
  ['not public', { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '203.0.113.7', '2001:db8::/32'] } }],
  ['public', { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '0.0.0.0/1'] } }],
  ['public', { IpAddress: { 'aws:SourceIp': '2000::/3' } }],
  ['public', { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }],
  ['public', { IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/16' } }],
];

describe('a statement that allows everybody', () => {
  it.each(underCondition)('is %s under %j', (verdict, condition) => {
    expect(verdictOn(allowing('*', condition))).toBe(verdict);
    expect(verdictOn(allowing({ AWS: ['111111111111', '*'] }, condition))).toBe(verdict);
  });

  it('is public without a condition, whoever else it names', () => {
    expect(verdictOn(allowing('*'))).toBe('public');
    expect(verdictOn(allowing({ AWS: '*' }))).toBe('public');
    expect(verdictOn(allowing({ Federated: 'graph.facebook.com' }))).toBe('public');
    const but = { NotPrincipal: { AWS: '111111111111' }, Action: 's3:GetObject', Resource: '*' } as const;
    expect(verdictOn({ Effect: 'Allow', ...but })).toBe('public');
    expect(verdictOn({ Effect: 'Deny', ...but })).toBe('not public');
  });

  it('may or may not be public where everybody else is denied', () => {
    const Condition = { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } };
    const deny = { ...allowing('*', Condition), Effect: 'Deny', Action: 's3:*' } as const;
    expect(verdictOn(allowing('*'), deny)).toBe('unclear');
    expect(verdictOn(allowing('*'), { ...deny, Action: 's3:DeleteObject' })).toBe('public');
    const insecure = { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(verdictOn(allowing('*'), insecure)).toBe('public');
    const wide = { ...deny, Condition: { NotIpAddress: { 'aws:SourceIp': '0.0.0.0/0' } } };
    expect(verdictOn(allowing('*'), wide)).toBe('public');
  });
});

describe('a policy', () => {
  it('has each of its public statements named by its place', () => {
    const fixed = allowing({ AWS: 'arn:aws:iam::111111111111:role/a' });
    const service = allowing({ Service: 'cloudtrail.amazonaws.com' });
    const Statement = [fixed, allowing('*'), service, allowing({ CanonicalUser: 'abc' }), allowing({ AWS: '*' })];
    expect(publicStatements({ Statement })).toEqual([1, 4]);
    expect(publicStatements({ Statement: allowing('*') })).toEqual([0]);
    expect(publicStatements(null)).toEqual([]);
  });

  it('may have any shape', () => {
    const odd: unknown = {
      Statement: [
        { Effect: 'Allow', Principal: null },
        { Effect: 'Allow', Principal: '*', Condition: { A: null } },
      ],
    };
    expect(publicStatements(odd as PolicyDocument)).toEqual([1]);
  });
});
