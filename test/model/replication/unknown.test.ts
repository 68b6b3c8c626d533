import { describe, expect, it } from 'vitest';
import type { ObjectSnapshot, Snapshot } from '../../../src/model/snapshot.ts';
import { drawFrom } from '../../draws.ts';
import { verdictsOf } from '../verdicts-of.ts';
import { mutations } from './mutations/mutations.ts';
import { readCases } from './read-cases.ts';
import { healthy, snapshotOf } from './world.ts';

type Path = readonly (string | number)[];
interface Question {
  readonly snapshot: Snapshot;
  readonly object: ObjectSnapshot;
}

/** Every member below a value, itself excluded, as deep as asked. */
function pathsOf(value: unknown, depth: number, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const below = [...path, Array.isArray(value) ? Number(name) : name];
    return [below, ...pathsOf(member, depth - 1, below)];
  });
}

function withUnknown<T>(value: T, [name, ...rest]: Path): T {
  if (name === undefined) return 'unknown' as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[name] = withUnknown(copy[name], rest);
  return copy as T;
}

/** A question with each of its members unknown in turn; of the members those that this run draws. */
function everyUnknown({ snapshot, object }: Question, depth: number): readonly (Question & { readonly path: Path })[] {
  return [
    ...drawFrom(pathsOf(snapshot.accounts, depth, ['accounts'])).map((path) => ({
      snapshot: withUnknown(snapshot, path),
      object,
      path,
    })),
    ...pathsOf(object, 1).map((path) => ({ snapshot, object: withUnknown(object, path), path })),
  ];
}

const world = healthy();
const replicating: Question = { snapshot: snapshotOf(world), object: world.object };

const questions: readonly Question[] = [
  ...mutations.map(({ change }) => {
    const world = healthy();
    change(world);
    return { snapshot: snapshotOf(world), object: world.object };
  }),
  ...readCases().flatMap(({ snapshot }) =>
    snapshot.objects === 'unknown' ? [] : snapshot.objects.map((object) => ({ snapshot, object })),
  ),
];

/** Of the questions with one answer the first and the last: all of them take minutes. */
function onePerReason(all: readonly Question[]): readonly Question[] {
  const reasonOf = ({ snapshot, object }: Question) => {
    const [verdict] = verdictsOf(snapshot, object);
    return `${verdict?.outcome} ${verdict?.reason}`;
  };
  const first = new Map([...all].reverse().map((question) => [reasonOf(question), question]));
  const last = new Map(all.map((question) => [reasonOf(question), question]));
  return [...new Set([...first.values(), ...last.values()])];
}

/** Accounts, their roles, buckets and keys, and the members of those. */
const members = 4;

const asked = onePerReason(questions);

describe('what could not be read', () => {
  it('never makes the model throw, wherever it is', () => {
    // What replicates is asked about to the end.
    for (const { snapshot, object } of everyUnknown(replicating, 12)) {
      for (const { outcome } of verdictsOf(snapshot, object)) expect(outcome).toMatch(/^[a-z-]+$/);
    }
    for (const question of asked) {
      for (const { snapshot, object } of everyUnknown(question, members)) {
        expect(verdictsOf(snapshot, object).length).toBeGreaterThan(0);
      }
    }
  });

  it('never lets replicate what fails, organization policies aside', () => {
    const wrong = asked.flatMap((question) => {
      const [before] = verdictsOf(question.snapshot, question.object);
      if (before?.outcome !== 'fails' || question.object.replicationStatus === 'FAILED') return [];
      return everyUnknown(question, members)
        .filter(({ path }) => !path.some((name) => /ControlPolicies$/.test(String(name))))
        .filter(({ snapshot, object }) => verdictsOf(snapshot, object).some(({ outcome }) => outcome === 'replicates'))
        .map(({ path }) => `${before.reason}: ${path.join(' ')}`);
    });
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('is never a reason to say that what replicates fails', () => {
    for (const { snapshot, object, path } of everyUnknown(replicating, members)) {
      const [verdict] = verdictsOf(snapshot, object);
      expect([path.join(' '), verdict?.outcome]).not.toContain('fails');
    }
    const nothing: Snapshot = { ...replicating.snapshot, accounts: 'unknown' };
    expect(verdictsOf(nothing, replicating.object)).toMatchObject([{ outcome: 'unknown', rule: null }]);
  });

  it('is named', () => {
    const world = healthy();
    world.dst.policy = 'unknown';
    const [verdict] = verdictsOf(snapshotOf(world), world.object);
    expect(verdict?.causes[0]?.evidence.unknown?.join()).toContain('arn:aws:s3:::dst');
  });
});
