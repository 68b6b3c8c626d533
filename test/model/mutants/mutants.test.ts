import { describe, expect, it } from 'vitest';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { configurationWarnings } from '../../../src/model/warnings.ts';
import { drawFrom } from '../../draws.ts';
import { bucketMutants } from './buckets.ts';
import { conditionMutants } from './conditions.ts';
import { keyAndRoleMutants } from './keys-and-role.ts';
import type { Mutant } from './mutant.ts';
import { ruleMutants } from './rule.ts';
import { type Asked, askedOf, type Parts, type SetUp, setUps, snapshotOf } from './set-ups.ts';
import { statementMutants } from './statements.ts';

const mutantsOf = (setUp: SetUp): readonly Mutant[] =>
  [statementMutants, conditionMutants, bucketMutants, keyAndRoleMutants, ruleMutants].flatMap((make) => make(setUp));

function judged(setUp: SetUp, parts: Parts) {
  const prepared = prepare(snapshotOf(parts));
  const verdicts = askedOf(setUp).map((asked) => {
    const [verdict, ...others] = judgeObject(prepared, asked.object);
    if (!verdict || others.length > 0) throw new Error('there is not one verdict');
    return { asked, verdict };
  });
  return { verdicts, configuration: configurationWarnings(prepared).map(({ check }) => check) };
}

/** The warnings that were not there from the start. */
function newWarnings({ warnings }: Verdict, setUp: SetUp): readonly string[] {
  const isOld = (summary: string) => setUp.warnings.some((text) => summary.includes(text));
  return warnings.map(({ summary }) => summary).filter((summary) => !isOld(summary));
}

/** What is wrong with what the model says of a mutant, as sentences. */
function wrongs(setUp: SetUp, mutant: Mutant, asked: Asked, verdict: Verdict, healthy: Verdict): readonly string[] {
  const { outcome, reason, warnings } = mutant.expected(asked);
  const said = newWarnings(verdict, setUp);
  const text = JSON.stringify(verdict.causes, null, 1);
  const at = verdict.causes.map(({ evidence }) => evidence);
  const { names, arns } = mutant;
  const checks: readonly (readonly [boolean, string])[] = [
    [
      verdict.outcome === outcome && verdict.reason === reason,
      `${verdict.outcome} ${verdict.reason}, not ${outcome} ${reason}: ${text}`,
    ],
    [(verdict.causes.length === 0) === (outcome === 'replicates'), `${verdict.causes.length} causes`],
    [
      outcome === 'fails' || warnings.every((one) => said.some((summary) => summary.includes(one))),
      `no warning of ${warnings}`,
    ],
    [
      outcome === 'fails' || said.every((summary) => warnings.some((one) => summary.includes(one))),
      `warnings: ${said}`,
    ],
    [
      outcome !== 'replicates' || mutant.otherReplica === true || same(verdict.replica, healthy.replica),
      `another replica: ${JSON.stringify(verdict.replica)}`,
    ],
    [
      outcome !== 'fails' || arns.length === 0 || at.every(({ arn = '' }) => arns.includes(arn)),
      `no cause at ${arns}: ${text}`,
    ],
    [outcome === 'replicates' || !names || text.includes(names.text), `no cause names ${names?.text}: ${text}`],
    [
      outcome !== 'fails' ||
        names?.sid === undefined ||
        at.every(({ sid, mismatch }) => !mismatch || sid === names.sid),
      `a cause names another statement than ${names?.sid}: ${text}`,
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, what]) => `${asked.name}: ${what}`);
}

/** Mutants under what they are mutants of. */
function byPlace(mutants: readonly Mutant[]): readonly (readonly [place: string, of: readonly Mutant[]])[] {
  const places = [...new Set(mutants.map(placeOf))];
  return places.map((place) => [place, mutants.filter((mutant) => placeOf(mutant) === place)]);
}

function placeOf({ title }: Mutant): string {
  return title.split(': ', 1)[0] ?? '';
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

describe.each(setUps.map((setUp) => [setUp.name, setUp] as const))('a setup %s', (_, setUp) => {
  const healthy = judged(setUp, setUp);

  it('replicates everything, with no warning but what the rules say', () => {
    expect(healthy.configuration).toEqual([]);
    for (const { verdict } of healthy.verdicts) {
      expect(verdict).toMatchObject({ outcome: 'replicates', causes: [] });
      expect(newWarnings(verdict, setUp)).toEqual([]);
    }
    const warned = healthy.verdicts.some(({ verdict }) => verdict.warnings.length > 0);
    expect(warned).toBe(setUp.warnings.length > 0);
  });

  it.each(byPlace(drawFrom(mutantsOf(setUp))))(
    'says what the rules say when one thing is changed: %s',
    (_, mutants) => {
      const found = mutants.flatMap((mutant) => {
        const { verdicts, configuration } = judged(setUp, mutant.parts);
        const wrong = verdicts.flatMap(({ asked, verdict }, index) => {
          const before = healthy.verdicts[index]?.verdict;
          return before ? wrongs(setUp, mutant, asked, verdict, before) : ['it was not asked before'];
        });
        if (!same(configuration, mutant.configuration ?? [])) wrong.push(`configuration warnings: ${configuration}`);
        return wrong.map((what) => `${mutant.title}: ${what}`);
      });
      expect(found).toEqual([]);
    },
  );
});

describe('the mutants', () => {
  const all = setUps.map((setUp) => ({ setUp, mutants: mutantsOf(setUp) }));

  it('have names of their own', () => {
    for (const { mutants } of all) {
      const titles = mutants.map(({ title }) => title);
      expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    }
  });

  it('of each setup, have some that have to be found, and some that are harmless', () => {
    for (const { setUp, mutants } of all) {
      const isHarmless = mutants.map((mutant) =>
        askedOf(setUp).every((asked) => mutant.expected(asked).outcome === 'replicates'),
      );
      expect(new Set(isHarmless)).toEqual(new Set([true, false]));
    }
  });
});
