import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/transport';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Result } from '../../src/events/event.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Context } from '../../src/session/context.ts';
import { explain } from '../../src/session/explain.ts';
import type { View } from '../../src/show/view.ts';
import { inPlaceOf } from '../in-place-of.ts';
import { runApply, runDestroy, runDoctor, runPlan, runVerify } from '../run-command.ts';
import { nastyTexts, patience, runs, steering } from './runs.ts';

type Handle = Sandbox['requestHandler']['handle'];
interface Lie {
  /** Which of the answers, by their number within the run. */
  readonly at: number;
  readonly change: (body: string) => string;
  readonly status?: number;
  readonly contentType?: string;
}

const cloud = {
  sandbox: undefined as Sandbox | undefined,
  lie: undefined as Lie | undefined,
  answers: 0,
};

inPlaceOf.openSandbox = async (real) => {
  cloud.sandbox ??= await real({});
  const { sandbox } = cloud;
  const handle: Handle = async (...args) => {
    const answer = await sandbox.requestHandler.handle(...args);
    cloud.answers += 1;
    return cloud.lie?.at === cloud.answers - 1 ? lied(answer, cloud.lie) : answer;
  };
  return { ...sandbox, requestHandler: { ...sandbox.requestHandler, handle }, close: async () => undefined };
};

async function lied({ response }: Awaited<ReturnType<Handle>>, lie: Lie): Promise<Awaited<ReturnType<Handle>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of (response.body as Readable | undefined) ?? []) chunks.push(Buffer.from(chunk));
  const body = lie.change(Buffer.concat(chunks).toString());
  const headers: Record<string, string> = {
    ...response.headers,
    ...(lie.contentType && { 'content-type': lie.contentType }),
  };
  delete headers['content-length'];
  const statusCode = lie.status ?? response.statusCode;
  return { response: new HttpResponse({ statusCode, headers, body: Readable.from([Buffer.from(body)]) }) };
}

interface Ended {
  readonly result: Result | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly output: string;
}

const commands = { plan: runPlan, apply: runApply, doctor: runDoctor, verify: runVerify, destroy: runDestroy };
type Command = keyof typeof commands;

/** What `main` does, in process. */
async function run(command: Command, lie?: Lie, json = false): Promise<Ended> {
  Object.assign(cloud, { lie, answers: 0 });
  let output = '';
  let view: View | undefined;
  const write = { write: (text: string) => (output += text) };
  const context: Context = {
    stdout: write,
    stderr: write,
    env: {},
    signal: new AbortController().signal,
    use: (one) => {
      view = one;
    },
  };
  const options = {
    config: 'docs/examples/invoices.yaml',
    ...{ sandbox: true, state: '.s3repl', color: false, flagValues: {}, yes: true, json, verbose: true },
    ...{ canary: false, sample: 10, wait: false, timeout: 1, show: 'documents' as const },
  };
  try {
    const result = await commands[command](options as never, context);
    view?.report({ type: 'result', command, ...result });
    return { result, error: undefined, output };
  } catch (thrown) {
    const { outcome, code, message, fix } = explain(thrown);
    view?.report({ type: 'result', command, outcome, changes: 0, error: { code, message, ...(fix && { fix }) } });
    return { result: undefined, error: { code, message }, output };
  } finally {
    cloud.lie = undefined;
  }
}

/** Replaces one value of an XML or JSON text. */
function withValue(body: string, which: number, value: string): string {
  const places = [...body.matchAll(/>([^<>]+)<|"((?:[^"\\]|\\.)*)"(?!\s*:)/g)];
  const place = places[which % Math.max(1, places.length)];
  if (place === undefined) return value;
  const [whole] = place;
  const inside = whole.startsWith('>') ? `>${xmlText(value)}<` : JSON.stringify(value);
  return body.slice(0, place.index) + inside + body.slice(place.index + whole.length);
}

function withoutElement(body: string, which: number): string {
  const places = [...body.matchAll(/<(\w+)>[^<>]*<\/\1>|"\w+":"(?:[^"\\]|\\.)*",?/g)];
  const place = places[which % Math.max(1, places.length)];
  return place === undefined ? body : body.slice(0, place.index) + body.slice(place.index + place[0].length);
}

function xmlText(text: string): string {
  return text.replace(/[&<>\p{Cc}]/gu, (char) => `&#${char.charCodeAt(0)};`);
}

const wholes = [
  ['', undefined],
  ['null', undefined],
  ['{}', undefined],
  ['[]', undefined],
  ['"\u001b[2J"', undefined],
  ['{"Policy":null,"KeyMetadata":3,"Tags":{},"Aliases":"x","Keys":[null]}', undefined],
  ['<html><body>\u001b[31mproxy</body></html>', 'text/html'],
  ['<a/>', undefined],
  ['<a>'.repeat(3000), undefined],
  ['['.repeat(20_000), undefined],
  ['{"__proto__":{"a":1},"constructor":{"prototype":1}}', undefined],
  ['<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><x>&b;&b;</x>', undefined],
  ['\u0000\u0001\ufffd\ufffd', 'application/octet-stream'],
  [' '.repeat(100_000), undefined],
] as const;

const change = fc.oneof(
  fc.constantFrom(...wholes).map(([body, contentType]) => ({ change: () => body, contentType })),
  fc.nat(5000).map((length) => ({ change: (body: string) => body.slice(0, length % Math.max(1, body.length)) })),
  fc
    .tuple(fc.nat(60), fc.constantFrom(...nastyTexts, '-1', '1e999', 'NaN', '', 'true'))
    .map(([which, value]) => ({ change: (body: string) => withValue(body, which, value) })),
  fc.nat(60).map((which) => ({ change: (body: string) => withoutElement(body, which) })),
  fc.constantFrom('text/html', 'application/json', 'application/xml', '').map((contentType) => ({
    change: (body: string) => body,
    contentType,
  })),
  fc.tuple(fc.constantFrom(400, 403, 404, 409, 301), fc.constantFrom(...nastyTexts)).map(([status, message]) => ({
    status,
    change: (body: string) =>
      body.startsWith('{')
        ? JSON.stringify({ __type: `Nasty${message.slice(0, 100)}`, message })
        : `<ErrorResponse><Error><Code>Nasty${xmlText(message.slice(0, 100))}</Code><Message>${xmlText(message)}</Message></Error></ErrorResponse>`,
  })),
);
const lie = fc.tuple(fc.nat(60), change).map(([at, one]): Lie => ({ at, ...one }) as Lie);

/** Ends with a result, or an error that somebody foresaw, and sends no terminal anything that steers it. */
function expectCalm(ended: Ended): void {
  expect(ended.error?.code, ended.error?.message).not.toBe('bug');
  expect(ended.output).not.toMatch(steering);
  expect(ended.output).not.toMatch(/\n\s+at .*\.ts:\d+/);
}

async function setUp(): Promise<void> {
  cloud.sandbox = undefined;
  expect((await run('apply')).result?.outcome).toBe('applied');
}

it('whatever AWS answers, a command that reads ends clearly', { timeout: patience }, async () => {
  await setUp();
  const reading = fc.constantFrom<Command>('plan', 'doctor', 'verify');
  await fc.assert(
    fc.asyncProperty(reading, lie, fc.boolean(), async (command, one, json) => {
      expectCalm(await run(command, one, json));
    }),
    { numRuns: runs(25) },
  );
});

it('whatever AWS answers to apply or destroy, it ends clearly, and run again well', { timeout: patience }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom<Command>('apply', 'destroy'), lie, async (command, one) => {
      cloud.sandbox = undefined;
      if (command === 'destroy') await run('apply');
      expectCalm(await run(command, one));
      const again = await run(command);
      expect(again.error).toBeUndefined();
      expect(['applied', 'unchanged', 'destroyed']).toContain(again.result?.outcome);
    }),
    { numRuns: runs(6) },
  );
});
