import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { explain } from '../../src/session/explain.ts';
import { drawsAll } from '../draws.ts';
import { healthy, snapshotOf } from '../model/replication/world.ts';
import { runDoctor } from '../run-command.ts';
import { changedText } from './changed-text.ts';
import { patience, runs, steering } from './runs.ts';

it('a snapshot that was changed by hand is diagnosed, or refused with what is wrong in it', {
  timeout: patience,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-snapshots-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const snapshot = join(folder, 'snapshot.json');
  const options = { snapshot, state: folder, configs: [], flagValues: {}, color: false, sample: 100 };
  let diagnosed = 0;
  await fc.assert(
    fc.asyncProperty(changedText(JSON.stringify(snapshotOf(healthy()))), fc.boolean(), async (text, json) => {
      writeFileSync(snapshot, text);
      let written = '';
      const output = { write: (more: string) => (written += more) };
      const context = { stdout: output, stderr: output, env: {}, use: () => undefined };
      const { signal } = new AbortController();
      try {
        const { outcome } = await runDoctor({ ...options, json }, { ...context, signal });
        expect(outcome).toMatch(/^(healthy|blocked|unknown)$/);
        diagnosed += 1;
      } catch (error) {
        const { code, message } = explain(error);
        expect(code, message).toBe('snapshot');
        // What is said of it is printed by one view for all errors, which makes it printable.
      }
      expect(written).not.toMatch(steering);
    }),
    { numRuns: runs(60) },
  );
  if (drawsAll) expect(diagnosed).toBeGreaterThan(0);
});
