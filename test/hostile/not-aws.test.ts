/** A proxy, a login page, a wrong endpoint: what does not come from AWS must not lead to a write that loses something. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/transport';
import { afterAll, describe, expect, it } from 'vitest';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec } from '../builders.ts';
import { theirSetUp } from '../crash/theirs.ts';
import { patience, runs } from './runs.ts';

const spec = aSpec({ role: { name: 'legacy' } });
const page = '<!DOCTYPE html><html><body>Sign in to the network</body></html>';
const bodies = [page, '', '{}', '<?xml version="1.0"?><Welcome/>', 'Welcome'];
const statuses = [200, 200, 302, 403, 404, 407];

interface Lie {
  readonly operation: string;
  readonly status: number;
  readonly body: string;
}

const disabling: (() => void)[] = [];
afterAll(() => {
  for (const disable of disabling) disable();
});

interface LyingPractice extends Practice {
  lie: Lie | undefined;
}

/** What others have, and something in between that answers one operation in AWS's place, every time. */
async function aLyingPractice(): Promise<LyingPractice> {
  const practice = Object.assign(await aPractice(), { lie: undefined as Lie | undefined });
  const call = new AsyncLocalStorage<{ operation: string }>();
  // Otherwise it is asked at every promise of the tests that come after.
  disabling.push(() => call.disable());
  practice.meanwhile = async ({ operation }) => {
    Object.assign(call.getStore() ?? {}, { operation });
  };
  const { requestHandler } = practice.sandbox;
  const real = requestHandler.handle.bind(requestHandler);
  const handle: typeof real = (request, options) =>
    call.run({ operation: '' }, async () => {
      const answer = await real(request, options);
      const { lie } = practice;
      if (lie === undefined || call.getStore()?.operation !== lie.operation) return answer;
      const body = request.method === 'HEAD' || lie.body === '' ? [] : [Buffer.from(lie.body)];
      const headers = { 'content-type': 'text/html' };
      return { response: new HttpResponse({ statusCode: lie.status, headers, body: Readable.from(body) }) };
    });
  Object.assign(requestHandler, { handle });
  await theirSetUp(practice.sandbox);
  return practice;
}

/** Everything that is in the accounts but the time, and of it what bears the name of the others. */
function contents({ sandbox: { state } }: Practice) {
  const { now: _now, sessions: _sessions, ...rest } = state;
  const text = JSON.stringify(rest);
  return { text, theirs: text.match(/"(Theirs\w+|theirs|alias\/(theirs|other))"/g) ?? [] };
}

/** The operations that read, before there is anything of ours, and in all. */
async function operationsOf() {
  const practice = await aLyingPractice();
  const readBy = async (work: () => Promise<unknown>) => {
    const before = practice.requests.length;
    await work();
    const read = practice.requests.slice(before).filter(({ write }) => !write);
    return [...new Set(read.map(({ operation }) => operation))].sort();
  };
  return { first: await readBy(() => practice.state(spec)), all: await readBy(() => practice.apply(spec)) };
}

describe('what has not come from AWS', async () => {
  const { first, all: operations } = await operationsOf();
  const lies = operations.flatMap((operation) =>
    statuses.flatMap((status) => bodies.map((body): Lie => ({ operation, status, body }))),
  );
  // A stride that meets every operation, status and body within a few of them.
  const some = lies.filter((_, index) => (index * 7) % lies.length < runs(operations.length));

  it('is asked of every kind of document', () => {
    expect(operations).toEqual(
      expect.arrayContaining([
        'GetBucketPolicy',
        'GetBucketReplication',
        'GetKeyPolicy',
        'GetRole',
        'HeadBucket',
        'ListKeys',
      ]),
    );
  });

  it(`is refused, and nothing is written over (${some.length} of ${lies.length})`, { timeout: patience }, async () => {
    let practice = await aLyingPractice();
    for (const lie of some) {
      const before = contents(practice);
      const asked = practice.requests.length;
      practice.lie = lie;
      const failure = await practice.apply(spec).then(
        () => undefined,
        (error: unknown) => error,
      );
      practice.lie = undefined;
      const told = `${lie.operation} ${lie.status} ${JSON.stringify(lie.body)}: ${failure}`;
      const after = contents(practice);
      expect(after.theirs, told).toEqual(before.theirs);
      // HeadBucket alone has nothing that it could be known by; what is read with it has.
      if (failure === undefined) expect([lie.operation, await practice.apply(spec)], told).toEqual(['HeadBucket', []]);
      const written = practice.requests.slice(asked).filter(({ write }) => write);
      if (first.includes(lie.operation) && lie.operation !== 'HeadBucket') expect(written, told).toEqual([]);
      if (after.text !== before.text) practice = await aLyingPractice();
    }
  });
});
