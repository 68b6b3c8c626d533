import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { Spec } from '../../src/config/spec.ts';
import { applyOverOldObjects, backfilling, jobsInExcess } from '../crash/backfilling.ts';
import { aCloud, type Run } from '../crash/cloud.ts';
import { REPLICA, SOURCE } from './by-hand.ts';
import { invoices } from './cli.ts';
import { countBy, keysOf, versionsIn } from './old-objects.ts';

function specOf(text: string): Spec {
  const parsed = parseConfig(text, { file: 'repl.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.spec;
}

it('two runs that ask for the same at the same time have one job between them, and both see its end', async () => {
  const spec = specOf(invoices);
  const { sandbox, surroundings } = await aCloud();
  const run = (one: Run) => one(surroundings());
  const both = () => Promise.allSettled([run(backfilling(spec)), run(backfilling(spec))]);
  const replicated = () => countBy(versionsIn(sandbox, SOURCE), ({ replication = 'NONE' }) => replication);

  // One of them makes the role; the other may find that somebody has made it meanwhile.
  await applyOverOldObjects(spec, { sandbox, run }, keysOf('first-', 30));
  const first = await both();
  const refused = first.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  expect(refused.length).toBeLessThan(2);
  for (const failure of refused) expect(failure).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
  expect(replicated()).toEqual({ COMPLETED: 30 });
  expect(Object.values(sandbox.state.jobs)).toMatchObject([{ status: 'Complete', succeeded: 30, failed: 0 }]);

  await applyOverOldObjects(spec, { sandbox, run }, keysOf('second-', 30));
  expect(await both()).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
  expect(replicated()).toEqual({ COMPLETED: 60 });
  expect(Object.values(sandbox.state.jobs).map(({ succeeded }) => succeeded)).toEqual([30, 30]);
  expect(jobsInExcess(sandbox.state, 2)).toEqual([]);
  expect(versionsIn(sandbox, REPLICA)).toHaveLength(60);
});
