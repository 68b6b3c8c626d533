import { expect, it } from 'vitest';
import { aSetUp, ending, REPLICA } from './by-hand.ts';
import { applyWithOldObjects, countBy, jobOf, keysOf, put, versionsIn } from './old-objects.ts';

const config = `version: 1
name: invoices-dr
source: { account: 111111111111, region: eu-west-1, bucket: acme-invoices }
destinations:
  - account: 222222222222
    region: eu-central-1
    bucket: ${REPLICA}
    rules:
      - { id: mail, priority: 1, prefix: mail/ }
      - { id: tax, priority: 2, prefix: tax/ }
      - { id: bills, priority: 3, prefix: tax/bills/, storageClass: STANDARD_IA }
      - { id: rest, priority: 4, prefix: rest/ }
`;

it('one job for each prefix, one after the other; and what was created in a time', async () => {
  const { s3repl, byHand } = aSetUp(config);
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(
      people,
      ['mail/', 'tax/', 'tax/bills/', 'rest/'].flatMap((prefix) => keysOf(`${prefix}old-`, 3)),
    );
    await people.sandbox.clock.sleep(5 * 24 * 3_600_000);
    await put(people, keysOf('rest/later-', 2));
  });
  const arrived = () =>
    byHand(async ({ sandbox }) => countBy(versionsIn(sandbox, REPLICA), ({ key }) => key.replace(/-\d+$/, '')));

  const tax = await s3repl('backfill', '--rule', 'bills', '--rule', 'tax', '--yes');
  expect(ending(tax)).toMatchObject({ code: 0, outcome: 'done', job: { total: 6, succeeded: 6 } });
  expect(await arrived()).toEqual({ 'tax/old': 3, 'tax/bills/old': 3 });

  const since = await byHand(async ({ sandbox }) => new Date(sandbox.clock.now() - 24 * 3_600_000).toISOString());
  const later = await s3repl('backfill', '--rule', 'rest', '--created-after', since, '--yes', '--no-wait');
  expect(ending(later)).toMatchObject({
    ...{ code: 0, outcome: 'started' },
    next: `s3repl backfill --rule rest --created-after ${since} --sandbox`,
  });
  const joined = await s3repl('backfill', '--rule', 'rest', '--created-after', since);
  expect(ending(joined)).toMatchObject({ code: 0, job: { id: jobOf(later).id, total: 2, succeeded: 2 } });

  const several = ['backfill', '--rule', 'mail', '--rule', 'rest', '--yes'] as const;
  expect(ending(await s3repl(...several, '--no-wait'))).toMatchObject({ code: 3, error: { code: 'several-jobs' } });
  const both = await s3repl(...several);
  expect(ending(both)).toMatchObject({
    code: 0,
    outcome: 'done',
    summary: expect.stringMatching(/^all 6 objects were replicated \(jobs /),
  });
  expect(await arrived()).toEqual({ 'mail/old': 3, 'tax/old': 3, 'tax/bills/old': 3, 'rest/old': 3, 'rest/later': 2 });
  await byHand(async ({ sandbox }) => expect(Object.keys(sandbox.state.jobs)).toHaveLength(4));

  expect(ending(await s3repl('backfill', '--rule', 'none'))).toMatchObject({
    ...{ code: 3, outcome: 'invalid' },
    error: {
      message: expect.stringContaining('none'),
      fix: 'write --rule mail or --rule tax or --rule bills or --rule rest',
    },
  });
});
