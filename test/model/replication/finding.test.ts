import { describe, expect, it } from 'vitest';
import {
  combineOutcomes,
  type Finding,
  type Open,
  stops,
  unread,
  unreadOf,
  warns,
} from '../../../src/model/replication/finding.ts';

const cause = (summary: string) => ({
  ...{ check: 'C21' as const, summary, fix: 'Repair it.' },
  evidence: { arn: 'arn', sources: ['of the cause'] },
});
const [stop, warning, doubt] = [
  stops(null, cause('It fails.')),
  warns(cause('Look.')),
  unread('C06', 'this', ['there']),
];
const open: Open = { because: 'contested', check: 'C23', what: 'the form', path: ['there'], sources: ['one', 'other'] };
const mayFail = (summary: string, evidence: object): Finding =>
  warns({ check: 'C23', summary, fix: stop.cause.fix, evidence });
const sources = { arn: 'arn', sources: ['one', 'other'] };

describe('what holds under each of some assumptions', () => {
  it.each([
    ['is nothing where nothing is met', [[], []], []],
    ['is what the first says where all are good', [[], [warning]], []],
    ['is what the first says where none is', [[stop, warning], [doubt]], [stop, warning]],
    [
      'is a warning where one fails and AWS contradicts itself',
      [[warning, stop], [warning]],
      [warning, mayFail("AWS's sources disagree about the form: by one of them the object fails. It fails.", sources)],
    ],
  ])('%s', (_, outcomes, said) => {
    expect(combineOutcomes(outcomes, open)).toEqual(said);
  });

  it('is a warning where nobody has confirmed which', () => {
    expect(combineOutcomes([[stop], []], { ...open, because: 'unconfirmed' })).toEqual([
      mayFail('Nobody has confirmed the form: by one of them the object fails. It fails.', sources),
    ]);
  });

  it('is not known where the snapshot does not say which', () => {
    expect(combineOutcomes([[stop], []], { ...open, because: 'unread' })).toEqual([
      unread('C23', 'the form', ['there']),
    ]);
  });

  it('is unknown where AWS contradicts itself, and nothing tells which is right', () => {
    const [found, ...more] = combineOutcomes([[stop], []], { ...open, because: 'undecided' });
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      effect: 'unknown',
      cause: {
        summary: "AWS's sources disagree (one; other) about the form: by one of them the object fails. It fails.",
      },
    });
  });

  it('is known again by what is open, and by what fails', () => {
    const same = ['a Bucket Key'];
    const known = stops(null, { ...stop.cause, same });
    const sameOf = (outcomes: readonly (readonly Finding[])[], more: Partial<Open>) =>
      combineOutcomes(outcomes, { ...open, ...more }).map((one) => one.cause.same);
    expect(sameOf([[known], []], {})).toEqual([['the form', same]]);
    expect(sameOf([[stop], []], {})).toEqual([undefined]);
    expect(sameOf([[stop], []], { because: 'unread', same })).toEqual([same]);
    expect(sameOf([[known], []], { because: 'unread' })).toEqual([undefined]);
  });
});

it('what could not be read of an object is known again by what it is, and where', () => {
  const { effect, cause: told } = unreadOf('C36', 'the tags of', 'a/b', ['objects']);
  expect([effect, told.summary]).toEqual(['unknown', 'the tags of a/b could not be read, and it decides.']);
  expect(told.same).toEqual(['the tags of', ['objects']]);
});
