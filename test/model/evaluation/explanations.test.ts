import { describe, expect, it } from 'vitest';
import {
  aKeyQuestion,
  allow,
  aQuestion,
  contextKey,
  deny,
  evaluate,
  grant,
  HERE,
  key,
  named,
  noPolicies,
  object,
  refuse,
  role,
} from './builders.ts';

const here = aQuestion({ resourceAccount: HERE });

function mismatches(...statements: unknown[]): readonly (string | undefined)[] {
  const decision = evaluate(here, noPolicies({ identity: [named('i', ...statements)] }));
  return decision.effect === 'denied' ? decision.by.map(({ mismatch }) => mismatch) : [decision.effect];
}

describe('an answer names the statements that decided', () => {
  it('allowed: the ones that grant, on each side that counts', () => {
    const identity = [named('role policy', allow({ Action: 'ec2:*' }), allow({ Sid: 'Write' }))];
    const policies = noPolicies({
      identity,
      resource: named('bucket policy', grant({ Sid: 'Repl' })),
      boundary: named('b', allow()),
    });
    expect(evaluate(aQuestion(), policies)).toEqual({
      effect: 'allowed',
      by: [
        { policy: 'role policy', statement: 1, sid: 'Write' },
        { policy: 'bucket policy', statement: 0, sid: 'Repl' },
      ],
      uncertain: [],
    });
  });

  it('allowed: not one that only leaves it to the account', () => {
    const resource = named('bucket policy', grant({ Principal: { AWS: HERE } }));
    expect(evaluate(here, noPolicies({ identity: [named('i', allow())], resource }))).toMatchObject({
      by: [{ policy: 'i', statement: 0 }],
    });
  });

  it('explicitly denied: every Deny', () => {
    const policies = noPolicies({
      identity: [named('role policy', allow(), deny({ Sid: 'No' }))],
      resource: named('bucket policy', grant(), refuse()),
    });
    expect(evaluate(aQuestion(), policies)).toEqual({
      effect: 'denied',
      kind: 'explicit',
      side: 'identity',
      by: [{ policy: 'role policy', statement: 1, sid: 'No' }],
      also: [{ kind: 'explicit', side: 'resource', by: [{ policy: 'bucket policy', statement: 1 }] }],
    });
  });

  it('not allowed: every side that does not allow it', () => {
    const policies = noPolicies({ identity: [named('role policy', allow({ Action: 's3:Other' }))], resource: null });
    const decision = evaluate(aQuestion({ resourceAccount: '222222222222' }), policies);
    expect(decision).toMatchObject({
      effect: 'denied',
      side: 'identity',
      also: [{ kind: 'implicit', side: 'resource' }],
    });
  });

  it('unknown: the statements that nobody can judge', () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const resource = named('bucket policy', grant(), refuse({ Sid: 'OnlyFromHome', Condition }), refuse({ Condition }));
    expect(evaluate(aQuestion(), noPolicies({ identity: [named('i', allow())], resource }))).toEqual({
      effect: 'unknown',
      why: [
        expect.stringMatching(/^bucket policy, statement OnlyFromHome: Condition IpAddress aws:SourceIp: /),
        expect.stringMatching(/^bucket policy, statement 3: Condition IpAddress aws:SourceIp: /),
      ],
    });
  });

  it('unknown: what is no statement at all', () => {
    expect(evaluate(here, noPolicies({ identity: [named('i', allow(), null)] }))).toEqual({
      effect: 'unknown',
      why: ['i, statement 2: the statement is not an object'],
    });
  });

  it('unknown: an operator that IAM does not have', () => {
    const Condition = { StringLikes: { 'aws:PrincipalArn': role } };
    expect(evaluate(here, noPolicies({ identity: [named('i', allow({ Condition }))] }))).toEqual({
      effect: 'unknown',
      why: ['i, statement 1: Condition StringLikes aws:PrincipalArn: there is no operator StringLikes'],
    });
  });
});

describe('a missing Allow is explained by the nearest ones', () => {
  it('with what the request has and what the statement wants', () => {
    const wants = (value: unknown) => ({ Action: 'kms:*', Condition: { StringLike: { [contextKey]: value } } });
    const policies = (value: unknown) =>
      noPolicies({ identity: [named('i', allow(wants(value)))], resource: named('k', grant({ Action: 'kms:*' })) });
    const ask = (value: unknown, has: Record<string, string>) =>
      evaluate(aKeyQuestion({ context: has }), policies(value));
    const label = `Condition StringLike ${contextKey}`;
    expect(ask('arn:aws:s3:::dst/*', { [contextKey]: 'arn:aws:s3:::dst' })).toMatchObject({
      by: [
        {
          policy: 'i',
          statement: 0,
          mismatch: `${label}: the request has arn:aws:s3:::dst, the statement wants arn:aws:s3:::dst/*`,
        },
      ],
    });
    expect(ask(['a', 'b', 'c', 'd', 'e'], {})).toMatchObject({
      by: [{ mismatch: `${label}: the request has no such key, the statement wants a, b, c and 2 more` }],
    });
  });

  it('in words for each element', () => {
    expect(mismatches(allow({ Action: ['s3:Get*', 's3:List*'] }))).toEqual([
      'Action s3:Get*, s3:List* does not include s3:ReplicateObject',
    ]);
    expect(mismatches(allow({ Action: undefined, NotAction: 's3:*' }))).toEqual([
      'NotAction s3:* excludes s3:ReplicateObject',
    ]);
    expect(mismatches(allow({ Resource: 'arn:aws:s3:::other/*' }))).toEqual([
      `Resource arn:aws:s3:::other/* does not match ${object}`,
    ]);
    expect(mismatches(allow({ Resource: undefined, NotResource: '*' }))).toEqual([`NotResource * excludes ${object}`]);
    expect(mismatches(allow({ Condition: { StringNotEquals: { 'aws:PrincipalAccount': HERE } } }))).toEqual([
      `Condition StringNotEquals aws:PrincipalAccount: the request has ${HERE}, the statement wants anything but ${HERE}`,
    ]);
    expect(mismatches(allow({ Condition: { Null: { 'aws:PrincipalAccount': 'true' } } }))).toEqual([
      `Condition Null aws:PrincipalAccount: the request has ${HERE}, the statement wants none`,
    ]);
    expect(mismatches(allow({ Action: 7 }))).toEqual(['Action cannot be read']);
    expect(mismatches(allow({ Conditions: {} }))).toEqual(['Conditions is no element of a statement']);
  });

  it('and for principals', () => {
    const other = 'arn:aws:iam::333333333333:role/x';
    const ask = (change: object) =>
      evaluate(aQuestion(), noPolicies({ identity: [named('i', allow())], resource: named('b', grant(change)) }));
    expect(ask({ Principal: { AWS: other } })).toMatchObject({
      by: [{ policy: 'b', mismatch: `Principal ${other} is not ${role}` }],
    });
    expect(ask({ Principal: undefined, NotPrincipal: '*' })).toMatchObject({
      by: [{ mismatch: `NotPrincipal * excludes ${role}` }],
    });
  });

  it('fewest mismatches first, then those about the action, three at most', () => {
    const near = { Resource: 'arn:aws:s3:::x' };
    const statements = [
      allow({ Sid: 'Two', Action: 's3:Get*', ...near }),
      allow({ Sid: 'OtherAction', Action: 's3:Get*' }),
      allow({ Sid: 'OtherResource', ...near }),
      allow({ Sid: 'Two2', Action: 's3:Get*', ...near }),
    ];
    const decision = evaluate(here, noPolicies({ identity: [named('i', ...statements)] }));
    expect(decision.effect === 'denied' && decision.by.map(({ sid }) => sid)).toEqual([
      'OtherResource',
      'OtherAction',
      'Two',
    ]);
  });

  it('by either side where either would do, and by what only delegates', () => {
    const resource = named('b', grant({ Principal: { AWS: HERE } }));
    expect(
      evaluate(here, noPolicies({ identity: [named('i', allow({ Action: 's3:Get*', Resource: key }))], resource })),
    ).toMatchObject({
      by: [{ policy: 'b', mismatch: 'Principal leaves it to the policies of the account' }, { policy: 'i' }],
    });
  });

  it('not by Deny statements, and by nothing where there is nothing', () => {
    expect(mismatches(deny({ Action: 'ec2:*' }))).toEqual([]);
  });
});
