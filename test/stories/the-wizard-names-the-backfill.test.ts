import { expect, it, onTestFinished } from 'vitest';
import { aTerminal, enter } from '../wizard/terminal.ts';
import { aSetUp, REPLICA, type SetUp } from './by-hand.ts';
import { keysOf, makeSourceBucket, put } from './old-objects.ts';

function initAtTerminal({ folder }: SetUp) {
  const terminal = aTerminal(folder.path, ['init', '--sandbox']);
  onTestFinished(() => terminal.kill('SIGKILL'));
  return terminal;
}

const inOneLine = (text: string) => text.replace(/\s+/g, ' ');

it('before it applies and at its end, where objects from before are not replicated, and not afterwards', async () => {
  const setUp = aSetUp();
  await setUp.byHand(async (people) => {
    await makeSourceBucket(people);
    await put(people, keysOf('old-', 45));
  });
  const first = initAtTerminal(setUp);
  const review = inOneLine(await first.asks('What now?'));
  expect(review).toContain(
    `At least 45 object versions from before will not be replicated to ${REPLICA}. Afterwards, this replicates them: s3repl backfill --sandbox`,
  );
  expect(review).not.toContain('Objects from before are not replicated');
  first.press(enter);
  expect(await first.ended).toBe(0);
  const end = inOneLine(first.text().slice(first.text().indexOf('✔ What now?')));
  expect(end).toContain('✔ verified');
  expect(end).toMatch(
    new RegExp(`at least 45 object versions are not in ${REPLICA}: .* → to replicate them, run: s3repl backfill`),
  );
  expect(end).toContain('s3repl backfill --sandbox');

  await setUp.s3repl('backfill', '--yes');
  const again = initAtTerminal(setUp);
  await again.asks('What now?');
  expect(inOneLine(again.text())).toContain('Objects from before are not replicated');
  again.press(enter);
  expect(await again.ended).toBe(0);
  expect(again.text()).not.toContain('45 object versions');
});
