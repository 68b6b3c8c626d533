import { describe, expect, it } from 'vitest';
import {
  keepUnknown,
  namesOf,
  unknownElements,
  unknownMember,
  withoutUnknown,
} from '../../src/aws/unknown-elements.ts';

const New = unknownMember('New');

describe('elements that the SDK does not know', () => {
  it('have a name that no member of its own has', () => {
    expect(New).toBe('<New>');
    const document = { '<New': '', 'New>': '', New: '', [New]: '' };
    expect(unknownElements(document)).toEqual([{ element: New, within: [] }]);
    expect(keepUnknown(document)).toEqual({ [New]: '' });
    expect(withoutUnknown(document)).toEqual({ '<New': '', 'New>': '', New: '' });
  });

  it('are found wherever they are, once from the outside in', () => {
    const document = { Rules: [null, 'text', { ID: 'a', [New]: { [New]: '' }, Filter: { And: { [New]: '' } } }] };
    expect(unknownElements(document)).toEqual([
      { element: New, within: ['Rules', 'rule a'] },
      { element: New, within: ['Rules', 'rule a', 'Filter', 'And'] },
    ]);
    expect(withoutUnknown(document)).toEqual({ Rules: [null, 'text', { ID: 'a', Filter: { And: {} } }] });
    for (const nothing of [undefined, null, '<New>', 3]) expect(unknownElements(nothing)).toEqual([]);
  });

  it('are in the rule whose ID it is, and a rule is one of a list, however long', () => {
    const rules = Array.from({ length: 11 }, (_, index) => ({ ID: `r${index}`, ...(index === 10 && { [New]: '' }) }));
    expect(unknownElements(rules)).toEqual([{ element: New, within: ['rule r10'] }]);
    expect(unknownElements([{ [New]: '' }])).toEqual([{ element: New, within: ['0'] }]);
    for (const member of ['Rule1', '1st'])
      expect(unknownElements({ [member]: { ID: 'a', [New]: '' } })).toEqual([{ element: New, within: [member] }]);
  });

  it('are named for people by their member and rule, each place once', () => {
    const Rules = [{ ID: 'All', [New]: '', Destination: { [New]: '', Metrics: [{ [New]: '' }, { [New]: '' }] } }];
    expect(namesOf(unknownElements({ Rules }))).toBe(
      '<New> in rule All, <New> in Destination in rule All, <New> in Metrics in rule All',
    );
    expect(namesOf(unknownElements({ Rules: [{ [New]: '' }], [New]: '' }))).toBe('<New>');
  });

  it('are named up to three of them', () => {
    const named = (count: number) =>
      namesOf(Array.from({ length: count }, (_, index) => ({ element: `<E${index}>`, within: [] })));
    expect(named(1)).toBe('<E0>');
    expect(named(3)).toBe('<E0>, <E1>, <E2>');
    expect(named(5)).toBe('<E0>, <E1>, <E2>, and 2 more');
  });
});
