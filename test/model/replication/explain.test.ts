import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/model/decision.ts';
import type { Element } from '../../../src/model/evaluation/element.ts';
import { phrase } from '../../../src/model/evaluation/phrase.ts';
import type { Answer } from '../../../src/model/replication/ask.ts';
import { causeOf, doubtOf, remarksOf } from '../../../src/model/replication/explain.ts';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { healthy, roleArn, snapshotOf } from './world.ts';

type Denied = Extract<Decision, { effect: 'denied' }>;

const prepared = prepare(snapshotOf(healthy()));
const resource = 'arn:aws:s3:::dst/a';

function differs(name: Element['name'], wanted: string): Element {
  return { name, matches: false, why: phrase`${name} is ${wanted}` };
}

/** What is said of a refusal. */
function told(denied: Omit<Denied, 'effect'>, action = 's3:ReplicateObject') {
  const decision: Denied = { effect: 'denied', ...denied };
  const answer: Answer = {
    ...{ action, resource, bucket: 'arn:aws:s3:::dst', object: resource, decision, remarks: [] },
    resourcePolicy: { name: 'bucket policy of dst', arn: 'arn:aws:s3:::dst', path: ['dst', 'policy'] },
  };
  const { check, summary, fix } = causeOf(prepared, answer, decision, 'C13');
  return { check, summary, fix };
}

describe('why a call is refused', () => {
  it.each<[Denied['side'], string, string]>([
    ['identity', `No permissions policy of role ${roleArn} allows`, 'a permissions policy of the role'],
    ['boundary', `The permissions boundary of role ${roleArn} does not allow`, 'its permissions boundary as well'],
    ['session', 'The session policy does not allow', 'the session policy'],
    [
      'service-control',
      'The service control policies of account 111111111111 do not allow',
      "the organization's control policies",
    ],
    [
      'resource-control',
      'The resource control policies of the account that owns it do not allow',
      "the organization's control policies",
    ],
    ['resource', `The bucket policy of dst does not allow role ${roleArn}`, 'the bucket policy of dst'],
  ])('is said of each side: %s', (side, refuses, target) => {
    expect(told({ kind: 'implicit', side, by: [] })).toEqual({
      check: 'C13',
      summary: `${refuses} s3:ReplicateObject on ${resource}.`,
      fix: `Allow s3:ReplicateObject on arn:aws:s3:::dst/* to role ${roleArn} in ${target}.`,
    });
  });

  it('names a statement only where it is about the call, and what of it does not match is known', () => {
    const place = { policy: 'bucket policy of dst', statement: 0 };
    const by = [
      place,
      { ...place, misses: [differs('Principal', 'another'), differs('Action', 's3:GetObject')] },
      { ...place, misses: [differs('Action', 's3:GetObject'), differs('Resource', 'another')] },
    ];
    const nothing = told({ kind: 'implicit', side: 'resource', by: [] });
    expect(told({ kind: 'implicit', side: 'resource', by })).toEqual(nothing);
    expect(
      told({ kind: 'implicit', side: 'resource', by: [...by, { ...place, misses: [differs('Action', 'x')] }] }),
    ).toEqual({
      ...nothing,
      summary: `${nothing.summary} The nearest is statement 1 of the bucket policy of dst: Action is x.`,
    });
  });

  it.each<[string, readonly Element[]]>([
    ['which is about the action', [differs('Principal', 'another'), differs('Resource', 'another')]],
    [
      'which leaves out the action and more',
      [{ ...differs('Action', 'left out'), negated: true }, differs('Resource', 'another')],
    ],
  ])('names a statement %s', (_, misses) => {
    const by = [{ policy: 'bucket policy of dst', statement: 0, misses }];
    expect(told({ kind: 'implicit', side: 'resource', by }).summary).toMatch(
      / The nearest is statement 1 of the bucket/,
    );
  });

  it.each([
    ['resource', 's3:ReplicateObject', 'C30'],
    ['resource', 'kms:Encrypt', 'C13'],
    ['identity', 'kms:Encrypt', 'C30'],
  ] as const)('is check C30 where a Deny refuses, but not in a key policy: %s, %s', (side, action, check) => {
    expect(told({ kind: 'explicit', side, by: [] }, action).check).toBe(check);
  });

  it('is said of a Deny that nobody can place', () => {
    expect(told({ kind: 'explicit', side: 'session', by: [] })).toEqual({
      check: 'C30',
      summary: `A policy of the session side denies s3:ReplicateObject on ${resource} to role ${roleArn}.`,
      fix: `Narrow the Deny of a policy of the session side so that it does not cover s3:ReplicateObject by role ${roleArn}.`,
    });
  });
});

describe('a refusal is known again', () => {
  const bucket = 'arn:aws:s3:::dst';
  const place = { policy: 'bucket policy of dst', statement: 0, sid: 'No' };
  const sameOf = (denied: Omit<Denied, 'effect'>, change: Partial<Answer> = {}) => {
    const decision: Denied = { effect: 'denied', ...denied };
    const resourcePolicy = { name: 'bucket policy of dst', arn: bucket, path: ['dst', 'policy'] };
    const action = 's3:ReplicateObject';
    const answer = { action, resource, bucket, object: resource, decision, remarks: [], resourcePolicy, ...change };
    return causeOf(prepared, answer, decision, 'C13').same;
  };

  it('by its bucket, side and statement, whatever the action and the object', () => {
    const explicit = { kind: 'explicit', side: 'resource', by: [place] } as const;
    const same = [bucket, 'object', 'deny', 'resource', place];
    expect(sameOf(explicit)).toEqual(same);
    expect(sameOf(explicit, { resource: `${bucket}/b`, object: `${bucket}/b`, action: 's3:PutObject' })).toEqual(same);
    expect(sameOf(explicit, { resource: bucket, object: bucket })).toEqual([bucket, bucket, 'deny', 'resource', place]);
    expect(sameOf({ ...explicit, side: 'identity', by: [] })).toEqual([
      bucket,
      'object',
      'deny',
      'identity',
      undefined,
    ]);
  });

  it('by what does not match, in which the name of the action is left out', () => {
    const misses = [differs('Action', 'not s3:ReplicateObject'), differs('Resource', resource)];
    const implicit = { kind: 'implicit', side: 'resource', by: [{ ...place, misses: misses.slice(1) }] } as const;
    const told = (name: string, wanted: string) => ({
      name,
      matches: false,
      why: { words: ['', ' is ', ''], about: [name, wanted] },
    });
    expect(sameOf(implicit)).toEqual([
      bucket,
      'object',
      'no-allow',
      'resource',
      undefined,
      { ...place, misses: [told('Resource', 'object')] },
      '',
    ]);
    const byAction = { ...implicit, by: [{ ...place, misses: misses.slice(0, 1) }] };
    expect(sameOf(byAction, { grantsUnread: true })).toEqual([
      bucket,
      'object',
      'no-allow',
      'resource',
      undefined,
      { ...place, misses: [told('Action', 'not action')] },
      ' A grant would do instead; the grants of the key were not read.',
    ]);
  });

  it('and a doubt by its action too', () => {
    const decision = { effect: 'unknown', why: [phrase`${resource} by s3:ReplicateObject`] } as const;
    const resourcePolicy = { name: 'bucket policy of dst', arn: bucket, path: ['dst', 'policy'] };
    const action = 's3:ReplicateObject';
    const answer = { action, resource, bucket, object: resource, decision, remarks: [], resourcePolicy };
    const words = { words: ['', ' by action'], about: ['object'] };
    expect(doubtOf(prepared, answer, decision, 'C13').same).toEqual([action, bucket, 'object', 'doubt', [words]]);
  });
});

it.each([
  [{ kind: 'unread', of: 'service', account: '111111111111' }, 'organization-unread'],
  [{ kind: 'silent', policy: 'policy 1' }, undefined],
] as const)('a remark on %j has the code %s', (doubt, code) => {
  const decision = { effect: 'allowed', by: [], uncertain: [doubt] } as const;
  const resourcePolicy = { name: 'bucket policy of dst', arn: 'arn:aws:s3:::dst', path: ['dst', 'policy'] };
  const asked = { action: 's3:ReplicateObject', resource, bucket: 'arn:aws:s3:::dst', object: resource };
  const answer = { ...asked, decision, remarks: [], resourcePolicy };
  expect(remarksOf(prepared, answer, decision).map((one) => one.code)).toEqual([code]);
});
