import { GetKeyPolicyCommand, type KMSClient, ListAliasesCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { aSetUp, ending, REPLICA, SOURCE } from './by-hand.ts';
import type { Ended } from './cli.ts';
import { applyWithOldObjects, countBy, denying, keysOf, put, versionsIn } from './old-objects.ts';

/** Somebody takes the replication role out of the policy of the destination's key. */
async function forgetRole(kms: KMSClient): Promise<void> {
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
  const KeyId = Aliases.find(({ AliasName }) => AliasName?.includes('s3repl'))?.TargetKeyId;
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
  const { Statement, ...document } = JSON.parse(Policy) as { readonly Statement: readonly { readonly Sid?: string }[] };
  const left = Statement.filter(({ Sid = '' }) => !/s3repl/i.test(Sid));
  expect(left.length).toBeLessThan(Statement.length);
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify({ ...document, Statement: left }) }));
}

const problemsOf = ({ lines }: Ended) => lines.filter(({ type }) => type === 'problem');
const statuses = ({ replication = 'NONE' }: { readonly replication?: string | undefined }) => replication;

it('but blocked with the causes; with --force the objects fail, by name, and once the policy is right, they follow', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, keysOf('old-', 12));
    await put(
      people,
      keysOf('ice-', 3).map((Key) => ({ Key, StorageClass: 'GLACIER' as const })),
    );
  });
  await byHand(({ destinationKeys }) => forgetRole(destinationKeys));

  const blocked = await s3repl('backfill', '--yes');
  expect(ending(blocked)).toMatchObject({ code: 5, outcome: 'blocked' });
  expect(problemsOf(blocked)).toContainEqual(
    expect.objectContaining({
      check: 'C21',
      message: expect.stringMatching(/key policy .* does not allow .* kms:Encrypt/),
    }),
  );
  await byHand(async ({ sandbox }) => {
    expect(sandbox.state.jobs).toEqual({});
    expect(Object.keys(sandbox.state.accounts['111111111111']?.roles ?? {}).join()).not.toContain('backfill');
  });

  const forced = await s3repl('backfill', '--yes', '--force');
  expect(ending(forced)).toMatchObject({
    code: 5,
    outcome: 'blocked',
    error: { code: 'most-failed' },
    job: { total: 12, succeeded: 0, failed: 12 },
  });
  expect(problemsOf(forced)).toMatchObject([
    {
      code: 'object-failed',
      check: 'C21',
      message: expect.stringMatching(/\(12 of the 12 newest FAILED versions: old-\d+, /),
    },
  ]);
  await byHand(async ({ sandbox }) => {
    expect(countBy(versionsIn(sandbox, SOURCE), statuses)).toEqual({ FAILED: 12, NONE: 3 });
  });

  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
  const finished = await s3repl('backfill', '--status', 'failed', '--yes');
  expect(ending(finished)).toMatchObject({ code: 0, outcome: 'done', job: { total: 12, succeeded: 12, failed: 0 } });
  await byHand(async ({ sandbox }) => {
    expect(countBy(versionsIn(sandbox, SOURCE), statuses)).toEqual({ COMPLETED: 12, NONE: 3 });
    expect(versionsIn(sandbox, REPLICA)).toHaveLength(12);
  });
});

it('and what failed for a reason that is gone is told as such', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, keysOf('early-', 10));
    await people.sandbox.clock.sleep(5000);
    await put(people, keysOf('late-', 25));
  });
  await s3repl('backfill', '--yes', '--no-wait');
  await byHand((people) =>
    denying(people, async () => {
      const { clock, state } = people.sandbox;
      while (Object.values(state.jobs).every(({ failed }) => failed === 0)) await clock.sleep(1000);
    }),
  );

  const seen = await s3repl('backfill');
  expect(ending(seen)).toMatchObject({ code: 5, error: { code: 'some-failed' }, job: { succeeded: 25, failed: 10 } });
  expect(problemsOf(seen)).toEqual([]);
  expect(seen.lines.filter(({ type }) => type === 'warning')).toMatchObject([
    { code: 'failed-would-replicate', message: '10 of the 10 newest FAILED versions would replicate now' },
  ]);
  expect(ending(await s3repl('backfill', '--yes'))).toMatchObject({ code: 0, job: { succeeded: 10, failed: 0 } });
});
