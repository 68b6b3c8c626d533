import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { aSetUp, ending, type SetUp } from './by-hand.ts';
import { applyWithOldObjects, keysOf, put } from './old-objects.ts';

/** Runs `backfill`, and presses Ctrl-C once it shows how far its job has come. */
async function interrupted({ folder }: SetUp) {
  let said = '';
  let pressed = false;
  const signals = new EventEmitter();
  const stdout = new Writable({
    decodeStrings: false,
    write(chunk, _, done) {
      said += chunk;
      if (!pressed && said.includes('"status":"Active"')) {
        pressed = true;
        signals.emit('SIGINT');
      }
      done();
    },
  });
  const stderr = new Writable({ write: (_chunk, _, done) => done() });
  const here = ['--config', join(folder.path, 'repl.yaml'), '--state', join(folder.path, '.s3repl')];
  const code = await main(['backfill', '--yes', '--sandbox', '--json', ...here], {
    env: {},
    stdin: Readable.from([]),
    stdout,
    stderr,
    signals,
  });
  return { code, ...JSON.parse(said.trim().split('\n').at(-1) ?? '') };
}

it('as the deadline does: the run says what the job does now, how to come back and how to end it; the next run sees its end', async () => {
  const setUp = aSetUp();
  const { s3repl, byHand } = setUp;
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, keysOf('old-', 320)));

  const late = await s3repl('backfill', '--yes', '--deadline', '35s');
  const id = await byHand(async ({ sandbox }) => Object.keys(sandbox.state.jobs).join());
  expect(ending(late)).toMatchObject({
    ...{ code: 6, outcome: 'unknown' },
    error: {
      code: 'deadline',
      message: expect.stringMatching(new RegExp(`job ${id} waits to be confirmed; it copies nothing before that$`)),
      fix: expect.stringContaining(`with --cancel ${id} to end the job`),
    },
  });
  await byHand(async ({ sandbox }) => expect(sandbox.state.jobs).toMatchObject({ [id]: { status: 'Suspended' } }));
  expect(ending(await s3repl('backfill'))).toMatchObject({ code: 3, error: { code: 'no-approval' } });

  const stopped = await interrupted(setUp);
  expect(stopped).toMatchObject({
    ...{ code: 130, outcome: 'cancelled' },
    error: {
      message: expect.stringContaining(`job ${id} continues in AWS`),
      fix: expect.stringContaining(`with --cancel ${id} to end the job`),
    },
  });
  await byHand(async ({ sandbox }) => expect(sandbox.state.jobs).toMatchObject({ [id]: { status: 'Active' } }));

  expect(ending(await s3repl('backfill'))).toMatchObject({ code: 0, outcome: 'done', job: { id, succeeded: 320 } });
});
