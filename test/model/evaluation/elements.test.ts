import { describe, expect, it } from 'vitest';
import type { NamedPolicy } from '../../../src/model/decision.ts';
import type { Element } from '../../../src/model/evaluation/element.ts';
import { textOf } from '../../../src/model/evaluation/phrase.ts';
import { assumeRoleRequest, requestOf } from '../../../src/model/evaluation/request.ts';
import { matchPolicy as matchesOf, type PolicyKind } from '../../../src/model/evaluation/statement.ts';
import type { Truth } from '../../../src/model/evaluation/truth.ts';
import { aKeyQuestion, allow, aQuestion, grant, HERE, key, named, object, role, session, THERE } from './builders.ts';

const context = { 'x:Number': ['1.3', '8'], 'x:Flag': 'true' };
const trusted = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:*' };
const kinds = {
  identity: [requestOf(aQuestion({ context }), false), allow()],
  resource: [requestOf(aQuestion({ context }), false), grant()],
  key: [requestOf(aKeyQuestion(), false), grant({ Action: 'kms:*' })],
  trust: [assumeRoleRequest('s3.amazonaws.com', {}), trusted],
} as const;

function matchPolicy(...asked: Parameters<typeof matchesOf>) {
  const inWords = ({ name, matches, almost, why }: Element) => ({ name, matches, almost, text: textOf(why) });
  return matchesOf(...asked).map((match) => ({ ...match, elements: match.elements.map(inWords) }));
}

/** What a statement of that kind says about its request, if this is changed. */
function said(kind: PolicyKind, change: object) {
  const [request, statement] = kinds[kind];
  return matchPolicy(named('p', { ...statement, ...change }), request, kind)[0];
}

describe('what about a statement is not the request, whatever its effect', () => {
  const nobody = { Principal: undefined };
  const nothing = { Resource: undefined };
  const others = [`arn:aws:iam::${THERE}:role/repl`, THERE];
  type Said = readonly (readonly [Element['name'], Truth | 'malformed', string, almost?: boolean])[];
  it.each<[PolicyKind, object, Said]>([
    ['identity', {}, []],
    ['resource', {}, []],
    ['key', {}, []],
    ['trust', {}, []],
    ['identity', { More: 1 }, [['Statement', 'malformed', 'More is no element of a statement']]],

    ['identity', { Principal: '*' }, [['Principal', 'malformed', 'Principal does not belong in this kind of policy']]],
    [
      'identity',
      { NotPrincipal: '*' },
      [['Principal', 'malformed', expect.stringMatching(/^Principal does not belong/)]],
    ],
    ['resource', nobody, [['Principal', 'malformed', 'there is not exactly one of Principal and NotPrincipal']]],
    [
      'resource',
      { NotPrincipal: { AWS: THERE } },
      [['Principal', 'malformed', expect.stringMatching(/^there is not exactly one/)]],
    ],
    ['resource', { Principal: null }, [['Principal', 'malformed', 'Principal cannot be read']]],
    ['resource', { Principal: { AWS: THERE } }, [['Principal', false, `Principal ${THERE} is not ${role}`, false]]],
    [
      'resource',
      { Principal: { AWS: others } },
      [['Principal', false, `Principal ${others.join(', ')} is not ${role}`, true]],
    ],
    [
      'resource',
      { Principal: { AWS: `arn:aws:iam::${HERE}:role/no-repl` } },
      [['Principal', false, `Principal arn:aws:iam::${HERE}:role/no-repl is not ${role}`, false]],
    ],
    [
      'resource',
      { Principal: { CanonicalUser: 'a' } },
      [['Principal', 'unknown', `Principal a may or may not cover ${role}`, false]],
    ],
    ['resource', { ...nobody, NotPrincipal: '*' }, [['Principal', false, `NotPrincipal * excludes ${role}`, false]]],
    [
      'resource',
      { ...nobody, NotPrincipal: { AWS: role } },
      [['Principal', 'unknown', `NotPrincipal ${role} may or may not cover ${role}`, false]],
    ],
    [
      'trust',
      { Principal: { Service: 'ec2.amazonaws.com' } },
      [['Principal', false, 'Principal ec2.amazonaws.com is not s3.amazonaws.com', false]],
    ],

    ['identity', { Action: undefined }, [['Action', 'malformed', 'Action cannot be read']]],
    ['identity', { Action: ['s3:*', 7] }, [['Action', 'malformed', 'Action cannot be read']]],
    ['identity', { NotAction: 'ec2:*' }, [['Action', 'malformed', 'Action cannot be read']]],
    ['identity', { Action: 'ec2:*' }, [['Action', false, 'Action ec2:* does not include s3:ReplicateObject']]],
    [
      'identity',
      { Action: undefined, NotAction: 's3:*' },
      [['Action', false, 'NotAction s3:* excludes s3:ReplicateObject']],
    ],
    ['identity', { Action: undefined, NotAction: 'ec2:*' }, []],

    ['identity', nothing, [['Resource', 'malformed', 'Resource cannot be read']]],
    ['identity', { Resource: ['*', null] }, [['Resource', 'malformed', 'Resource cannot be read']]],
    ['identity', { NotResource: 'x' }, [['Resource', 'malformed', 'Resource cannot be read']]],
    ['identity', { Resource: 'x' }, [['Resource', false, `Resource x does not match ${object}`]]],
    ['identity', { ...nothing, NotResource: '*' }, [['Resource', false, `NotResource * excludes ${object}`]]],
    ['identity', { ...nothing, NotResource: 'x' }, []],
    ['key', nothing, [['Resource', false, 'Resource is missing, and has to be * in a key policy']]],
    ['key', { ...nothing, NotResource: 'x' }, []],
    ['key', { ...nothing, NotResource: '*' }, [['Resource', false, `NotResource * excludes ${key}`]]],
    ['trust', { Resource: '*' }, [['Resource', 'malformed', 'a trust policy has no Resource']]],
    ['trust', { NotResource: 'x' }, [['Resource', 'malformed', 'a trust policy has no Resource']]],

    ['identity', { Condition: 'x' }, [['Condition', 'malformed', 'Condition is not an object']]],
    ['identity', { Condition: { Bool: 'x' } }, [['Condition', 'malformed', 'Condition Bool is not an object']]],
    [
      'identity',
      { Condition: { Bool: { a: [['true']] } } },
      [['Condition', 'malformed', 'Condition Bool a has no values that can be compared']],
    ],
    [
      'identity',
      { Condition: { Boole: { a: 'true' }, Bool: { a: 'true' } } },
      [
        ['Condition', 'unknown', 'Condition Boole a: there is no operator Boole'],
        ['Condition', false, expect.stringMatching(/^Condition Bool a: .* wants true$/)],
      ],
    ],
    ['identity', { Condition: { NumericEquals: { 'x:Number': [1.3, '8'] }, Bool: { 'x:Flag': [true, false] } } }, []],
  ])('%s %j', (kind, change, expected) => {
    for (const effect of ['Allow', 'Deny'] as const) {
      const elements = expected.map(([name, matches, text, almost]) => ({
        name,
        matches: matches === 'malformed' ? (effect === 'Allow' ? false : 'unknown') : matches,
        text,
        almost,
      }));
      const statement = said(kind, { ...change, Effect: effect });
      expect(statement?.elements.filter(({ matches }) => matches !== true)).toEqual(elements);
      const truths = elements.map(({ matches }) => matches);
      expect(statement?.matches).toBe(truths.includes(false) ? false : truths.includes('unknown') ? 'unknown' : true);
    }
  });
});

describe('a statement', () => {
  it.each([
    [{ Principal: { AWS: session } }, 'caller'],
    [{}, 'role'],
    [{ Principal: { AWS: HERE } }, 'account'],
    [{ Principal: undefined, NotPrincipal: { AWS: THERE } }, 'caller'],
    [{ Principal: 7 }, 'caller'],
    [{ Action: 'ec2:*' }, 'role'],
  ])('of a resource, with %j, names the %s', (change, reach) => {
    expect(said('resource', change)?.reach).toBe(reach);
  });

  it('of an identity names nobody, even where it tries to', () => {
    expect([said('identity', {})?.reach, said('identity', { Principal: '*' })?.reach]).toEqual(['caller', 'caller']);
  });

  it('that is no object may deny', () => {
    expect(matchPolicy(named('p', 'x'), kinds.identity[0], 'identity')).toEqual([
      {
        place: { policy: 'p', statement: 0 },
        effect: 'Deny',
        matches: 'unknown',
        reach: 'caller',
        elements: [{ name: 'Statement', matches: 'unknown', text: 'the statement is not an object' }],
      },
    ]);
  });

  it('with an Effect that is none may deny', () => {
    expect(said('identity', { Effect: 'deny' })).toMatchObject({
      effect: 'Deny',
      matches: 'unknown',
      elements: [
        { name: 'Effect', matches: 'unknown', text: 'Effect is neither Allow nor Deny' },
        { name: 'Action', matches: true },
        { name: 'Resource', matches: true },
      ],
    });
  });

  it.each([
    [{ Sid: 'Own' }, { policy: 'p', statement: 0, sid: 'Own' }],
    [{ Sid: 7 }, { policy: 'p', statement: 0 }],
    [{}, { policy: 'p', statement: 0 }],
  ])('with %j has the place %j', (change, place) => {
    expect(said('identity', change)?.place).toEqual(place);
  });
});

it('a policy of null says nothing', () => {
  const empty = { name: 'p', document: null } as unknown as NamedPolicy;
  expect(matchPolicy(empty, kinds.identity[0], 'identity')).toEqual([]);
});

it.each([
  ['arn:aws:s3', true],
  ['arn:aws:s3:::dst/a/b.txt', true],
  ['arn:aws:s3:::dst/a/b.txt:more', false],
  ["arn:${x:a, 'aws'}:${x:b, 's3'}:${x:c, ''}", true],
  ['*/b.txt', true],
])('of a Resource %s, only what an ARN lacks is completed', (Resource, matches) => {
  expect(said('identity', { Resource })?.matches).toBe(matches);
});
