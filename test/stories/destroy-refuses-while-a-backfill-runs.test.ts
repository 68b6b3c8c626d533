import { expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA, SOURCE } from './by-hand.ts';
import { applyWithOldObjects, jobOf, keysOf, put, versionsIn } from './old-objects.ts';

const rolesIn = ({ sandbox }: People) => Object.values(sandbox.state.accounts['111111111111']?.roles ?? {});

it('or cancels it with --cancel-backfill; the role of its job goes with all else, and apply never touches it', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, keysOf('old-', 200)));
  const { id } = jobOf(await s3repl('backfill', '--yes', '--no-wait'));
  const roles = await byHand(async (people) => JSON.stringify(rolesIn(people)));
  expect(roles).toContain('s3repl-invoices-dr-backfill');

  expect(ending(await s3repl('destroy', '--yes'))).toMatchObject({
    ...{ code: 5, outcome: 'blocked' },
    error: {
      code: 'backfill-active',
      message: expect.stringContaining(id),
      fix: expect.stringContaining('--cancel-backfill'),
    },
  });
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'unchanged' });
  expect(await byHand(async (people) => JSON.stringify(rolesIn(people)))).toBe(roles);

  expect(ending(await s3repl('destroy', '--yes', '--cancel-backfill'))).toMatchObject({
    code: 0,
    outcome: 'destroyed',
  });
  await byHand(async (people) => {
    const { state } = people.sandbox;
    expect(state.jobs).toMatchObject({ [id]: { status: 'Cancelled' } });
    expect(rolesIn(people)).toEqual([]);
    expect(state.buckets[SOURCE]?.replication).toBeUndefined();
    for (const name of [SOURCE, REPLICA]) expect(state.buckets[name]?.policy ?? '').not.toContain('s3repl');
    expect(versionsIn(people.sandbox, SOURCE)).toHaveLength(200);
  });

  expect(ending(await s3repl('destroy', '--yes'))).toMatchObject({ code: 0 });
  expect(ending(await s3repl('backfill', '--yes'))).toMatchObject({ code: 5, error: { code: 'not-set-up' } });
});
