import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { State } from '../../src/state/state.ts';
import { DESTINATION } from '../builders.ts';
import { inPlaceOf } from '../in-place-of.ts';
import { bucketOf, put } from '../plain-state.ts';
import { runApply } from '../run-command.ts';
import { invoices } from '../stories/cli.ts';

/** Somebody adds a Deny while the last changes are being written. */
function withDeny(state: State): State {
  const name = 'acme-invoices-replica';
  const bucket = bucketOf(state, DESTINATION, name);
  if (!bucket) throw new Error('apply makes the bucket');
  const deny = {
    Sid: 'Late',
    Effect: 'Deny' as const,
    Principal: '*',
    Action: 's3:*',
    Resource: `arn:aws:s3:::${name}/*`,
  };
  const statements = [bucket.policy?.Statement ?? []].flat();
  const policy = { Version: '2012-10-17', Statement: [...statements, deny] };
  return put(state, DESTINATION, 'buckets', name, { ...bucket, policy });
}

inPlaceOf.readBack = async (real, ...args) => withDeny(await real(...args));

it('apply is no success where what was read back would not replicate, whatever was planned', async () => {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-apply-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'repl.yaml');
  writeFileSync(config, invoices);
  let stdout = '';
  const context = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: () => undefined },
    env: {},
    signal: new AbortController().signal,
    use: () => undefined,
  };
  const options = { config, json: true, yes: true, sandbox: true, state: join(folder, 'state'), color: false };

  const result = await runApply({ ...options, flagValues: {} }, context);

  expect(result).toMatchObject({
    outcome: 'blocked',
    changes: 9,
    error: { code: 'would-not-replicate', message: expect.stringMatching(/^everything is written, but /) },
  });
  expect(stdout).toContain('"sid":"Late"');
});
