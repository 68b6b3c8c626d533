import { type Element, isObject, malformedElement, textsOf } from './element.ts';
import { type Operator, operatorOf } from './operators.ts';
import type { Syntax } from './pattern.ts';
import { type Phrase, phrase } from './phrase.ts';
import { type ContextValues, isOneOf, type Request } from './request.ts';
import { agree, every, not, some, type Truth } from './truth.ts';

export function matchConditions(
  condition: unknown,
  request: Request,
  variables: Syntax['variables'],
  effect: 'Allow' | 'Deny',
): readonly Element[] {
  if (condition === undefined) return [];
  if (!isObject(condition)) return [malformedElement('Condition', effect, phrase`Condition is not an object`)];
  return Object.entries(condition).flatMap(([name, keys]) => {
    if (!isObject(keys)) return [malformedElement('Condition', effect, phrase`Condition ${name} is not an object`)];
    return Object.entries(keys).map(([key, value]) => {
      const label = phrase`Condition ${name} ${key}`;
      const operator = operatorOf(name);
      const wants = textsOf(spellValues(value));
      const said = { name: 'Condition', key } as const;
      if (wants === undefined) {
        return { ...malformedElement('Condition', effect, phrase`${label} has no values that can be compared`), key };
      }
      if (operator === undefined) {
        return { ...said, matches: 'unknown', why: phrase`${label}: there is no operator ${name}` } as const;
      }
      const has = request.valuesOf(key);
      const matches = holds(operator, has, wants, variables);
      return { ...said, matches, why: phrase`${label}: ${difference(operator, has, wants)}` };
    });
  });
}

/** AWS takes `true` and `8` for `"true"` and `"8"`. */
export function spellValues(values: unknown): readonly unknown[] {
  return [values].flat().map((one) => (typeof one === 'boolean' || typeof one === 'number' ? String(one) : one));
}

function holds(
  operator: Operator,
  has: ContextValues,
  wants: readonly string[],
  variables: Syntax['variables'],
): Truth {
  const { compare, quantifier, negated, ifExists } = operator;
  if (isOneOf(has)) return agree(has.oneOf.map((values) => holds(operator, values, wants, variables)));
  if (has === 'unknown') {
    // Decided where it is the same without the key as with any value of it.
    const withAny = operator.coversAll(wants) ? !negated : 'unknown';
    return agree([holds(operator, 'absent', wants, variables), withAny]);
  }
  if (compare === 'null') return some(wants.map((want) => isNull(want, has === 'absent')));
  if (has === 'absent') {
    // AWS says that IfExists is true of a missing key and ForAnyValue false, and not which of them wins.
    if (quantifier === 'any') return ifExists ? 'unknown' : false;
    return ifExists || quantifier === 'all' || negated;
  }
  const matchesOne = (value: string): Truth => {
    const found = some(
      wants.map((want) => {
        const truth = compare(value, want, variables);
        // AWS does not say what "is not ${…}" means where the variable has no value.
        return truth === 'unresolved' ? (negated ? 'unknown' : false) : truth;
      }),
    );
    return negated ? not(found) : found;
  };
  const each = has.map(matchesOne);
  if (quantifier === 'all') return every(each);
  if (quantifier === 'any') return some(each);
  // Without ForAllValues or ForAnyValue, IAM does not say what a key with several values means, unless all agree.
  return agree(each);
}

function isNull(want: string, absent: boolean): Truth {
  const text = want.toLowerCase();
  if (text !== 'true' && text !== 'false') return 'unknown';
  return (text === 'true') === absent;
}

function difference({ compare, negated }: Operator, has: ContextValues, wants: readonly string[]): Phrase {
  if (has === 'unknown' || isOneOf(has)) return phrase`nobody can say what the request has`;
  const given = has === 'absent' ? phrase`the request has no such key` : phrase`the request has ${has}`;
  if (compare === 'null') return phrase`${given}, the statement wants ${wants.includes('true') ? 'none' : 'one'}`;
  return phrase`${given}, the statement wants ${negated ? 'anything but ' : ''}${wants}`;
}
