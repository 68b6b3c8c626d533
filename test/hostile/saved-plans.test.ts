import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { planApply } from '../../src/plan/plan.ts';
import { assertCurrent, readPlan, savePlan } from '../../src/session/saved-plan.ts';
import type { State } from '../../src/state/state.ts';
import { aSpec } from '../builders.ts';
import { changedText } from './changed-text.ts';
import { patience, runs } from './runs.ts';

const observed: State = { accounts: {} };
const plan = planApply(observed, aSpec());
const config = { version: 1, source: { access: { profile: 'prod', externalId: '${ID}' } } };
const folder = mkdtempSync(join(tmpdir(), 's3repl-plans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'plan');
await savePlan(file, { config, sandbox: false }, observed, plan);
const text = readFileSync(file, 'utf8');
const saved: unknown = JSON.parse(text);

it('a plan that was changed by hand is refused, unless it says the same all the same', {
  timeout: patience,
}, async () => {
  await fc.assert(
    fc.asyncProperty(changedText(text), async (one) => {
      writeFileSync(file, one);
      try {
        const read = await readPlan(file, false);
        assertCurrent(read, observed, plan);
        // Taken: then every member is what was saved.
        expect(JSON.parse(one)).toEqual(saved);
      } catch (error) {
        expect((error as { code?: string }).code, String(error)).toMatch(/^(plan-file|stale-plan)$/);
      }
    }),
    { numRuns: runs(40) },
  );
});

const edits: readonly [what: string, from: string, to: string][] = [
  ['another profile', '"prod"', '"somebody"'],
  ['another external ID', '${ID}', 'another'],
  ['a role to assume', '"profile": "prod"', '"profile": "prod", "assumeRole": "arn:aws:iam::111111111111:role/x"'],
  ['a member more', '"sandbox"', '"more": [], "sandbox"'],
  ['another digest', '"digest": "', '"digest": "0'],
  ['no digest', '"digest"', '"other"'],
];

it.each(edits)('a plan in which somebody wrote %s is refused as changed', async (_, from, to) => {
  expect(text).toContain(from);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
  await expect(readPlan(file, false)).rejects.toMatchObject({
    code: 'plan-file',
    message: expect.stringMatching(/was changed after it was saved$/) as unknown,
  });
});

it('a plan of the form before is refused as one, and not as changed', async () => {
  writeFileSync(
    file,
    JSON.stringify({ version: 1, sandbox: false, spec: {}, observedHash: '0'.repeat(64), changes: [] }),
  );
  await expect(readPlan(file, false)).rejects.toMatchObject({
    message: expect.stringMatching(/saved by another version of s3repl$/) as unknown,
    fix: expect.stringContaining('s3repl plan --out') as unknown,
  });
});

it('a plan may be written with other spaces and in another order', async () => {
  const { changes, ...others } = saved as { changes: unknown };
  writeFileSync(file, JSON.stringify({ changes, ...others }));
  await expect(readPlan(file, false)).resolves.toEqual(expect.objectContaining({ spec: config }));
});
