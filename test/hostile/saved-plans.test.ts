import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { assertCurrent, readPlan } from '../../src/commands/saved-plan.ts';
import { planApply, stateHash } from '../../src/plan/plan.ts';
import type { State } from '../../src/plan/state.ts';
import { aSpec } from '../builders.ts';
import { changedText } from './changed-text.ts';
import { patience, runs } from './runs.ts';

const observed: State = { accounts: {} };
const plan = planApply(observed, aSpec());
const saved = { version: 1, sandbox: false, spec: {}, observedHash: stateHash(observed), changes: plan.changes };
const text = JSON.stringify(JSON.parse(JSON.stringify(saved)));

it('a plan that was changed by hand is refused, or is what would be planned all the same', {
  timeout: patience,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-plans-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'plan');
  await fc.assert(
    fc.asyncProperty(changedText(text), async (one) => {
      writeFileSync(file, one);
      try {
        const read = await readPlan(file, false);
        assertCurrent(read, observed, plan);
        // Taken: then what it says of the changes is word for word what is planned now.
        expect(JSON.parse(JSON.stringify(read.changes))).toEqual(JSON.parse(JSON.stringify(plan.changes)));
      } catch (error) {
        expect((error as { code?: string }).code, String(error)).toMatch(/^(plan-file|stale-plan)$/);
      }
    }),
    { numRuns: runs(40) },
  );
});
