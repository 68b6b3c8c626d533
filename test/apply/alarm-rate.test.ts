import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import type { AlertSpec, Spec } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import { closePool, newPool, type Pool } from '../../src/connect/pool.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import { observe } from '../../src/observe/observe.ts';
import { planApply } from '../../src/plan/plan.ts';
import { emptyState } from '../../src/sandbox/store/state.ts';
import { aDestination, aRule, aSource, aSpec } from '../builders.ts';
import { branded } from '../plain.ts';
import { byDice, race } from '../races/race.ts';

const alerts = branded<AlertSpec>({ topics: [], emails: [], failures: true, silence: false, latency: 'off' });

function withRules(name: string, count: number): Spec {
  const rules = Array.from({ length: count }, (_, index) => aRule({ id: `rule-${index}`, prefix: `${index}/` }));
  const source = aSource({ bucket: `acme-${name}` });
  return aSpec({ name, alerts, source, destinations: [aDestination({ bucket: `acme-${name}-replica`, rules })] });
}

/** Sends the alarms of all these at the same time, as one run of several configurations does, by a clock on which sleepers wake up in their order. */
async function sendAlarms(specs: readonly Spec[]) {
  const begun = Date.now();
  let pool: Pool | undefined;
  const runs = specs.map((spec) => async (given: Surroundings) => {
    pool ??= newPool(given);
    const surroundings = { ...given, pool };
    const connections = await connect(spec, surroundings);
    const { changes } = planApply(await observe(connections, spec), spec);
    const alarms = changes.filter(({ step }) => step === 'alarms');
    await applyChanges(alarms, { connections, surroundings, signal: new AbortController().signal });
  });
  const { sandbox, failures, events } = await race(emptyState(begun), runs, byDice(1));
  if (pool) closePool(pool);
  const calls = events
    .flat()
    .flatMap((event) => (event.type === 'call' && event.operation === 'PutMetricAlarm' ? [event.attempts] : []));
  const alarms = Object.keys(sandbox.state.cloudWatch.alarms).length;
  return { failures, seconds: (sandbox.clock.now() - begun) / 1000, calls, alarms };
}

/** CloudWatch User Guide, cloudwatch_limits: 3 a second. */
describe('alarms are sent no faster than CloudWatch takes them', () => {
  it.each([
    ['of 40 rules', [withRules('one', 40)]],
    ['of two configurations of 20 rules, together', [withRules('one', 20), withRules('two', 20)]],
  ])('%s', async (_, specs) => {
    const { failures, seconds, calls, alarms } = await sendAlarms(specs);
    expect(failures).toEqual(specs.map(() => undefined));
    expect(alarms).toBe(40);
    // None was refused, and so none was sent again.
    expect(calls).toEqual(Array.from({ length: 40 }, () => 1));
    expect(seconds).toBeGreaterThan(13);
    expect(seconds).toBeLessThan(16);
  });
});
