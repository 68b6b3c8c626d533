import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  delegatesToAccount,
  findDeletedPrincipals,
  isSamePolicy,
  isSameStatement,
  listOf,
  type OneOrMany,
  type PolicyDocument,
  type Statement,
  statementsOf,
  withOurStatements,
} from '../../src/aws/policy.ts';
import { rootPolicy, SOURCE } from '../builders.ts';

const root = `arn:aws:iam::${SOURCE}:root`;

function aStatement(change: Partial<Statement> = {}): Statement {
  return {
    Sid: 'Read',
    Effect: 'Allow',
    Principal: { AWS: [root, 'arn:aws:iam::222222222222:role/Reader'] },
    Action: ['s3:GetObject', 's3:PutObject'],
    Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'],
    Condition: { StringLike: { 'aws:PrincipalTag/Team': ['x', 'y'] } },
    ...change,
  };
}

function document(...statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

/** A statement of a shape that is not of the policy language. */
function odd(change: object): Statement {
  return { ...aStatement(), ...change };
}

function without(member: keyof Statement): Statement {
  const { [member]: _left, ...rest } = aStatement();
  return rest as Statement;
}

describe('two statements mean the same', () => {
  it.each<[string, Statement, Statement]>([
    [
      'with a list of one and without the list',
      aStatement({ Action: 's3:GetObject', Resource: 'a' }),
      aStatement({ Action: ['s3:GetObject'], Resource: ['a'] }),
    ],
    [
      'with a principal in a list of one',
      aStatement({ Principal: { AWS: root } }),
      aStatement({ Principal: { AWS: [root] } }),
    ],
    [
      'with lists in another order',
      aStatement(),
      aStatement({
        Action: ['s3:PutObject', 's3:GetObject'],
        Resource: ['arn:aws:s3:::b/*', 'arn:aws:s3:::a/*'],
        Principal: { AWS: ['arn:aws:iam::222222222222:role/Reader', root] },
      }),
    ],
    [
      'with condition values in another order',
      aStatement(),
      aStatement({ Condition: { StringLike: { 'aws:PrincipalTag/Team': ['y', 'x'] } } }),
    ],
    [
      'with the account id in place of its root ARN',
      aStatement({ Principal: { AWS: root } }),
      aStatement({ Principal: { AWS: SOURCE } }),
    ],
    [
      'with the account id in NotPrincipal',
      { Effect: 'Deny', NotPrincipal: { AWS: SOURCE } },
      { Effect: 'Deny', NotPrincipal: { AWS: [root] } },
    ],
    ['with actions in another case', aStatement({ Action: 's3:getobject' }), aStatement({ Action: ['S3:GetObject'] })],
    ['with NotAction in another case', { Effect: 'Deny', NotAction: 'S3:*' }, { Effect: 'Deny', NotAction: ['s3:*'] }],
    ['with a value twice in a list', aStatement({ Resource: ['a', 'a'] }), aStatement({ Resource: 'a' })],
    [
      'with a condition key in another case',
      aStatement({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      aStatement({ Condition: { Bool: { 'AWS:securetransport': ['false'] } } }),
    ],
    [
      'with a number or a truth value in place of its text',
      aStatement({ Condition: { Bool: { 'aws:SecureTransport': 'true' }, NumericEquals: { 's3:max-keys': '1' } } }),
      odd({ Condition: { Bool: { 'aws:SecureTransport': true }, NumericEquals: { 's3:max-keys': [1] } } }),
    ],
    ['with everybody in either spelling', aStatement({ Principal: '*' }), aStatement({ Principal: { AWS: '*' } })],
    [
      'with members in another order',
      aStatement(),
      Object.fromEntries(Object.entries(aStatement()).reverse()) as unknown as Statement,
    ],
  ])('%s', (_, a, b) => {
    expect(isSameStatement(a, b)).toBe(true);
    expect(isSameStatement(b, a)).toBe(true);
    expect(isSamePolicy(document(a), { Version: '2012-10-17', Statement: b })).toBe(true);
  });
});

describe('two statements do not mean the same', () => {
  it.each<[string, Statement, Statement]>([
    ['with another Effect', aStatement(), aStatement({ Effect: 'Deny' })],
    ['with another Sid', aStatement(), aStatement({ Sid: 'Other' })],
    ['with a Sid in another case', aStatement(), aStatement({ Sid: 'read' })],
    ['without the Sid', aStatement(), without('Sid')],
    ['with a resource in another case', aStatement({ Resource: 'a/X' }), aStatement({ Resource: 'a/x' })],
    ['with one resource more', aStatement({ Resource: 'a' }), aStatement({ Resource: ['a', 'b'] })],
    ['with one action fewer', aStatement(), aStatement({ Action: 's3:GetObject' })],
    [
      'with another condition value',
      aStatement(),
      aStatement({ Condition: { StringLike: { 'aws:PrincipalTag/Team': ['x', 'z'] } } }),
    ],
    [
      'with a condition value in another case',
      aStatement({ Condition: { StringLike: { k: 'X' } } }),
      aStatement({ Condition: { StringLike: { k: 'x' } } }),
    ],
    [
      'with another condition operator',
      aStatement(),
      aStatement({ Condition: { StringEquals: { 'aws:PrincipalTag/Team': ['x', 'y'] } } }),
    ],
    [
      'with another condition key',
      aStatement(),
      aStatement({ Condition: { StringLike: { 'aws:PrincipalTag/Unit': ['x', 'y'] } } }),
    ],
    ['without the Condition', aStatement(), without('Condition')],
    ['without the Principal', aStatement(), without('Principal')],
    [
      'with NotAction in place of Action',
      { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
      { Effect: 'Allow', NotAction: 's3:GetObject', Resource: '*' },
    ],
    [
      'with NotResource in place of Resource',
      { Effect: 'Allow', Action: 's3:*', Resource: 'a' },
      { Effect: 'Allow', Action: 's3:*', NotResource: 'a' },
    ],
    [
      'with NotPrincipal in place of Principal',
      { Effect: 'Deny', Principal: { AWS: root } },
      { Effect: 'Deny', NotPrincipal: { AWS: root } },
    ],
    [
      'with a service of the same name as principal',
      aStatement({ Principal: { Service: 's3.amazonaws.com' } }),
      aStatement({ Principal: { AWS: 's3.amazonaws.com' } }),
    ],
    [
      'with a role of the account in place of its root',
      aStatement({ Principal: { AWS: root } }),
      aStatement({ Principal: { AWS: `arn:aws:iam::${SOURCE}:role/root` } }),
    ],
    [
      'with the id of another account',
      aStatement({ Principal: { AWS: root } }),
      aStatement({ Principal: { AWS: '999999999999' } }),
    ],
    ['with null in place of a Condition', odd({ Condition: null }), odd({ Condition: {} })],
    ['with another object where a value should be', odd({ Action: { a: 1 } }), odd({ Action: { a: 2 } })],
    ['with another object among values', odd({ Resource: ['x', { a: 1 }] }), odd({ Resource: ['x', { a: 2 }] })],
    [
      'with an element that is not known here',
      aStatement(),
      { ...aStatement(), Extension: 'x' } as unknown as Statement,
    ],
  ])('%s', (_, a, b) => {
    expect(isSameStatement(a, b)).toBe(false);
    expect(isSameStatement(b, a)).toBe(false);
    expect(isSamePolicy(document(a), document(b))).toBe(false);
  });
});

describe('two documents', () => {
  const other = aStatement({ Sid: 'Other', Effect: 'Deny' });

  it('differ where one has a member beside Statement that no policy had when this was written', () => {
    const first = { Version: '2012-10-17', Statement: [] };
    expect(isSamePolicy(first, { ...first, ...{ More: 1 } })).toBe(false);
    expect(isSamePolicy({ ...first, ...{ More: 1 } }, { ...first, ...{ More: 1 } })).toBe(true);
  });

  it('mean the same with statements in another order, unwrapped, or with another Id', () => {
    expect(isSamePolicy(document(aStatement(), other), document(other, aStatement()))).toBe(true);
    expect(isSamePolicy({ ...document(other), Id: 'a' }, { ...document(other), Id: 'b' })).toBe(true);
  });

  it('differ by a statement more, by the version of the language, and by being there', () => {
    expect(isSamePolicy(document(aStatement(), other), document(aStatement()))).toBe(false);
    expect(isSamePolicy(document(other), { Version: '2008-10-17', Statement: other })).toBe(false);
    expect(isSamePolicy(document(other), null)).toBe(false);
    expect(isSamePolicy(null, document(other))).toBe(false);
    expect(isSamePolicy(null, null)).toBe(true);
  });

  it('without a version are of the first one', () => {
    expect(isSamePolicy({ Statement: other }, { Version: '2008-10-17', Statement: other })).toBe(true);
  });
});

const names = fc.constantFrom('a', 'B', 'arn:aws:s3:::x/*', '*', 'q"uote', 'line\nfeed');
const many = fc.uniqueArray(names, { minLength: 1, maxLength: 3 });
const actions = fc.uniqueArray(fc.constantFrom('s3:GetObject', 's3:Put*', 'kms:Decrypt', '*'), {
  minLength: 1,
  maxLength: 3,
});
const awsPrincipals = fc.uniqueArray(
  fc.constantFrom(root, 'arn:aws:iam::222222222222:root', 'arn:aws:iam::222222222222:role/R', 'AROAEXAMPLE'),
  { minLength: 1, maxLength: 3 },
);

const anyStatement: fc.Arbitrary<Statement> = fc.record(
  {
    Sid: fc.constantFrom('One', 'Two'),
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Principal: fc.record({ AWS: awsPrincipals, Service: many }, { requiredKeys: [] }),
    Action: actions,
    NotAction: actions,
    Resource: many,
    Condition: fc.dictionary(
      fc.constantFrom('StringLike', 'Bool'),
      fc.dictionary(fc.constantFrom('aws:sourcearn', 'kms:viaservice'), many, { minKeys: 1 }),
      { minKeys: 1 },
    ),
  },
  { requiredKeys: ['Effect'] },
);

const anyPolicy = fc.array(anyStatement, { minLength: 1, maxLength: 4 });

/** Decides from a stream of numbers, so that every shape is reached and shrinks. */
function reshaped(statements: readonly Statement[], dice: () => number): PolicyDocument {
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => [dice(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  const list = (values: OneOrMany, spell: (value: string) => string = (value) => value): OneOrMany => {
    const all = shuffled(typeof values === 'string' ? [values] : values).map(spell);
    return all.length === 1 && dice() % 2 === 0 ? (all[0] ?? '') : all;
  };
  const members = <T extends object>(object: T): T => Object.fromEntries(shuffled(Object.entries(object))) as T;
  const shorter = (name: string) => (dice() % 2 === 0 ? name.replace(/^arn:aws:iam::(\d{12}):root$/, '$1') : name);
  const cased = (name: string) => (dice() % 2 === 0 ? name.toUpperCase() : name);
  const bent = statements.map((one): Statement => {
    const { Principal, Action, NotAction, Resource, Condition } = one;
    return members({
      ...one,
      ...(typeof Principal === 'object'
        ? {
            Principal: members(
              Object.fromEntries(
                Object.entries(Principal).map(([kind, values]) => [
                  kind,
                  list(values, kind === 'AWS' ? shorter : undefined),
                ]),
              ),
            ),
          }
        : {}),
      ...(Action === undefined ? {} : { Action: list(Action, cased) }),
      ...(NotAction === undefined ? {} : { NotAction: list(NotAction, cased) }),
      ...(Resource === undefined ? {} : { Resource: list(Resource) }),
      ...(Condition === undefined
        ? {}
        : {
            Condition: members(
              Object.fromEntries(
                Object.entries(Condition).map(([operator, keys]) => [
                  operator,
                  members(Object.fromEntries(Object.entries(keys).map(([key, values]) => [cased(key), list(values)]))),
                ]),
              ),
            ),
          }),
    });
  });
  const [first, ...others] = shuffled(bent);
  const alone = first !== undefined && others.length === 0 && dice() % 2 === 0;
  return { Statement: alone ? first : [...(first ? [first] : []), ...others], Version: '2012-10-17' };
}

describe('what AWS does to the form of a policy', () => {
  it('never changes its meaning', () => {
    fc.assert(
      fc.property(anyPolicy, fc.infiniteStream(fc.nat()), (statements, numbers) => {
        const dice = () => numbers.next().value as number;
        expect(isSamePolicy(document(...statements), reshaped(statements, dice))).toBe(true);
      }),
      { numRuns: 500, seed: 20261122 },
    );
  });
});

const isOurs = (sid: string) => sid.startsWith('Ours');

function ours(Sid: string, change: Partial<Statement> = {}): Statement {
  return { Sid, Effect: 'Allow', Action: ['s3:ReplicateObject'], Resource: ['arn:aws:s3:::a/*'], ...change };
}

describe('a document with our statements', () => {
  const theirs: readonly Statement[] = [
    { Sid: 'Theirs1', Effect: 'Deny', Principal: '*', Action: ['s3:*'], Resource: ['x'] },
    { Effect: 'Allow', Principal: { AWS: '222222222222' }, Action: 'S3:getobject', Resource: 'y' },
    { Sid: 'theirs3', Effect: 'Allow', Action: 's3:b' },
  ];
  const [one, two, three] = theirs as [Statement, Statement, Statement];

  it('keeps those of others byte for byte and in their order', () => {
    const before = {
      Id: 'their-id',
      ...document(one, ours('OursOld'), two, ours('OursA', { Resource: 'old' }), three),
    };
    const after = withOurStatements(before, [ours('OursA'), ours('OursB')], isOurs);
    const text = JSON.stringify(statementsOf(after).filter(({ Sid }) => !Sid?.startsWith('Ours')));
    expect(text).toBe(JSON.stringify(theirs));
    expect(after).toMatchObject({ Id: 'their-id', Version: '2012-10-17' });
  });

  it('has ours replaced where it stood, new ones last, in the order asked for', () => {
    const before = document(one, ours('OursA', { Resource: 'old' }), two);
    expect(withOurStatements(before, [ours('OursB'), ours('OursA'), ours('OursC')], isOurs)).toEqual(
      document(one, ours('OursA'), two, ours('OursB'), ours('OursC')),
    );
  });

  it('has those gone that bear our mark and are not asked for', () => {
    expect(withOurStatements(document(one, ours('OursOld'), two), [], isOurs)).toEqual(document(one, two));
  });

  it('has each of ours once, also where it was there twice', () => {
    expect(withOurStatements(document(ours('OursA'), one, ours('OursA')), [ours('OursA')], isOurs)).toEqual(
      document(ours('OursA'), one),
    );
  });

  it('is null where nothing is left, and stays null where nothing was asked for', () => {
    expect(withOurStatements(document(ours('OursOld')), [], isOurs)).toBeNull();
    expect(withOurStatements(null, [], isOurs)).toBeNull();
  });

  it('is a new one in the current version of the language where there was none', () => {
    expect(withOurStatements(null, [ours('OursA')], isOurs)).toEqual(document(ours('OursA')));
  });

  it('is the very same object where nothing has to change, also in the form that AWS gave it', () => {
    const asAws = document(one, { ...ours('OursA'), Action: 'S3:REPLICATEOBJECT', Resource: 'arn:aws:s3:::a/*' });
    expect(withOurStatements(asAws, [ours('OursA')], isOurs)).toBe(asAws);
    const single: PolicyDocument = { Version: '2012-10-17', Statement: one };
    expect(withOurStatements(single, [], isOurs)).toBe(single);
  });

  it('keeps the one statement of others that AWS has unwrapped', () => {
    expect(withOurStatements({ Version: '2012-10-17', Statement: one }, [ours('OursA')], isOurs)).toEqual(
      document(one, ours('OursA')),
    );
  });
});

describe('a key policy leaves it to the account', () => {
  const delegation: Statement = { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' };
  it.each<[boolean, string, Statement]>([
    [true, 'as KMS writes it', delegation],
    [true, 'with the account id', { ...delegation, Principal: { AWS: SOURCE } }],
    [true, 'among other principals', { ...delegation, Principal: { AWS: [`arn:aws:iam::${SOURCE}:role/R`, root] } }],
    [true, 'with every action', { ...delegation, Action: ['kms:Decrypt', '*'] }],
    [true, 'with the action in another case', { ...delegation, Action: ['KMS:*'] }],
    [true, 'with the resource in a list', { ...delegation, Resource: ['*'] }],
    [true, 'in China', { ...delegation, Principal: { AWS: `arn:aws-cn:iam::${SOURCE}:root` } }],
    [true, 'in GovCloud', { ...delegation, Principal: { AWS: `arn:aws-us-gov:iam::${SOURCE}:root` } }],
    [false, 'not under a condition', { ...delegation, Condition: { StringEquals: { 'kms:CallerAccount': SOURCE } } }],
    [false, 'not by a Deny', { ...delegation, Effect: 'Deny' }],
    [false, 'not to another account', { ...delegation, Principal: { AWS: 'arn:aws:iam::222222222222:root' } }],
    [false, 'not to a role of it', { ...delegation, Principal: { AWS: `arn:aws:iam::${SOURCE}:role/root` } }],
    [false, 'not to what ends like its root', { ...delegation, Principal: { AWS: `x-${root}` } }],
    [false, 'not to what begins like its root', { ...delegation, Principal: { AWS: `${root}/x` } }],
    [false, 'not to everybody', { ...delegation, Principal: '*' }],
    [false, 'not to a service', { ...delegation, Principal: { Service: SOURCE } }],
    [false, 'not with some actions only', { ...delegation, Action: ['kms:Decrypt', 'kms:Get*'] }],
    [false, 'not with a pattern that begins like all', { ...delegation, Action: ['kms:*Key', '*:x'] }],
    [false, 'not with the actions of another service', { ...delegation, Action: 's3:*' }],
    [false, 'not for another resource', { ...delegation, Resource: 'arn:aws:kms:eu-west-1:111111111111:key/x' }],
    [false, 'not without a principal', { Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
    [false, 'not by NotAction', { Effect: 'Allow', Principal: { AWS: root }, NotAction: 'kms:*', Resource: '*' }],
  ])('%s: %s', (expected, _, statement) => {
    expect(delegatesToAccount({ Version: '2012-10-17', Statement: [statement] }, SOURCE)).toBe(expected);
    expect(delegatesToAccount({ Version: '2012-10-17', Statement: statement }, SOURCE)).toBe(expected);
  });

  it('in any of its statements', () => {
    const named: Statement = { Effect: 'Allow', Principal: { AWS: 'AROAX' }, Action: 'kms:Decrypt', Resource: '*' };
    expect(delegatesToAccount(document(named, delegation), SOURCE)).toBe(true);
    expect(delegatesToAccount(rootPolicy('222222222222'), SOURCE)).toBe(false);
  });
});

describe('principals that were deleted', () => {
  it.each<[string, Statement['Principal'], readonly string[]]>([
    ['a role', { AWS: 'AROAJQABLZS4A3QDU576Q' }, ['AROAJQABLZS4A3QDU576Q']],
    ['a user among others', { AWS: [root, 'AIDAJQABLZS4A3QDU576Q'] }, ['AIDAJQABLZS4A3QDU576Q']],
    ['no ARN', { AWS: [root, 'arn:aws:iam::222222222222:role/AROA1'] }, []],
    ['no account', { AWS: SOURCE }, []],
    ['not everybody', '*', []],
    ['not what is null', null as unknown as undefined, []],
    ['no service', { Service: 'AROAJQABLZS4A3QDU576Q' }, []],
    ['nothing that begins like one', { AWS: 'AROAJQABLZS4A3QDU576Q:session' }, []],
    ['no access key', { AWS: 'ASIAJQABLZS4A3QDU576Q' }, []],
  ])('are told by their ids: %s', (_, principal, expected) => {
    const named = principal === undefined ? {} : { Principal: principal };
    expect(findDeletedPrincipals(document({ Effect: 'Allow', ...named }))).toEqual(expected);
  });

  it('are found in NotPrincipal, in every statement, and nowhere in no policy', () => {
    const first: Statement = { Effect: 'Deny', NotPrincipal: { AWS: 'AROAONE' } };
    const second: Statement = { Effect: 'Allow', Principal: { AWS: 'AIDATWO' } };
    expect(findDeletedPrincipals(document(first, second))).toEqual(['AROAONE', 'AIDATWO']);
    expect(findDeletedPrincipals(null)).toEqual([]);
  });
});

it('what is no text among the values of others names nothing', () => {
  expect(listOf(undefined)).toEqual([]);
  expect(listOf('a')).toEqual(['a']);
  expect(listOf(['a', 1, null, { b: 'c' }, 'd'] as unknown as readonly string[])).toEqual(['a', 'd']);
});
