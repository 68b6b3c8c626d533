import { describe, expect, it, test } from 'vitest';
import type { PolicyDocument } from '../../../src/aws/policy.ts';
import type { PoliciesInPlay } from '../../../src/model/decision.ts';
import {
  aKeyQuestion,
  allow,
  aQuestion,
  brief,
  deny,
  evaluate,
  grant,
  HERE,
  key,
  named,
  noPolicies,
  refuse,
  role,
  roleId,
  session,
  THERE,
} from './builders.ts';

const here = aQuestion({ resourceAccount: HERE });
const yes = named('role policy', allow());

describe('principals', () => {
  const anyone = { AWS: ['arn:aws:iam::333333333333:role/x', role], Service: 's3.amazonaws.com' };
  test.for<[unknown, string]>([
    [{ AWS: role }, 'allowed'],
    [{ AWS: [role] }, 'allowed'],
    [anyone, 'allowed'],
    [{ AWS: session }, 'allowed'],
    [{ AWS: HERE }, 'allowed'],
    [{ AWS: `arn:aws:iam::${HERE}:root` }, 'allowed'],
    ['*', 'allowed'],
    [{ AWS: '*' }, 'allowed'],
    [{ AWS: roleId }, 'allowed'],
    [{ AWS: 'AROAOFAROLETHATISGONE' }, 'implicit resource'],
    [{ AWS: `arn:aws:iam::${HERE}:role/repl` }, 'implicit resource'],
    [{ AWS: role.toUpperCase() }, 'implicit resource'],
    [{ AWS: `arn:aws:sts::${HERE}:assumed-role/repl/other` }, 'implicit resource'],
    [{ AWS: `arn:aws:sts::${HERE}:assumed-role/service-role/repl/s3-replication` }, 'implicit resource'],
    [{ AWS: `arn:aws:iam::${HERE}:role/*` }, 'implicit resource'],
    [{ AWS: `arn:aws-cn:iam::${HERE}:root` }, 'implicit resource'],
    [{ AWS: `arn:aws:iam::${HERE}:user/repl` }, 'implicit resource'],
    [{ AWS: THERE }, 'implicit resource'],
    [{ Service: 's3.amazonaws.com' }, 'implicit resource'],
    [{ Service: '*' }, 'implicit resource'],
    [{ Federated: '*' }, 'implicit resource'],
    [{ CanonicalUser: 'a'.repeat(64) }, 'unknown'],
    [role, 'implicit resource'],
    [{ Somebody: role }, 'implicit resource'],
    [undefined, 'implicit resource'],
  ])('a bucket policy that names %j', ([Principal, expected]) => {
    const policies = noPolicies({ identity: [yes], resource: named('bucket policy', grant({ Principal })) });
    expect(brief(evaluate(aQuestion(), policies))).toBe(expected);
  });

  test.for<[unknown, string]>([
    [{ AWS: THERE }, 'explicit resource'],
    [{ AWS: [session, role, HERE] }, 'allowed'],
    [{ AWS: [session, role, `arn:aws:iam::${HERE}:root`] }, 'allowed'],
    [{ AWS: role }, 'unknown'],
    [{ AWS: [role, HERE] }, 'unknown'],
    [{ AWS: HERE }, 'unknown'],
    ['*', 'allowed'],
    [{ Service: 's3.amazonaws.com' }, 'explicit resource'],
    [{ CanonicalUser: 'a' }, 'unknown'],
  ])('a Deny for everybody but %j', ([NotPrincipal, expected]) => {
    const policies = noPolicies({ identity: [yes], resource: named('bucket policy', deny({ NotPrincipal })) });
    expect(brief(evaluate(here, policies))).toBe(expected);
  });

  it('a Deny for everybody but the role is about the role as soon as it has a boundary', () => {
    const NotPrincipal = { AWS: [session, role, HERE] };
    const ask = (boundary: PoliciesInPlay['boundary'], statement: unknown) =>
      brief(evaluate(here, noPolicies({ identity: [yes], boundary, resource: named('bucket policy', statement) })));
    expect(ask(yes, deny({ NotPrincipal }))).toBe('explicit resource');
    expect(ask('unknown', deny({ NotPrincipal }))).toBe('unknown');
    const granting = named('bucket policy', allow({ NotPrincipal }));
    expect(brief(evaluate(here, noPolicies({ boundary: yes, resource: granting })))).toBe('implicit identity');
  });

  it('are matched in every partition', () => {
    const roleArn = `arn:aws-cn:iam::${HERE}:role/repl`;
    const caller = { roleArn, sessionName: 's3-replication', account: HERE };
    const resource = 'arn:aws-cn:s3:::dst/a';
    for (const AWS of [
      roleArn,
      `arn:aws-cn:iam::${HERE}:root`,
      `arn:aws-cn:sts::${HERE}:assumed-role/repl/s3-replication`,
    ]) {
      const policies = noPolicies({ identity: [yes], resource: named('b', grant({ Principal: { AWS } })) });
      expect(evaluate(aQuestion({ caller, resource }), policies).effect).toBe('allowed');
    }
  });
});

describe('actions and resources', () => {
  test.for<[object, boolean]>([
    [{ Action: 's3:ReplicateObject' }, true],
    [{ Action: 'S3:replicateobject' }, true],
    [{ Action: 's3:Replicate*' }, true],
    [{ Action: 's3:ReplicateObjec?' }, true],
    [{ Action: 's3:ReplicateObject?' }, false],
    [{ Action: '*' }, true],
    [{ Action: ['s3:Get*', 's3:*Object'] }, true],
    [{ Action: 's3:Get*' }, false],
    [{ Action: '${aws:PrincipalAccount}' }, false],
    [{ Action: undefined, NotAction: 's3:Get*' }, true],
    [{ Action: undefined, NotAction: ['s3:Get*', 's3:replicate*'] }, false],
    [{ Resource: 'arn:aws:s3:::dst/*' }, true],
    [{ Resource: 'arn:aws:s3:::dst/?/*' }, true],
    [{ Resource: 'arn:aws:s3:::DST/*' }, false],
    [{ Resource: 'arn:aws:s3:::dst' }, false],
    [{ Resource: 'arn:aws:s3:::dst/a/b.txt*' }, true],
    [{ Resource: 'arn:aws:s3:::dst/*/b.*' }, true],
    [{ Resource: 'arn:*' }, true],
    [{ Resource: 'arn:aws:s3' }, true],
    [{ Resource: 'arn:aws:kms' }, false],
    [{ Resource: ['arn:aws:s3:::other/*', 'arn:aws:s3:::dst/*'] }, true],
    [{ Resource: undefined, NotResource: 'arn:aws:s3:::other/*' }, true],
    [{ Resource: undefined, NotResource: ['arn:aws:s3:::other/*', 'arn:aws:s3:::dst/*'] }, false],
    [{ Resource: undefined }, false],
    [{ Action: [] }, false],
    [{ NotAction: 's3:Get*' }, false],
  ])('%j', ([change, allowed]) => {
    const decision = evaluate(here, noPolicies({ identity: [named('i', allow(change))] }));
    expect(decision.effect).toBe(allowed ? 'allowed' : 'denied');
  });

  test.for<[object, string]>([
    [{}, 'allowed'],
    [{ Resource: key }, 'allowed'],
    [{ Resource: `${key}x` }, 'implicit resource'],
    [{ Resource: undefined }, 'implicit resource'],
    [{ Resource: undefined, Effect: 'Deny' }, 'implicit resource'],
  ])('a key policy with %j', ([change, expected]) => {
    const question = aKeyQuestion({ resourceAccount: HERE });
    const resource = named('key policy', grant({ Action: 'kms:*', ...change }));
    expect(brief(evaluate(question, noPolicies({ resource })))).toBe(expected);
  });
});

it('a Deny without Resource in a key policy has no effect', () => {
  const question = aKeyQuestion({ resourceAccount: HERE });
  const resource = named('key policy', grant({ Action: 'kms:*' }), refuse({ Action: 'kms:*', Resource: undefined }));
  expect(evaluate(question, noPolicies({ resource })).effect).toBe('allowed');
});

describe('policy variables', () => {
  const ask = (Resource: string, Version: string | undefined, resource = object1) => {
    const document = { ...(Version && { Version }), Statement: allow({ Resource }) } as unknown as PolicyDocument;
    const question = aQuestion({
      resourceAccount: HERE,
      resource,
      context: { 's3:prefix': ['a', 'b'] },
      unknownKeys: ['aws:PrincipalTag/*'],
    });
    return evaluate(question, noPolicies({ identity: [{ name: 'i', document }] })).effect;
  };
  const object1 = `arn:aws:s3:::dst/${HERE}/x`;
  test.for<[string, string, string]>([
    ['arn:aws:s3:::dst/${aws:PrincipalAccount}/*', object1, 'allowed'],
    ['arn:aws:s3:::dst/${AWS:principalaccount}/*', object1, 'allowed'],
    ['arn:aws:s3:::dst/${aws:nothing}/*', object1, 'denied'],
    ["arn:aws:s3:::dst/${aws:nothing, '111111111111'}/*", object1, 'allowed'],
    ["arn:aws:s3:::dst/${aws:PrincipalAccount, 'x'}/*", object1, 'allowed'],
    ["arn:aws:s3:::dst/${s3:prefix, 'a'}", 'arn:aws:s3:::dst/a', 'denied'],
    ['arn:aws:s3:::dst/${aws:PrincipalTag/team}/*', object1, 'unknown'],
    ['arn:aws:s3:::dst/${*}', 'arn:aws:s3:::dst/*', 'allowed'],
    ['arn:aws:s3:::dst/${*}', 'arn:aws:s3:::dst/x', 'denied'],
    ['arn:aws:s3:::dst/${?}${$}', 'arn:aws:s3:::dst/?$', 'allowed'],
    ['arn:aws:s3:::dst/${unclosed', 'arn:aws:s3:::dst/${unclosed', 'allowed'],
    ["arn:aws:s3:::dst/${a,b,'c'}", object1, 'denied'],
  ])('%s for %s', ([pattern, resource, expected]) => {
    expect(ask(pattern, '2012-10-17', resource)).toBe(expected);
  });

  it('mean themselves in version 2008-10-17 and in none', () => {
    for (const version of ['2008-10-17', undefined]) {
      expect(ask('arn:aws:s3:::dst/${aws:PrincipalAccount}/*', version)).toBe('denied');
      expect(ask('arn:aws:s3:::dst/${x}', version, 'arn:aws:s3:::dst/${x}')).toBe('allowed');
    }
  });

  it('put their stars in as plain characters', () => {
    const question = aQuestion({ resourceAccount: HERE, context: { 'aws:PrincipalTag/team': '*' } });
    const identity = [named('i', allow({ Resource: 'arn:aws:s3:::dst/${aws:PrincipalTag/team}' }))];
    expect(evaluate(question, noPolicies({ identity })).effect).toBe('denied');
  });

  it('without a value leave open what a NotResource excludes', () => {
    const identity = [named('i', allow({ Resource: undefined, NotResource: 'arn:aws:s3:::dst/${aws:nothing}' }))];
    expect(evaluate(here, noPolicies({ identity })).effect).toBe('unknown');
  });
});

describe('malformed statements', () => {
  const broken = [
    null,
    7,
    'Deny',
    [],
    {},
    { Effect: 'Allow' },
    ...['Allow', 'Deny', 'deny', undefined, 7].flatMap((Effect) => [
      { Effect, Action: 7, Resource: '*' },
      { Effect, Action: 's3:*', Resource: [null] },
      { Effect, Action: 's3:*', Resource: '*', Condition: [] },
      { Effect, Action: 's3:*', Resource: '*', Condition: { StringEquals: 'x' } },
      { Effect, Action: 's3:*', Resource: '*', Condition: { StringEquals: { a: {} } } },
      { Effect, Action: 's3:*', Resource: '*', Condition: { StringEquals: { a: [] } } },
      { Effect, Action: 's3:*', Resource: '*', Conditions: {} },
      { Effect, Action: 's3:*', NotAction: 's3:*', Resource: '*' },
      { Effect, Action: 's3:*', Resource: '*', Principal: '*' },
    ]),
  ];
  test.for(broken.map((statement) => [statement] as const))('%j grants nothing', ([statement]) => {
    expect(evaluate(here, noPolicies({ identity: [named('i', statement)] })).effect).toBe('denied');
  });
  test.for(broken.map((statement) => [statement] as const))('%j may deny unless it says Allow', ([statement]) => {
    const says =
      typeof statement === 'object' && statement !== null && 'Effect' in statement && statement.Effect === 'Allow';
    const decision = evaluate(here, noPolicies({ identity: [yes, named('i', statement)] }));
    expect(decision.effect).toBe(says ? 'allowed' : 'unknown');
  });
  it('deny nothing that they are surely not about', () => {
    const identity = [
      yes,
      named('i', { Effect: 'Deny', Action: 'ec2:*', Resource: 7 }, { Action: 'ec2:*', Resource: '*' }),
    ];
    expect(evaluate(here, noPolicies({ identity })).effect).toBe('allowed');
  });
  it('have a Principal that can be read in a resource policy', () => {
    for (const Principal of [undefined, 7, {}, { AWS: [] }, 'everyone']) {
      const resource = named('b', refuse({ Principal }));
      expect(evaluate(here, noPolicies({ identity: [yes], resource })).effect).toBe('unknown');
    }
    const both = named('b', refuse({ NotPrincipal: { AWS: role } }));
    expect(evaluate(here, noPolicies({ identity: [yes], resource: both })).effect).toBe('unknown');
  });
});
