import { expect, it } from 'vitest';
import { diagnose } from '../../../src/doctor/diagnose.ts';
import { judgeClasses } from '../../../src/model/classes/judge-classes.ts';
import { most } from '../../../src/model/classes/most-probes.ts';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { deny, healthy, plus, snapshotOf } from '../replication/world.ts';

const mostProbes = 32;

/** Thousands take half a minute. */
function withFewProbes(work: () => void): void {
  const usual = most.probes;
  most.probes = mostProbes;
  try {
    work();
  } finally {
    most.probes = usual;
  }
}

it('classes beyond the most that are judged leave the statements behind them unasked, and a Deny among them makes the answer unknown', () =>
  withFewProbes(() => {
    const values = Array.from({ length: mostProbes / 2 }, (_, index) => `v${index}`);
    const Condition = { StringEquals: { 's3:ExistingObjectTag/class': values } };
    const Resource = 'arn:aws:s3:::src/hr/*';
    const world = healthy();
    world.src.policy = plus(
      { Statement: [] },
      deny('s3:GetObjectVersionTagging', { Principal: '*', Resource, Condition }),
    );
    const snapshot = snapshotOf(world);
    const { probes, unprobed } = judgeClasses(prepare(snapshot));
    expect(probes).toBe(mostProbes);
    expect(unprobed.map(({ place, effect }) => `${effect} ${place.sid} ${place.policy}`)).toEqual([
      'Deny No bucket policy of src',
    ]);
    const excluded = diagnose(snapshot, { exclusions: [{ key: 'hr/*', why: 'known' }] });
    expect(excluded.outcome).toBe('unknown');
    expect(excluded.causes.some(({ summary }) => summary.includes(`more than ${mostProbes} classes`))).toBe(true);
  }));
