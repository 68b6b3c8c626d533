import { describe, expect, it } from 'vitest';
import { isUnexplained } from '../../../src/model/replication/history.ts';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import type { ObjectSnapshot, Snapshot } from '../../../src/model/snapshot.ts';
import type { Cause, Verdict } from '../../../src/model/verdict.ts';
import { tagged } from '../changed-probes.ts';
import { healthy, other, rule, snapshotOf, source, type World } from './world.ts';

const at = (lastModified: string) => ({ lastModified });
const completed = (more: Partial<ObjectSnapshot> = {}): Partial<ObjectSnapshot> => ({
  key: 'a/other',
  replicationStatus: 'COMPLETED',
  ...more,
});
const [monday, tuesday, wednesday] = ['2026-11-16T00:00:00Z', '2026-11-17T00:00:00Z', '2026-11-18T00:00:00Z'].map(at);

/** What is said of a version that FAILED on Tuesday and would replicate now, where there are others. */
function verdictOf(
  others: readonly Partial<ObjectSnapshot>[],
  own: Partial<ObjectSnapshot> = {},
  more: Partial<Snapshot> = {},
  change: (world: World) => void = () => undefined,
) {
  const world = healthy();
  change(world);
  const failed: ObjectSnapshot = { ...world.object, replicationStatus: 'FAILED', ...tuesday, ...own };
  const objects = [failed, ...others.map((one) => ({ ...world.object, ...one }))];
  const [verdict] = judgeObject(prepare({ ...snapshotOf(world), objects, ...more }), failed);
  return verdict;
}
const summaryOf = (...given: Parameters<typeof verdictOf>) => verdictOf(...given)?.causes[0]?.summary;

const gone =
  'a/b.txt FAILED earlier, for a reason that is not there any more: a newer version under the same rule COMPLETED.';
const undated =
  'a/b.txt FAILED earlier, and other versions under the same rule COMPLETED; the snapshot does not tell which are newer.';
const nothing: unknown = expect.stringMatching(/^a\/b\.txt FAILED, and nothing .* explains it: /);

describe('a version that FAILED, and would replicate now', () => {
  it.each<[string, readonly Partial<ObjectSnapshot>[], unknown]>([
    ['alone', [], nothing],
    ['beside a newer one that COMPLETED', [completed(wednesday)], gone],
    ['beside an older one that COMPLETED', [completed(monday)], nothing],
    ['beside one of the same time that COMPLETED', [completed(tuesday)], nothing],
    ['beside one that COMPLETED some time', [completed()], undated],
    ['beside an older one, and one of some time', [completed(monday), completed()], undated],
    ['beside one of some time, and an older one', [completed(), completed(monday)], undated],
    ['beside two of some time', [completed(), completed()], undated],
    ['beside one of some time, and a newer one', [completed(), completed(wednesday)], gone],
    ['beside a newer one, and one of some time', [completed(wednesday), completed()], gone],
    ['beside a newer one, and an older one', [completed(wednesday), completed(monday)], gone],
    ['beside an older one, and a newer one', [completed(monday), completed(wednesday)], gone],
    ['beside a newer one that waits', [{ ...wednesday, replicationStatus: 'PENDING' }], nothing],
  ])('%s', (_, others, summary) => {
    expect(summaryOf(others)).toEqual(summary);
  });

  it('is taken for one of any time where nobody knows when it was written', () => {
    expect(summaryOf([completed(wednesday)], { lastModified: 'unknown' })).toBe(undated);
  });

  it('is not explained by what replicated under another rule, or perhaps did', () => {
    const byPrefix = (world: World) => {
      world.rules = [rule(), rule({ ID: 'hr', Priority: 2, Filter: { Prefix: 'hr/' } })];
    };
    expect(summaryOf([completed({ key: 'hr/a', ...wednesday })], {}, {}, byPrefix)).toEqual(nothing);
    const byTags = (world: World) => {
      world.rules = [tagged({ team: 'a' })];
    };
    const own = { tags: { team: 'a' } };
    expect(summaryOf([completed({ tags: 'unknown', ...wednesday })], own, {}, byTags)).toEqual(nothing);
    expect(summaryOf([completed({ ...own, ...wednesday })], own, {}, byTags)).toBe(gone);
  });

  it('is explained by nothing where the other versions are not known', () => {
    expect(summaryOf([completed(wednesday)], {}, { objects: 'unknown' })).toEqual(nothing);
  });

  it('is told with what to do, and is known again by what was not read', () => {
    const verdict = verdictOf([]);
    expect(verdict).toMatchObject({ outcome: 'fails', replica: null });
    expect(verdict?.causes).toMatchObject([
      { check: 'C36', evidence: { unknown: ['why it FAILED'] }, same: ['unexplained', []] },
    ]);
    expect(verdict?.causes[0]?.fix).toMatch(/^Run s3repl verify, .* FAILED objects stay FAILED, /);
    expect(verdictOf([completed(wednesday)])?.causes).toMatchObject([
      { check: 'C36', evidence: {}, same: [gone.slice('a/b.txt FAILED earlier, '.length)] },
    ]);
  });
});

const rcp = (account: string) => `the resource control policies (RCPs) of account ${account}`;

describe('what was not read is told of a failure that nothing explains', () => {
  const unread = (path: string) => ({ path, reason: 'AccessDenied' });
  const scp = `the service control policies (SCPs) of account ${source}`;

  it.each<[string, (world: World) => void, readonly string[], readonly string[]]>([
    ['control policies of the role', (world) => Object.assign(world, { serviceControl: 'unknown' }), [], [scp]],
    [
      'but not those of services in the other account',
      (world) => Object.assign(world, { ownersServiceControl: 'unknown' }),
      [],
      [],
    ],
    [
      'control policies of resources in both accounts',
      (world) => Object.assign(world, { resourceControl: 'unknown', ownersResourceControl: 'unknown' }),
      [],
      [rcp(source), rcp(other)],
    ],
    [
      'three other things, and how many more, but not objects and control policies',
      () => undefined,
      ['objects', 'objects.0', 'a', 'accounts.1.serviceControlPolicies', 'b', 'c', 'd', 'e'],
      ['a', 'b', 'c', '2 more'],
    ],
    ['three other things', () => undefined, ['a', 'b', 'c'], ['a', 'b', 'c']],
  ])('%s', (_, change, paths, expected) => {
    const cause = verdictOf([], {}, { unreadable: paths.map(unread) }, change)?.causes[0];
    expect(cause?.evidence.unknown).toEqual(['why it FAILED', ...expected]);
    expect(cause?.same).toEqual(['unexplained', expected]);
    const end = expected.length === 0 ? '' : ` Not read: ${expected.join(', ')}.`;
    expect(cause?.summary).toMatch(new RegExp(` under the same rule\\.${end.replaceAll(/[()]/g, '\\$&')}$`));
  });
});

it('what was not read includes an account of which nothing is known', () => {
  const snapshot = snapshotOf(healthy());
  if (snapshot.accounts === 'unknown') throw new Error('the accounts are known');
  const accounts = { ...snapshot.accounts, '333333333333': 'unknown' as const };
  expect(verdictOf([], {}, { accounts })?.causes[0]?.same).toEqual(['unexplained', [rcp('333333333333')]]);
});

it.each<[string, Pick<Verdict, 'outcome'>, readonly (readonly [Cause['check'], boolean])[], boolean]>([
  ['a failure with a doubt', { outcome: 'fails' }, [['C36', true]], true],
  [
    'a failure with a doubt, and something sure',
    { outcome: 'fails' },
    [
      ['C36', true],
      ['C36', false],
    ],
    true,
  ],
  ['a failure without a doubt', { outcome: 'fails' }, [['C36', false]], false],
  ['a failure of another check', { outcome: 'fails' }, [['C10', true]], false],
  [
    'a failure of another check as well',
    { outcome: 'fails' },
    [
      ['C36', true],
      ['C10', true],
    ],
    false,
  ],
  ['what nobody can tell', { outcome: 'unknown' }, [['C36', true]], false],
])('%s is unexplained, or not', (_, { outcome }, checks, expected) => {
  const causes = checks.map(
    ([check, isDoubt]): Cause => ({
      check,
      summary: '',
      fix: '',
      evidence: isDoubt ? { unknown: ['why'] } : {},
    }),
  );
  expect(isUnexplained({ outcome, causes })).toBe(expected);
});

it.each<[string, Parameters<typeof verdictOf>, boolean]>([
  ['one that nothing explains', [[]], true],
  ['one whose reason is gone', [[completed(wednesday)]], false],
  ['one that did not FAIL', [[], { replicationStatus: null }], false],
])('a version is unexplained, or not: %s', (_, given, expected) => {
  const verdict = verdictOf(...given);
  expect(verdict && isUnexplained(verdict)).toBe(expected);
});
