/** Small inputs behind public reports and deceptions, each for a kind, and ordinary accounts that have to stay quiet. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

interface Case {
  readonly id: string;
  readonly title: string;
  readonly object: string | null;
  readonly snapshot: Snapshot;
  readonly expected: {
    readonly outcome?: readonly string[];
    readonly reason?: readonly (string | null)[];
    readonly doctor?: {
      readonly outcome: { readonly is?: readonly string[]; readonly not?: readonly string[] };
      readonly says?: readonly string[];
    };
  };
}

function casesIn(folder: string): readonly Case[] {
  const path = fileURLToPath(new URL(`../model/cases/${folder}/`, import.meta.url));
  return readdirSync(path).map((file) => JSON.parse(readFileSync(`${path}${file}`, 'utf8')) as Case);
}

/** What an answer tells: causes and verdicts, and no title of a check that is fine. */
function tellingLines({ causes, verdicts }: Diagnosis): readonly string[] {
  return [...causes, ...verdicts].map((one) => JSON.stringify(one));
}

describe.each(['found', 'quiet'])('the %s cases', (folder) => {
  it.each(casesIn(folder).map((one) => [one.id, one.title, one] as const))('%s: %s', (_, __, one) => {
    const { object, snapshot, expected } = one;
    const diagnosis = diagnose(snapshot);
    if (expected.doctor) {
      const { outcome, says = [] } = expected.doctor;
      if (outcome.is) expect(outcome.is).toContain(diagnosis.outcome);
      expect(outcome.not ?? []).not.toContain(diagnosis.outcome);
      const lines = tellingLines(diagnosis);
      for (const pattern of says) expect(lines.some((line) => new RegExp(pattern, 'i').test(line))).toBe(true);
      return;
    }
    const own = diagnosis.verdicts.filter(({ probe, verdict }) => probe === undefined && verdict.object === object);
    const { outcome = [], reason = [] } = expected;
    const fits = own.filter(
      ({ verdict }) =>
        outcome.includes(verdict.outcome) &&
        (['replicates', 'unknown'].includes(verdict.outcome) || reason.length === 0 || reason.includes(verdict.reason)),
    );
    expect({ outcomes: own.map(({ verdict }) => verdict.outcome), fits: fits.length > 0 }).toMatchObject({
      fits: true,
    });
  });
});
