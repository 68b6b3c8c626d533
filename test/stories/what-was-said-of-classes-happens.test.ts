/**
 * Strangers write statements into a healthy setup; doctor and plan say which classes of objects would fail. Then objects of all
 * kinds are put and deleted. The sandbox's own replicator shows who was right.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { DiagnosedVerdict } from '../../src/doctor/diagnosis.ts';
import type { Described } from '../../src/model/classes/class-text.ts';
import { wildcardPattern } from '../../src/model/evaluation/pattern.ts';
import { exampleOf } from '../../src/model/evaluation/tails.ts';
import { type ProbeVerdict, preflight } from '../../src/plan/preflight.ts';
import { drawFrom } from '../draws.ts';
import { isSaidOf } from '../model/classes/said-of.ts';
import { littleChanged } from '../model/classes/statements.ts';
import { spec, type Wanted, WorldInSandbox, type Written } from '../sandbox/world-in-sandbox.ts';

const tags = { team: 'x' };
const puts: readonly Wanted[] = [
  { key: 'plain.txt' },
  { key: 'hr/x' },
  { key: 'hr/x.pdf' },
  { key: 'hr/2026/x' },
  { key: 'tmp/x' },
  { key: 'tmp' },
  { key: 'abc/x' },
  { key: 'a/secret/x' },
  { key: 's3repl.txt' },
  { key: 'plain.txt', tags },
  { key: 'hr/x', tags },
  { key: 'hr/x', tags: { class: 'secret' } },
  { key: 'plain.txt', encryption: 'SSE-S3' },
  { key: 'hr/x', encryption: 'SSE-S3' },
  { key: 'plain.txt', encryption: 'SSE-KMS', bucketKey: false },
  { key: 'hr/x', encryption: 'SSE-KMS', bucketKey: false },
  { key: 'plain.txt', encryption: 'SSE-KMS', bucketKey: true },
  { key: 'plain.txt', encryption: 'DSSE-KMS' },
  { key: 'plain.txt', deleteMarker: true },
  { key: 'hr/x', deleteMarker: true },
  { key: 'hr/x.pdf', deleteMarker: true },
];

/** What was said of a class beforehand, and an object that it is about. */
interface Said extends Described {
  readonly outcome: 'replicates' | 'not-replicated' | 'fails' | 'unknown';
  readonly name: string | undefined;
  readonly asked: boolean;
  readonly probe: Wanted;
}

/** The classes that were named, and what the defaults make. */
function saidIn(verdicts: readonly DiagnosedVerdict[]): readonly Said[] {
  const [plain] = verdicts.flatMap(({ probe, name, class: one }) =>
    probe === 'new-object' && name === undefined && one ? [one] : [],
  );
  if (plain === undefined) throw new Error('nothing was said of what the defaults make');
  return verdicts.flatMap(
    ({ probe: what, name, asked = false, class: one, verdict: { outcome, object } }): readonly Said[] => {
      if (what === undefined || one === undefined) return [];
      const { encryption, bucketKey } = one;
      const some = Object.fromEntries(
        Object.entries(one.tags).map(([key, value]) => [key, exampleOf(wildcardPattern(value), 'q')]),
      );
      const isDefault = encryption === plain.encryption && bucketKey === plain.bucketKey;
      const probe =
        what === 'delete-marker'
          ? { key: object, deleteMarker: true }
          : { key: object, tags: some, ...(!isDefault && { encryption, bucketKey }) };
      return [{ what, class: one, plain, outcome, name, asked, probe }];
    },
  );
}

/** The same words of `plan` and of `doctor` are equal. */
function wordsOf(verdicts: readonly (DiagnosedVerdict | ProbeVerdict)[]): readonly string[] {
  return verdicts
    .map(({ probe, class: one, name, asked, verdict: { outcome, object } }) =>
      JSON.stringify([probe, one, name, asked, outcome, object]),
    )
    .toSorted();
}

const outcomes = { blocked: 'fails', unknown: 'unknown', healthy: 'replicates' } as const;

it.each(drawFrom(Object.entries(littleChanged), 2))(
  'with %s, each object does what doctor and plan said of its class',
  async (kind, aWorld) => {
    const cloud = await WorldInSandbox.open();
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(aWorld, async (world) => {
        await cloud.become(world);
        const { snapshot, state, takenAt } = await cloud.read();
        const [doctor, plan] = [diagnose(snapshot), preflight(state, spec, takenAt)];
        expect(wordsOf(plan.verdicts)).toEqual(wordsOf(doctor.verdicts));
        expect(plan.outcome).toBe(outcomes[doctor.outcome]);

        const said = saidIn(doctor.verdicts);
        const [prefix = ''] = world.rules.map((rule) => rule.Filter?.Prefix);
        const governed = puts.filter(({ key }) => key.startsWith(prefix));
        const written = await cloud.write([...governed, ...said.map(({ probe }) => probe)]);
        const named = said.filter(({ outcome }) => outcome !== 'replicates');
        for (const one of written.slice(0, governed.length)) {
          expectStatus(one, named.some((some) => isSaidOf(some, one)) ? anyStatus : ['COMPLETED']);
          met.add(`${one.deleteMarker ? 'marker' : 'object'} ${one.status}`);
        }
        for (const [index, { outcome, name, asked }] of said.entries()) {
          const one = written[governed.length + index];
          if (one === undefined) throw new Error('not written');
          expectStatus(one, outcome === 'unknown' ? anyStatus : [statuses[outcome]]);
          if (name !== undefined) met.add(`${asked ? 'warning' : 'class'} ${outcome}`);
        }
      }),
      { numRuns: 5, seed: 3 },
    );
    // The generators reach what they are for.
    const classes = ['class fails', 'warning fails'];
    const writes = ['object COMPLETED', 'object FAILED', 'marker COMPLETED'];
    if (kind === 'a Deny in the bucket policy of the destination') writes.push('marker FAILED');
    expect([...met]).toEqual(expect.arrayContaining([...classes, ...writes]));
  },
);

const anyStatus = ['COMPLETED', 'FAILED', 'PENDING'];
const statuses = { replicates: 'COMPLETED', fails: 'FAILED', 'not-replicated': undefined } as const;

function expectStatus(one: Written, allowed: readonly (string | undefined)[]): void {
  expect({ ...one, isAsSaid: allowed.includes(one.status) }).toEqual({ ...one, isAsSaid: true });
}
