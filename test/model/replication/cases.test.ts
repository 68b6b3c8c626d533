import { describe, expect, it } from 'vitest';
import { verdictsOf } from '../verdicts-of.ts';
import { readCases } from './read-cases.ts';

describe('the cases that come with the project', () => {
  const cases = readCases();

  it('have each outcome that is certain among them', () => {
    const outcomes = new Set(cases.flatMap(({ expected }) => expected.outcome));
    expect(outcomes).toEqual(new Set(['replicates', 'fails', 'not-replicated']));
  });

  it.each(cases.map((one) => [one.id, one] as const))('%s', (_, { snapshot, object: key, expected }) => {
    const object = snapshot.objects !== 'unknown' && snapshot.objects.find((one) => one.key === key);
    if (!object) throw new Error(`the snapshot has no object ${key}`);
    const [verdict, ...others] = verdictsOf(snapshot, object);
    expect(others).toEqual([]);
    expect(expected.outcome).toContain(verdict?.outcome);
    if (verdict?.outcome !== 'replicates') expect(expected.reason).toContain(verdict?.reason);
    if (expected.warning) expect(verdict?.warnings).not.toEqual([]);
    if (expected.replica) expect(verdict?.replica).toMatchObject(expected.replica);
    for (const cause of verdict?.causes ?? []) expect(cause.fix).toMatch(/\.$/);
  });
});
