import { describe, expect, it } from 'vitest';
import type { PoliciesInPlay } from '../../../src/model/decision.ts';
import { allow, aQuestion, evaluate, HERE, named, noPolicies } from './builders.ts';

/** Why a statement of the one identity policy does not allow the request. */
function mismatch(change: object, context: Record<string, string[]> = {}): string | undefined {
  const policies: PoliciesInPlay = noPolicies({ identity: [named('p', allow(change))] });
  const decision = evaluate(aQuestion({ resourceAccount: HERE, context }), policies);
  return decision.effect === 'denied' ? decision.by[0]?.mismatch : decision.effect;
}

describe('what about a statement does not match, in words', () => {
  it.each([
    ['Action s3:A does not include s3:ReplicateObject', { Action: 's3:A' }],
    ['Action a:1, a:2, a:3 does not include s3:ReplicateObject', { Action: ['a:1', 'a:2', 'a:3'] }],
    ['Action a:1, a:2, a:3 and 1 more does not include s3:ReplicateObject', { Action: ['a:1', 'a:2', 'a:3', 'a:4'] }],
    [
      'Action a:1, a:2, a:3 and 2 more does not include s3:ReplicateObject',
      { Action: ['a:1', 'a:2', 'a:3', 'a:4', 'a:5'] },
    ],
    ['NotAction s3:* excludes s3:ReplicateObject', { Action: undefined, NotAction: 's3:*' }],
  ])('%s', (text, change) => {
    expect(mismatch(change)).toBe(text);
  });

  it.each([
    [/the request has a, the statement wants b$/, { StringEquals: { 'aws:x': 'b' } }, { 'aws:x': ['a'] }],
    [
      /the request has a, the statement wants anything but a$/,
      { StringNotEquals: { 'aws:x': 'a' } },
      { 'aws:x': ['a'] },
    ],
    [/the request has no such key, the statement wants b$/, { StringEquals: { 'aws:x': 'b' } }, { 'aws:x': [] }],
    [/the request has no such key, .* one$/, { Null: { 'aws:x': 'false' } }, { 'aws:x': [] }],
    [/the request has a, the statement wants none$/, { Null: { 'aws:x': 'true' } }, { 'aws:x': ['a'] }],
    [/Condition is not an object/, 'text', {}],
    [/StringEquals is not an object/, { StringEquals: 'text' }, {}],
    [/has no values that can be compared/, { StringEquals: { 'aws:x': {} } }, { 'aws:x': ['a'] }],
  ])('%s', (text, Condition, context) => {
    expect(mismatch({ Condition }, context as Record<string, string[]>)).toMatch(text);
  });
});

describe('values of conditions', () => {
  it.each([
    ['NumericEquals', '+5', '5', 'allowed'],
    ['NumericEquals', '-5', '-5.0', 'allowed'],
    ['NumericEquals', ' 5 ', '5', 'allowed'],
    ['Bool', 'TRUE', 'true', 'allowed'],
    ['Bool', 'true', 'False', undefined],
    ['StringEqualsIfExists', 'a', 'a', 'allowed'],
    ['StringEqualsIgnoreCase', 'ΟΔΟΣ', 'ΟΔΟΣ', 'allowed'],
  ])('%s %s of %s: %s', (operator, wanted, given, expected) => {
    const answer = mismatch({ Condition: { [operator]: { 'aws:x': wanted } } }, { 'aws:x': [given] });
    if (expected) expect(answer).toBe(expected);
    else expect(answer).not.toBe('allowed');
  });

  it.each([
    ['NumericEquals', 'x5', '5'],
    ['Bool', 'xtrue', 'true'],
    ['Bool', 'truex', 'true'],
    ['Bool', 'falsex', 'false'],
    ['DateEquals', '-2026-11-22', '2026-11-22'],
    ['xStringEquals', 'a', 'a'],
    ['x\nStringEquals', 'a', 'a'],
    ['xForAnyValue:StringEquals', 'a', 'a'],
  ])('%s %s are none', (operator, wanted, given) => {
    expect(mismatch({ Condition: { [operator]: { 'aws:x': wanted } } }, { 'aws:x': [given] })).toBe('unknown');
  });
});
