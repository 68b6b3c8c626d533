import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/model/decision.ts';
import { matchConditions } from '../../../src/model/evaluation/condition.ts';
import { casesOf, requestOf } from '../../../src/model/evaluation/request.ts';
import { allow, aQuestion, brief, deny, evaluate, HERE, named, noPolicies } from './builders.ts';

/** A request that has both keys of a header, or neither; and a flag, or not. */
const either = [
  [{ 'x:header': 'kms', 'x:key': 'k' }, {}],
  [{ 'x:flag': 'false' }, { 'x:flag': 'true' }, {}],
];
const is = (key: string, value: string) => ({ StringEquals: { [key]: value } });
const lacks = (key: string) => ({ Null: { [key]: 'true' } });
const has = (key: string) => ({ Null: { [key]: 'false' } });

function ask(...statements: object[]): string {
  const question = aQuestion({ resourceAccount: HERE, either });
  return brief(evaluate(question, noPolicies({ identity: [named('i', ...statements)] })));
}

describe('where nobody can say what a request has', () => {
  it('an answer is that of every case', () => {
    expect(ask(allow({ Condition: is('x:header', 'kms') }), allow({ Condition: lacks('x:header') }))).toBe('allowed');
    expect(ask(allow(), deny({ Condition: lacks('x:key') }), deny({ Condition: has('x:key') }))).toBe(
      'explicit identity',
    );
  });

  it('keys that come together are there together', () => {
    const statements = [allow({ Condition: has('x:header') }), allow({ Condition: lacks('x:key') })];
    expect(ask(...statements)).toBe('allowed');
    expect(ask(allow({ Condition: { ...has('x:header'), ...is('x:key', 'k') } }))).toBe('unknown');
  });

  it('cases that differ leave it unknown', () => {
    expect(ask(allow({ Condition: is('x:header', 'kms') }))).toBe('unknown');
    expect(ask(allow(), deny({ Condition: { Bool: { 'x:flag': 'true' } } }))).toBe('unknown');
  });

  it('what refuses in every case is refused, though in some only for want of an Allow', () => {
    const statements = [allow({ Condition: is('x:header', 'kms') }), deny({ Condition: has('x:header') })];
    const decision = evaluate(
      aQuestion({ resourceAccount: HERE, either }),
      noPolicies({ identity: [named('i', ...statements)] }),
    );
    expect(decision).toMatchObject({
      effect: 'denied',
      kind: 'implicit',
      mayDeny: expect.arrayContaining([expect.stringContaining('x:header')]),
    });
  });

  const decisionOn = (change: Partial<Question>, ...statements: object[]) =>
    evaluate(
      aQuestion({ resourceAccount: HERE, either, ...change }),
      noPolicies({ identity: [named('i', ...statements)] }),
    );
  /** The two come together. */
  const impossible = { Null: { 'x:header': 'false', 'x:key': 'true' } };

  it('what every case refuses for want of an Allow is refused without a doubt', () => {
    const decision = decisionOn({}, deny({ Condition: impossible }));
    expect(decision).toEqual({ effect: 'denied', kind: 'implicit', side: 'identity', by: [] });
    const sure = decisionOn({}, deny({ Condition: has('x:flag') }), deny({ Condition: lacks('x:flag') }));
    expect(sure).toMatchObject({ effect: 'denied', kind: 'explicit', by: [{ statement: 0 }] });
    expect(sure).not.toHaveProperty('mayDeny');
  });

  it('what else is unknown stays so in every case, and all that is unknown is told', () => {
    const unknownKeys = ['x:other'];
    const unsure = (statement: number) =>
      `i, statement ${statement}: Condition StringEquals x:other: nobody can say what the request has`;
    const never = expect.stringMatching(/^i, statement 1: Condition Null x:header: .*; Condition Null x:key: /);
    const other = { Condition: is('x:other', 'y') };
    expect(decisionOn({ unknownKeys }, deny({ Condition: impossible }), allow(other))).toEqual({
      effect: 'unknown',
      why: [never, unsure(2)],
    });
    const denied = decisionOn({ unknownKeys }, deny({ Condition: impossible }), deny(other));
    expect(denied).toMatchObject({ effect: 'denied', mayDeny: [never, unsure(2)] });
  });

  it('a key that a case does not mention is absent in it, whatever is said of the key otherwise', () => {
    const statements = [allow({ Condition: has('x:header') }), allow({ Condition: lacks('x:key') })];
    expect(decisionOn({ unknownKeys: ['x:key'] }, ...statements).effect).toBe('allowed');
    expect(decisionOn({ context: { 'x:key': 'k' } }, ...statements).effect).toBe('allowed');
  });

  it('a condition that holds in every case holds, before the cases are told apart', () => {
    const request = requestOf(aQuestion({ either }), false);
    const matchOf = (values: readonly string[]) =>
      matchConditions({ StringEqualsIfExists: { 'x:flag': values } }, request, null, 'Allow').map((one) => one.matches);
    expect([matchOf(['true', 'false']), matchOf(['true'])]).toEqual([[true], ['unknown']]);
  });

  it('what is allowed whatever the request has names the statements that say so for sure', () => {
    const decision = decisionOn({}, allow(), allow({ Condition: is('x:header', 'kms') }));
    expect(decision).toMatchObject({ effect: 'allowed', by: [{ statement: 0 }] });
  });

  it('no answer is given that some case does not give, and none withheld that all give', () => {
    const condition = fc
      .tuple(
        fc.constantFrom('StringEquals', 'StringNotEquals', 'StringEqualsIfExists', 'Null', 'ForAllValues:StringLike'),
        fc.constantFrom('x:header', 'x:key', 'x:flag'),
        fc.constantFrom('kms', 'k', 'true', 'false', '*'),
      )
      .map(([operator, key, value]) => ({ [operator]: { [key]: operator === 'Null' ? value === 'true' : value } }));
    const statement = fc.tuple(fc.constantFrom(allow, deny), fc.option(condition, { nil: undefined }));
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), (some) => {
        const identity = [named('i', ...some.map(([make, Condition]) => make(Condition && { Condition })))];
        const question = aQuestion({ resourceAccount: HERE, either });
        const answer = brief(evaluate(question, noPolicies({ identity })));
        const all = casesOf(question).map((one) => brief(evaluate(one, noPolicies({ identity }))));
        const isDecided = new Set(all.map((one) => one === 'allowed')).size === 1;
        expect(answer !== 'unknown').toBe(isDecided);
        if (isDecided) expect(all).toContain(answer);
      }),
      { numRuns: 500 },
    );
  });
});
