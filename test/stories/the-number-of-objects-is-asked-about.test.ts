import { expect, it, onTestFinished } from 'vitest';
import { accountIn } from '../../src/sandbox/store/state.ts';
import { aTerminal, controlC, enter } from '../wizard/terminal.ts';
import { aSetUp, REPLICA, type SetUp } from './by-hand.ts';
import { applyWithOldObjects, keysOf, put, versionsIn } from './old-objects.ts';

function backfillAtTerminal({ folder }: SetUp) {
  const terminal = aTerminal(folder.path, ['backfill', '--sandbox']);
  onTestFinished(() => terminal.kill('SIGKILL'));
  return terminal;
}

it('at a terminal, before anything is copied: a no cancels the job, Ctrl-C leaves it, and the next run asks again', async () => {
  const setUp = aSetUp();
  const { s3repl, byHand } = setUp;
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, keysOf('old-', 3)));
  const ended = () =>
    byHand(async ({ sandbox }) => [
      ...Object.values(sandbox.state.jobs).map(({ status }) => status),
      versionsIn(sandbox, REPLICA).length,
    ]);

  const no = backfillAtTerminal(setUp);
  await no.asks('Start this job?');
  no.press('y', enter);
  await no.asks('Replicate these 3 objects (less than $0.0001)?');
  no.press('n', enter);
  expect(await no.ended).toBe(130);
  expect(no.text()).toMatch(/declined; the job is canceled, and no object was copied/);
  expect(await ended()).toEqual([expect.stringMatching(/^Cancell(ing|ed)$/), 0]);

  const left = backfillAtTerminal(setUp);
  await left.asks('Start this job?');
  left.press('y', enter);
  await left.asks('Replicate these 3 objects');
  left.press(controlC);
  expect(await left.ended).toBe(130);
  expect(left.text().replace(/\s+/g, ' ')).toContain('waits to be confirmed');
  expect(await ended()).toEqual(['Cancelled', 'Suspended', 0]);

  const again = backfillAtTerminal(setUp);
  await again.asks('Replicate these 3 objects');
  again.press('y', enter);
  expect(await again.ended).toBe(0);
  expect(again.text()).not.toContain('Start this job?');
  expect(await ended()).toEqual(['Cancelled', 'Complete', 3]);
});

it('the question says how long exactly these objects take at least, also when the job was there already', async () => {
  const setUp = aSetUp();
  await applyWithOldObjects(setUp, (people) => put(people, keysOf('old-', 3)));
  await setUp.byHand(async ({ sandbox }) => {
    accountIn(sandbox.state, '111111111111').kmsRates = { 'eu-central-1': 1 / 180 };
  });
  const asked = 'Replicate these 3 objects (less than $0.0001, at least 3 min)?';

  const first = backfillAtTerminal(setUp);
  await first.asks('Start this job?');
  first.press('y', enter);
  await first.asks(asked);
  first.press(controlC);
  expect(await first.ended).toBe(130);

  const again = backfillAtTerminal(setUp);
  await again.asks(asked);
  again.press('y', enter);
  expect(await again.ended).toBe(0);
});
