import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planApply } from '../../src/plan/plan.ts';
import { assertCurrent, readPlan, savePlan } from '../../src/session/saved-plan.ts';
import { anApplied } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec } from '../builders.ts';
import { copyOf } from '../crash/cloud.ts';
import { drawFrom } from '../draws.ts';
import { anOperator } from './operator.ts';

const changed = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] });
const practice = await anApplied(aSpec());
const operator = anOperator(practice.sandbox);
await operator.settleIn();
const start = copyOf(practice.sandbox.state);

const folder = mkdtempSync(join(tmpdir(), 's3repl-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'replication.plan');
const observed = await practice.state(changed);
await savePlan(file, { config: {}, sandbox: true }, observed, planApply(observed, changed));

/** What `apply FILE` asks before it writes. */
async function assertFileCurrent(): Promise<void> {
  const now = await practice.state(changed);
  assertCurrent(await readPlan(file, true), now, planApply(now, changed));
}

describe('a saved plan', () => {
  it('is current as long as nothing happens', async () => {
    await expect(assertFileCurrent()).resolves.toBeUndefined();
  });

  it.each(drawFrom(Object.entries({ ...operator.acts, ...operator.further })))('is stale once %s', async (_, act) => {
    Object.assign(practice.sandbox.state, copyOf(start));
    await act();
    await expect(assertFileCurrent()).rejects.toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
  });
});
