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
  named,
  noPolicies,
  role,
} from './builders.ts';

describe('the encryption context of replication', () => {
  const ask = (has: string, wants: string | string[]) => {
    const statement = { Action: 'kms:Encrypt', Condition: { StringLike: { [contextKey]: wants } } };
    const question = aKeyQuestion({ context: { [contextKey]: has } });
    return evaluate(
      question,
      noPolicies({ identity: [named('i', allow(statement))], resource: named('k', grant(statement)) }),
    ).effect;
  };
  it('has two forms, neither of which matches the other', () => {
    expect(ask('arn:aws:s3:::dst', 'arn:aws:s3:::dst/*')).toBe('denied');
    expect(ask('arn:aws:s3:::dst/a', 'arn:aws:s3:::dst')).toBe('denied');
    expect(ask('arn:aws:s3:::dst/a', ['arn:aws:s3:::dst', 'arn:aws:s3:::dst/*'])).toBe('allowed');
  });
});

it('a key given with an empty list is surely not in the request', () => {
  const vpce = (change: object) => {
    const Condition = { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } };
    const question = aQuestion({ resourceAccount: HERE, ...change });
    return evaluate(question, noPolicies({ identity: [named('i', allow(), deny({ Condition }))] })).effect;
  };
  expect(vpce({})).toBe('unknown');
  expect(vpce({ context: { 'aws:SourceVpce': [] } })).toBe('denied');
  expect(vpce({ context: { 'aws:SourceVpce': 'vpce-1' }, unknownKeys: ['aws:SourceVpce'] })).toBe('allowed');
});

it('what follows from the question gives way to the context', () => {
  const question = aQuestion({ resourceAccount: HERE, context: { 'AWS:principalType': 'User' } });
  const Condition = { StringEquals: { 'aws:PrincipalType': 'User' } };
  expect(evaluate(question, noPolicies({ identity: [named('i', allow({ Condition }))] })).effect).toBe('allowed');
});

it('the user id is unknown where the id of the role is', () => {
  const caller = { roleArn: role, sessionName: 's3-replication', account: HERE };
  const Condition = { StringLike: { 'aws:userid': 'AROA*' } };
  const ask = (change: object) =>
    evaluate(
      aQuestion({ resourceAccount: HERE, ...change }),
      noPolicies({ identity: [named('i', allow({ Condition }))] }),
    ).effect;
  expect(ask({ caller })).toBe('unknown');
  expect(ask({})).toBe('allowed');
});

describe('an IAM user', () => {
  const user = `arn:aws:iam::${HERE}:user/team/ann`;
  const ask = (Condition: object, roleId?: string) => {
    const caller = { roleArn: user, account: HERE, ...(roleId && { roleId }) };
    const question = aQuestion({ caller, resourceAccount: HERE });
    return evaluate(question, noPolicies({ identity: [named('i', allow({ Condition }))] })).effect;
  };

  it.each([
    [{ StringEquals: { 'aws:PrincipalType': 'User' } }, 'allowed'],
    [{ StringEquals: { 'aws:PrincipalType': 'AssumedRole' } }, 'denied'],
    [{ StringEquals: { 'aws:username': 'ann' } }, 'allowed'],
    [{ ArnEquals: { 'aws:PrincipalArn': user } }, 'allowed'],
    [{ StringEquals: { 'aws:userid': 'AIDAEXAMPLE' } }, 'allowed'],
    [{ StringLike: { 'aws:userid': 'AIDAEXAMPLE:*' } }, 'denied'],
  ])('has the condition keys of one: %j', (Condition, expected) => {
    expect(ask(Condition, 'AIDAEXAMPLE')).toBe(expected);
  });

  it('has a user id that nobody knows where it was not read', () => {
    expect(ask({ StringEquals: { 'aws:userid': 'AIDAEXAMPLE' } })).toBe('unknown');
  });

  it('is left out of a Deny for everybody else without being named as a session', () => {
    const denied = (NotPrincipal: object) => {
      const question = aQuestion({ caller: { roleArn: user, account: HERE }, resourceAccount: HERE });
      const resource = named('bucket policy', deny({ NotPrincipal }));
      return evaluate(question, noPolicies({ identity: [named('i', allow())], resource })).effect;
    };
    expect(denied({ AWS: [user, HERE] })).toBe('allowed');
    expect(denied({ AWS: [`${user}-another`] })).toBe('denied');
  });
});

it('an identity policy that may refuse leaves open whether a refusal is an explicit one', () => {
  const maybe = deny({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } });
  const ask = (...statements: object[]) => evaluate(aQuestion(), noPolicies({ identity: [named('i', ...statements)] }));
  expect(ask(maybe)).toMatchObject({ kind: 'implicit', mayDeny: [expect.stringContaining('i, statement 1')] });
  expect(ask()).not.toHaveProperty('mayDeny');
});
